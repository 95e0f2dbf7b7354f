package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// linkAnswer is the result for programs. Of what is not known there is no
// member.
type linkAnswer struct {
	Outcome   string `json:"outcome"` // of pairing, or of ending
	ID        string `json:"id,omitempty"`
	Phone     string `json:"phone,omitempty"` // masked
	Status    string `json:"status,omitempty"`
	CreatedAt string `json:"created_at,omitempty"` // RFC 3339, UTC
	Error     string `json:"error,omitempty"`
}

func newLinkAnswer(result pairing.Result) linkAnswer {
	answer := linkAnswer{Outcome: string(result.Outcome), ID: string(result.Account.Unique), Phone: otp.MaskPhone(string(result.Account.Phone))}
	if answer.ID != "" {
		answer.Status = pairing.Status(result.Account)
	}
	if !result.Account.Created.IsZero() {
		answer.CreatedAt = result.Account.Created.UTC().Format(time.RFC3339)
	}
	return answer
}

// ending is a link that did not come to its end.
type ending struct {
	outcome string
	code    int
	advice  string // after the error's own sentences
	error
}

// Error says what happened and what to do.
func (e *ending) Error() string { return e.error.Error() + e.advice }

// Unwrap is the error without the advice.
func (e *ending) Unwrap() error { return e.error }

// linkEnd judges how a link has ended; nil: well.
func linkEnd(result pairing.Result, err error) *ending {
	if result.Problem != nil {
		e := &ending{outcome: string(result.Outcome), code: exitUnknown, error: fmt.Errorf("the QR code was scanned and AndroidAPI has the account %s, but it is not known to be connected. %w", result.Account.Unique, result.Problem)}
		e.advice = " Run the command again: it links the phone again, unless the account has come up by then."
		if isA[*pairing.CancelledError](result.Problem) {
			e.code = exitInterrupted
		}
		return e
	}
	const nothing = " Nothing was linked."
	var timeout *pairing.TimeoutError
	var vendor *httpapi.Error
	switch {
	case err == nil:
		return nil
	case isA[*pairing.CancelledError](err):
		return &ending{"cancelled", exitInterrupted, nothing, err}
	case isA[*pairing.OtherPhoneError](err):
		return &ending{"other_phone", exitPerson, "", err}
	case isA[*pairing.LinkedError](err):
		return &ending{"several_accounts", exitPerson, " Remove the accounts that are not needed, in the AndroidAPI dashboard.", err}
	case isA[*pairing.GoneError](err):
		return &ending{"deleted", exitPerson, " Run the command again: it then links the phone anew.", err}
	case isA[*pairing.ServerError](err):
		return &ending{"no_server", exitRefused, "", err}
	case errors.As(err, &timeout) && timeout.Last != nil && !timeout.Stale: // there was never a code
		return &ending{"unavailable", exitUnknown, nothing, err}
	case errors.As(err, &timeout):
		return &ending{"not_scanned", exitPerson, nothing, err}
	case errors.As(err, &vendor):
		return vendorEnd(vendor)
	}
	return &ending{"not_made", exitNotMade, "", err}
}

// vendorEnd judges an answer of the vendor, or that there was none.
func vendorEnd(err *httpapi.Error) *ending {
	switch err.Kind {
	case httpapi.Unconfigured:
		return &ending{"not_made", exitNotMade, "", err}
	case httpapi.Cancelled:
		return &ending{"cancelled", exitInterrupted, "", err}
	case httpapi.Unavailable, httpapi.Connection, httpapi.BadAnswer, httpapi.RateLimited:
		return &ending{"unavailable", exitUnknown, "", err}
	}
	return &ending{"refused", exitRefused, "", err}
}

func isA[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
