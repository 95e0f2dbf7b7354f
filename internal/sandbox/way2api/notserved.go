package way2api

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// NotServed is what the reference names beside that.
func (w *Emulator) NotServed() []emulate.NotServed {
	return []emulate.NotServed{
		{Reason: "the catalogue beside the prices, and services that send no one-time passwords", Calls: []string{
			"GET /docs", "GET /trial-credits", "GET /commissions",
		}},
	}
}
