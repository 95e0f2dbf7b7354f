package pairing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const (
	// maxFaults is how many looks in a row may fail for a reason that may pass:
	// one broken answer must not cost the scan of somebody who is about to.
	maxFaults = 3
	// lastLook is how long a link that failed or was cancelled may take to find
	// out whether its code was scanned just before.
	lastLook = 10 * time.Second
	// lastMoment is kept of a timeout for the look at its end, so that the whole
	// link takes no longer, even where the vendor hangs.
	lastMoment = 2500 * time.Millisecond
)

// wait is one link on its way.
type wait struct {
	*Linker
	request  Request
	deadline time.Time            // of the waits; the look at that moment has the reserve
	reserve  time.Duration        // until the timeout
	before   []androidapi.Account // that were there when it began
	target   string               // the account to link again; empty: a new one

	phase   phase
	code    code   // of the phase showing
	account linked // of the phases that have one
	pending error  // why there is no code yet
	faults  int    // looks in a row that failed
}

// happens takes the link to the phase that an event leads to.
func (w *wait) happens(e event) { w.phase = w.phase.after(e) }

// begin decides what there is to do, from what is there.
func (w *wait) begin(accounts []androidapi.Account) error {
	w.before = accounts
	if same := byPhone(accounts, w.request.Phone); w.target == "" && len(same) > 0 {
		if !w.request.Adopt || len(same) > 1 {
			return &LinkedError{Accounts: same}
		}
		w.target = string(same[0].Unique)
	}
	if w.target == "" {
		return nil
	}
	return w.relinked(accounts)
}

// run waits. Time is up only after a look at that very moment.
func (w *wait) run(ctx context.Context) (Result, error) {
	for {
		remaining := w.deadline.Sub(w.clock.Now())
		switch {
		case remaining <= 0 && w.faults > 0: // so the look at that moment told nothing
			return w.end(ctx, w.timeout(nil))
		case remaining <= 0:
			return w.leave(w.timeout(nil))
		}
		if err := w.round(ctx, remaining); err != nil {
			return w.end(ctx, err)
		}
		if w.phase == connected {
			return w.leave(nil)
		}
	}
}

// round asks for a code where there is none, waits, and looks what came of it.
func (w *wait) round(ctx context.Context, remaining time.Duration) error {
	asking, cancel := context.WithTimeout(ctx, remaining)
	defer cancel()
	if err := w.ask(asking); err != nil {
		return err
	}
	if err := w.clock.Sleep(ctx, min(Interval, w.until())); err != nil {
		return err
	}
	looking, cancel := context.WithTimeout(ctx, w.until()+w.reserve)
	defer cancel()
	if err := w.poll(looking); err != nil || w.phase == connected {
		return err
	}
	return w.follow(looking)
}

// until is the time that is left to wait.
func (w *wait) until() time.Duration { return max(0, w.deadline.Sub(w.clock.Now())) }

// end ends a link that failed or was cancelled.
func (w *wait) end(ctx context.Context, err error) (Result, error) {
	left := lastLook
	switch {
	case isVerdict(err):
	case ctx.Err() != nil:
		err = &CancelledError{For: w.waitsFor(), cause: ctx.Err()}
	case isLate(err):
		err = w.timeout(err)
		left = w.deadline.Add(w.reserve).Sub(w.clock.Now())
	}
	if w.phase.hasCode() && left > 0 {
		// A scan that nobody noticed would leave an account that nobody knows.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), left)
		defer cancel()
		if found := w.observe(last); found != nil && isVerdict(found) {
			err = found
		}
	}
	return w.leave(err)
}

// isLate reports a call that the end of the link's time has cut off.
func isLate(err error) bool {
	var timeout *TimeoutError
	return errors.As(err, &timeout) || errors.Is(err, context.DeadlineExceeded)
}

// leave is what there is of a link, however far it got.
func (w *wait) leave(err error) (Result, error) {
	if !w.phase.hasAccount() {
		return Result{}, err
	}
	result := Result{Outcome: Linked, Account: w.account.Account}
	if _, found := byUnique(w.before, w.account.unique()); found {
		result.Outcome = Relinked
	}
	if w.phase != connected {
		result.Outcome, result.Problem = NotConnected, err
	}
	return result, nil
}

// isVerdict reports errors that say what became of the account.
func isVerdict(err error) bool {
	var other *OtherPhoneError
	var gone *GoneError
	return errors.As(err, &other) || errors.As(err, &gone)
}

// ask has the vendor make a code, unless there is one, and shows it. While the
// vendor's WhatsApp server is not ready there is none (AndroidAPI reference
// §3.2).
func (w *wait) ask(ctx context.Context) error {
	if w.phase != asking && w.phase != renewing {
		return nil
	}
	var link *androidapi.Link
	var err error
	if w.target == "" {
		link, err = w.client.Link(ctx, androidapi.LinkRequest{ServerID: w.request.ServerID})
	} else {
		link, err = w.client.Relink(ctx, androidapi.RelinkRequest{Unique: w.target, ServerID: w.request.ServerID})
	}
	switch {
	case err == nil:
	case httpapi.IsKind(err, httpapi.NotFound):
		return w.unknown(ctx)
	case notReady(err):
		if w.pending == nil {
			w.tell("AndroidAPI's WhatsApp server has made no QR code yet; it is asked again.")
		}
		w.pending = err
		return nil
	default:
		return err
	}
	w.pending = nil
	if link.AlreadyConnected {
		w.link(androidapi.Account{Unique: androidapi.Text(w.target)})
		return nil
	}
	if link.Token.Reveal() == "" && w.request.Phone == "" {
		return sentence("AndroidAPI told no token of the link, so that nobody can see who scans its QR code. Say which phone will.")
	}
	drawn, err := encode(link.QR.Reveal())
	if err != nil {
		return err
	}
	w.code = code{token: link.Token.Reveal()}
	w.happens(codeMade)
	if err := w.show(drawn); err != nil {
		return err
	}
	w.watch(ctx)
	return nil
}

// notReady is the one failure of a link that says that nothing was begun.
func notReady(err error) bool {
	var failure *httpapi.Error
	return errors.As(err, &failure) && failure.Kind == httpapi.Unavailable && !failure.MaybeSent
}

// unknown says what it was that the vendor did not find.
func (w *wait) unknown(ctx context.Context) error {
	if w.target != "" {
		accounts, err := w.list(ctx)
		if err != nil {
			return err
		}
		if _, found := byUnique(accounts, w.target); !found {
			return &GoneError{Unique: w.target}
		}
	}
	servers, err := w.client.Servers(ctx)
	if err != nil {
		return err
	}
	return &ServerError{ID: w.request.ServerID, Servers: servers}
}

func (w *wait) show(code Code) error {
	w.tell("A QR code waits to be scanned.")
	if w.request.Show == nil {
		return nil
	}
	return w.request.Show(code)
}

func (w *wait) tell(sentence string) {
	if w.request.Tell != nil {
		w.request.Tell(sentence)
	}
}

// waitsFor continues "Waited for".
func (w *wait) waitsFor() string {
	switch {
	case w.phase.hasAccount():
		return fmt.Sprintf("the WhatsApp account %s to be connected", w.account.unique())
	case !w.phase.hasCode():
		return "AndroidAPI to make a QR code"
	case w.request.Phone == "":
		return "the QR code to be scanned"
	}
	return fmt.Sprintf("the QR code to be scanned by the phone whose number ends in %s", ending(w.request.Phone))
}

// timeout says what was in the way; cut is the call that was under way then.
func (w *wait) timeout(cut error) error {
	var failure *TimeoutError
	if errors.As(cut, &failure) {
		return failure
	}
	failure = &TimeoutError{After: w.request.Timeout, For: w.waitsFor(), Last: cut}
	switch {
	case cut != nil, w.phase.hasAccount():
	case w.pending != nil:
		failure.Last = w.pending
	default:
		failure.Last, failure.Stale = w.code.blindness, w.code.blindness != nil
	}
	return failure
}
