package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// The exit codes of all commands, which are those of the applications under
// examples/consumers. 0 is done.
const (
	exitNotMade     = 1   // usage or configuration: no call was made
	exitPerson      = 2   // what a person must hear: a wrong code, a wrong phone, nobody scanned
	exitRefused     = 3   // the vendor refuses
	exitUnknown     = 4   // nobody knows what came of it, or a vendor cannot be reached
	exitInterrupted = 130 // Ctrl-C, as a shell reports it
)

// exit is an error that ends its command with a code of its own. Others end it
// with exitNotMade.
type exit struct {
	code int
	error
}

// Unwrap is the error without the code.
func (e *exit) Unwrap() error { return e.error }

// Report says on standard error why a run of the command line has failed, and
// gives its exit code. An interruption goes without a word, unless its command
// has one to say.
func Report(err error) int {
	var ours *exit
	code := exitNotMade
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ours):
		code = ours.code
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	fmt.Fprintln(os.Stderr, "Error:", err)
	return code
}
