package otp

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseTextTakesATextApart(t *testing.T) {
	t.Parallel()
	text, faults := ParseText("{{brand}}: {{otp}}, é\n{{validity_minutes}}")
	want := Text{{Placeholder: PlaceholderBrand}, {Literal: ": "}, {Placeholder: PlaceholderOTP}, {Literal: ", é\n"}, {Placeholder: PlaceholderMinutes}}
	if diff := cmp.Diff(want, text); diff != "" || faults != nil {
		t.Errorf("faults %v, (-want +got):\n%s", faults, diff)
	}
}

func TestParseTextNamesThePlaceAndWhatWasMeant(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text     string
		position int
		found    string
		proposal string
	}{
		{"é {{code}}", 3, `unknown placeholder "{{code}}"`, "{{otp}}"},
		{"{{OTP}}", 1, `unknown placeholder "{{OTP}}"`, "{{otp}}"},
		{"{{brand_name}}", 1, `unknown placeholder "{{brand_name}}"`, "{{brand}}"},
		{"{{minutes}}", 1, `unknown placeholder "{{minutes}}"`, "{{validity_minutes}}"},
		{"{{expires_at}}", 1, `unknown placeholder "{{expires_at}}"`, "{{expiry_time}}"},
		{"${var.brand}", 1, `"${var.brand}"`, "{{brand}}"},
		{"${otp", 1, `"${"`, "{{otp}}"},
		{"{code}", 1, `"{code}"`, "{{otp}}"},
		{"{hh:mm:ss}", 1, `"{hh:mm:ss}"`, "{{expiry_time}}"},
		{"{", 1, `"{"`, "{{otp}}"},
		{"a}", 2, `"}"`, "remove it"},
		{"{{otp", 1, `"{{"`, "{{otp}}"},
		{"{{{otp}}}", 1, `"{{"`, "{{otp}}"},
		{"{{o\ntp}}", 1, `"{{"`, "{{otp}}"},
	}
	for _, test := range tests {
		_, faults := ParseText(test.text)
		if len(faults) == 0 {
			t.Errorf("%q: no fault", test.text)
			continue
		}
		if f := faults[0]; f.Position != test.position || f.Found != test.found || !strings.Contains(f.Remedy, test.proposal) {
			t.Errorf("%q: %s", test.text, f)
		}
	}
}

func TestAnyTextIsParsed(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{"{{", "}}", "{", "}", "${", "otp", "{{otp}}", "{{brand}}", " ", "é", "\n", "x", "\xff"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(pieces).Draw(t, "pieces"), "")
		text, faults := ParseText(s)
		if len(faults) == 0 && !strings.Contains(s, "\xff") && text.Expand(nil) != s {
			t.Fatalf("%q came back as %q", s, text.Expand(nil))
		}
		// Outside placeholders no brace is left for anybody to fill in.
		for _, piece := range text {
			if strings.ContainsAny(piece.Literal, "{}") || strings.Contains(piece.Literal, "${") {
				t.Fatalf("%q keeps %q", s, piece.Literal)
			}
		}
	})
}

func TestExpandIsOnePass(t *testing.T) {
	t.Parallel()
	text, _ := ParseText("{{brand}} {{otp}}")
	got := text.Expand(map[Placeholder]string{PlaceholderBrand: "{{otp}}", PlaceholderOTP: "{code}"})
	if got != "{{otp}} {code}" {
		t.Errorf("got %q", got)
	}
}

func TestCharactersThatScriptsNeedAreAllowed(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"Persian with a non-joiner": "می\u200cخواهم",
		"Hindi with a joiner":       "क्\u200dष",
		"Arabic with marks":         "\u200fرمز\u200e 123 \u061c",
		"emoji of several parts":    "👩\u200d💻 ✔\ufe0f",
		"composed accents":          "Zürich, São Paulo, Việt",
		"Khmer that may break":      "លេខកូដ\u200bរបស់អ្នក",
		"Thai that may break":       "รหัส\u200bของคุณ",
		"Lao that may break":        "ລະຫັດ\u200b\u200bຂອງທ່ານ",
		"Burmese that may break":    "သင့်\u200bကုဒ်",
		"Thai beside Latin":         "OTP\u200bของคุณ",
	} {
		if faults := checkCharacters(text, true); faults != nil {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

func TestInvisibleCharactersAreRefused(t *testing.T) {
	t.Parallel()
	for _, r := range []rune{0x200b, 0x2060, 0x2063, 0x206a, 0x206f, 0xfeff, 0x00ad, 0x034f, 0x115f, 0x3164, 0xffa0, 0xfff9, 0x2800, 0xe0100, 0x180b, 0x180e, 0xfe00} {
		if ps := (Brand{Name: "x", DisplayName: "A" + string(r) + "cme"}).Check(); !ps.Failed() {
			t.Errorf("U+%04X is accepted", r)
		}
	}
	for _, text := range []string{"रहस्य\u200bकोड {{otp}}", "รหัส {{otp}} x\u200by", "\u200b{{otp}}"} {
		if ps := (MessageTemplate{Name: "x", Text: text}).Check(); !ps.Failed() {
			t.Errorf("%+q is accepted, though its script needs no zero-width space", text)
		}
	}
	for _, name := range []string{"\u200e", "\u200d\ufe0f", " "} {
		if ps := (Brand{Name: "x", DisplayName: name}).Check(); !ps.Failed() {
			t.Errorf("%q is accepted, though nobody sees it", name)
		}
	}
}

func TestLengthCountsEmojiTwice(t *testing.T) {
	t.Parallel()
	if n := Length("aé😀"); n != 4 {
		t.Errorf("got %d, want 4", n)
	}
}

func TestLinksAreFoundButNotWebOTP(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{otp}} https://acme.example/x":     "https://acme.example/x",
		"{{otp}} see WWW.ACME.EXAMPLE now":   "WWW.ACME.EXAMPLE",
		"{{otp}} acme.example/login":         "acme.example/login",
		"{{otp}} at 3.30 p.m. and/or e.g. x": "",
		"{{otp}} MyOTP.App":                  "",
		"Code:\n@acme.example #{{otp}}":      "",
		"@acme.example/x #{{otp}}\nlast":     "acme.example/x",

		"Code:\n@www.example.com #{{otp}} @pay.example":          "",
		"Code:\n@acme.example #{{otp}} ":                         "",
		"Code:\n@acme.example #{{otp}} @pay.example later":       "",
		"Code:\n@acme.example #{{otp}} see https://acme.example": "https://acme.example",
		"https://acme.example\n@www.example.com #{{otp}}":        "https://acme.example",
		"Code:\n@acme.example #{{otp}} @pay.example/x":           "pay.example/x",
	} {
		if got := findLink(text); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestWarningsOfABrand(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Acme":           "",
		"東京 Bank":        "",
		"Acme Ακμή":      "Greek and Latin",
		"Аcme":           "Cyrillic and Latin",
		"www.acme.test":  "link",
		"Ünal & Søn A/S": "",
	} {
		ps := Brand{Name: "x", DisplayName: name}.Check()
		if ps.Failed() || want == "" && len(ps) > 0 || want != "" && (len(ps) != 1 || !strings.Contains(ps[0].Detail, want)) {
			t.Errorf("%q: %v", name, ps)
		}
	}
}

func TestSlugProblemProposesASlug(t *testing.T) {
	t.Parallel()
	for name, proposal := range map[string]string{
		"Acme Bank":             "acme-bank",
		"acme_bank":             "acme-bank",
		"-acme-":                "acme",
		"":                      "",
		"ß":                     "",
		strings.Repeat("a", 64): "",
	} {
		sentence := SlugProblem(name)
		if sentence == "" || proposal != "" && !strings.HasSuffix(sentence, `Write "`+proposal+`".`) || proposal == "" && strings.Contains(sentence, "Write") {
			t.Errorf("%q: %s", name, sentence)
		}
	}
	for _, name := range []string{"a", "a1", "acme-bank", strings.Repeat("a", 63)} {
		if sentence := SlugProblem(name); sentence != "" {
			t.Errorf("%q: %s", name, sentence)
		}
	}
}

func TestVariableOfAnAccount(t *testing.T) {
	t.Parallel()
	if got := Octopush.Variable("eu-west", "API_KEY"); got != "OTP_OCTOPUSH_EU_WEST_API_KEY" {
		t.Error(got)
	}
	if got := MyOTP.Variable("", "BASE_URL"); got != "OTP_MYOTP_BASE_URL" {
		t.Error(got)
	}
}

// The vendors of a process introduce themselves; in these tests there are none.
func init() {
	Introduce(AndroidAPI, "AndroidAPI")
	Introduce(MyOTP, "MyOTP.App")
	Introduce(Octopush, "Octopush")
	Introduce(Way2API, "Way2API")
}
