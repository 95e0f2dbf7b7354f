package otp

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
