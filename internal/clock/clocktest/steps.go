// Package clocktest has a clock for tests that waits for nobody.
package clocktest

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Steps is a clock whose waits are over at once. What happens meanwhile is what
// the test has put there. It is safe for concurrent use.
type Steps struct {
	mu     sync.Mutex
	now    time.Time
	waits  int
	events map[int][]func() // by wait, from 1; 0: in every wait
}

// NewSteps is a clock that shows 09:00 UTC of a day in October 2026.
func NewSteps() *Steps {
	return &Steps{now: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC), events: map[int][]func(){}}
}

// Now implements clock.Clock.
func (s *Steps) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Sleep implements clock.Clock: it moves the clock, and lets happen what belongs
// to this wait.
func (s *Steps) Sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	s.now = s.now.Add(d)
	s.waits++
	events := slices.Concat(s.events[s.waits], s.events[0])
	s.mu.Unlock()
	for _, event := range events {
		event()
	}
	return ctx.Err()
}

// During lets something happen during a wait from now on, counted from 1.
func (s *Steps) During(wait int, event func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events[s.waits+wait] = append(s.events[s.waits+wait], event)
}

// Always lets something happen during every wait to come, in place of what has
// happened always so far.
func (s *Steps) Always(event func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events[0] = []func(){event}
}
