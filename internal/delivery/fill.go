package delivery

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// filling is what the placeholders of one call become. An empty value is none.
type filling struct {
	variable func(name string) string
	values   map[string]string // by name, as in {{name}}
	locale   string            // BCP 47
	resend   bool
	instead  map[string]any // fields that replace those of the document
}

// filled is a call with nothing open but where the vendor is.
type filled struct {
	headers map[string]string
	fields  httpapi.Fields
	secrets []string // everything that was filled in
}

// unfilled is a placeholder without a value, as the document writes it.
type unfilled struct {
	variable string // of ${variable}; empty: a name
	name     string // of {{name}}
}

func (u unfilled) Error() string {
	if u.variable != "" {
		return fmt.Sprintf("${%s} has no value", u.variable)
	}
	return fmt.Sprintf("{{%s}} has no value", u.name)
}

// fill makes the headers and fields of a call. The error is an unfilled or
// says which field cannot be a number.
func (f filling) fill(c *otp.Call) (filled, error) {
	out := filled{headers: map[string]string{}, fields: maps.Clone(c.Fields)}
	if out.fields == nil {
		out.fields = map[string]any{}
	}
	if replaced, ok := byLocale(c.ByLocale, f.locale); ok {
		maps.Copy(out.fields, replaced)
	}
	if f.resend {
		maps.Copy(out.fields, c.Resend)
	}
	maps.Copy(out.fields, f.instead)
	text, hasText := byLocale(c.Texts, f.locale)
	if hasText {
		f.values = maps.Clone(f.values)
		f.values["text"] = text
	}
	for _, name := range slices.Sorted(maps.Keys(out.fields)) {
		template, ok := out.fields[name].(string)
		if !ok {
			continue
		}
		value, err := f.expand(template)
		switch {
		case err != nil && slices.Contains(c.OmitIfMissing, name):
			delete(out.fields, name)
			continue
		case err != nil:
			return filled{}, err
		}
		out.fields[name] = value
		if strings.HasSuffix(template, ":number}}") {
			number, err := strconv.ParseInt(value, 10, 64)
			if err != nil || strconv.FormatInt(number, 10) != value {
				return filled{}, fmt.Errorf("what is filled into field %s is no number", name)
			}
			out.fields[name] = number
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		value, err := f.expand(c.Headers[name])
		if err != nil {
			return filled{}, err
		}
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return filled{}, fmt.Errorf("what is filled into header %s holds a control character", name)
		}
		out.headers[name] = value
	}
	out.secrets = f.secrets(c)
	return out, nil
}

// expand fills the placeholders of a template in one pass: what was filled in
// is not looked at again.
func (f filling) expand(template string) (string, error) {
	var missing error
	text := placeholder.ReplaceAllStringFunc(template, func(found string) string {
		parts := placeholder.FindStringSubmatch(found)
		value := f.values[parts[2]]
		if parts[2] == "" {
			value = f.variable(parts[1])
		}
		if value == "" && missing == nil {
			missing = unfilled{variable: parts[1], name: parts[2]}
		}
		return value
	})
	return text, missing
}

// secrets are the values that must not be shown of a call: its credentials and
// all that is known of code and recipient. The text is not secret.
func (f filling) secrets(c *otp.Call) []string {
	var secrets []string
	for _, name := range variables(c) {
		secrets = append(secrets, f.variable(name))
	}
	for name, value := range f.values {
		if name != "text" && name != "duration_seconds" {
			secrets = append(secrets, value)
		}
	}
	return secrets
}

// variables are the credentials that a call names, sorted.
func variables(c *otp.Call) []string {
	var names []string
	for _, template := range templates(c, false) {
		for _, found := range placeholder.FindAllStringSubmatch(template, -1) {
			if found[2] == "" {
				names = append(names, found[1])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checkCredentials refuses credentials that cannot be right, such as one that
// ends with a newline.
func (f filling) checkCredentials(vendor otp.Vendor, c *otp.Call) error {
	for _, name := range variables(c) {
		if value := f.variable(name); value != "" {
			if err := credential(vendor, name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// credential checks the value of a credential variable; the error names what
// to set.
func credential(vendor otp.Vendor, name, value string) error {
	slug, field, _ := parseVariable(vendor, name)
	words := map[string]string{"SECRET": "API secret", "API_KEY": "API key", "API_LOGIN": "API login"}
	return httpapi.Credential{Vendor: vendor, Account: slug, Field: field, Name: words[field], Value: value}.Check()
}

// byLocale finds the entry of the longest beginning of a locale, whatever its
// case: fr-CA, then fr, then the default.
func byLocale[T any](entries map[string]T, locale string) (T, bool) {
	for tag := locale; ; {
		for _, name := range slices.Sorted(maps.Keys(entries)) {
			if strings.EqualFold(name, tag) {
				return entries[name], true
			}
		}
		if tag == "" {
			var none T
			return none, false
		}
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
}
