package httpapi

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

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

// redactor removes secrets and personal data from texts that are shown.
type redactor struct{ secrets []string }

// newRedactor knows each secret as it is and as it is escaped in a URL or in
// JSON; longer ones go first, since one may contain another.
func newRedactor(secrets []string) redactor {
	var forms []string
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		forms = append(forms, secret, url.QueryEscape(secret), url.PathEscape(secret))
		if quoted, err := json.Marshal(secret); err == nil {
			forms = append(forms, strings.Trim(string(quoted), `"`))
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return redactor{secrets: slices.Compact(forms)}
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
	text = emails.ReplaceAllString(text, "[e-mail]")
	text = digits.ReplaceAllString(text, "[digits]")
	return clip(text, maxQuote)
}

// reason redacts a text of ours or of net/http, whose digits are port numbers,
// but which may quote the first bytes of a broken answer.
func (r redactor) reason(text string) string {
	if head, answer, found := strings.Cut(text, "malformed"); found {
		return head + "malformed" + r.quote(answer)
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
