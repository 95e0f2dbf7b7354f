package delivery

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

var (
	// placeholder is ${VARIABLE}, {{name}} or {{name:number}}. Anything else
	// in braces is the vendor's own.
	placeholder = regexp.MustCompile(`\$\{([^}]*)\}|\{\{([a-z][a-z0-9_]*)(:number)?\}\}`)
	// target is a variable and a path. A path has to follow the variable, so
	// that nothing can be added to the host. It holds no dot segments, and a
	// placeholder is a segment of its own.
	target     = regexp.MustCompile(`^\$\{([^}]*)\}((?:/(?:[A-Za-z0-9._~-]*[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\{\{[a-z][a-z0-9_]*\}\}))+)$`)
	variable   = regexp.MustCompile(`^(?:([A-Z0-9](?:[A-Z0-9_]*[A-Z0-9])?)_)?(SECRET|API_KEY|API_LOGIN|BASE_URL)$`)
	headerName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	// ownHeaders say where a request goes and where it ends; no document may.
	ownHeaders = []string{"Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Keep-Alive", "Te", "Trailer", "Upgrade", "Expect"}
	// fieldName is a name that every encoding carries as it is.
	fieldName = regexp.MustCompile(`^[A-Za-z0-9_.\[\]-]{1,128}$`)
	keptName  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	methods   = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	encodings = []otp.Encoding{otp.JSON, otp.Multipart, otp.Form, otp.Query}
	// neverNumbers are placeholders whose leading zeros count.
	neverNumbers = []string{"code", "phone_e164", "phone_digits"}
	// recipientNames are placeholders that the recipient fills in.
	recipientNames = []string{"phone_e164", "phone_digits", "recipient_ip"}
	// ownNames are those that nothing kept may take the place of.
	ownNames = append([]string{"text", "code", "duration_seconds"}, recipientNames...)
)

const baseURL = "BASE_URL"

// parseVariable takes a variable of a vendor apart. It fails on any other, so
// that a document can neither read the rest of the environment nor send one
// vendor's credential to another.
func parseVariable(vendor otp.Vendor, name string) (slug, field string, ok bool) {
	rest, ok := strings.CutPrefix(name, vendor.Variable("", ""))
	parts := variable.FindStringSubmatch(rest)
	if !ok || parts == nil {
		return "", "", false
	}
	return strings.ReplaceAll(strings.ToLower(parts[1]), "_", "-"), parts[2], true
}

func checkCall(r otp.DocumentRoute, v verb, c *otp.Call) error {
	if !slices.Contains(methods, c.Method) {
		return fmt.Errorf("%q is no method of a call", c.Method)
	}
	if !slices.Contains(encodings, c.Encoding) {
		return fmt.Errorf("%q is no encoding that this release knows", c.Encoding)
	}
	if c.TimeoutSeconds < 0 {
		return fmt.Errorf("timeout_seconds is %d", c.TimeoutSeconds)
	}
	known := template{vendor: r.Vendor, json: c.Encoding == otp.JSON, names: names(r, v)}
	if err := known.checkURL(c.URL); err != nil {
		return err
	}
	if err := known.checkHeaders(c.Headers); err != nil {
		return err
	}
	for _, fields := range fieldSets(c) {
		if err := known.checkFields(fields); err != nil {
			return err
		}
	}
	if _, hasDefault := c.Texts[""]; len(c.Texts) > 0 && !hasDefault {
		return errors.New("its texts have no default")
	}
	for name, pointer := range c.Keep {
		if !isPointer(pointer) || !keptName.MatchString(name) || slices.Contains(ownNames, name) {
			return fmt.Errorf("keep: %q of %s is no JSON pointer, or the name is taken", pointer, name)
		}
	}
	for name, against := range c.Expect {
		if _, kept := r.Send.Keep[name]; !kept || v.name != verifying.name || !slices.Contains(known.names, against) {
			return fmt.Errorf("it expects that %q is %q, which cannot be compared", name, against)
		}
	}
	return checkOutcomes(v, c.Outcomes)
}

// names are the placeholders that a call of a route may use.
func names(r otp.DocumentRoute, v verb) []string {
	known := slices.Clone(recipientNames)
	if len(v.call(r).Texts) > 0 {
		known = append(known, "text")
	}
	if v.name == verifying.name || v.name == sending.name && slices.Contains(r.ApplicationMustEnforce, otp.MakeCode) {
		known = append(known, "code")
	}
	if v.name == extending.name {
		known = append(known, "duration_seconds")
	}
	if v.name != sending.name {
		known = slices.AppendSeq(known, maps.Keys(r.Send.Keep))
	}
	return known
}

// template is what may be filled in somewhere.
type template struct {
	vendor otp.Vendor
	json   bool // numbers, and fields within fields
	names  []string
}

func (t template) checkURL(url string) error {
	parts := target.FindStringSubmatch(url)
	if parts == nil {
		return fmt.Errorf("its url is not a base URL variable of %s with a path", t.vendor.Title())
	}
	if _, field, ok := parseVariable(t.vendor, parts[1]); !ok || field != baseURL {
		return fmt.Errorf("its url begins with %q, which is not the base URL variable of %s", parts[1], t.vendor.Title())
	}
	if err := t.checkPlaceholders(parts[2], false); err != nil {
		return fmt.Errorf("url: %w", err)
	}
	return nil
}

func (t template) checkHeaders(headers map[string]string) error {
	var seen []string
	for name, value := range headers {
		usual := http.CanonicalHeaderKey(name)
		if !headerName.MatchString(name) || slices.Contains(ownHeaders, usual) || slices.Contains(seen, usual) {
			return fmt.Errorf("a document may not set the header %q, or not twice", name)
		}
		seen = append(seen, usual)
		if strings.ContainsFunc(value, isControl) {
			return fmt.Errorf("header %s holds a control character", name)
		}
		if err := t.checkPlaceholders(value, false); err != nil {
			return fmt.Errorf("header %s: %w", name, err)
		}
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// checkFields also turns the numbers into int64.
func (t template) checkFields(fields map[string]any) error {
	for name, value := range fields {
		if !fieldName.MatchString(name) {
			return fmt.Errorf("%q is no name of a field", name)
		}
		plain, err := t.checkField(value)
		if err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
		fields[name] = plain
	}
	return nil
}

func (t template) checkField(value any) (any, error) {
	plain, isScalar := scalar(value)
	text, isText := plain.(string)
	switch {
	case isText:
		return text, t.checkPlaceholders(text, t.json)
	case !t.json:
		return nil, errors.New("it is no string, and only json knows others")
	case isScalar:
		if number, ok := plain.(int64); ok && (number > safeInteger || number < -safeInteger) {
			return nil, fmt.Errorf("%d is a number that not every language can hold", number)
		}
		return plain, nil
	}
	switch node := value.(type) {
	case map[string]any:
		for key, member := range node {
			plain, err := t.checkField(member)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			node[key] = plain
		}
		return node, nil
	case []any:
		for i, element := range node {
			plain, err := t.checkField(element)
			if err != nil {
				return nil, err
			}
			node[i] = plain
		}
		return node, nil
	}
	return nil, errors.New("it is null, or no integer")
}

// safeInteger is the largest number that JavaScript tells from its neighbours.
const safeInteger = 1<<53 - 1

// checkPlaceholders looks at the placeholders of a text.
func (t template) checkPlaceholders(text string, numbers bool) error {
	if strings.Contains(placeholder.ReplaceAllLiteralString(text, ""), "${") {
		return errors.New("it has a variable that is never closed")
	}
	for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
		name, number := found[2], found[3] != ""
		switch {
		case name == "":
			if _, field, ok := parseVariable(t.vendor, found[1]); !ok || field == baseURL {
				return fmt.Errorf("%q is not a credential variable of %s", found[1], t.vendor.Title())
			}
		case !slices.Contains(t.names, name):
			return fmt.Errorf("nobody fills in {{%s}} there", name)
		case number && (!numbers || found[0] != text || slices.Contains(neverNumbers, name)):
			return fmt.Errorf("%s cannot be a number there", found[0])
		}
	}
	return nil
}

// fieldSets are all places that fields come from.
func fieldSets(c *otp.Call) []map[string]any {
	return append(slices.Collect(maps.Values(c.ByLocale)), c.Fields, c.Resend)
}

// templates are the texts of a call that hold placeholders. Fields that may be
// left out are not among them where required is set.
func templates(c *otp.Call, required bool) []string {
	found := append(slices.Collect(maps.Values(c.Headers)), target.FindStringSubmatch(c.URL)[2])
	for _, fields := range fieldSets(c) {
		for name, value := range fields {
			if !required || !slices.Contains(c.OmitIfMissing, name) {
				found = append(found, texts(value)...)
			}
		}
	}
	return found
}

// texts are the strings of a field, at any depth.
func texts(value any) []string {
	var found []string
	switch node := value.(type) {
	case string:
		found = append(found, node)
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(node)) {
			found = append(found, texts(node[key])...)
		}
	case []any:
		for _, element := range node {
			found = append(found, texts(element)...)
		}
	}
	return found
}

// uses reports whether a call, which may be nil, takes a kept value; where
// required is set, whether it cannot be made without it.
func uses(c *otp.Call, name string, required bool) bool {
	if c == nil {
		return false
	}
	if _, expected := c.Expect[name]; expected {
		return true
	}
	return slices.ContainsFunc(templates(c, required), func(template string) bool {
		return slices.ContainsFunc(placeholder.FindAllStringSubmatch(template, -1), func(found []string) bool { return found[2] == name })
	})
}
