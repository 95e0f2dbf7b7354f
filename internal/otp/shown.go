package otp

import (
	"strings"
	"unicode"
)

// Shown is a text of somebody else as a person may see it: on one line, without
// what a terminal would obey, reorder or not show.
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
