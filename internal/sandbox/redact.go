package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Redacted stands in logged requests where a credential was.
const Redacted = "[credential]"

// redaction hides the credentials of a vendor.
type redaction emulate.Credentials

// secret reports whether a header or field of this name carries a credential.
func (c redaction) secret(name string) bool {
	name = strings.ToLower(name)
	if slices.Contains([]string{"authorization", "proxy-authorization", "cookie"}, name) {
		return true
	}
	return slices.ContainsFunc(c.Fields, func(field string) bool { return strings.EqualFold(field, name) })
}

func (c redaction) all(name string, values []string, r *http.Request) []string {
	out := make([]string, len(values))
	for i, value := range values {
		if c.secret(name) {
			out[i] = Redacted
			continue
		}
		out[i] = c.text(value, r)
	}
	return out
}

// text replaces every credential in a text: those the sandbox accepts, those
// this request carries in headers and query, right or wrong, and further ones.
func (c redaction) text(text string, r *http.Request, further ...string) string {
	if text == "" {
		return text
	}
	found := slices.Clone(further)
	for _, value := range c.Variables {
		found = append(found, value)
	}
	for _, from := range []map[string][]string{r.Header, r.URL.Query()} {
		for name, values := range from {
			if !c.secret(name) {
				continue
			}
			found = append(found, values...)
			if strings.EqualFold(name, "Authorization") {
				for _, value := range values {
					_, token, _ := strings.Cut(value, " ") // of "Bearer token"
					found = append(found, token)
				}
			}
		}
	}
	// Longest first, lest one credential be left over as the rest of another.
	slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) })
	for _, value := range found {
		if value != "" {
			text = strings.ReplaceAll(text, value, Redacted)
		}
	}
	return text
}

// inBody finds the credentials in a body, as they are written there: in a form,
// a multipart form or, where a client is mistaken, in JSON.
func (c redaction) inBody(body []byte, r *http.Request) []string {
	var found []string
	// Pair by pair and not by url.ParseQuery: the value as it is written is what
	// has to go, and one bad pair must not hide the others.
	for pair := range strings.SplitSeq(string(body), "&") {
		rawName, value, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(rawName); err == nil && c.secret(name) {
			found = append(found, value)
		}
	}
	// What could be read of a broken body counts.
	form, _ := emulate.FormBody(r.Header.Get("Content-Type"), body)
	for name, values := range form {
		if c.secret(name) {
			found = append(found, values...)
		}
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return found
	}
	for name, raw := range object {
		if c.secret(name) {
			found = append(found, strings.Trim(string(raw), `"`))
		}
	}
	return found
}

// path hides credentials in a path: known ones, those of this request, and what
// stands behind "secret=" or in the segment after "secret".
func (c redaction) path(path string, r *http.Request) string {
	segments := strings.Split(c.text(path, r), "/")
	for i, segment := range segments {
		for _, mark := range []string{"=", ":"} {
			if name, value, found := strings.Cut(segment, mark); found && value != "" && c.secret(name) {
				segments[i] = name + mark + Redacted
			}
		}
		if i > 0 && segment != "" && c.secret(segments[i-1]) {
			segments[i] = Redacted
		}
	}
	return strings.Join(segments, "/")
}

// withoutQuery leaves addresses without user, query and fragment.
func withoutQuery(values []string) []string {
	out := make([]string, len(values))
	for i, value := range values {
		address, err := url.Parse(value)
		if err != nil {
			out[i] = Redacted
			continue
		}
		out[i] = (&url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path}).String()
	}
	return out
}
