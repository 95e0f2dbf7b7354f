package application

import (
	"context"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
)

// Status asks what became of the message that was sent last, for as long as
// follow says; zero: once, FollowDefault as for a send.
func (t *Application) Status(ctx context.Context, name string, to delivery.Recipient, follow time.Duration) (Result, error) {
	return t.withLatest(ctx, name, to, func(last latest, to delivery.Recipient) (Result, error) { return t.status(ctx, last, to, follow) })
}

func (t *Application) status(ctx context.Context, last latest, to delivery.Recipient, follow time.Duration) (Result, error) {
	result := last.result()
	result.MessageID = last.MessageID
	ask := func() (delivery.Report, error) { return last.runner.Status(ctx, last.Route, last.Kept, to) }
	route := last.runner.Routes()[last.Route]
	if follow < 0 {
		follow = followFor(route)
	}
	if follow > 0 && route.Status {
		ask = func() (delivery.Report, error) {
			return t.follow(ctx, followed{last.runner, last.Route, last.Kept, to}, follow)
		}
	}
	report, err := ask()
	result.note(report.Finding)
	return result, err
}
