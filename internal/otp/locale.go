package otp

import (
	"strings"

	"golang.org/x/text/language"
)

// oldLanguages are names of languages that browsers and systems still use, and
// what they are called now: those that the IANA language subtag registry
// deprecates in favour of another, and tl and sh, which CLDR does. It is a part
// of the contract of documents.
var oldLanguages = map[string]string{
	"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr-Latn", "tl": "fil",
}

// CanonicalLocale is a BCP 47 tag with today's name of its language: he for iw,
// id-ID for in-ID, sr-Latn-RS for sh-RS. A script that a tag names stays: sh-Cyrl
// is sr-Cyrl. Case and the rest stay as they are.
func CanonicalLocale(locale string) string {
	base, rest, more := strings.Cut(locale, "-")
	today, old := oldLanguages[strings.ToLower(base)]
	if !old {
		return locale
	}
	if script, _, _ := strings.Cut(rest, "-"); len(script) == 4 {
		today, _, _ = strings.Cut(today, "-")
	}
	if more {
		today += "-" + rest
	}
	return today
}

func checkLocale(ps *Problems, path Path, locale string) {
	tag, err := language.Parse(locale)
	if err != nil {
		ps.Errorf(path, "Locale is not a BCP 47 language tag", `%q is not one; write "fr", "pt-BR" or "zh-Hant" for example.`, locale)
		return
	}
	if usual := CanonicalLocale(tag.String()); usual != locale {
		ps.Errorf(path, "Locale is not in its usual spelling", "Write %q instead of %q, so that every application finds it.", usual, locale)
	}
}
