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
)

// wait is one link on its way.
type wait struct {
	*Linker
	request  Request
	deadline time.Time
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
			return w.end(ctx, w.timeout())
		case remaining <= 0:
			return w.leave(w.timeout())
		}
		err := w.ask(ctx)
		if err == nil {
			err = w.clock.Sleep(ctx, min(Interval, remaining))
		}
		if err == nil {
			err = w.look(ctx)
		}
		if err != nil {
			return w.end(ctx, err)
		}
		if w.phase == connected {
			return w.leave(nil)
		}
		if err := w.follow(ctx); err != nil {
			return w.end(ctx, err)
		}
	}
}

// end ends a link that failed or was cancelled.
func (w *wait) end(ctx context.Context, err error) (Result, error) {
	if ctx.Err() != nil && !isVerdict(err) {
		err = &CancelledError{For: w.waitsFor(), cause: ctx.Err()}
	}
	if w.phase.hasCode() {
		// A scan that nobody noticed would leave an account that nobody knows.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
		defer cancel()
		if found := w.check(last); found != nil && isVerdict(found) {
			err = found
		}
	}
	return w.leave(err)
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

// timeout says what was in the way.
func (w *wait) timeout() error {
	failure := &TimeoutError{After: w.request.Timeout, For: w.waitsFor()}
	switch {
	case w.phase.hasAccount():
	case w.pending != nil:
		failure.Last = w.pending
	default:
		failure.Last, failure.Stale = w.code.blindness, w.code.blindness != nil
	}
	return failure
}
