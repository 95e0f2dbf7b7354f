package httpapi

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// sleep waits by the system's clock.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// burst is how many requests an account is sent at once: Terraform works on ten
// objects at a time.
const burst = 10

// pace is the request limit of an account.
type pace struct {
	limit   *rate.Limiter
	options Options
}

func newPace(perSecond float64, options Options) limiter {
	if perSecond <= 0 {
		return pace{rate.NewLimiter(rate.Inf, 0), options}
	}
	return pace{rate.NewLimiter(rate.Limit(perSecond), burst), options}
}

// Wait waits until the next request may go. It is an error, without a wait, where
// the context ends before.
func (p pace) Wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := p.options.Now()
	turn := p.limit.ReserveN(now, 1)
	wait := turn.DelayFrom(now)
	if wait <= 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
		turn.CancelAt(now)
		return context.DeadlineExceeded
	}
	if err := p.options.Sleep(ctx, wait); err != nil {
		turn.CancelAt(p.options.Now())
		return err
	}
	return nil
}
