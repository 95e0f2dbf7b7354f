package shared

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Fact is something that is asked once, and not again after a failure: a plan
// without network waits once, and goes on. It is safe for concurrent use.
type Fact[T any] struct {
	ask      func(context.Context) (T, error)
	patience *Patience

	mu    sync.Mutex
	asked bool
	value T
	err   error
	at    time.Time // when it was answered
}

// NewFact makes a fact that nobody has asked for yet. The patience is that of all
// facts of an account.
func NewFact[T any](patience *Patience, ask func(context.Context) (T, error)) *Fact[T] {
	return &Fact[T]{ask: ask, patience: patience}
}

// Get is the fact, or why it is not known: a *PatienceError where it took too
// long.
func (f *Fact[T]) Get(ctx context.Context) (T, error) {
	value, _, err := f.Dated(ctx)
	return value, err
}

// Dated is Get, with the time of the answer.
func (f *Fact[T]) Dated(ctx context.Context) (T, time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.asked {
		f.value, f.err = wait(ctx, f.patience, f.ask)
		f.asked, f.at = true, f.patience.now()
	}
	return f.value, f.at, f.err
}

func wait[T any](ctx context.Context, p *Patience, ask func(context.Context) (T, error)) (T, error) {
	var none T
	if err := p.silence(); err != nil {
		return none, err
	}
	bounded, cancel := context.WithTimeout(ctx, p.wait)
	defer cancel()
	value, err := ask(bounded)
	if err == nil {
		return value, nil
	}
	if bounded.Err() != nil && ctx.Err() == nil {
		err = &PatienceError{p.wait}
	}
	if ctx.Err() == nil {
		p.note(err)
	}
	return none, err
}

// Patience is what the facts of one account have in common: how long each may
// take, and whether the account was asked in vain. Then nothing else is asked.
type Patience struct {
	wait       time.Duration
	now        func() time.Time
	unanswered func(error) bool

	mu     sync.Mutex
	silent error
}

// NewPatience is that of an account that nobody has asked yet: how long to wait,
// the clock, and which errors say that there was no answer at all.
func NewPatience(wait time.Duration, now func() time.Time, unanswered func(error) bool) *Patience {
	return &Patience{wait: wait, now: now, unanswered: unanswered}
}

func (p *Patience) silence() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.silent
}

func (p *Patience) note(err error) {
	var late *PatienceError
	if !errors.As(err, &late) && !p.unanswered(err) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = err
}

// PatienceError says that nothing was answered for as long as anybody waited.
type PatienceError struct{ Waited time.Duration }

// Error is a sentence.
func (e *PatienceError) Error() string {
	return fmt.Sprintf("There was no answer within %s.", e.Waited)
}
