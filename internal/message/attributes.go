package message

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

var _ validator.Int64 = extension{}

func profileAttribute() schema.Attribute {
	return schema.StringAttribute{
		Required: true, Validators: []validator.String{stringvalidator.LengthBetween(1, 63)},
		MarkdownDescription: "Name of the profile in the catalog. Write it as a reference, `otp_profile.login.name`, so that Terraform knows the order.",
	}
}

func phoneAttribute() schema.Attribute {
	return schema.StringAttribute{
		Required: true, Validators: []validator.String{recipient},
		MarkdownDescription: "Phone number of the recipient, in international form, such as `+33612345678`; spaces, hyphens and a line feed do no harm. It must be in a country that the profile allows. Terraform shows the configuration of an action in its plans: give the number by a variable that is `sensitive`.",
	}
}

func recipientIPAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Validators: []validator.String{checked("Recipient's IP address is none", "must be an IPv4 or IPv6 address", delivery.CheckIP)},
		MarkdownDescription: "IP address of the recipient. A send counts for it by `limits.per_ip_hour` of the profile, and a route may bind the code to it (`bind_recipient_ip`).",
	}
}

// recipient takes phone numbers in international form. It does not quote them:
// they are somebody's.
var recipient = tf.Text{
	Rule:    "must be a phone number in international form, such as +33612345678",
	Summary: "Phone number is not in international form",
	Problem: func(at, text string) string {
		if _, err := otp.ReadPhone(text, ""); err != nil {
			return fmt.Sprintf("%s is no phone number in international form. %s. provider::otp::e164(number, country) makes that form of a national number.", at, err)
		}
		return ""
	},
}

// checked takes what a check of the recipient does; an empty text is a mistake,
// too.
func checked(summary, rule string, check func(text string) error) tf.Text {
	return tf.Text{Rule: rule, Summary: summary, Problem: func(at, text string) string {
		switch err := check(text); {
		case text == "":
			return fmt.Sprintf("%s is empty; it %s. Leave it out where there is none.", at, rule)
		case err != nil:
			return fmt.Sprintf("%s: %s.", at, err)
		}
		return ""
	}}
}

// extension takes the seconds by which a code is extended.
type extension struct{}

// Description is the rule.
func (extension) Description(context.Context) string {
	least, most := vendors.Extensions().Range()
	return fmt.Sprintf("must be %d to %d seconds", least, most)
}

// MarkdownDescription is the rule.
func (e extension) MarkdownDescription(ctx context.Context) string { return e.Description(ctx) }

// ValidateInt64 checks a known number.
func (extension) ValidateInt64(_ context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() {
		resp.Diagnostics.Append(tf.Report(vendors.Extensions().Check(req.ConfigValue.ValueInt64()))...)
	}
}

// duration takes durations of zero and more.
var duration = tf.Text{
	Rule:    "must be a duration such as 90s",
	Summary: "Wait is not a duration",
	Problem: func(at, text string) string {
		if d, err := time.ParseDuration(text); err == nil && d >= 0 {
			return ""
		}
		return fmt.Sprintf("%s is %q. Write a duration such as \"90s\" or \"2m\", or \"0s\" for not at all.", at, text)
	},
}
