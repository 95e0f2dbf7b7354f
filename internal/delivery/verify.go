package delivery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// errNoIP is the error where a route binds the code to an address and the
// caller tells none.
var errNoIP = errors.New("the route binds the code to the recipient's IP address, and none is given")

// Verdict is what came of a verification.
type Verdict struct {
	// The outcome is otp.OutcomeOK, OutcomeWrongCode, OutcomeExpired,
	// OutcomeNotFound or OutcomeTooManyAttempts, for the person to hear; or
	// OutcomeStop or OutcomeUnknown, which are faults of ours and count no
	// attempt.
	Finding
	// Remaining is how many tries are left, where the vendor tells.
	Remaining *int64
}

// Verify checks the code that a person typed against what was kept of the send
// to the same phone. An error means that it could not be tried: something is
// missing, or the context had ended.
//
// max_wrong_attempts and single_use are the caller's to keep.
func (r *Runner) Verify(ctx context.Context, number int, kept Kept, to Recipient, code string) (Verdict, error) {
	at, err := r.route(number)
	if err != nil {
		return Verdict{}, err
	}
	if to, err = to.normalised(); err != nil {
		return Verdict{}, at.failed(verifying, err)
	}
	if kept.record == nil {
		return Verdict{Finding: found(otp.OutcomeNotFound, nothingKept).Finding}, nil
	}
	k, err := r.belongs(at, kept)
	if err != nil {
		return Verdict{}, at.failed(verifying, err)
	}
	if at.must(otp.BindRecipientIP) && to.IP == "" {
		return Verdict{}, at.failed(verifying, errNoIP)
	}
	code, fits := normalise(r.document.Code, code)
	values := kept.record.texts()
	maps.Copy(values, to.placeholders())
	values["code"] = code
	decided, err := r.compare(at, kept.record, k, to, values, fits)
	if err == nil && decided.Outcome == "" {
		decided, err = r.follow(ctx, at, verifying, filling{values: values, locale: to.Locale})
	}
	if err != nil {
		return Verdict{}, at.failed(verifying, err)
	}
	return Verdict{decided.Finding, decided.remaining}, nil
}

const nothingKept = "Nothing is kept of a send to this phone."

// compare judges what needs no vendor: the duties, the code policy and what the
// document expects. Its outcome is empty where the vendor has to be asked.
func (r *Runner) compare(at route, kept *record, k key, to Recipient, values map[string]string, fits bool) (verdict, error) {
	over := !r.options.Clock().Before(kept.ExpiresAt)
	code := k.hash("code", values["code"])
	switch {
	case !same(kept.Phone, k.hash("phone", to.Phone)):
		return found(otp.OutcomeNotFound, "The code was sent to another phone."), nil
	case at.must(otp.Validity) && over:
		return found(otp.OutcomeExpired, "The code was valid until "+kept.ExpiresAt.Format(timeFormat)+"."), nil
	case !fits:
		return found(otp.OutcomeWrongCode, fmt.Sprintf("What was typed is no code of profile %q.", r.document.Profile)), nil
	case at.must(otp.BindRecipientIP) && !same(kept.IP, k.hash("ip", to.IP)):
		return found(otp.OutcomeWrongCode, "The code was sent to another IP address."), nil
	case at.must(otp.VerifyCode) && kept.Code == "":
		return found(otp.OutcomeNotFound, nothingKept), nil
	case at.must(otp.VerifyCode) && !same(kept.Code, code):
		return found(otp.OutcomeWrongCode, "It is not the code that was sent."), nil
	case at.Verify == nil:
		return found(otp.OutcomeOK, ""), nil
	}
	return r.expect(at, kept, k, values, over)
}

// expect compares kept values as the document wants it. Those that are
// credentials are gone when the code is over.
func (r *Runner) expect(at route, kept *record, k key, values map[string]string, over bool) (verdict, error) {
	for _, name := range slices.Sorted(maps.Keys(at.Verify.Expect)) {
		entry, ok := kept.Values[name]
		if !ok || over && entry.Hash != "" {
			return found(otp.OutcomeNotFound, nothingKept), nil
		}
		against := at.Verify.Expect[name]
		if values[against] == "" {
			return verdict{}, unfilled{name: against}
		}
		if !k.expects(name, entry, values[against], r.document.Code.Length) {
			return found(otp.OutcomeWrongCode, "It is not the code that was sent."), nil
		}
	}
	// Without its token a code is found by phone alone, and might be another
	// profile's. That is for a send whose answer was lost.
	if kept.Outcome == otp.OutcomeUnknown || kept.Outcome == otp.OutcomeAlreadyActive {
		return verdict{}, nil
	}
	for name := range at.Send.Keep {
		if _, ok := kept.Values[name]; !ok && uses(at.Verify, name, false) {
			return found(otp.OutcomeNotFound, nothingKept), nil
		}
	}
	return verdict{}, nil
}
