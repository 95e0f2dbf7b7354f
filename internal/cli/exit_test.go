package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestEveryErrorHasItsExitCode(t *testing.T) {
	t.Parallel()
	for want, err := range map[int]error{
		0:               nil,
		exitNotMade:     errors.New("the flags are wrong"),
		exitPerson:      &exit{exitPerson, errors.New("the code is wrong")},
		exitUnknown:     fmt.Errorf("in front: %w", &exit{exitUnknown, context.Canceled}),
		exitInterrupted: fmt.Errorf("reading: %w", context.Canceled),
	} {
		if got := Report(err); got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
	if err := (&exit{exitRefused, context.DeadlineExceeded}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error("the error cannot be seen through its code")
	}
}
