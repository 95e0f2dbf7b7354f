package shared

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// slow is a list whose readings end when the test lets them, one after another.
type slow struct {
	begun  atomic.Int64
	ended  atomic.Int64
	answer chan error
}

func (s *slow) read(ctx context.Context) (int64, error) {
	number := s.begun.Add(1)
	defer s.ended.Add(1)
	select {
	case err := <-s.answer:
		return number, err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

type result struct {
	value int64
	err   error
}

// ask gets the list in the background.
func ask(ctx context.Context, list *List[int64]) <-chan result {
	answer := make(chan result, 1)
	go func() {
		value, err := list.Get(ctx)
		answer <- result{value, err}
	}()
	synctest.Wait()
	return answer
}

func TestAListIsReadOnceForAllWhoAskForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{answer: make(chan error)}
		list := NewList(s.read)
		first, second := ask(t.Context(), list), ask(t.Context(), list)
		s.answer <- nil
		for _, got := range []result{<-first, <-second, <-ask(t.Context(), list)} {
			if got != (result{1, nil}) {
				t.Errorf("got %v", got)
			}
		}
		if n := s.begun.Load(); n != 1 {
			t.Errorf("read %d times", n)
		}
	})
}

func TestAnErrorIsNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{answer: make(chan error)}
		list := NewList(s.read)
		failed := errors.New("no list today")
		first, second := ask(t.Context(), list), ask(t.Context(), list)
		s.answer <- failed
		if a, b := <-first, <-second; !errors.Is(a.err, failed) || !errors.Is(b.err, failed) {
			t.Errorf("got %v and %v", a, b)
		}
		third := ask(t.Context(), list)
		s.answer <- nil
		if got := <-third; got != (result{2, nil}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestWhoGivesUpDoesNotFailTheOthers(t *testing.T) {
	t.Parallel()
	for name, leaver := range map[string]int{"the first": 0, "the second": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &slow{answer: make(chan error)}
				list := NewList(s.read)
				ctx, cancel := context.WithCancel(t.Context())
				callers := []context.Context{t.Context(), t.Context()}
				callers[leaver] = ctx
				answers := []<-chan result{ask(callers[0], list), ask(callers[1], list)}
				cancel()
				if got := <-answers[leaver]; !errors.Is(got.err, context.Canceled) || !strings.Contains(got.err.Error(), "was not read to its end") {
					t.Errorf("who gave up got %v", got)
				}
				synctest.Wait()
				s.answer <- nil
				if got := <-answers[1-leaver]; got != (result{1, nil}) {
					t.Errorf("who stayed got %v", got)
				}
			})
		})
	}
}

func TestAReadingEndsWhenNobodyWaitsForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{answer: make(chan error)}
		list := NewList(s.read)
		ctx, cancel := context.WithCancel(t.Context())
		first, second := ask(ctx, list), ask(ctx, list)
		cancel()
		<-first
		<-second
		synctest.Wait()
		if n := s.ended.Load(); n != 1 {
			t.Fatalf("%d readings have ended, want the one that nobody waits for", n)
		}
		third := ask(t.Context(), list)
		s.answer <- nil
		if got := <-third; got != (result{2, nil}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestWhoLeavesLateKeepsWhatWasRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{answer: make(chan error, 1)}
		list := NewList(s.read)
		r := list.join(t.Context())
		s.answer <- nil
		<-r.done
		list.leave(r)
		if got := <-ask(t.Context(), list); got != (result{1, nil}) {
			t.Errorf("got %v", got)
		}
	})
}

// A list that is read after a write must not be one that was begun before it.
func TestAForgottenListIsReadAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{answer: make(chan error)}
		list := NewList(s.read)
		before := ask(t.Context(), list)
		list.Forget()
		after := ask(t.Context(), list)
		s.answer <- nil
		s.answer <- nil
		if a, b := <-before, <-after; a.err != nil || b.err != nil || a.value == b.value {
			t.Errorf("got %v before and %v after", a, b)
		}
		if got, kept := <-ask(t.Context(), list), int64(2); got != (result{kept, nil}) {
			t.Errorf("got %v, want what was read after", got)
		}
	})
}
