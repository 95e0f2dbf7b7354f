package application

import (
	"context"
	"fmt"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// FollowDefault follows a message for FollowDelivery, or for FollowFailure where
// the vendor never says that a message was delivered.
const (
	FollowDefault  time.Duration = -1
	FollowDelivery               = time.Minute
	FollowFailure                = 15 * time.Second
)

const (
	// firstLook and slowest are the waits between two looks at a message: they
	// double, so that a minute costs about ten calls.
	firstLook = time.Second
	slowest   = 8 * time.Second
)

// followFor is FollowDefault for a route.
func followFor(route delivery.Route) time.Duration {
	if route.TellsDelivered {
		return FollowDelivery
	}
	return FollowFailure
}

// followed is a message that somebody waits for.
type followed struct {
	runner *delivery.Runner
	route  int
	kept   delivery.Kept
	to     delivery.Recipient
}

// follow asks what became of a message until it is delivered or has failed, or
// time is up. The report is the last one; the error says that no call could be
// made, or that the wait was cancelled.
func (t *Application) follow(ctx context.Context, m followed, timeout time.Duration) (delivery.Report, error) {
	route := m.runner.Routes()[m.route]
	begin := t.options.Clock.Now()
	var last delivery.Report
	for wait := firstLook; ; wait = min(2*wait, slowest) {
		report, err := m.runner.Status(ctx, m.route, m.kept, m.to)
		if err != nil {
			return last, err
		}
		passed := t.options.Clock.Now().Sub(begin)
		switch report.Outcome {
		case otp.OutcomeDelivered:
			t.tell("Delivered after %s.", passed.Round(time.Second))
			return report, nil
		case otp.OutcomeFailed, otp.OutcomeUnavailable:
			t.tell("%s reports: %s.", route.Vendor.Title(), report.Outcome)
			return report, nil
		}
		if report.Outcome != last.Outcome {
			t.tell("%s", waiting(route, report.Outcome, timeout))
		}
		last = report
		if passed >= timeout {
			t.tell("After %s it is still %s.", timeout.Round(time.Second), report.Outcome)
			return last, nil
		}
		if err := t.options.Clock.Sleep(ctx, min(wait, timeout-passed)); err != nil {
			return last, fmt.Errorf("cancelled while it was asked what became of the message, which was sent: %w", err)
		}
	}
}

func waiting(route delivery.Route, outcome string, timeout time.Duration) string {
	limit := timeout.Round(time.Second)
	if !route.TellsDelivered {
		return fmt.Sprintf("Status: %s. %s knows no more than whether sending failed; asking for %s.", outcome, route.Vendor.Title(), limit)
	}
	return fmt.Sprintf("Status: %s. Asking for up to %s.", outcome, limit)
}
