package tf

import "strings"

// MaskPhone hides a phone number but for its first two and last four digits,
// and its length: +92*****2233. A number too short for that keeps two digits.
// Vendors write numbers with and without "+"; the result always has one.
func MaskPhone(number string) string {
	digits := strings.TrimPrefix(number, "+")
	switch n := len(digits); {
	case n == 0:
		return ""
	case n < 8:
		return "+*****" + digits[max(n-2, 0):]
	default:
		return "+" + digits[:2] + "*****" + digits[n-4:]
	}
}

// Phone is a number as a data source shows it.
func Phone(number string, reveal bool) string {
	if !reveal {
		return MaskPhone(number)
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
