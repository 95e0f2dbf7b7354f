package otp

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// plain writes digits of every script, and plus signs, as ASCII has them.
func plain(r rune) rune {
	switch r {
	case '\uFF0B', '\uFE62': // full width and small
		return '+'
	}
	if r <= unicode.MaxASCII || !unicode.Is(unicode.Nd, r) {
		return r
	}
	for _, digits := range unicode.Nd.R16 {
		if rune(digits.Lo) <= r && r <= rune(digits.Hi) {
			return '0' + (r-rune(digits.Lo))%10
		}
	}
	for _, digits := range unicode.Nd.R32 {
		if rune(digits.Lo) <= r && r <= rune(digits.Hi) {
			return '0' + (r-rune(digits.Lo))%10
		}
	}
	return r
}

// aroundPhone reports whether a character may stand before or behind a number
// without being part of it: everything but letters, numbers and what is dialled.
// The original of the phone number library skips the same behind a number; its
// Go version has a pattern that does not.
func aroundPhone(r rune) bool {
	return r != utf8.RuneError && !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("+#*", r)
}

// betweenDigits reports whether a character groups the digits of a number, or is
// invisible.
func betweenDigits(r rune) bool {
	switch {
	case unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf): // spaces, hyphens and dashes, invisible marks
		return true
	case r == '\uFE0E' || r == '\uFE0F': // variants of a picture
		return true
	}
	return strings.ContainsRune("\t./()[]\u00B7\u2022\u2024\u2027\u2212\u30FB\u30FC\uFF08\uFF09\uFF0E\uFF0F\uFF3B\uFF3D\uFF65", r)
}

// withoutScheme is what a tel: URI (RFC 3966) dials.
func withoutScheme(text string) (string, error) {
	if len(text) < len("tel:") || !strings.EqualFold(text[:len("tel:")], "tel:") {
		return text, nil
	}
	number, parameters, _ := strings.Cut(text[len("tel:"):], ";")
	if parameters == "" {
		return number, nil
	}
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		switch strings.ToLower(name) {
		case "phone-context":
			if !strings.HasPrefix(value, "+") || strings.HasPrefix(number, "+") {
				return "", &PhoneError{Sentence: "The phone-context of this tel: address is no country code. Write the number in international form, such as +33612345678"}
			}
			number = value + number
		case "ext", "isub":
			return "", &PhoneError{Sentence: extension}
		default:
			return "", &PhoneError{Sentence: "This tel: address has a parameter that belongs to no phone number. Write the number alone, such as +33612345678"}
		}
	}
	return number, nil
}

const extension = "It has an extension, which takes no messages. Write the number alone, without what is dialled behind it"

// Letters that are typed for a digit, in Latin, Greek, Cyrillic and Armenian.
const (
	zeros = "OoΟοОоՕօＯｏ"
	ones  = "lIІіΙιＩｌ"
)

// strangerIn says what is wrong with a character that is in a number.
func strangerIn(text string, r rune) string {
	if _, more := phonenumbers.MaybeSeparateExtensionFromPhone(text); more != "" {
		return extension
	}
	switch {
	case !strings.ContainsAny(text, "0123456789"):
		return "This is no phone number. Write it with digits and its country code, such as +33612345678"
	case r == '+':
		return "It has a plus sign in the middle. Write one number, with the plus sign in front"
	case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return "It has several lines. Write one number"
	case r == ',' || r == ';':
		return fmt.Sprintf("It has %q in the middle. Write one number, without what is dialled behind it", r)
	case strings.ContainsRune(zeros, r):
		return fmt.Sprintf("It has the letter %q. Nothing is guessed from letters: where a zero is meant, write 0", r)
	case strings.ContainsRune(ones, r):
		return fmt.Sprintf("It has the letter %q. Nothing is guessed from letters: where a one is meant, write 1", r)
	case unicode.IsLetter(r):
		return "It has letters. Nothing is guessed from letters: write the number with digits only"
	case r == '#' || r == '*':
		return fmt.Sprintf("It has %q, which belongs to a service code or an extension. Write the number alone", r)
	case r == utf8.RuneError:
		return "It has bytes that are no UTF-8 text. Type the number anew"
	}
	return fmt.Sprintf("It has the character %U, which belongs to no phone number. Write digits, with spaces or hyphens where you like", r)
}
