package httpapi

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

const (
	redacted = "[redacted]"
	// maxQuote is how much of a vendor's words an error quotes, in characters.
	maxQuote = 200
)

var (
	emails = regexp.MustCompile(`[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)*`)
	// digits that may be a code or a phone number: four or more, in any
	// script, also grouped by spaces, hyphens or brackets. Dots do not group,
	// so that the caller's own address stays readable in an allowlist error.
	digits = regexp.MustCompile(`\+?\p{Nd}(?:[ ()\-]{0,2}\p{Nd}){3,}`)
)

// MaskEmails masks the e-mail addresses in a text, and what looks like one: a
// user of a host.
func MaskEmails(text string) string { return emails.ReplaceAllString(text, "[e-mail]") }

// bounds are phrases whose numbers are limits of the vendor's own, which a
// reader needs, and no codes or phone numbers.
var bounds = regexp.MustCompile(`(?i)\bbetween [0-9]{1,8} and [0-9]{1,8}\b` +
	`|\b(?:at least|at most|less than|more than|greater than|lower than|higher than|not exceed|up to|maximum of|maximum is|minimum of|minimum is) [0-9]{1,8}\b` +
	`|\b[0-9]{1,8}(?: ?- ?| to )[0-9]{1,8} (?:seconds|characters|digits)\b` +
	`|\b[0-9]{1,8} (?:seconds|minutes|characters)\b`)

// maskDigits masks what may be a code or a phone number.
func maskDigits(text string) string {
	limits := bounds.FindAllStringIndex(text, -1)
	var b strings.Builder
	end := 0
	for _, at := range digits.FindAllStringIndex(text, -1) {
		if slices.ContainsFunc(limits, func(limit []int) bool { return limit[0] <= at[0] && at[1] <= limit[1] }) {
			continue
		}
		b.WriteString(text[end:at[0]] + "[digits]")
		end = at[1]
	}
	return b.String() + text[end:]
}

// redactor removes secrets and personal data from texts that are shown.
type redactor struct{ secrets []string }

// newRedactor knows each secret as it is and in the encodings that an answer may
// quote it in; longer forms go first, since one may contain another.
func newRedactor(secrets []string) redactor {
	var forms []string
	for _, secret := range secrets {
		if secret != "" {
			forms = append(forms, encodings(secret)...)
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return redactor{secrets: slices.Compact(forms)}
}

// encodings are a secret in URLs, in JSON as Go and as PHP write it, in HTML and
// in base64.
func encodings(secret string) []string {
	forms := []string{
		secret, html.EscapeString(secret),
		strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#039;").Replace(secret),
	}
	for _, escaped := range []string{url.QueryEscape(secret), url.PathEscape(secret)} {
		forms = append(forms, escaped, lowerEscapes.ReplaceAllStringFunc(escaped, strings.ToLower))
	}
	for _, quoted := range []string{jsonText(secret, true), jsonText(secret, false)} {
		for _, form := range []string{quoted, ascii(quoted)} {
			forms = append(forms, form, strings.ReplaceAll(form, "/", `\/`))
		}
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		forms = append(forms, encoding.EncodeToString([]byte(secret)))
	}
	return forms
}

var lowerEscapes = regexp.MustCompile(`%[0-9A-F]{2}`)

// jsonText is a text as a JSON string holds it, without the quotes around it.
func jsonText(text string, escapeHTML bool) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(escapeHTML)
	if encoder.Encode(text) != nil {
		return text
	}
	return strings.TrimSuffix(strings.TrimSuffix(out.String(), "\n"), `"`)[1:]
}

// ascii writes what is not ASCII as escapes of JSON, as PHP does.
func ascii(text string) string {
	var out strings.Builder
	for _, r := range text {
		if r < 0x80 {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.String()
}

// known replaces the known secrets only.
func (r redactor) known(text string) string {
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	return text
}

// quote makes a vendor's words fit to be shown: one line, no secret, no code,
// no phone number, no e-mail address, not long. Cutting comes last, or half a
// secret would be left at the end.
func (r redactor) quote(text string) string {
	text = r.known(otp.Shown(r.known(text)))
	text = MaskEmails(text)
	text = maskDigits(text)
	return clip(text, maxQuote)
}

// reason redacts a text of ours or of net/http, whose digits are port numbers,
// but which may quote the first bytes of a broken answer.
func (r redactor) reason(text string) string {
	if head, answer, found := strings.Cut(text, "malformed"); found {
		return head + "malformed " + r.quote(answer)
	}
	return clip(r.known(otp.Shown(text)), 2*maxQuote)
}

func clip(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return strings.TrimSpace(string(runes[:limit])) + "…"
}
