package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Kind says what sort of failure an Error is, the same for every vendor.
type Kind string

// The kinds of failure.
const (
	Unconfigured        Kind = "unconfigured"         // no usable credentials; nothing was sent
	Unauthorized        Kind = "unauthorized"         // the credentials are wrong
	Forbidden           Kind = "forbidden"            // the account or the caller's address may not
	InsufficientBalance Kind = "insufficient_balance" // no credit left
	PlanFeature         Kind = "plan_feature"         // the vendor's plan lacks the feature
	NotFound            Kind = "not_found"
	Conflict            Kind = "conflict" // a code is already active
	Invalid             Kind = "invalid"  // the vendor refuses the input
	RateLimited         Kind = "rate_limited"
	Unavailable         Kind = "unavailable" // a fault on the vendor's side
	BadAnswer           Kind = "bad_answer"  // an answer the vendor does not document
	Connection          Kind = "connection"  // no answer
	Cancelled           Kind = "cancelled"   // the caller gave up
)

// KindOf is the kind that an HTTP status has where the vendor gives it no
// other meaning; empty for success.
func KindOf(status int) Kind {
	switch status {
	case http.StatusUnauthorized:
		return Unauthorized
	case http.StatusPaymentRequired:
		return InsufficientBalance
	case http.StatusForbidden:
		return Forbidden
	case http.StatusNotFound:
		return NotFound
	case http.StatusConflict:
		return Conflict
	case http.StatusTooManyRequests:
		return RateLimited
	}
	switch {
	case status >= 200 && status <= 299:
		return ""
	case status >= 500:
		return Unavailable
	case status >= 400:
		return Invalid
	}
	return BadAnswer
}

// Error is a failed call. Its texts are redacted: no credential, code, phone
// number or query string is in them.
type Error struct {
	Vendor    otp.Vendor
	Account   string // a slug; empty for the default account
	Operation string // as in Endpoint.Operation; empty: nothing was called
	Purpose   string // as in Endpoint.Purpose
	Kind      Kind
	Status    int    // HTTP status; 0: no answer
	Code      string // the vendor's own code, if any
	Message   string // the vendor's words
	Reason    string // what went wrong, in ours: the middle of a sentence
	Next      string // what to do: one or more sentences
	// MaybeSent says that the call is no read and that the vendor may have
	// carried it out all the same. It was not repeated.
	MaybeSent bool
	// Untrusted says that the certificate of the host is not trusted.
	Untrusted bool

	tries int
	cause error
}

// Error says what was tried, at which vendor, what it answered and what to do.
func (e *Error) Error() string {
	var text strings.Builder
	if e.Purpose != "" {
		fmt.Fprintf(&text, "Could not %s at %s", e.Purpose, e.Vendor.Title())
		if e.Account != "" {
			fmt.Fprintf(&text, " (account %q)", e.Account)
		}
		text.WriteString(": ")
	}
	text.WriteString(strings.Join(e.parts(), ", "))
	if e.Message != "" {
		fmt.Fprintf(&text, ": \"%s\"", strings.TrimSuffix(e.Message, "."))
	}
	text.WriteString(".")
	if e.MaybeSent {
		fmt.Fprintf(&text, " %s may have carried it out all the same, so it was not repeated.", e.Vendor.Title())
	}
	if e.Next != "" {
		text.WriteString(" " + e.Next)
	}
	return text.String()
}

func (e *Error) parts() []string {
	var parts []string
	if e.Status != 0 {
		part := fmt.Sprintf("HTTP %d", e.Status)
		if e.Code != "" {
			part += fmt.Sprintf(" with code %s", e.Code)
		}
		parts = append(parts, part)
	}
	if e.tries > 1 {
		parts = append(parts, fmt.Sprintf("after %d tries", e.tries))
	}
	if e.Reason != "" {
		parts = append(parts, e.Reason)
	}
	return parts
}

// Unwrap is context.Canceled or context.DeadlineExceeded where that is why the
// call failed. Other causes are not exposed: they may quote the request.
func (e *Error) Unwrap() error { return e.cause }

// IsKind reports whether err is an Error of one of the kinds.
func IsKind(err error, kinds ...Kind) bool {
	var failure *Error
	return errors.As(err, &failure) && slices.Contains(kinds, failure.Kind)
}

// sentence is an error that is shown to a person as it is.
type sentence string

func (s sentence) Error() string { return string(s) }

func sentencef(format string, values ...any) error {
	return sentence(fmt.Sprintf(format, values...))
}
