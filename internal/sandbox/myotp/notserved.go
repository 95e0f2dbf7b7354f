package myotp

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// NotServed is what the reference names beside that.
func (m *Emulator) NotServed() []emulate.NotServed {
	return []emulate.NotServed{
		{Reason: "an account is made by its owner, and confirmed by mail", Calls: []string{
			"POST /v1/agent/register", "POST /v1/agent/resend-verification", "GET /v1/agent/verify-email", "POST /v1/agent/verify-email",
		}},
	}
}
