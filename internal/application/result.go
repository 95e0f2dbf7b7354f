package application

import (
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// The outcomes that are an application's own, beside those of documents.
const (
	// Limited says that limits keep another code back.
	Limited = "limited"
	// NotAllowed says that no route serves the country of the phone.
	NotAllowed = "not_allowed"
)

// Result is what came of a verb. It holds neither the code nor the phone
// number, and its JSON form is for programs.
type Result struct {
	Profile string `json:"profile"`
	Phone   string `json:"phone"` // masked
	// Outcome is that of the call (see DOCUMENT), Limited or NotAllowed.
	Outcome string `json:"outcome"`
	// Route is the number of the route that decided; nil: none was asked.
	Route   *int        `json:"route,omitempty"`
	Vendor  otp.Vendor  `json:"vendor,omitempty"`
	Channel otp.Channel `json:"channel,omitempty"`
	// MessageID is the vendor's, where it tells one.
	MessageID string `json:"message_id,omitempty"`
	// Cost is a decimal in Unit, where the vendor tells it.
	Cost string `json:"cost,omitempty"`
	Unit string `json:"unit,omitempty"`
	// Status is what became of the message: the outcome of the last status
	// call. Empty: nobody asked, or the vendor does not tell.
	Status string `json:"status,omitempty"`
	// Verification is the outcome of verifying the code that the vendor handed
	// out, or that was made here. Empty: it was not verified.
	Verification string `json:"verification,omitempty"`
	// Remaining is how many wrong codes may still be tried, where that is known.
	Remaining *int64 `json:"remaining,omitempty"`
	// RetryAfterSeconds is how long a limit keeps another code back.
	RetryAfterSeconds int64 `json:"retry_after_seconds,omitempty"`
	// ExpiresAt is when the code is over.
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	// HTTPStatus is that of the vendor's answer; 0: none.
	HTTPStatus int `json:"http_status,omitempty"`
	// Reason says why, in sentences; empty on success.
	Reason string `json:"reason,omitempty"`
	// What the vendor's answer means, and what to do about it.
	delivery.Explanation
	// Refused are the routes that were tried before, and that sent nothing.
	Refused []Result `json:"refused,omitempty"`
}

// note takes over what came of the call.
func (r *Result) note(f delivery.Finding) {
	r.Outcome, r.HTTPStatus, r.Reason, r.Explanation = f.Outcome, f.HTTPStatus, f.Reason, f.Explanation
}

// Verdict is the outcome that counts: that of the call, unless it went well and
// something after it did not.
func (r Result) Verdict() string {
	switch {
	case !good(r.Outcome):
		return r.Outcome
	case r.Status == otp.OutcomeFailed:
		return otp.OutcomeFailed
	case r.Verification != "" && r.Verification != otp.OutcomeOK:
		return r.Verification
	}
	return r.Outcome
}

// Why is the reason with the advice, for a person; empty on success.
func (r Result) Why() string { return strings.TrimSpace(r.Reason + " " + r.Advice) }

// Good reports whether everything went as it should, as far as is known.
func (r Result) Good() bool { return good(r.Verdict()) }

func good(outcome string) bool {
	return slices.Contains([]string{otp.OutcomeOK, otp.OutcomePending, otp.OutcomeAlreadyActive, otp.OutcomeDelivered}, outcome)
}
