package whatsapp

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
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
	if sentence := pairing.PhoneProblem(req.ConfigValue.ValueString()); sentence != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Phone number is not in E.164 form",
			fmt.Sprintf("%s is %q. %s provider::otp::e164(number, country) makes that form of a national number.", req.Path, req.ConfigValue.ValueString(), sentence))
	}
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
