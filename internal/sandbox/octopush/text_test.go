package octopush

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

func TestOctopushText(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"{code}":                   "7",
		"":                         "7",
		"Acme code: ":              "Acme code: 7",
		"Acme code:":               "Acme code: 7",
		"{code} until {hh:mm:ss}.": "7 until 09:05:00.",
		"{code}, again {code}":     "7, again 7",
		"{CODE}":                   "{CODE} 7",
	} {
		if got := expand(text, "7", start.Add(5*time.Minute)); got != want {
			t.Errorf("expand(%q) is %q, want %q", text, got, want)
		}
	}
}

// A code holds only what was allowed, whatever that was.
func TestOctopushAlphabet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := &input{x: &emulate.Exchange{Random: rand.Reader}, fields: map[string]any{}}
		allowed, flag := "", rapid.Bool()
		for _, set := range []struct{ parameter, characters string }{
			{"allow_digits", "0123456789"},
			{"allow_upper_case", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
			{"allow_lower_case", "abcdefghijklmnopqrstuvwxyz"},
			{"allow_special_chars", "!#$%&?@"},
		} {
			on := flag.Draw(t, set.parameter)
			in.fields[set.parameter] = on
			if on {
				allowed += set.characters
			}
		}
		if allowed == "" {
			allowed = "0123456789"
		}
		plain := flag.Draw(t, "remove_confusing_characters")
		in.fields["remove_confusing_characters"] = plain
		length := rapid.IntRange(4, 32).Draw(t, "length")
		code := in.x.Code(in.alphabet(Defaults{}), length)
		if len(code) != length || strings.Trim(code, allowed) != "" {
			t.Fatalf("code %q of %d characters from %q", code, length, allowed)
		}
		if plain && strings.ContainsAny(code, "0O1lI") {
			t.Fatalf("code %q has confusing characters", code)
		}
	})
}
