package otp

import (
	"strings"
	"testing"
)

// TestTheCodeStandsTwiceOnlyInAWebOTPMessage: once in the sentence and once in
// the last line, as browsers read it.
func TestTheCodeStandsTwiceOnlyInAWebOTPMessage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // "": nothing; else the summary of the only problem
		"{{otp}} is your code.\n@example.com #{{otp}}":                  "",
		"{{otp}} is your code.\n\n@example.com #{{otp}}":                "",
		"{{otp}} is your code.\n@www.example.com #{{otp}} @pay.example": "",
		"{{otp}} is your code.\n@example.com #{{otp}} ":                 "",
		"{{otp}} is your code.\n@bücher.example #{{otp}}":               "",
		"{{otp}} is your code.\n@example.com #G-{{otp}}":                "",
		"Your code is below.\n@example.com #{{otp}}":                    "",
		"@example.com #{{otp}}":                                         "",
		"{{otp}} is your code.\n@example.com #{{otp}}\n":                "Line feed at the end of a text is left out",
		"{{otp}} is your code.\n@example.com #{{otp}}\n\n\n":            "Line feed at the end of a text is left out",
		"{{otp}} and {{otp}}":                                           "Message text has the code twice",
		"{{otp}} and {{otp}}\n@example.com #{{otp}}":                    "Message text has the code twice",
		"Code\n@example.com #{{otp}} {{otp}}":                           "Message text has the code twice",
		"Code\n@example.com #{{otp}}{{otp}}":                            "Message text has the code twice",
		"{{otp}} is your code. @example.com #{{otp}}":                   "Message text has the code twice",
		"@example.com #{{otp}}\n{{otp}} is your code.":                  "Message text has the code twice",
		"{{otp}} is your code.\n@example.com {{otp}}":                   "Message text has the code twice",
		"{{otp}} is your code.\n@example.com  #{{otp}}":                 "Message text has the code twice",
		"{{otp}} is your code.\n @example.com #{{otp}}":                 "Message text has the code twice",
		"@example.com #{{otp}}\nis your code.":                          "Browsers do not read the code",
		"Your code:\n@example.com  #{{otp}}":                            "Browsers do not read the code",
		"Your code:\n@example.com code #{{otp}}":                        "Browsers do not read the code",
		"Your code:\n@example.com {{otp}}":                              "Browsers do not read the code",
		"Write to help@example.com about {{otp}}":                       "",
	} {
		ps := MessageTemplate{Name: "x", Text: text}.Check()
		switch {
		case want == "" && len(ps) > 0:
			t.Errorf("%q: %v", text, ps)
		case want != "" && (len(ps) != 1 || ps[0].Summary != want):
			t.Errorf("%q: %+v, want %s", text, ps, want)
		case want != "" && ps[0].Warning == strings.Contains(want, "twice"):
			t.Errorf("%q: warning %t", text, ps[0].Warning)
		}
	}
}

// TestLineFeedsAtTheEndOfTextsAreSaidOnce names every text that has one.
func TestLineFeedsAtTheEndOfTextsAreSaidOnce(t *testing.T) {
	t.Parallel()
	ps := MessageTemplate{Name: "x", Text: "{{otp}}", Translations: map[string]string{"de": "{{otp}}\n", "fr": "{{otp}}\n\n"}}.Check()
	want := `translations["de"] and translations["fr"] end in a line feed`
	if len(ps) != 1 || !ps[0].Warning || !strings.HasPrefix(ps[0].Detail, want) {
		t.Errorf("%v, want one warning that begins with %s", ps, want)
	}
	for _, w := range (MessageTemplate{Text: "a\nb\n", Translations: map[string]string{"fr": "\nc \n"}}).Wordings() {
		if strings.HasSuffix(w.Text, "\n") || !w.Trimmed {
			t.Errorf("%s is %q", w.Path, w.Text)
		}
	}
	if ps := (MessageTemplate{Name: "x", Text: "\n"}).Check(); !ps.Failed() {
		t.Error("a text of nothing but line feeds is accepted")
	}
}

func TestAZeroWidthSpaceIsWarnedOfWhereAScriptNeedsIt(t *testing.T) {
	t.Parallel()
	ps := MessageTemplate{Name: "x", Text: "{{otp}} រ\u200bស់\u200bអ"}.Check()
	if len(ps) != 1 || !ps[0].Warning || !strings.Contains(ps[0].Detail, "character 10") {
		t.Errorf("a text: %+v", ps)
	}
	ps = Brand{Name: "x", DisplayName: "ธนาคาร\u200bไทย"}.Check()
	if len(ps) != 1 || !ps[0].Warning {
		t.Errorf("a brand: %+v", ps)
	}
}
