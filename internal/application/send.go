package application

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Request says what to send.
type Request struct {
	Profile string
	To      delivery.Recipient
	// Route is the only one to try. Nil: those that serve the phone, in order
	// of preference, until one has sent.
	Route *int
	// EveryRoute sends one code through each route that serves the phone, with
	// the wait between two that limits want.
	EveryRoute bool
	// Resend says that the person asks for another code while one is on its way.
	Resend bool
	// Follow is how long to ask what became of the message; zero: not at all,
	// FollowDefault: as long as makes sense for the vendor.
	Follow time.Duration
	// Verify verifies the code where the vendor hands it out, or where it was
	// made here, and asks the vendor to hand it out.
	Verify bool
}

// Send sends a code, or one through every route, and hands over each result as
// soon as it is complete. A send is tried exactly once. The error says why
// nothing was tried (any more), or that what was sent could not be remembered.
func (t *Application) Send(ctx context.Context, request Request, done func(Result)) error {
	var err error
	if request.To, err = read(request.To); err != nil {
		return err
	}
	p, err := t.profile(ctx, request.Profile)
	if err != nil {
		return err
	}
	s := &send{
		Application: t, request: request, profile: p,
		of: ledger.Of{Catalog: p.catalog, Profile: request.Profile, Phone: request.To.Phone, Address: request.To.IP},
	}
	routes, err := s.candidates()
	switch {
	case err != nil:
		return err
	case len(routes) == 0:
		done(s.notAllowed())
		return nil
	case request.EveryRoute:
		return s.each(ctx, routes, done)
	case request.Resend:
		if routes, err = s.resendBy(ctx, routes); err != nil {
			return err
		}
	}
	result, err := s.first(ctx, routes, request.Resend)
	if result.Outcome != "" {
		done(result)
	}
	return err
}

// send is one Send.
type send struct {
	*Application
	request Request
	profile
	of ledger.Of
}

// resendBy are the routes in the order in which a person is served who asks for
// another code: with resend_route "next" the one behind the route that served
// last comes first, round and round.
func (s *send) resendBy(ctx context.Context, routes []int) ([]int, error) {
	if s.runner.ResendRoute() != otp.ResendNext {
		return routes, nil
	}
	last := -1
	err := s.ledger.Change(ctx, s.of, func(record *ledger.Record, _ time.Time) error {
		if record.Challenge != nil {
			last = record.Challenge.Route
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("nothing was sent, because it is not known which route served last: %w", err)
	}
	first := max(0, slices.IndexFunc(routes, func(number int) bool { return number > last }))
	return slices.Concat(routes[first:], routes[:first]), nil
}

// candidates are the routes to try, in order.
func (s *send) candidates() ([]int, error) {
	serving, err := s.runner.RoutesFor(s.request.To.Phone)
	if err != nil || s.request.Route == nil {
		return serving, err
	}
	number, last := *s.request.Route, len(s.runner.Routes())-1
	if number < 0 || number > last {
		return nil, fmt.Errorf("profile %q has no routes[%d]: routes are counted from 0, and its last is routes[%d]", s.request.Profile, number, last)
	}
	return slices.DeleteFunc(serving, func(n int) bool { return n != number }), nil
}

func (s *send) notAllowed() Result {
	reason := fmt.Sprintf("No route of profile %q serves the country of this phone number, so nothing was sent. Give a number of a country in its allowed_countries, or add a route for it.", s.of.Profile)
	if s.request.Route != nil {
		reason = fmt.Sprintf("routes[%d] of profile %q does not serve the country of this phone number, so nothing was sent. Give a number of one of its countries, or choose another route.", *s.request.Route, s.of.Profile)
	}
	return none(s.of, NotAllowed, reason)
}

// each sends through one route after the other. Whether all of them can be sent
// through, and limits allow it, is seen before the first. A limit that another
// send has reached meanwhile ends it.
func (s *send) each(ctx context.Context, routes []int, done func(Result)) error {
	for _, number := range routes {
		if err := s.runner.CheckRoute(number, s.request.To); err != nil {
			return fmt.Errorf("nothing was sent: %w", err)
		}
	}
	var left int64
	var limit string
	err := s.ledger.Change(ctx, s.of, func(record *ledger.Record, now time.Time) error {
		left, limit = record.Left(s.runner.Limits(), now)
		return nil
	})
	if err != nil {
		return fmt.Errorf("nothing was sent, because limits could not be kept: %w", err)
	}
	if left >= 0 && left < int64(len(routes)) {
		done(none(s.of, Limited, fmt.Sprintf("%d routes serve this phone, and limits.%s allows %d more codes now. Nothing was sent. Choose a route, or try again later.", len(routes), limit, left)))
		return nil
	}
	for i, number := range routes {
		result, err := s.first(ctx, []int{number}, s.request.Resend || i > 0)
		for wait := result.RetryAfterSeconds; err == nil && i > 0 && result.Outcome == Limited && wait <= s.runner.Limits().ResendAfterSeconds; wait = result.RetryAfterSeconds {
			s.tell("Waiting %d seconds, as limits.resend_after_seconds of the profile wants.", wait)
			if err := s.options.Clock.Sleep(ctx, time.Duration(wait)*time.Second); err != nil {
				return fmt.Errorf("cancelled before the next route: %w", err)
			}
			result, err = s.first(ctx, []int{number}, true)
		}
		if result.Outcome != "" {
			done(result)
		}
		if err != nil || result.Outcome == Limited {
			return err
		}
	}
	return nil
}

// first sends through the first of the routes that does not refuse. The send
// counts before it is tried; one that did not happen is taken back.
func (s *send) first(ctx context.Context, routes []int, resend bool) (Result, error) {
	limited, at, err := s.reserve(ctx)
	if err != nil {
		return Result{}, err
	}
	if limited != nil {
		return s.limited(limited), nil
	}
	var refused []Result
	for _, number := range routes {
		result, sent, err := s.by(ctx, number, resend)
		if err != nil {
			return Result{}, errors.Join(err, s.uncount(ctx, at))
		}
		if result.Outcome == otp.OutcomeNextRoute && len(routes) > len(refused)+1 {
			s.tell("%s refused: %s Trying the next route.", result.Place(), result.Why())
			refused = append(refused, result)
			continue
		}
		result.Refused = refused
		if err := s.settle(ctx, at, number, sent); err != nil {
			result.Reason = cmp.Or(result.Reason, err.Error())
			return result, err
		}
		return s.after(ctx, at, result, sent)
	}
	return Result{}, s.uncount(ctx, at)
}

// reserve counts a send, unless a limit keeps it back.
func (s *send) reserve(ctx context.Context) (limited *ledger.Limited, at time.Time, err error) {
	var wrong []time.Time
	err = s.ledger.Change(ctx, s.of, func(record *ledger.Record, now time.Time) error {
		if limited = record.Limited(s.runner.Limits(), now); limited == nil {
			at = record.Count(now)
		}
		wrong = record.Wrong
		return nil
	})
	if err != nil {
		err = fmt.Errorf("nothing was sent, because limits could not be kept: %w", err)
	}
	if most := s.runner.MaxWrongAttempts(); err == nil && limited == nil && int64(len(wrong)) >= most {
		s.tell("As many wrong codes were tried as max_wrong_attempts (%d) allows, so this code may not be verified before %s.", most, until(wrong, most))
	}
	return limited, at, err
}

func (s *send) limited(limit *ledger.Limited) Result {
	seconds := int64(math.Ceil(limit.Wait.Seconds()))
	who := map[string]string{"per_ip_hour": "this address may ask for", "per_profile_hour": "the profile may send"}
	result := none(s.of, Limited, fmt.Sprintf("limits.%s of profile %q is %d, so %s another code in %s. Nothing was sent.",
		limit.Limit, s.of.Profile, limit.Most, cmp.Or(who[limit.Limit], "this phone may be sent"), time.Duration(seconds)*time.Second))
	result.RetryAfterSeconds = seconds
	return result
}

func (s *send) uncount(ctx context.Context, at time.Time) error {
	err := s.ledger.Change(ctx, s.of, func(record *ledger.Record, _ time.Time) error {
		record.Uncount(at)
		return nil
	})
	if err != nil {
		return fmt.Errorf("nothing was sent, and that could not be remembered, so that it counts for the limits: %w", err)
	}
	return nil
}

// by sends through one route.
func (s *send) by(ctx context.Context, number int, resend bool) (Result, delivery.Sent, error) {
	result := at(s.of, s.runner, number)
	s.tell("Sending a code of profile %q to %s through %s.", s.of.Profile, result.Phone, result.Place())
	call := s.runner.Send
	if s.request.Verify {
		call = s.runner.Trial
	}
	sent, err := call(ctx, number, s.request.To, resend)
	if err != nil {
		return Result{}, sent, err
	}
	result.note(sent.Finding)
	result.MessageID, result.Cost, result.Unit = sent.MessageID, sent.Cost, sent.Unit
	if expires := sent.Kept.ExpiresAt().Truncate(time.Second); !expires.IsZero() && (sent.Outcome == otp.OutcomeOK || sent.Outcome == otp.OutcomePending) {
		result.ExpiresAt = &expires
	}
	return result, sent, nil
}

// settle remembers what was sent. already_active keeps the code that is on its
// way, if it is remembered, and an answer that comes late keeps a newer one.
func (s *send) settle(ctx context.Context, at time.Time, number int, sent delivery.Sent) error {
	if sent.Outcome == otp.OutcomeNextRoute || sent.Outcome == otp.OutcomeStop {
		return s.uncount(ctx, at)
	}
	err := s.ledger.Change(ctx, s.of, func(record *ledger.Record, now time.Time) error {
		newer := record.Challenge != nil && record.Later(record.Challenge.SentAt, at)
		if sent.Outcome == otp.OutcomeAlreadyActive {
			record.Uncount(at)
			newer = newer || record.Alive(now)
		}
		if newer {
			return nil
		}
		record.Challenge = &ledger.Challenge{
			Document: s.document, Route: number, Outcome: sent.Outcome, Kept: sent.Kept, MessageID: sent.MessageID,
			SentAt: at, ExpiresAt: sent.Kept.ExpiresAt(),
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("a code may have been sent, and it could not be remembered, so that it cannot be verified from here: %w", err)
	}
	return nil
}
