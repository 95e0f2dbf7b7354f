// Package shared is readings that several callers have in common.
package shared

import (
	"context"
	"fmt"
	"iter"
	"sync"
)

// List is a list that is read once for all who ask for it: who comes
// while it is read waits for that reading, who comes later gets what it found.
// Errors are not kept. It is safe for concurrent use.
type List[T any] struct {
	read func(context.Context) (T, error)

	mu      sync.Mutex
	reading *reading[T] // the one that newcomers join, under way or done
}

// reading is one reading of a shared list.
type reading[T any] struct {
	done    chan struct{}      // closed when value and err are there
	cancel  context.CancelFunc // ends it
	waiting int                // who joined and has not left; under the lock of the list
	value   T
	err     error
}

// NewList makes a list shared. What read returns goes to several callers.
func NewList[T any](read func(context.Context) (T, error)) *List[T] {
	return &List[T]{read: read}
}

// Get returns the list. A caller who gives up leaves the reading to the others;
// it ends when the last one does.
func (s *List[T]) Get(ctx context.Context) (T, error) {
	r := s.join(ctx)
	select {
	case <-r.done:
		return r.value, r.err
	case <-ctx.Done():
		s.leave(r)
		var none T
		return none, fmt.Errorf("the list was not read to its end: %w", ctx.Err())
	}
}

// Forget lets the next caller read anew. Who waits for a reading that has begun
// still gets it; nobody else joins it.
func (s *List[T]) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = nil
}

func (s *List[T]) join(ctx context.Context) *reading[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading == nil {
		// The first caller's end must not be the others' failure.
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		s.reading = &reading[T]{done: make(chan struct{}), cancel: cancel}
		go s.run(own, s.reading)
	}
	s.reading.waiting++
	return s.reading
}

func (s *List[T]) run(ctx context.Context, r *reading[T]) {
	defer r.cancel()
	r.value, r.err = s.read(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.err != nil && s.reading == r {
		s.reading = nil
	}
	close(r.done)
}

func (s *List[T]) leave(r *reading[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.waiting--; r.waiting > 0 {
		return
	}
	select {
	case <-r.done: // and it is worth keeping
	default:
		r.cancel()
		if s.reading == r {
			s.reading = nil
		}
	}
}

// Collect reads a list to its end.
func Collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	all := []T{}
	for item, err := range list {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}
