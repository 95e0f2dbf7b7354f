package otp

import (
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

func TestCountSegments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want Segments
	}{
		"empty":                             {"", Segments{GSM7, 0, 1}},
		"one full GSM segment":              {strings.Repeat("a", 160), Segments{GSM7, 160, 1}},
		"one more":                          {strings.Repeat("a", 161), Segments{GSM7, 161, 2}},
		"two full GSM segments":             {strings.Repeat("a", 306), Segments{GSM7, 306, 2}},
		"and one more":                      {strings.Repeat("a", 307), Segments{GSM7, 307, 3}},
		"extension characters":              {strings.Repeat("€", 80), Segments{GSM7, 160, 1}},
		"an escape is not split":            {strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), Segments{GSM7, 306, 3}},
		"Greek capitals are GSM":            {"ΔΦΓΛΩΠΨΣΘΞ", Segments{GSM7, 10, 1}},
		"small Greek is not":                {"δ", Segments{UCS2, 1, 1}},
		"small c with cedilla is not":       {"ç", Segments{UCS2, 1, 1}},
		"a tab is not":                      {"\t", Segments{UCS2, 1, 1}},
		"one full Unicode segment":          {strings.Repeat("ж", 70), Segments{UCS2, 70, 1}},
		"one more Unicode":                  {strings.Repeat("ж", 71), Segments{UCS2, 71, 2}},
		"two full Unicode segments":         {strings.Repeat("ж", 134), Segments{UCS2, 134, 2}},
		"and one more Unicode":              {strings.Repeat("ж", 135), Segments{UCS2, 135, 3}},
		"emoji count twice":                 {strings.Repeat("😀", 35), Segments{UCS2, 70, 1}},
		"a surrogate pair is not split":     {strings.Repeat("ж", 66) + "😀" + strings.Repeat("ж", 66), Segments{UCS2, 134, 3}},
		"a curly quote doubles a long text": {strings.Repeat("a", 159) + "’", Segments{UCS2, 160, 3}},
	} {
		if got := CountSegments(test.text); got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

// TestSegmentsAgreeWithAnIndependentCount packs the encoded text from behind
// in another way: it lays out one unit after the other and moves a pair that
// would be torn.
func TestSegmentsAgreeWithAnIndependentCount(t *testing.T) {
	t.Parallel()
	letters := rapid.SampledFrom([]rune("ab €^{}жé😀’\n@Δç"))
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(letters, 0, 400).Draw(t, "text"))
		got := CountSegments(text)

		basic := "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
		gsm := true
		var parts []int // widths
		for _, r := range text {
			switch {
			case strings.ContainsRune(basic, r):
				parts = append(parts, 1)
			case strings.ContainsRune("^{}\\[~]|€\f", r):
				parts = append(parts, 2)
			default:
				gsm = false
			}
		}
		single, part := 160, 153
		if !gsm {
			single, part, parts = 70, 67, nil
			for _, r := range text {
				parts = append(parts, len(utf16.Encode([]rune{r})))
			}
		}
		total := 0
		for _, n := range parts {
			total += n
		}
		want := 1
		if total > single {
			position := 0
			for _, n := range parts {
				if position%part+n > part { // torn: skip to the next segment
					position += part - position%part
				}
				position += n
			}
			want = (position + part - 1) / part
		}
		if got.Characters != total || got.Segments != want || (got.Alphabet == GSM7) != gsm {
			t.Fatalf("%q: got %+v, want %d characters in %d segments", text, got, total, want)
		}
	})
}

func TestCostlyCharactersAreNamedWithTheirPlainEquivalent(t *testing.T) {
	t.Parallel()
	template := MessageTemplate{Name: "x", Text: "Don’t share {{otp}} – ever. " + strings.Repeat("x", 60)}
	ps := template.Check()
	if len(ps) != 1 || !ps[0].Warning {
		t.Fatalf("got %v", ps)
	}
	want := `Because of '’' (U+2019) at character 4, write "'"; '–' (U+2013) at character 21, write "-", the text is sent as Unicode, with room for 70 characters in a segment: with a code of six digits and a brand of four letters it takes 2 segments. Without them there is room for 160, and it takes 1.`
	if ps[0].Detail != want {
		t.Errorf("got  %s\nwant %s", ps[0].Detail, want)
	}
	for _, text := range []string{"plain {{otp}}", "Ваш код – {{otp}}", "Don’t share {{otp}}", "Ваш код – {{otp}}" + strings.Repeat("x", 60)} {
		if ps := (MessageTemplate{Name: "x", Text: text}).Check(); len(ps) != 0 {
			t.Errorf("%q: %v; replacing characters would not make it cheaper", text, ps)
		}
	}
}
