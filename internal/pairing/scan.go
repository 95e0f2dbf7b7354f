package pairing

import (
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// poll finds out how far the link is. Faults that may pass are let pass, a few
// times in a row.
func (w *wait) poll(ctx context.Context) error {
	err := w.observe(ctx)
	if err == nil {
		w.faults = 0
		return nil
	}
	if w.faults++; passing(err) && !isVerdict(err) && w.faults < maxFaults {
		return nil
	}
	return err
}

// observe asks whether the code was scanned, and how the account is listed. The
// list also shows an account that was linked without this code, such as in the
// dashboard.
func (w *wait) observe(ctx context.Context) error {
	scan, err := w.scan(ctx)
	if err != nil {
		return err
	}
	if scan.Linked && scan.Phone != "" {
		if err := w.judge(ctx, scan.Unique, scan.Phone); err != nil {
			return err
		}
	}
	accounts, err := w.list(ctx)
	if err != nil {
		return err
	}
	switch {
	case w.phase.hasAccount():
		return w.find(ctx, accounts)
	case scan.Linked: // the vendor told no number: the list does
		if account, found := byUnique(accounts, scan.Unique); found {
			if err := w.judge(ctx, scan.Unique, string(account.Phone)); err != nil {
				return err
			}
			return w.find(ctx, accounts)
		}
	case w.target != "":
		return w.relinked(accounts)
	default:
		if same := byPhone(accounts, w.request.Phone); len(same) > 0 {
			w.link(same[0])
			w.see(same[0])
		}
	}
	return nil
}

// scan asks who scanned the code. A code that has expired is no longer one.
func (w *wait) scan(ctx context.Context) (androidapi.LinkState, error) {
	if w.phase != showing || w.code.token == "" {
		return androidapi.LinkState{}, nil
	}
	state, err := w.client.LinkState(ctx, w.code.token)
	switch {
	case httpapi.IsKind(err, httpapi.NotFound):
		w.tell("The QR code has expired; another one is asked for.")
		w.happens(codeExpired)
		return androidapi.LinkState{}, nil
	case err != nil:
		return androidapi.LinkState{}, err
	}
	return *state, nil
}

// judge judges who scanned the code.
func (w *wait) judge(ctx context.Context, unique, phone string) error {
	if w.other(phone) {
		return w.refuse(ctx, unique, phone)
	}
	w.link(androidapi.Account{Unique: androidapi.Text(unique), Phone: androidapi.Text(phone)})
	return nil
}

// other reports another number. One that the vendor does not tell is none.
func (w *wait) other(phone string) bool {
	return w.request.Phone != "" && phone != "" && !SamePhone(phone, w.request.Phone)
}

// link notes the account of this link.
func (w *wait) link(account androidapi.Account) {
	w.account = linked{account}
	w.happens(accountLinked)
	w.tell("The QR code was scanned; the account is not connected yet.")
}

// see notes how the account of this link is listed.
func (w *wait) see(account androidapi.Account) {
	w.account = w.account.as(account)
	if isConnected(account) {
		w.happens(accountWorks)
	} else {
		w.happens(accountListed)
	}
}

// find looks for the linked account in the list. That it is not listed yet is no
// sign of anything; that it is no longer is.
func (w *wait) find(ctx context.Context, accounts []androidapi.Account) error {
	account, found := byUnique(accounts, w.account.unique())
	phone := string(w.account.as(account).Phone)
	switch {
	case !found && w.phase.isListed():
		w.happens(accountLost)
		return &GoneError{Unique: w.account.unique()}
	case !found:
		return nil
	case w.request.Phone != "" && phone == "" && w.account.unique() != w.target:
		return nil // the vendor has yet to tell whose account it is
	case w.other(phone):
		return w.refuse(ctx, string(account.Unique), phone)
	}
	w.see(account)
	return nil
}

// relinked notes how the account that is to be linked again is listed. It may
// have been linked somewhere else.
func (w *wait) relinked(accounts []androidapi.Account) error {
	account, found := byUnique(accounts, w.target)
	switch {
	case !found:
		return &GoneError{Unique: w.target}
	case !isConnected(account):
		return nil
	case w.other(string(account.Phone)):
		return &OtherPhoneError{Unique: w.target, Got: string(account.Phone), Want: w.request.Phone}
	}
	w.see(account)
	return nil
}

// refuse undoes what another phone has done, as far as this link made it.
func (w *wait) refuse(ctx context.Context, unique, phone string) error {
	failure := &OtherPhoneError{Unique: unique, Got: phone, Want: w.request.Phone}
	w.happens(accountLost) // nothing is left to find out about this code
	if _, found := byUnique(w.before, unique); found {
		return failure
	}
	if w.request.Expected != nil && w.request.Expected(phone) {
		failure.Left = true
		return failure
	}
	// What this link has made goes, even when the caller has given up.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
	defer cancel()
	if err := w.client.DeleteAccount(last, unique); err != nil && !httpapi.IsKind(err, httpapi.NotFound) {
		failure.Failure = err
		return failure
	}
	failure.Removed = true
	return failure
}
