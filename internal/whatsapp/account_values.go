package whatsapp

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

var _ planmodifier.String = samePhone{}

// phoneNumber takes numbers with their country code, however they are spelled.
var phoneNumber = tf.Text{
	Rule:    "must be a phone number with its country code, such as +923004445566",
	Summary: "Phone number is not in E.164 form",
	Problem: func(at, text string) string {
		_, sentence := pairing.ReadPhone(text)
		if sentence == "" {
			return ""
		}
		return fmt.Sprintf("%s is %q. %s provider::otp::e164(number, country) makes that form of a national number.", at, text, sentence)
	},
}

// e164 is a number of the configuration or the state in E.164 form. What cannot
// be read was refused at plan; it stays as it is.
func e164(text string) string {
	if phone, problem := pairing.ReadPhone(text); problem == "" {
		return phone
	}
	return text
}

// samePhone plans no change where a number is only spelled otherwise.
type samePhone struct{}

// Description is the modifier in words.
func (samePhone) Description(context.Context) string {
	return "a number that is only spelled otherwise is no change"
}

// MarkdownDescription is the description.
func (s samePhone) MarkdownDescription(ctx context.Context) string { return s.Description(ctx) }

// PlanModifyString keeps the spelling of the state.
func (samePhone) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && !req.PlanValue.IsUnknown() && pairing.SamePhone(e164(req.PlanValue.ValueString()), e164(req.StateValue.ValueString())) {
		resp.PlanValue = req.StateValue
	}
}

// planPhone are the plan modifiers of the number of an account.
func planPhone() []planmodifier.String {
	return []planmodifier.String{samePhone{}, stringplanmodifier.RequiresReplace()}
}

// positive takes durations above zero. A text that is none is reported by the
// validator beside it.
var positive = tf.Text{
	Rule:    "must be above zero",
	Summary: "Timeout is not above zero",
	Problem: func(at, text string) string {
		if d, err := time.ParseDuration(text); err != nil || d > 0 {
			return ""
		}
		return fmt.Sprintf("%s is %q. Write a duration such as \"10m\", or leave it out.", at, text)
	},
}
