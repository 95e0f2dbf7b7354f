package delivery

import (
	"errors"
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
	path    map[string]string // the values of the path's placeholders
	secrets []string          // everything that was filled in
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
		value, err := f.field(out.fields[name])
		switch {
		case errors.As(err, new(unfilled)) && slices.Contains(c.OmitIfMissing, name):
			delete(out.fields, name)
			continue
		case err != nil:
			return filled{}, fmt.Errorf("field %s: %w", name, err)
		}
		out.fields[name] = value
	}
	var err error
	if out.path, err = f.path(c.URL); err != nil {
		return filled{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		value, err := f.expand(c.Headers[name])
		if err != nil {
			return filled{}, err
		}
		if strings.ContainsFunc(value, isControl) {
			return filled{}, fmt.Errorf("what is filled into header %s holds a control character", name)
		}
		out.headers[name] = value
	}
	out.secrets = f.secrets(c)
	return out, nil
}

// field fills the placeholders of a field, at any depth.
func (f filling) field(value any) (any, error) {
	switch node := value.(type) {
	case string:
		text, err := f.expand(node)
		if err != nil || !strings.HasSuffix(node, ":number}}") {
			return text, err
		}
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil || strconv.FormatInt(number, 10) != text {
			return nil, errors.New("what is filled in is no number")
		}
		return number, nil
	case map[string]any:
		object := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(node)) {
			member, err := f.field(node[key])
			if err != nil {
				return nil, err
			}
			object[key] = member
		}
		return object, nil
	case []any:
		list := make([]any, 0, len(node))
		for _, element := range node {
			filled, err := f.field(element)
			if err != nil {
				return nil, err
			}
			list = append(list, filled)
		}
		return list, nil
	}
	return value, nil
}

// path is what the placeholders of a URL's path become, by name. The transport
// makes one segment of each.
func (f filling) path(url string) (map[string]string, error) {
	values := map[string]string{}
	for _, found := range placeholder.FindAllStringSubmatch(target.FindStringSubmatch(url)[2], -1) {
		value := f.values[found[2]]
		switch value {
		case "":
			return nil, unfilled{name: found[2]}
		case ".", "..":
			return nil, fmt.Errorf("what is filled in for {{%s}} would lead to another path", found[2])
		}
		values[found[2]] = value
	}
	return values, nil
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
func (r *Runner) checkCredentials(vendor otp.Vendor, c *otp.Call) error {
	for _, name := range variables(c) {
		if value := r.variable(name); value != "" {
			if err := r.credential(vendor, name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// credential checks the value of a credential variable; the error names what
// to set.
func (r *Runner) credential(vendor otp.Vendor, name, value string) error {
	slug, field, _ := parseVariable(vendor, name)
	known, _ := r.options.Vendor(vendor)
	return known.CheckCredential(slug, field, value)
}

// byLocale finds the entry of the longest beginning of a locale, whatever its
// case, by the names that languages have today: fr-CA, then fr, then the default.
func byLocale[T any](entries map[string]T, locale string) (T, bool) {
	for tag := otp.CanonicalLocale(locale); ; {
		for _, name := range slices.Sorted(maps.Keys(entries)) {
			if strings.EqualFold(otp.CanonicalLocale(name), tag) {
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
