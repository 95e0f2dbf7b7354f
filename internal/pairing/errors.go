package pairing

import (
	"fmt"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

// sentence is an error that is shown to a person as it is.
type sentence string

func (s sentence) Error() string { return string(s) }

// LinkedError says that the number has an account already, or, where one may be
// adopted, more than one.
type LinkedError struct {
	Accounts []androidapi.Account // at least one
}

// Error names the accounts.
func (e *LinkedError) Error() string {
	var names []string
	for _, account := range e.Accounts {
		names = append(names, fmt.Sprintf("%s (%s)", account.Unique, Status(account)))
	}
	what := "the WhatsApp account"
	if len(names) > 1 {
		what = fmt.Sprintf("%d WhatsApp accounts", len(names))
	}
	return fmt.Sprintf("The number that ends in %s has %s %s at AndroidAPI already. Nothing was linked.",
		ending(string(e.Accounts[0].Phone)), what, strings.Join(names, ", "))
}

// OtherPhoneError says that an account belongs to another number than expected:
// mostly because the wrong phone has scanned the code.
type OtherPhoneError struct {
	Unique  string // the account
	Got     string // its number, E.164; personal data
	Want    string // the number that was expected
	Removed bool   // the link had made the account and has removed it again
	Left    bool   // another link of this process waits for the number
	Failure error  // why the account could not be removed
}

// Error says what became of the account.
func (e *OtherPhoneError) Error() string {
	text := fmt.Sprintf("The WhatsApp account %s has another number than it should: one that ends in %s, not in %s. ", e.Unique, ending(e.Got), ending(e.Want))
	switch {
	case e.Failure != nil:
		text += fmt.Sprintf("This link made it, and it could not be removed again: remove it in the AndroidAPI dashboard. %s ", e.Failure)
	case e.Removed:
		text += "This link made it, so it was removed again. "
	case e.Left:
		text += "Another link of this run waits for that number, so the account was left to it. "
	default:
		text += "This link did not make it, so it was left as it is. "
	}
	return text + fmt.Sprintf("Scan the QR code with the phone whose number ends in %s.", ending(e.Want))
}

// Unwrap is why the account could not be removed.
func (e *OtherPhoneError) Unwrap() error { return e.Failure }

// GoneError says that the vendor no longer has an account.
type GoneError struct{ Unique string }

// Error names the account.
func (e *GoneError) Error() string {
	return fmt.Sprintf("AndroidAPI has no WhatsApp account %s, or no longer: somebody has deleted it there.", e.Unique)
}

// ServerError says that the package has no such WhatsApp server.
type ServerError struct {
	ID      string              // empty: the vendor's own choice
	Servers []androidapi.Server // of the package
}

// Error lists the servers.
func (e *ServerError) Error() string {
	var names []string
	for _, server := range e.Servers {
		names = append(names, fmt.Sprintf("%s (%s)", server.ID, server.Name))
	}
	switch {
	case len(names) == 0:
		return "The AndroidAPI package has no WhatsApp server, so nothing can be linked. Choose a package with one in the AndroidAPI dashboard."
	case e.ID == "":
		return fmt.Sprintf("AndroidAPI found no WhatsApp server for the account by itself. Name one of the package: %s.", strings.Join(names, ", "))
	}
	return fmt.Sprintf("The AndroidAPI package has no WhatsApp server %q. It has %s. Name one of them, or none and AndroidAPI chooses.", e.ID, strings.Join(names, ", "))
}

// TimeoutError says that time was up.
type TimeoutError struct {
	After time.Duration
	For   string // what was waited for
	Last  error  // what the vendor last had against it, where it had something
	Stale bool   // Last kept replacements of the code from being shown
}

// Error says what was waited for.
func (e *TimeoutError) Error() string {
	text := fmt.Sprintf("Waited %s in vain for %s. ", e.After, e.For)
	if e.Stale {
		text += "The code that was shown may have been out of date, because AndroidAPI's picture of it could not be followed. "
	}
	if e.Last != nil {
		text += e.Last.Error() + " "
	}
	return text + "Try again, with a longer timeout if more time is needed."
}

// Unwrap is what the vendor last had against it.
func (e *TimeoutError) Unwrap() error { return e.Last }

// CancelledError says that the caller gave up.
type CancelledError struct {
	For   string // what was waited for
	cause error
}

// Error says what was waited for.
func (e *CancelledError) Error() string {
	return fmt.Sprintf("It was cancelled while it waited for %s.", e.For)
}

// Unwrap is context.Canceled or context.DeadlineExceeded.
func (e *CancelledError) Unwrap() error { return e.cause }
