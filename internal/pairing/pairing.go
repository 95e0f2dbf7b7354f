// Package pairing links WhatsApp accounts at AndroidAPI by QR code: it asks for
// a code, has it shown, and waits until a phone has scanned it and the account
// is connected. The facts it rests on are cited as (AndroidAPI reference §n).
//
// What a code says links the WhatsApp of whoever scans it. It leaves this
// package only as a picture, and is in no error.
package pairing

import (
	"context"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

const (
	// Interval is the wait between two looks at the vendor, which has no other
	// way to say that a code was scanned.
	Interval = 3 * time.Second
	// LinkTimeout is how long a link takes at most where nobody says otherwise:
	// time to find the phone.
	LinkTimeout = 10 * time.Minute
	// UnlinkTimeout is how long a removal is tried where nobody says otherwise.
	UnlinkTimeout = 2 * time.Minute
)

// Linker links and removes WhatsApp accounts of one account at AndroidAPI. It
// is safe for concurrent use.
type Linker struct {
	client *androidapi.Client
	clock  clock.Clock
}

// New returns a linker. A nil clock is the system's.
func New(client *androidapi.Client, by clock.Clock) *Linker {
	return &Linker{client: client, clock: clock.Or(by)}
}

// Request says what to link.
type Request struct {
	// Phone is the number that has to scan, E.164. Empty: whichever scans.
	Phone string
	// Unique is the account to link again. Empty: a new one.
	Unique string
	// Adopt takes over the account that the number has already, and links it
	// again where it is not connected. False: such an account is a *LinkedError.
	Adopt bool
	// ServerID is the WhatsApp server to link on. Empty: the vendor chooses.
	ServerID string
	// Timeout bounds the whole link, the scan included, even where the vendor
	// hangs. Zero: LinkTimeout.
	Timeout time.Duration
	// Show shows a code to the person with the phone. It is called again with
	// another code whenever the vendor replaces it. Its error ends the link.
	// Nil: the account is linked somewhere else, such as in the dashboard.
	Show func(Code) error
	// Tell is told how far the link is, in sentences. Nil: nobody listens.
	Tell func(sentence string)
	// Expected reports whether another link of this process waits for a number.
	// What that number makes by scanning the wrong code is left to that link.
	// Nil: there is no other link.
	Expected func(phone string) bool
}

// Outcome says what a link has done.
type Outcome string

// The outcomes of a link.
const (
	Linked           Outcome = "linked"            // there is a new account
	Relinked         Outcome = "relinked"          // an account that was there is connected again
	AlreadyConnected Outcome = "already_connected" // there was nothing to do
	NotConnected     Outcome = "not_connected"     // the code was scanned, and that is all that is known
)

// Result is an account that was linked.
type Result struct {
	Outcome Outcome
	// Account is as the vendor listed it last. One that it has not listed yet
	// has Unique, and Phone where the vendor told it.
	Account androidapi.Account
	// Problem says why the account is not known to be connected, though it was
	// linked. Nil: it is connected.
	Problem error
}

// Link links an account and waits until it is connected. Until a phone has
// scanned the code, an error means that nothing was linked; afterwards there is
// an account, and what goes wrong is the Problem of the result.
//
// The errors of its own are LinkedError, OtherPhoneError, GoneError,
// ServerError, TimeoutError and CancelledError; others are the vendor's, or
// what Show returned.
func (l *Linker) Link(ctx context.Context, request Request) (Result, error) {
	if request.Timeout <= 0 {
		request.Timeout = LinkTimeout
	}
	reserve := min(lastMoment, request.Timeout/3)
	w := &wait{
		Linker: l, request: request, deadline: l.clock.Now().Add(request.Timeout - reserve), reserve: reserve,
		target: request.Unique, phase: asking,
	}
	listing, cancel := context.WithTimeout(ctx, request.Timeout)
	defer cancel()
	accounts, err := l.list(listing)
	const what = "AndroidAPI to list its WhatsApp accounts"
	switch {
	case ctx.Err() != nil:
		return Result{}, &CancelledError{For: what, cause: ctx.Err()}
	case err != nil && listing.Err() != nil:
		return Result{}, &TimeoutError{After: request.Timeout, For: what, Last: err}
	case err != nil:
		return Result{}, err
	}
	if err := w.begin(accounts); err != nil {
		return Result{}, err
	}
	if w.phase == connected {
		return Result{Outcome: AlreadyConnected, Account: w.account.Account}, nil
	}
	return w.run(ctx)
}

func (l *Linker) list(ctx context.Context) ([]androidapi.Account, error) {
	var accounts []androidapi.Account
	for account, err := range l.client.AllAccounts(ctx) {
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, account)
	}
	return accounts, nil
}
