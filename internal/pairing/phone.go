package pairing

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// PhoneProblem says what to write in place of a number that is not in E.164
// form; empty: it is. Numbers are compared with what the vendor says, digit by
// digit. Numbering plans change faster than the library's copy of them, so only
// the length of a number is judged.
func PhoneProblem(text string) string {
	number, parsed := parse(text)
	switch {
	case parsed && phonenumbers.IsPossibleNumber(number) && phonenumbers.Format(number, phonenumbers.E164) == text:
		return ""
	case parsed && phonenumbers.IsValidNumber(number):
		return fmt.Sprintf("Write %q.", phonenumbers.Format(number, phonenumbers.E164))
	case parsed && !phonenumbers.IsPossibleNumber(number) && strings.HasPrefix(text, "+"):
		return fmt.Sprintf("No number under +%d is that long or that short. Check the digits.", number.GetCountryCode())
	}
	return "Write it with + and its country code and without spaces, such as \"+923004445566\"."
}

var international = regexp.MustCompile(`^\s*(?:\+|00)?\s*([1-9].*)$`)

// parse reads a number that has a country code, however it begins.
func parse(text string) (*phonenumbers.PhoneNumber, bool) {
	match := international.FindStringSubmatch(text)
	if match == nil {
		return nil, false
	}
	number, err := phonenumbers.Parse("+"+match[1], "")
	return number, err == nil
}
