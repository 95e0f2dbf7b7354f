package otp

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/otp-as-code/terraform-provider-otp/internal/fuzztest"
)

// FuzzSegments counts any text: it never costs less than its characters say, and a
// longer text never costs less.
func FuzzSegments(f *testing.F) {
	seeds := []string{"", "Acme: 123456", strings.Repeat("a", 161), strings.Repeat("é", 160), "€[]~", "👩‍👧 123456", strings.Repeat("字", 71), "\xff"}
	for _, text := range append(seeds, fuzztest.Texts(200, seeds...)...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := CountSegments(text)
		if s.Alphabet == UCS2 && utf8.ValidString(text) && s.Characters != len(utf16.Encode([]rune(text))) {
			t.Errorf("%q has %d characters", text, s.Characters)
		}
		per := map[Alphabet]int{GSM7: gsm7Part, UCS2: ucs2Part}[s.Alphabet]
		if s.Segments < 1 || s.Segments > 1 && s.Segments*per < s.Characters {
			t.Errorf("%q costs %+v", text, s)
		}
		if longer := CountSegments(text + "a"); longer.Segments < s.Segments || longer.Characters <= s.Characters {
			t.Errorf("%q costs %+v, and %+v with a character more", text, s, longer)
		}
	})
}

// FuzzTemplates takes any text apart: what it finds no fault with goes together
// again, and what was filled in is not looked at again.
func FuzzTemplates(f *testing.F) {
	seeds := []string{"", "{{brand}}: {{otp}}", "{{otp}}{{otp}}", "${otp}", "{otp}", "{{ otp }}", "{{otp", "}}", "{{{otp}}}", "é\n{{validity_minutes}}", "{{\x00}}", "\xff{{otp}}"}
	for _, text := range append(seeds, fuzztest.Texts(300, seeds...)...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		taken, faults := ParseText(text)
		if len(faults) > 0 {
			for _, fault := range faults {
				if fault.Position < 1 || fault.Found == "" || fault.Remedy == "" || !utf8.ValidString(fault.String()) {
					t.Errorf("%q: the fault %+v tells nothing", text, fault)
				}
			}
			return
		}
		values := map[Placeholder]string{}
		for _, p := range Placeholders() {
			values[p] = "{{" + string(p) + "}}"
		}
		if again := taken.Expand(values); again != text && utf8.ValidString(text) {
			t.Errorf("%q goes together as %q", text, again)
		}
	})
}
