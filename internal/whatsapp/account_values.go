package whatsapp

import (
	"fmt"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

// phoneNumber takes numbers in E.164 form only: they are compared with what the
// vendor says, letter by letter.
var phoneNumber = tf.Text{
	Rule:    "must be a phone number in E.164 form, such as +923004445566",
	Summary: "Phone number is not in E.164 form",
	Problem: func(at, text string) string {
		sentence := pairing.PhoneProblem(text)
		if sentence == "" {
			return ""
		}
		return fmt.Sprintf("%s is %q. %s provider::otp::e164(number, country) makes that form of a national number.", at, text, sentence)
	},
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
