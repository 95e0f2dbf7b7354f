package pairing

import (
	"context"
	"time"
)

// Clock is the time that a link waits by.
type Clock interface {
	Now() time.Time
	// Sleep waits. It ends early, with the context's error, when the context
	// does.
	Sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

// Now is the system's time.
func (systemClock) Now() time.Time { return time.Now() }

// Sleep waits by the system's time.
func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
