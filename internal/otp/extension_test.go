package otp

import "testing"

func TestAnExtensionIsThirtySecondsToFourHours(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int64]string{-1: "error", 0: "error", 29: "error", 30: "warning", 59: "warning", 60: "", 14400: "", 14401: "error", 1 << 40: "error"} {
		ps, got := CheckExtension(seconds), ""
		if len(ps) == 1 {
			got = map[bool]string{true: "warning", false: "error"}[ps[0].Warning]
		}
		if got != want || len(ps) > 1 {
			t.Errorf("%d: %v, want %q", seconds, ps, want)
		}
	}
}
