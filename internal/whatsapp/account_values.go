package whatsapp

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/nyaruka/phonenumbers"
)

// phoneValidator takes numbers in E.164 form only: they are compared with what
// the vendor says, letter by letter.
type phoneValidator struct{}

// Description is the rule.
func (phoneValidator) Description(context.Context) string {
	return "must be a phone number in E.164 form, such as +923004445566"
}

// MarkdownDescription is the rule.
func (v phoneValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString checks a known number.
func (phoneValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if sentence := phoneProblem(req.ConfigValue.ValueString()); sentence != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Phone number is not in E.164 form", fmt.Sprintf("%s is %q. %s", req.Path, req.ConfigValue.ValueString(), sentence))
	}
}

// phoneProblem says what to write in place of a number; empty: it is right.
// Numbering plans change faster than the library's copy of them, so only the
// length of the number is judged.
func phoneProblem(text string) string {
	number, parsed := parse(text)
	switch {
	case parsed && phonenumbers.IsPossibleNumber(number) && phonenumbers.Format(number, phonenumbers.E164) == text:
		return ""
	case parsed && phonenumbers.IsValidNumber(number):
		return fmt.Sprintf("Write %q.", phonenumbers.Format(number, phonenumbers.E164))
	case parsed && !phonenumbers.IsPossibleNumber(number) && strings.HasPrefix(text, "+"):
		return fmt.Sprintf("No number under +%d is that long or that short. Check the digits.", number.GetCountryCode())
	}
	return "Write it with + and its country code and without spaces, such as \"+923004445566\"; provider::otp::e164(number, country) does that for a national number."
}

var international = regexp.MustCompile(`^\s*(?:\+|00)?\s*([1-9].*)$`)

// parse reads a number that has a country code, however it begins.
func parse(text string) (*phonenumbers.PhoneNumber, bool) {
	match := international.FindStringSubmatch(text)
	if match == nil {
		return nil, false
	}
	number, err := phonenumbers.Parse("+"+match[1], "")
	return number, err == nil
}

// positive takes durations above zero.
type positive struct{}

// Description is the rule.
func (positive) Description(context.Context) string { return "must be above zero" }

// MarkdownDescription is the rule.
func (v positive) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString checks a known duration. One that is none is reported by the
// validator beside it.
func (positive) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err == nil && d <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Timeout is not above zero", fmt.Sprintf("%s is %q. Write a duration such as \"10m\", or leave it out.", req.Path, req.ConfigValue.ValueString()))
	}
}
