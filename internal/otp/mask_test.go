package otp_test

import (
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestMaskPhone(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"+923001112233": "+92*****2233",
		"14155550123":   "+14*****0123",
		"+4477009":      "+*****09",
		"1":             "+*****1",
		"":              "",
	} {
		if got := otp.MaskPhone(number); got != want {
			t.Errorf("%q: got %q, want %q", number, got, want)
		}
	}
}
