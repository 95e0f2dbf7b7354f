package otp

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

func TestANumberIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"+12029182132":                      "+12029182132",
		"+12029182132\n":                    "+12029182132",
		"\r\n\t +12029182132 \r\n\r\n":      "+12029182132",
		"+12029182132,":                     "+12029182132",
		"+12029182132;":                     "+12029182132",
		"+12029182132!":                     "+12029182132",
		"+12029182132…":                     "+12029182132",
		"+12029182132\u202C":                "+12029182132",
		"\u202A+12029182132\u202C":          "+12029182132",
		"\u2066+12029182132\u2069":          "+12029182132",
		"\u200E+12029182132\u200F":          "+12029182132",
		"\uFEFF+12029182132":                "+12029182132",
		"+1\u202F202\u202F918\u202F2132":    "+12029182132",
		"+1\u00A0202\u2007918\u30002132":    "+12029182132",
		"+1 (202) 918-2132":                 "+12029182132",
		"+1-202-918-2132.":                  "+12029182132",
		"+1.202.918.2132":                   "+12029182132",
		"+1‑202–918—2132":                   "+12029182132",
		"＋１２０２９１８２１３２":                      "+12029182132",
		"+1 202/918 2132":                   "+12029182132",
		"\"+12029182132\"":                  "+12029182132",
		"“+12029182132”,":                   "+12029182132",
		"<+12029182132>":                    "+12029182132",
		"☎ +12029182132":                    "+12029182132",
		"📞\uFE0F +12029182132":              "+12029182132",
		"++12029182132":                     "+12029182132",
		"tel:+1-202-918-2132":               "+12029182132",
		"TEL:202-918-2132;phone-context=+1": "+12029182132",
		"+33 (0)6 39-98-00-01":              "+33639980001",
		"+39 06 6982 0001":                  "+390669820001",
		"+٩٢٣٠٠٤٤٤٥٥٦٦":                     "+923004445566",
		"+९१८१२३४५६७८९":                     "+918123456789",
		"(+92) 300 444 55 66":               "+923004445566",
	} {
		got, err := ReadPhone(text, "")
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestANumberOfACountryIsReadAsItsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"06 39 98 00 01":     {"FR", "+33639980001"},
		"0033 6 39 98 00 01": {"FR", "+33639980001"},
		"+44 20 7946 0018":   {"FR", "+442079460018"},
		"020 7946 0018":      {"GB", "+442079460018"},
		"(202) 918-2132":     {"US", "+12029182132"},
		"1 202 918 2132":     {"US", "+12029182132"},
		"436-234-5678":       {"US", "+14362345678"}, // an area code that the copy does not know
		"81234 56789":        {"IN", "+918123456789"},
		"06 6982 0001":       {"IT", "+390669820001"},
		"1712345678":         {"DE", "+491712345678"},
		"030 1234567":        {"DE", "+49301234567"},
		"138 0013 8000":      {"CN", "+8613800138000"},
		"(11) 91234-5678":    {"BR", "+5511912345678"},
		"07911 123456":       {"JE", "+447911123456"},
	} {
		got, err := ReadPhone(text, want[0])
		if err != nil || got != want[1] {
			t.Errorf("%q in %s: %q, %v; want %q", text, want[0], got, err, want[1])
		}
	}
}

func TestWhatIsNoNumberIsSaidAndNotGuessed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"1111":                            {"GB", "only be dialled locally"},
		"253-0000":                        {"US", "only be dialled locally"},
		"+12530000":                       {"", "only be dialled locally"},
		"+44 1111":                        {"", "only be dialled locally"},
		"+44 (0)1111":                     {"", "only be dialled locally"},
		"3456 7890":                       {"BR", "only be dialled locally"},
		"6234 5678":                       {"CN", "only be dialled locally"}, // as long as service numbers are
		"1234567":                         {"DE", "only be dialled locally"},
		"1234-5678":                       {"JP", "only be dialled locally"},
		"234567":                          {"KZ", "only be dialled locally"},
		"+917878787xyz":                   {"", "has letters"},
		"1-800-FLOWERS":                   {"US", "has letters"},
		"+33 6 O1 23 45 67":               {"", "the letter 'O'"},
		"+33 6 о1 23 45 67":               {"", "the letter 'о'"}, // Cyrillic
		"+33 6 l1 23 45 67":               {"", "the letter 'l'"},
		"Tel. +33 6 39 98 00 01":          {"", "has letters"},
		"+33 6 39 98 00 01 Marie":         {"", "has letters"},
		"424-417-2469x61914":              {"US", "extension"},
		"424-417-2469 ext. 61914":         {"US", "extension"},
		"+1 424 417 2469 #614":            {"", "extension"},
		"+1 424 417 2469,,614#":           {"", "extension"},
		"+1 424 417 2469;ext=614":         {"", "extension"},
		"tel:+1-424-417-2469;ext=614":     {"", "extension"},
		"tel:+1-424-417-2469;isub=614":    {"", "extension"},
		"tel:4174;phone-context=acme.com": {"", "no country code"},
		"tel:+14244172469;rn=1":           {"", "parameter"},
		"*100#":                           {"FR", "service code"},
		"+33639980001*":                   {"", "service code"},
		"+33639980001 +33639980002":       {"", "plus sign in the middle"},
		"+33639980001, 0639980002":        {"", "the middle"},
		"+33639980001\n+33639980002":      {"", "several lines"},
		"33639980001+":                    {"", "plus sign in the middle"},
		"+33 6³9980001":                   {"", "U+00B3"},
		"+33 6_39980001":                  {"", "U+005F"},
		"+33639980001\x00":                {"", ""},
		"+336\x0039980001":                {"", "U+0000"},
		"+336\xff39980001":                {"", "UTF-8"},
		"hello":                           {"FR", "no phone number"},
		"Oo":                              {"", "no phone number"},
		"":                                {"", "no phone number"},
		"+":                               {"", "no phone number"},
		"0639980001":                      {"", "international form"},
		"33639980001":                     {"", "international form"},
		"0033639980001":                   {"", "international form"},
		"+0639980001":                     {"", "no country code begins"},
		"+999 1234567":                    {"", "no phone number"},
		"+33 1":                           {"", "too short"},
		"+33612345":                       {"", "that long or that short"},
		"+336123456789":                   {"", "that long or that short"},
		"+49 1234 5678 9012 345":          {"", "that long or that short"}, // more than E.164 has room for
		"+" + strings.Repeat("3", 300):    {"", "too long"},
	} {
		got, err := ReadPhone(text, want[0])
		if want[1] == "" { // an invisible end
			if err != nil || got != "+33639980001" {
				t.Errorf("%q: %q, %v", text, got, err)
			}
			continue
		}
		var said *PhoneError
		if got != "" || !errors.As(err, &said) || !strings.Contains(err.Error(), want[1]) {
			t.Errorf("%q in %q: %q, %v; want an error with %q", text, want[0], got, err, want[1])
			continue
		}
		for _, digits := range []string{"39980001", "4172469", "7878787", "Marie", "acme"} {
			if strings.Contains(err.Error(), digits) {
				t.Errorf("%q: the error repeats it: %v", text, err)
			}
		}
		if strings.HasSuffix(err.Error(), ".") {
			t.Errorf("%q: callers end the sentence: %v", text, err)
		}
	}
}

// TestReadPhoneReadsWhatItHasWritten also compares with the library for
// numbers in use, whatever surrounds and groups them.
func TestReadPhoneReadsWhatItHasWritten(t *testing.T) {
	t.Parallel()
	var regions []string
	for region := range phonenumbers.GetSupportedRegions() {
		regions = append(regions, region)
	}
	around := []string{"", " ", "\n", "\r\n", "\t", "\u202C", "\u00A0", ",", ";", "!", ".", "\u200B", "\""}
	between := []string{"", " ", "-", "\u202F", ".", "\u2011", "\u2060"}
	rapid.Check(t, func(t *rapid.T) {
		region := rapid.SampledFrom(regions).Draw(t, "region")
		number := phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE)
		if number == nil {
			t.Skip("no such numbers")
		}
		want := phonenumbers.Format(number, phonenumbers.E164)
		for _, form := range []phonenumbers.PhoneNumberFormat{phonenumbers.E164, phonenumbers.INTERNATIONAL, phonenumbers.NATIONAL, phonenumbers.RFC3966} {
			if back, err := phonenumbers.Parse(phonenumbers.Format(number, form), region); err != nil || phonenumbers.Format(back, phonenumbers.E164) != want {
				continue // the library itself does not read every national form that it writes
			}
			var text strings.Builder
			text.WriteString(rapid.SampledFrom(around).Draw(t, "before"))
			for _, r := range phonenumbers.Format(number, form) {
				text.WriteRune(r)
				if unicode.IsDigit(r) {
					text.WriteString(rapid.SampledFrom(between).Draw(t, "between"))
				}
			}
			text.WriteString(rapid.SampledFrom(around).Draw(t, "after"))
			got, err := ReadPhone(text.String(), region)
			if err != nil || got != want {
				t.Fatalf("%q in %s: %q, %v; want %q", text.String(), region, got, err, want)
			}
			if again, err := ReadPhone(got, ""); err != nil || again != got {
				t.Fatalf("%q: %q, %v", got, again, err)
			}
		}
	})
}

// TestDigitsOfEveryScriptAreTen checks the tables of Unicode that plain relies
// on: runs of ten, the zero first.
func TestDigitsOfEveryScriptAreTen(t *testing.T) {
	t.Parallel()
	for _, digits := range unicode.Nd.R16 {
		if digits.Stride != 1 || (digits.Hi-digits.Lo+1)%10 != 0 {
			t.Errorf("%U to %U are no runs of ten", digits.Lo, digits.Hi)
		}
	}
	for _, digits := range unicode.Nd.R32 {
		if digits.Stride != 1 || (digits.Hi-digits.Lo+1)%10 != 0 {
			t.Errorf("%U to %U are no runs of ten", digits.Lo, digits.Hi)
		}
	}
}
