package otp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxDisplayName is the longest display name of a brand, in characters.
const MaxDisplayName = 64

// Brand is the name recipients see.
type Brand struct {
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	// MyOTP is how the brand is spelled at MyOTP.App; nil: as DisplayName.
	MyOTP *MyOTPBrand `json:"myotp,omitempty"`

	Unknown Fields `json:"-"`
}

// MyOTPBrand is the brand in a request to MyOTP.App, which puts it into texts
// of its own (MyOTP reference §2).
type MyOTPBrand struct {
	Brand string `json:"brand"`
}

// Check applies the rules that hold for a brand at every vendor; each
// vendor's compiler checks its own part.
func (b Brand) Check() Problems {
	var ps Problems
	if b.Unknown.Any("display_name") {
		return nil
	}
	path, name := At("display_name"), b.DisplayName
	if strings.TrimSpace(name) != name || !strings.ContainsFunc(name, visible) {
		ps.Errorf(path, "Display name is empty or padded", "display_name is %q: it must begin and end with a visible character, because it is put into messages as it stands.", name)
	}
	if n := utf8.RuneCountInString(name); n > MaxDisplayName {
		ps.Errorf(path, "Display name is too long", "display_name has %d characters; write %d at most, so that a message stays short.", n, MaxDisplayName)
	}
	for _, fault := range checkCharacters(name, false) {
		ps.Errorf(path, "Display name has a character that may not be in a message", "%s", fault)
	}
	checkBreaks(&ps, path, name)
	if strings.ContainsAny(name, "{}") || strings.Contains(name, "${") {
		ps.Errorf(path, "Display name has a brace", "display_name is %q: a vendor or an application could take {, } or ${ for the start of a placeholder. Remove it.", name)
	}
	if found := findLink(name); found != "" {
		ps.Warnf(path, "Display name holds a link", "%q in display_name is shown as a link by phones, and filtered by many carriers.", found)
	}
	if scripts := mixedScripts(name); scripts != nil {
		ps.Warnf(path, "Display name mixes scripts", "display_name %q mixes %s letters, which look alike: recipients and spam filters take that for forgery.", name, strings.Join(scripts, " and "))
	}
	return ps
}

// visible reports whether a reader sees anything of a character by itself.
func visible(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S)
}
