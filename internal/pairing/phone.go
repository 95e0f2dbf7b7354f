package pairing

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// ReadPhone reads the number of the phone that has to scan, which needs its
// country code, into E.164 form; see otp.ReadPhone. The problem is what to write
// in place of what cannot be read, in sentences; empty: there is none.
func ReadPhone(text string) (phone, problem string) {
	phone, err := otp.ReadPhone(text, "")
	if err == nil {
		return phone, ""
	}
	if missing := (*otp.PhoneError)(nil); errors.As(err, &missing) && missing.NoCountry {
		if meant := withPlus(text); meant != "" {
			return "", fmt.Sprintf("Write %q.", meant)
		}
		return "", "Write it with + and its country code, such as \"+923004445566\"."
	}
	return "", err.Error() + "."
}

// withPlus is a number that only lacks the plus sign, or has 00 in its place;
// empty: it is none that is known.
func withPlus(text string) string {
	meant, err := otp.ReadPhone("+"+strings.TrimPrefix(strings.TrimSpace(text), "00"), "")
	if err != nil {
		return ""
	}
	if number, err := phonenumbers.Parse(meant, ""); err != nil || !phonenumbers.IsValidNumber(number) {
		return ""
	}
	return meant
}
