package otp

import (
	"strings"
	"unicode"
)

// Shown is a text that a vendor or a file has brought, made safe for a terminal:
// on one line, without control characters, and without what reorders text or is
// invisible.
func Shown(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
