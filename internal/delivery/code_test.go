package delivery

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestTypedCodeIsNormalised(t *testing.T) {
	t.Parallel()
	six := otp.DocumentCode{Length: 6, Digits: true}
	upper := otp.DocumentCode{Length: 4, UpperCase: true}
	lower := otp.DocumentCode{Length: 4, LowerCase: true}
	all := otp.DocumentCode{Length: 4, Digits: true, UpperCase: true, LowerCase: true, SpecialCharacters: true}
	for _, test := range []struct {
		policy      otp.DocumentCode
		typed, want string // empty: does not fit
	}{
		{six, "482913", "482913"},
		{six, " 482 913 ", "482913"},
		{six, "482-913\n", "482913"},
		{six, "48\u00a029\u201013\u2003\u2013", "482913"}, // other spaces and hyphens
		{six, "٤٨٢٩١٣", "482913"},                         // Arabic
		{six, "۴۸۲۹۱۳", "482913"},                         // Persian
		{six, "४८२९१३", "482913"},                         // Devanagari
		{six, "４８２９１３", "482913"},                         // full width
		{six, "𝟜𝟠𝟚𝟡𝟙𝟛", "482913"},                         // mathematical
		{six, "000000", "000000"},
		{six, "48291", ""},
		{six, "4829133", ""},
		{six, "48291a", ""},
		{six, "48291½", ""},
		{six, "48291²", ""},
		{six, "48291Ⅳ", ""},
		{six, "48291.", ""},
		{six, "", ""},
		{six, " - ", ""},
		{six, "\xff82913", ""},
		{upper, "ABCD", "ABCD"},
		{upper, "abcd", ""},
		{upper, "ABC1", ""},
		{upper, "ÀBCD", ""},
		{upper, "АBCD", ""}, // Cyrillic
		{lower, "abcd", "abcd"},
		{lower, "ABCD", ""},
		{all, "aB#1", "aB#1"},
		{all, "a B-?!", "aB?!"},
		{all, "aB1€", ""},
		{all, "aB1\x7f", ""},
	} {
		got, fits := normalise(test.policy, test.typed)
		if fits != (test.want != "") || fits && got != test.want {
			t.Errorf("%q becomes %q, %v; want %q", test.typed, got, fits, test.want)
		}
	}
}

func TestMadeCodesKeepThePolicy(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		policy := otp.DocumentCode{
			Length: rapid.Int64Range(otp.MinCodeLength, otp.MaxCodeLength).Draw(t, "length"), Digits: rapid.Bool().Draw(t, "digits"),
			UpperCase: rapid.Bool().Draw(t, "upper"), LowerCase: rapid.Bool().Draw(t, "lower"), SpecialCharacters: rapid.Bool().Draw(t, "special"),
		}
		if alphabet(policy) == "" {
			t.Skip("a document without an alphabet is refused")
		}
		made, err := makeCode(policy)
		if err != nil {
			t.Fatal(err)
		}
		if again, fits := normalise(policy, made); !fits || again != made {
			t.Fatalf("%q does not keep its own policy %+v", made, policy)
		}
		if spaced, fits := normalise(policy, strings.Join(strings.Split(made, ""), " ")); !fits || spaced != made {
			t.Fatalf("%q is not %q any more with spaces", spaced, made)
		}
	})
}

func TestKeptNumberNeedsTheWholeCode(t *testing.T) {
	t.Parallel()
	k := key("made up")
	for _, hashed := range []bool{false, true} {
		kept := value{Text: "12913", Number: true}
		if hashed {
			kept = value{Hash: k.hash("secret_code", "12913"), Number: true}
		}
		for typed, want := range map[string]bool{"012913": true, "12913": false, "0012913": false, "112913": false, "": false} {
			if got := k.expects("secret_code", kept, typed, 6); got != want {
				t.Errorf("hashed %v: %q is %v, want %v", hashed, typed, got, want)
			}
		}
	}
}

// A generator that favours a character, or leaves one out, would fail this
// one time in many millions of millions.
func TestMadeCodesUseTheWholeAlphabet(t *testing.T) {
	t.Parallel()
	policy := otp.DocumentCode{Length: otp.MaxCodeLength, Digits: true}
	count := map[rune]int{}
	for range 1000 {
		made, err := makeCode(policy)
		if err != nil {
			t.Fatal(err)
		}
		for _, digit := range made {
			count[digit]++
		}
	}
	for _, digit := range digits {
		// 3,200 are expected, with a standard deviation of 54.
		if n := count[digit]; n < 2700 || n > 3700 {
			t.Errorf("of 32,000 digits %d are %c", n, digit)
		}
	}
}
