package application

import (
	"errors"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// CheckRequest says what would keep a request from being sent by a document, as far as
// that can be seen without sending: a country that no route serves, a route that
// is not there, credentials that are missing. A vendor that ready reports an
// error for is not looked at: its account is not known yet.
func CheckRequest(document string, options delivery.Options, request Request, ready func(otp.Vendor) error) error {
	var err error
	if request.To, err = read(request.To); err != nil {
		return err
	}
	runner, err := delivery.New(document, options)
	if err != nil {
		return err
	}
	s := &send{request: request, profile: profile{runner: runner}}
	s.of.Profile, s.of.Phone = request.Profile, request.To.Phone
	routes, err := s.candidates()
	switch {
	case err != nil:
		return err
	case len(routes) == 0:
		return &NotAllowedError{s.notAllowed().Reason}
	case !request.EveryRoute:
		routes = routes[:1] // the others are for when it refuses
	}
	var problems []error
	for _, number := range routes {
		if ready(runner.Routes()[number].Vendor) == nil {
			problems = append(problems, runner.CheckRoute(number, request.To))
		}
	}
	return errors.Join(problems...)
}

// NotAllowedError says that no route serves the country of the phone.
type NotAllowedError struct{ sentence string }

// Error says what to change.
func (e *NotAllowedError) Error() string { return e.sentence }
