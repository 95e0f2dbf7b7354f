package delivery

import (
	"errors"
	"fmt"
	"maps"
	"math"
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
	// that nothing can be added to the host; it holds no dot segments.
	target     = regexp.MustCompile(`^\$\{([^}]*)\}((?:/[A-Za-z0-9._~-]*[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+)$`)
	variable   = regexp.MustCompile(`^(?:([A-Z0-9](?:[A-Z0-9_]*[A-Z0-9])?)_)?(SECRET|API_KEY|API_LOGIN|BASE_URL)$`)
	headerName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	// ownHeaders say where a request goes and where it ends; no document may.
	ownHeaders = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade"}
	methods    = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	encodings  = []otp.Encoding{otp.JSON, otp.Multipart, otp.Form, otp.Query}
	// neverNumbers are placeholders whose leading zeros count.
	neverNumbers = []string{"code", "phone_e164", "phone_digits"}
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

func checkCall(vendor otp.Vendor, v verb, c *otp.Call) error {
	if !slices.Contains(methods, c.Method) {
		return fmt.Errorf("%q is no method of a call", c.Method)
	}
	if !slices.Contains(encodings, c.Encoding) {
		return fmt.Errorf("%q is no encoding that this release knows", c.Encoding)
	}
	if c.TimeoutSeconds < 0 || c.TimeoutSeconds > math.MaxInt32 {
		return fmt.Errorf("timeout_seconds is %d", c.TimeoutSeconds)
	}
	if err := checkURL(vendor, c.URL); err != nil {
		return err
	}
	for name, template := range c.Headers {
		if !headerName.MatchString(name) || slices.Contains(ownHeaders, http.CanonicalHeaderKey(name)) {
			return fmt.Errorf("a document may not set the header %q", name)
		}
		if err := checkTemplate(vendor, template, false); err != nil {
			return fmt.Errorf("header %s: %w", name, err)
		}
	}
	for _, fields := range fieldSets(c) {
		if err := checkFields(vendor, c.Encoding, fields); err != nil {
			return err
		}
	}
	if _, hasDefault := c.Texts[""]; len(c.Texts) > 0 && !hasDefault {
		return errors.New("its texts have no default")
	}
	for name, pointer := range c.Keep {
		if !strings.HasPrefix(pointer, "/") {
			return fmt.Errorf("keep: %q of %s is no JSON pointer", pointer, name)
		}
	}
	return checkOutcomes(v, c.Outcomes)
}

func checkURL(vendor otp.Vendor, url string) error {
	parts := target.FindStringSubmatch(url)
	if parts == nil {
		return fmt.Errorf("its url is not a base URL variable of %s with a path", vendor.Title())
	}
	if _, field, ok := parseVariable(vendor, parts[1]); !ok || field != baseURL {
		return fmt.Errorf("its url begins with %q, which is not the base URL variable of %s", parts[1], vendor.Title())
	}
	return nil
}

// checkFields also turns the numbers into int64.
func checkFields(vendor otp.Vendor, encoding otp.Encoding, fields map[string]any) error {
	for name, value := range fields {
		plain, ok := scalar(value)
		text, isText := plain.(string)
		switch {
		case !ok:
			return fmt.Errorf("field %s is no string, integer or boolean", name)
		case !isText && encoding != otp.JSON:
			return fmt.Errorf("field %s is no string, and the encoding %s knows only those", name, encoding)
		case isText:
			if err := checkTemplate(vendor, text, encoding == otp.JSON); err != nil {
				return fmt.Errorf("field %s: %w", name, err)
			}
		}
		fields[name] = plain
	}
	return nil
}

// checkTemplate looks at the placeholders of a header or a field.
func checkTemplate(vendor otp.Vendor, template string, numbers bool) error {
	if strings.Contains(placeholder.ReplaceAllLiteralString(template, ""), "${") {
		return errors.New("it has a variable that is never closed")
	}
	for _, found := range placeholder.FindAllStringSubmatch(template, -1) {
		name, number := found[2], found[3] != ""
		switch {
		case name == "":
			if _, field, ok := parseVariable(vendor, found[1]); !ok || field == baseURL {
				return fmt.Errorf("%q is not a credential variable of %s", found[1], vendor.Title())
			}
		case number && (!numbers || found[0] != template || slices.Contains(neverNumbers, name)):
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
	found := slices.Collect(maps.Values(c.Headers))
	for _, fields := range fieldSets(c) {
		for name, value := range fields {
			if text, ok := value.(string); ok && !(required && slices.Contains(c.OmitIfMissing, name)) {
				found = append(found, text)
			}
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
