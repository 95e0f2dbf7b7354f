package otp

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// checkCharacters refuses what a reader cannot see, what reorders a line, and
// what vendors and phones show in different ways. Joiners (U+200C, U+200D) and
// direction marks (U+200E, U+200F, U+061C) stay: Arabic, Persian, Urdu and
// Indic scripts and emoji need them.
func checkCharacters(s string, newlines bool) []TextFault {
	var faults []TextFault
	runes := []rune(s)
	for i, r := range runes {
		var what string
		switch {
		case r == '\n' && newlines, r == '\u200c', r == '\u200d', r == '\u200e', r == '\u200f', r == '\u061c', breaksLine(runes, i):
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
		faults = append(faults, TextFault{Position: i + 1, Found: fmt.Sprintf("%s U+%04X", what, r), Remedy: "remove it; recipients would not see it, or would see something else."})
	}
	if !norm.NFC.IsNormalString(s) {
		faults = append(faults, TextFault{Position: len(runes), Found: "text that is not in Unicode normal form C", Remedy: "type accented letters as one character each; combined marks cost more and show differently."})
	}
	return faults
}

// zeroWidthSpace is where a line may break between two words without a space.
const zeroWidthSpace = '\u200b'

// unspaced are the scripts that are written without spaces between words, so
// that only a dictionary, or a zero-width space, says where a line may break
// (Unicode line breaking, UAX #14, class SA).
var unspaced = []*unicode.RangeTable{
	unicode.Ahom, unicode.Khmer, unicode.Lao, unicode.Myanmar, unicode.New_Tai_Lue, unicode.Tai_Le, unicode.Tai_Tham,
	unicode.Tai_Viet, unicode.Thai,
}

// breaksLine reports whether the character at i is a zero-width space beside a
// letter of a script that needs it.
func breaksLine(runes []rune, i int) bool {
	if runes[i] != zeroWidthSpace {
		return false
	}
	for _, step := range []int{-1, 1} {
		j := i + step
		for j >= 0 && j < len(runes) && runes[j] == zeroWidthSpace {
			j += step
		}
		if j >= 0 && j < len(runes) && unicode.In(runes[j], unspaced...) {
			return true
		}
	}
	return false
}

// checkBreaks warns of the zero-width spaces of a text that checkCharacters
// lets pass.
func checkBreaks(ps *Problems, path Path, s string) {
	runes := []rune(s)
	for i := range runes {
		if breaksLine(runes, i) {
			ps.Warnf(path, "Text holds a zero-width space", "U+200B at character %d: Khmer, Lao, Burmese, Thai and their like need it to break lines, so it is sent. Some phones show it as a box; leave it out where a line need not break.", i+1)
			return
		}
	}
}

// Length is the number of characters of a message as vendors count them: a
// character outside the basic plane, most emoji among them, counts as two.
func Length(s string) int {
	n := 0
	for _, r := range s {
		n += unitsOf(r)
	}
	return n
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

// PlainASCII is what is left of a name when accents are taken from its letters
// and everything else is removed but ASCII letters, digits and the characters
// of also.
func PlainASCII(name, also string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(also, r) {
			return r
		}
		return -1
	}, norm.NFD.String(name))
}
