package myotp

import "github.com/otp-as-code/terraform-provider-otp/internal/otp"

// Receipt is what the answer to generate_otp tells: the cost in credits and,
// with return_otp, the code (MyOTP reference §2). Many markets forbid that in
// production, which is why no document asks for it.
func Receipt() otp.Receipt {
	return otp.Receipt{
		HandOut: map[string]any{"return_otp": true}, Code: "/otp", Cost: "/cost", Unit: "credits", MessageID: "/message_id",
	}
}
