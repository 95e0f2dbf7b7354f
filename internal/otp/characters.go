package otp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// checkCharacters refuses what a reader cannot see, what reorders a line, and
// what vendors and phones show in different ways. Joiners (U+200C, U+200D) and
// direction marks (U+200E, U+200F, U+061C) stay: Arabic, Persian, Urdu and
// Indic scripts and emoji need them.
func checkCharacters(s string, newlines bool) []TextFault {
	var faults []TextFault
	position := 0
	for _, r := range s {
		position++
		var what string
		switch {
		case r == '\n' && newlines, r == '\u200c', r == '\u200d', r == '\u200e', r == '\u200f', r == '\u061c':
			continue
		case unicode.IsControl(r):
			what = "control character"
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			what = "bidirectional override"
		case r == '\ufe0e' || r == '\ufe0f': // how an emoji is drawn
			continue
		case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector), r == '\u2800':
			what = "invisible character"
		case r == '\u2028', r == '\u2029':
			what = "line separator"
		case unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r), r == unicode.ReplacementChar, r >= 0xe0000 && r <= 0xe007f, r&0xfffe == 0xfffe:
			what = "private-use or invalid character"
		default:
			continue
		}
		faults = append(faults, TextFault{Position: position, Found: fmt.Sprintf("%s U+%04X", what, r), Remedy: "remove it; recipients would not see it, or would see something else."})
	}
	if !norm.NFC.IsNormalString(s) {
		faults = append(faults, TextFault{Position: position, Found: "text that is not in Unicode normal form C", Remedy: "type accented letters as one character each; combined marks cost more and show differently."})
	}
	return faults
}

// Length is the number of characters of a message as vendors count them: a
// character outside the basic plane, most emoji among them, counts as two.
func Length(s string) int { return len(utf16.Encode([]rune(s))) }

var (
	webOTP = regexp.MustCompile(`^@[a-zA-Z0-9.-]+ #(\{\{otp\}\}|\S+)$`)
	link   = regexp.MustCompile(`(?i)(https?://|www\.)\S+|\b[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}/\S*`)
)

// findLink returns the first URL in a text. The last line of a WebOTP message
// (@host #code), which binds a code to a site, is not one.
func findLink(s string) string {
	lines := strings.Split(s, "\n")
	if last := len(lines) - 1; webOTP.MatchString(lines[last]) {
		lines = lines[:last]
	}
	return link.FindString(strings.Join(lines, "\n"))
}

// confusable are the scripts whose letters look alike.
var confusable = map[string]*unicode.RangeTable{
	"Armenian": unicode.Armenian,
	"Cherokee": unicode.Cherokee,
	"Cyrillic": unicode.Cyrillic,
	"Greek":    unicode.Greek,
	"Latin":    unicode.Latin,
}

// mixedScripts returns the scripts with look-alike letters that s mixes, such
// as Latin and Cyrillic; nothing where it keeps to one of them.
func mixedScripts(s string) []string {
	var found []string
	for name, table := range confusable {
		if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(table, r) }) {
			found = append(found, name)
		}
	}
	if len(found) < 2 {
		return nil
	}
	slices.Sort(found)
	return found
}
