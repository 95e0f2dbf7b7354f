package shared

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// asking is a question that counts how often it is asked.
func asking(asked *int, answer func(context.Context) error) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		*asked++
		return "told", answer(ctx)
	}
}

func hangs(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// Who waits behind a firewall waits once, whatever else is to be asked.
func TestAnAccountThatDoesNotAnswerIsAskedNothingMore(t *testing.T) {
	t.Parallel()
	unreachable := errors.New("no connection")
	for name, test := range map[string]struct {
		first func(context.Context) error
		want  int // questions that are asked
	}{
		"hangs":       {hangs, 1},
		"unreachable": {func(context.Context) error { return unreachable }, 1},
		"refuses":     {func(context.Context) error { return errors.New("forbidden") }, 2},
		"answers":     {func(context.Context) error { return nil }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began, asked := time.Now(), 0
				patience := NewPatience(5*time.Second, time.Now, func(err error) bool { return errors.Is(err, unreachable) })
				first := NewFact(patience, asking(&asked, test.first))
				second := NewFact(patience, asking(&asked, func(context.Context) error { return nil }))
				_, failed := first.Get(t.Context())
				_, again := first.Get(t.Context())
				value, err := second.Get(t.Context())
				if asked != test.want || !errors.Is(again, failed) {
					t.Errorf("asked %d times, want %d; %v, then %v", asked, test.want, failed, again)
				}
				if test.want == 1 && (value != "" || err == nil || err.Error() != failed.Error()) || test.want == 2 && (value != "told" || err != nil) {
					t.Errorf("the second is %q, %v after %v", value, err, failed)
				}
				if waited := time.Since(began); waited > 5*time.Second {
					t.Errorf("waited %s by the clock of the bubble", waited)
				}
			})
		})
	}
}

// A caller who gives up says nothing about the account.
func TestWhoGivesUpSilencesNobody(t *testing.T) {
	t.Parallel()
	asked, patience := 0, NewPatience(time.Hour, time.Now, func(error) bool { return true })
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewFact(patience, asking(&asked, hangs)).Get(over); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if value, err := NewFact(patience, asking(&asked, func(context.Context) error { return nil })).Get(t.Context()); value != "told" || err != nil || asked != 2 {
		t.Errorf("%q, %v, asked %d times", value, err, asked)
	}
}
