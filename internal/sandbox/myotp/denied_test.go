package myotp_test

import (
	"net/http"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

// TestADeniedBrandIsRefusedAndNothingIsSent, in any case.
func TestADeniedBrandIsRefusedAndNothingIsSent(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	for brand, want := range map[string]int{"PayPal": http.StatusBadRequest, "GOOGLE": http.StatusBadRequest, "PayPall": http.StatusOK} {
		got := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "brand": brand})
		if got.Status != want {
			t.Errorf("%s: HTTP %d, want %d", brand, got.Status, want)
		}
	}
	if sent := len(s.Messages()); sent != 1 {
		t.Errorf("%d messages, want one", sent)
	}
}
