// Package clock is the time that operations wait by, so that tests need not.
package clock

import (
	"context"
	"time"
)

// Clock tells the time and waits.
type Clock interface {
	Now() time.Time
	// Sleep waits. It ends early, with the context's error, when the context
	// does.
	Sleep(ctx context.Context, d time.Duration) error
}

// Or is the clock, or the system's where it is nil.
func Or(c Clock) Clock {
	if c == nil {
		return system{}
	}
	return c
}

type system struct{}

// Now is the system's time.
func (system) Now() time.Time { return time.Now() }

// Sleep waits by the system's time.
func (system) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
