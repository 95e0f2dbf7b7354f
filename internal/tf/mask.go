package tf

import (
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Phone is a number as a data source shows it.
func Phone(number string, reveal bool) string {
	if !reveal {
		return otp.MaskPhone(number)
	}
	if number == "" || strings.HasPrefix(number, "+") {
		return number
	}
	return "+" + number
}

// MaskEmail hides the name in an e-mail address but for its first letter, and
// its length: n*****@example.com. A name of one or two letters is hidden whole,
// and so is what is no address.
func MaskEmail(address string) string {
	if address == "" {
		return ""
	}
	at := strings.LastIndex(address, "@")
	if at < 0 {
		return "*****"
	}
	name := []rune(address[:at])
	if len(name) < 3 {
		name = name[:0]
	}
	return string(name[:min(len(name), 1)]) + "*****" + address[at:]
}
