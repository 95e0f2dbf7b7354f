package message

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
)

func profileAttribute() schema.Attribute {
	return schema.StringAttribute{
		Required: true, Validators: []validator.String{stringvalidator.LengthBetween(1, 63)},
		MarkdownDescription: "Name of the profile in the catalog. Write it as a reference, `otp_profile.login.name`, so that Terraform knows the order.",
	}
}

func phoneAttribute() schema.Attribute {
	return schema.StringAttribute{
		Required: true, Validators: []validator.String{recipient{}},
		MarkdownDescription: "Phone number of the recipient, in international form (E.164), such as `+33612345678`. It must be in a country that the profile allows. Terraform shows the configuration of an action in its plans: give the number by a variable that is `sensitive`.",
	}
}

func recipientIPAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Validators: []validator.String{checked{"Recipient's IP address is none", "must be an IPv4 or IPv6 address", delivery.CheckIP}},
		MarkdownDescription: "IP address of the recipient, for a route that binds the code to it (`bind_recipient_ip`).",
	}
}

// recipient takes phone numbers in international form. It does not quote them:
// they are somebody's.
type recipient struct{}

// Description is the rule.
func (recipient) Description(context.Context) string {
	return "must be a phone number in international form, such as +33612345678"
}

// MarkdownDescription is the rule.
func (v recipient) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString checks a known number.
func (recipient) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || delivery.CheckPhone(req.ConfigValue.ValueString()) == nil {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Phone number is not in international form",
		fmt.Sprintf("%s must be + and the country code and the number, without spaces, such as \"+33612345678\". provider::otp::e164(number, country) makes that form of a national number.", req.Path))
}

// checked takes what a check of the recipient does.
type checked struct {
	summary, rule string
	check         func(text string) error
}

// Description is the rule.
func (c checked) Description(context.Context) string { return c.rule }

// MarkdownDescription is the rule.
func (c checked) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

// ValidateString checks a known text; an empty one is a mistake, too.
func (c checked) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	err := c.check(req.ConfigValue.ValueString())
	switch {
	case req.ConfigValue.ValueString() == "":
		resp.Diagnostics.AddAttributeError(req.Path, c.summary, fmt.Sprintf("%s is empty; it %s. Leave it out where there is none.", req.Path, c.rule))
	case err != nil:
		resp.Diagnostics.AddAttributeError(req.Path, c.summary, fmt.Sprintf("%s: %s.", req.Path, err))
	}
}

// duration takes durations of zero and more.
type duration struct{}

// Description is the rule.
func (duration) Description(context.Context) string { return "must be a duration such as 90s" }

// MarkdownDescription is the rule.
func (v duration) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString checks a known duration.
func (duration) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d < 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Wait is not a duration",
			fmt.Sprintf("%s is %q. Write a duration such as \"90s\" or \"2m\", or \"0s\" for not at all.", req.Path, req.ConfigValue.ValueString()))
	}
}
