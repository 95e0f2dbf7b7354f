package otp

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// PhoneError says why a text was not taken as a phone number, and what to
// write. It never repeats the number, which is personal data.
type PhoneError struct {
	// Sentence says it, without a last full stop.
	Sentence string
	// NoCountry reports that nothing is wrong but that the country code is
	// missing.
	NoCountry bool
}

// Error is the sentence.
func (e *PhoneError) Error() string { return e.Sentence }

// Bounds of a number in E.164 form, in digits with the country code. The upper
// one is the recommendation's own (ITU-T E.164, 6.1); the shortest numbers in
// service, on islands, have seven.
const (
	minPhone = 7
	maxPhone = 15
)

// ReadPhone reads a phone number as people type, paste and store it, and
// returns its E.164 form, such as +33612345678. What stands around the number
// and what groups its digits is skipped: spaces of every kind, line feeds at the
// ends, hyphens, full stops, slashes, brackets, invisible marks of direction,
// punctuation behind it, and the tel: of RFC 3966. Digits of any script count.
// Nothing is guessed: letters, extensions and numbers that can only be dialled
// locally are errors.
//
// A number without country code is one of the country, an ISO 3166 alpha-2 code
// in upper case; where that is empty, it is an error. Numbering plans change
// faster than the library's copy of them, so only the length of a number is
// judged, not whether it is in use. Every error is a *PhoneError.
func ReadPhone(text, country string) (string, error) {
	digits, international, err := phoneDigits(text)
	if err != nil {
		return "", err
	}
	written := digits
	if international {
		written = "+" + digits
	}
	number, failure := phonenumbers.Parse(written, country)
	switch {
	case errors.Is(failure, phonenumbers.ErrInvalidCountryCode) && !international:
		return "", &PhoneError{NoCountry: true, Sentence: "It has no country code. Write it in international form, with a plus sign and the country code, such as +33612345678"}
	case errors.Is(failure, phonenumbers.ErrInvalidCountryCode):
		return "", &PhoneError{Sentence: "This is no phone number: no country code begins like that. Check the digits behind the plus sign"}
	case failure != nil:
		return "", &PhoneError{Sentence: "This is no phone number: it is too short or too long to be one. Check the digits"}
	}
	if problem := lengthProblem(number, digits, international, country); problem != "" {
		return "", &PhoneError{Sentence: problem}
	}
	return phonenumbers.Format(number, phonenumbers.E164), nil
}

// lengthProblem judges a number by its length; empty: it is possible.
func lengthProblem(number *phonenumbers.PhoneNumber, digits string, international bool, country string) string {
	code := strconv.Itoa(int(number.GetCountryCode()))
	local := fmt.Sprintf("This number can only be dialled locally: as a number of +%s it lacks its area code. Write the whole number, as one dials it from another country", code)
	national := phonenumbers.GetNationalSignificantNumber(number)
	switch phonenumbers.IsPossibleNumberWithReason(number) {
	case phonenumbers.IS_POSSIBLE:
	case phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return local
	default:
		if !international && localIn(country, len(national)) {
			return local
		}
		return fmt.Sprintf("No number under +%s is that long or that short. Check the digits", code)
	}
	if !international && national == digits && maybeLocal(number, country, len(national)) {
		return local
	}
	if total := len(code) + len(national); total < minPhone || total > maxPhone {
		return fmt.Sprintf("No number under +%s is that long or that short. Check the digits", code)
	}
	return ""
}

// localIn reports whether numbers of a length are dialled within an area of the
// country only. Calling codes that countries share are judged by the largest of
// them elsewhere.
func localIn(country string, length int) bool {
	general := generalOf(country)
	return slices.Contains(general.GetPossibleLengthLocalOnly(), int32(length)) && !slices.Contains(general.GetPossibleLength(), int32(length))
}

// maybeLocal reports whether a number that was typed without country code and
// without the 0 (or what the country dials in its place) may be one that lacks
// its area code: where numbers have many lengths, the length alone does not
// tell. It may not be if its range is known, or if it is as long as a mobile
// number, which has no area code to lack.
func maybeLocal(number *phonenumbers.PhoneNumber, country string, length int) bool {
	if phonenumbers.IsValidNumber(number) {
		return false
	}
	all, err := metadata()
	if err != nil {
		return false
	}
	mobile := all[country].GetMobile().GetPossibleLength()
	if len(mobile) == 0 { // the library leaves out what is the same
		mobile = generalOf(country).GetPossibleLength()
	}
	return !slices.Contains(mobile, int32(length))
}

func generalOf(country string) *phonenumbers.PhoneNumberDesc {
	all, err := metadata()
	if err != nil {
		return nil
	}
	return all[country].GetGeneralDesc()
}

// phoneDigits is a number without what stands around and between its digits,
// and whether it begins with a plus sign.
func phoneDigits(text string) (digits string, international bool, err error) {
	text = strings.Map(plain, text)
	trimmed, err := withoutScheme(strings.TrimRightFunc(strings.TrimLeftFunc(text, aroundPhone), aroundPhone))
	if err != nil {
		return "", false, err
	}
	var found strings.Builder
	for _, r := range trimmed {
		switch {
		case '0' <= r && r <= '9':
			found.WriteRune(r)
		case r == '+' && found.Len() == 0:
			international = true
		case betweenDigits(r):
		default:
			return "", false, &PhoneError{Sentence: strangerIn(trimmed, r)}
		}
	}
	if found.Len() == 0 {
		return "", false, &PhoneError{Sentence: "This is no phone number. Write it with digits and its country code, such as +33612345678"}
	}
	return found.String(), international, nil
}
