package httpapi

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// CheckCharacters refuses a credential that cannot be right because of
// characters nobody sees: they come from copying, or from a file that ends with
// a newline. Nothing is trimmed silently. The name says which credential it
// is; the error is a sentence without the value.
func CheckCharacters(name, value string) error {
	switch {
	case value != strings.TrimSpace(value):
		return sentencef("The %s begins or ends with a space or a newline. Remove it, for example with trimspace() or printf %%s.", name)
	case invisible(value):
		return sentencef("The %s holds a control or an invisible character. Copy it again.", name)
	}
	return nil
}

// invisible reports control and format characters, such as newlines and
// zero-width spaces.
func invisible(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	})
}

// Credential is one credential of a vendor account, as the user knows it.
type Credential struct {
	Vendor  otp.Vendor
	Account string // a slug; empty for the default account
	Field   string // as in the variable: API_KEY
	Name    string // in words: API key
	Value   string
}

// CheckValue reports a credential that is missing or cannot be right. The error
// names the variable and the attribute to set.
func (c Credential) CheckValue() error {
	failure := &Error{Vendor: c.Vendor, Account: c.Account, Kind: Unconfigured}
	if c.Value == "" {
		failure.Reason = fmt.Sprintf("%s is not configured: it has no %s", c.owner(), c.Name)
		failure.Next = c.advice()
		return failure
	}
	if err := CheckCharacters(c.Name+" of "+c.owner(), c.Value); err != nil {
		failure.Reason = strings.TrimSuffix(err.Error(), ".")
		return failure
	}
	return nil
}

func (c Credential) owner() string {
	if c.Account == "" {
		return c.Vendor.Title()
	}
	return fmt.Sprintf("%s (account %q)", c.Vendor.Title(), c.Account)
}

// advice leaves the attribute out for a further account, which only variables
// can configure.
func (c Credential) advice() string {
	variable := c.Vendor.Variable(c.Account, c.Field)
	if c.Account != "" {
		return fmt.Sprintf("Set the environment variable %s.", variable)
	}
	return fmt.Sprintf("Set the environment variable %s, or write provider \"otp\" { %s = { %s = … } }.",
		variable, c.Vendor, strings.ToLower(c.Field))
}

// Secret is a value that prints as a mask: a code, a key. Reveal shows it.
type Secret struct{ value string }

// NewSecret hides a value.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal returns the hidden value. Do not log it.
func (s Secret) Reveal() string { return s.value }

// String is a mask, or empty where nothing is hidden.
func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return redacted
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText writes the mask, so that a Secret can be part of no encoding.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalJSON takes a string or a number: a vendor may send a code as either.
func (s *Secret) UnmarshalJSON(raw []byte) error {
	var text Text
	if err := text.UnmarshalJSON(raw); err != nil {
		return err
	}
	s.value = string(text)
	return nil
}
