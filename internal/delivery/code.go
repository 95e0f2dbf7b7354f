package delivery

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"unicode"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

const (
	digits    = "0123456789"
	upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lowerCase = "abcdefghijklmnopqrstuvwxyz"
	// special are the special characters that a vendor is known to use
	// (Octopush reference §2.1).
	special = "!#$%&?@"
)

// alphabet holds the characters that a code is made of.
func alphabet(policy otp.DocumentCode) string {
	var characters strings.Builder
	for _, set := range []struct {
		on         bool
		characters string
	}{
		{policy.Digits, digits}, {policy.UpperCase, upperCase}, {policy.LowerCase, lowerCase}, {policy.SpecialCharacters, special},
	} {
		if set.on {
			characters.WriteString(set.characters)
		}
	}
	return characters.String()
}

// makeCode makes a code to the policy, each as likely as any other.
func makeCode(policy otp.DocumentCode) (string, error) {
	characters := alphabet(policy)
	code := make([]byte, policy.Length)
	for i := range code {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(characters))))
		if err != nil {
			return "", fmt.Errorf("no random numbers to make a code of: %w", err)
		}
		code[i] = characters[n.Int64()]
	}
	return string(code), nil
}

// normalise is a code as it was sent, made of what a person typed: without
// spaces and hyphens, and with digits of any script as ASCII digits. It fails
// on what does not fit the policy. A vendor's special characters may be more
// than are documented, so every printable one of ASCII passes.
func normalise(policy otp.DocumentCode, typed string) (string, bool) {
	var code strings.Builder
	for _, r := range typed {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Zs, unicode.Pd) {
			continue
		}
		r = asciiDigit(r)
		var fits bool
		switch {
		case strings.ContainsRune(digits, r):
			fits = policy.Digits
		case strings.ContainsRune(upperCase, r):
			fits = policy.UpperCase
		case strings.ContainsRune(lowerCase, r):
			fits = policy.LowerCase
		default:
			fits = policy.SpecialCharacters && r > ' ' && r < 0x7f
		}
		if !fits {
			return "", false
		}
		code.WriteRune(r)
	}
	return code.String(), int64(code.Len()) == policy.Length
}

// asciiDigit turns a decimal digit of any script into its ASCII digit. Unicode
// keeps the ten digits of a script in order and together.
func asciiDigit(r rune) rune {
	for _, span := range unicode.Nd.R16 {
		if r >= rune(span.Lo) && r <= rune(span.Hi) {
			return '0' + (r-rune(span.Lo))%10
		}
	}
	for _, span := range unicode.Nd.R32 {
		if r >= rune(span.Lo) && r <= rune(span.Hi) {
			return '0' + (r-rune(span.Lo))%10
		}
	}
	return r
}
