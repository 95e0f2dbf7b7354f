package delivery

import (
	"errors"
	"fmt"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// verb is one of the four calls of a route.
type verb struct {
	name    string // as the document calls it
	purpose string // completes "could not …"
	// read says that the call changes nothing, so that it may be repeated.
	read     bool
	outcomes []string
	call     func(otp.DocumentRoute) *otp.Call
}

var (
	sending = verb{
		name: "send", purpose: "send a code",
		outcomes: []string{otp.OutcomeOK, otp.OutcomePending, otp.OutcomeAlreadyActive, otp.OutcomeNextRoute, otp.OutcomeUnknown, otp.OutcomeStop},
		call:     func(r otp.DocumentRoute) *otp.Call { return r.Send },
	}
	verifying = verb{
		name: "verify", purpose: "verify a code",
		outcomes: []string{otp.OutcomeOK, otp.OutcomeWrongCode, otp.OutcomeExpired, otp.OutcomeNotFound, otp.OutcomeTooManyAttempts, otp.OutcomeStop, otp.OutcomeUnknown},
		call:     func(r otp.DocumentRoute) *otp.Call { return r.Verify },
	}
	extending = verb{
		name: "extend", purpose: "extend a code",
		outcomes: []string{otp.OutcomeOK, otp.OutcomeNotFound, otp.OutcomeStop, otp.OutcomeUnknown},
		call:     func(r otp.DocumentRoute) *otp.Call { return r.Extend },
	}
	checking = verb{
		name: "status", purpose: "check the status of a message", read: true,
		outcomes: []string{otp.OutcomeDelivered, otp.OutcomePending, otp.OutcomeFailed, otp.OutcomeNotFound, otp.OutcomeUnavailable, otp.OutcomeUnknown},
		call:     func(r otp.DocumentRoute) *otp.Call { return r.Status },
	}
	verbs = []verb{sending, verifying, extending, checking}
)

// route is a route with its place in the document.
type route struct {
	otp.DocumentRoute
	number int
}

func (r *Runner) route(number int) (route, error) {
	if number < 0 || number >= len(r.document.Routes) {
		return route{}, fmt.Errorf("profile %q has no routes[%d]; its last is routes[%d]", r.document.Profile, number, len(r.document.Routes)-1)
	}
	if name := r.document.skipped[number]; name != "" {
		return route{}, fmt.Errorf("routes[%d] of profile %q requires %q, which this release does not know, so it is skipped; use a newer release of the provider", number, r.document.Profile, name)
	}
	return route{r.document.Routes[number], number}, nil
}

func (r route) must(duty otp.Duty) bool { return slices.Contains(r.ApplicationMustEnforce, duty) }

// failed is the error of a call that was not made. An error of the transport
// says the same in its own words.
func (r route) failed(v verb, err error) error {
	var failure *httpapi.Error
	if errors.As(err, &failure) && failure.Operation != "" {
		return failure
	}
	return fmt.Errorf("could not %s through routes[%d] (%s, %s): %w", v.purpose, r.number, r.Vendor, r.Channel, err)
}
