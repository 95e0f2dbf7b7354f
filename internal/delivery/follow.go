package delivery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"strconv"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

const timeFormat = time.RFC3339

// Extended is what came of an extension.
type Extended struct {
	// The outcome is otp.OutcomeOK, OutcomeNotFound, OutcomeStop or
	// OutcomeUnknown.
	Finding
	// Kept takes the place of the one that was given: the code expires later.
	Kept Kept
}

// Report is what is known of a message.
type Report struct {
	// The outcome is otp.OutcomeDelivered, OutcomePending, OutcomeFailed,
	// OutcomeNotFound, OutcomeUnavailable or OutcomeUnknown.
	Finding
}

// Extend adds seconds to the validity of a code. It is tried exactly once. The
// recipient may be left empty where the document does not ask for it. An error
// means that it was not tried.
func (r *Runner) Extend(ctx context.Context, number int, kept Kept, to Recipient, seconds int64) (Extended, error) {
	at, err := r.route(number)
	if err != nil {
		return Extended{}, err
	}
	if seconds < 1 || seconds > math.MaxInt32 {
		return Extended{}, at.failed(extending, fmt.Errorf("the extension is %d seconds; it must be between 1 and %d", seconds, math.MaxInt32))
	}
	if at.Extend == nil {
		return Extended{found(otp.OutcomeStop, at.Vendor.Title()+" cannot extend a code.").Finding, kept}, nil
	}
	got, err := r.ask(ctx, at, extending, kept, to, map[string]string{"duration_seconds": strconv.FormatInt(seconds, 10)})
	if err != nil {
		return Extended{}, err
	}
	if got.Outcome == otp.OutcomeOK {
		longer := *kept.record
		longer.ExpiresAt = longer.ExpiresAt.Add(time.Duration(seconds) * time.Second)
		kept = Kept{&longer}
	}
	return Extended{got.Finding, kept}, nil
}

// Status asks what became of a message. The recipient may be left empty where
// the document does not ask for it. An error means that it could not be tried.
func (r *Runner) Status(ctx context.Context, number int, kept Kept, to Recipient) (Report, error) {
	at, err := r.route(number)
	if err != nil {
		return Report{}, err
	}
	if at.Status == nil {
		return Report{found(otp.OutcomeUnavailable, at.Vendor.Title()+" does not tell what became of a message.").Finding}, nil
	}
	got, err := r.ask(ctx, at, checking, kept, to, nil)
	if err != nil {
		return Report{}, err
	}
	return Report{got.Finding}, nil
}

// ask makes a later call of a route with what was kept of its send.
func (r *Runner) ask(ctx context.Context, at route, v verb, kept Kept, to Recipient, more map[string]string) (verdict, error) {
	if to.Phone != "" {
		var err error
		if to, err = to.normalised(); err != nil {
			return verdict{}, at.failed(v, err)
		}
	}
	if kept.record == nil {
		return found(otp.OutcomeNotFound, nothingKept), nil
	}
	k, err := r.belongs(at, kept)
	if err != nil {
		return verdict{}, at.failed(v, err)
	}
	if to.Phone != "" && !same(kept.record.Phone, k.hash("phone", to.Phone)) {
		return found(otp.OutcomeNotFound, "The code was sent to another phone."), nil
	}
	values := kept.record.texts()
	maps.Copy(values, to.placeholders())
	maps.Copy(values, more)
	got, err := r.follow(ctx, at, v, filling{values: values, locale: to.Locale})
	if err != nil {
		return verdict{}, at.failed(v, err)
	}
	return got, nil
}

// follow makes a call that comes after a send. Without a value that the send
// should have kept there is nothing to ask about.
func (r *Runner) follow(ctx context.Context, at route, v verb, values filling) (verdict, error) {
	got, err := r.perform(ctx, at, v, values)
	var missing unfilled
	if errors.As(err, &missing) {
		if _, kept := at.Send.Keep[missing.name]; kept {
			return found(otp.OutcomeNotFound, nothingKept), nil
		}
	}
	return got, err
}

// belongs checks that what was kept is of this route, and that the credentials
// are still those that its hashes are made with.
func (r *Runner) belongs(at route, kept Kept) (key, error) {
	of := kept.record
	if of.Profile != r.document.Profile || of.Route != at.number || of.Vendor != at.Vendor || of.Channel != at.Channel {
		return nil, fmt.Errorf("what was kept is of %s; send another code", of.origin())
	}
	k := r.key(at, of.Salt)
	if same(of.Check, k.hash("check", "")) {
		return k, nil
	}
	for _, name := range variables(at.Send) {
		if r.variable(name) == "" {
			return nil, r.credential(at.Vendor, name, "")
		}
	}
	return nil, errors.New("the code was sent with other credentials than there are now; send another code")
}
