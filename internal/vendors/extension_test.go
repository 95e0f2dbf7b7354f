package vendors_test

import (
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

func TestAnExtensionIsThirtySecondsToFourHours(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int64]string{-1: "error", 0: "error", 29: "error", 30: "warning", 59: "warning", 60: "", 14400: "", 14401: "error", 1 << 40: "error"} {
		ps, got := vendors.Extensions().Check(seconds), ""
		if len(ps) == 1 {
			got = map[bool]string{true: "warning", false: "error"}[ps[0].Warning]
		}
		if got != want || len(ps) > 1 {
			t.Errorf("%d: %v, want %q", seconds, ps, want)
		}
	}
	if least, most := vendors.Extensions().Range(); least != 30 || most != 14400 {
		t.Errorf("from %d to %d seconds", least, most)
	}
}

// A second vendor that extends widens what surfaces take, and is named.
func TestAnExtensionThatOneVendorTakesIsFine(t *testing.T) {
	t.Parallel()
	both := otp.Extensions{otp.MyOTP: vendors.Extensions()[otp.MyOTP], "pigeon": {Least: 5, Most: 40}}
	for seconds, want := range map[int64]string{
		4:     "seconds is 4; MyOTP.App adds 30 to 14400 seconds at a time, pigeon adds 5 to 40 seconds at a time.",
		5:     "",
		40:    "",
		50:    "seconds is 50. MyOTP.App's developer page allows it, and its newest document wants 60 or more. If it is refused, add more.",
		14401: "seconds is 14401; MyOTP.App adds 30 to 14400 seconds at a time, pigeon adds 5 to 40 seconds at a time.",
	} {
		got := ""
		for _, problem := range both.Check(seconds) {
			got += problem.Detail
		}
		if got != want {
			t.Errorf("%d: %q, want %q", seconds, got, want)
		}
	}
}
