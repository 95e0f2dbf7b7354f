package application

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

const verifiedAlready = "The code that was sent last has been verified already, and a code counts once. Send another one."

// Verify verifies the code that was sent last, with the duties of an
// application: wrong codes count over all sends, and a right one counts once. A
// code counts as tried before it is; what a fault kept from being judged is
// taken back.
func (t *Application) Verify(ctx context.Context, name string, to delivery.Recipient, typed string) (Result, error) {
	return t.withLatest(ctx, name, to, func(last latest, to delivery.Recipient) (Result, error) { return t.verify(ctx, last, to, typed) })
}

// verify verifies the code of a send.
func (t *Application) verify(ctx context.Context, last latest, to delivery.Recipient, typed string) (Result, error) {
	code, _ := last.runner.Normalise(typed)
	v := &verification{Application: t, latest: last, hash: t.ledger.HashCode(last.whose, code)}
	result := last.result()
	if done, err := v.begin(ctx, &result); err != nil || done {
		return result, err
	}
	verdict, err := last.runner.Verify(ctx, last.Route, last.Kept, to, typed)
	if err != nil {
		return Result{}, errors.Join(err, v.settle(ctx, otp.OutcomeStop, nil))
	}
	result.note(verdict.Finding)
	result.Remaining = verdict.Remaining
	if err := v.settle(ctx, verdict.Outcome, &result.Remaining); err != nil {
		return result, fmt.Errorf("the code was tried, and what came of it could not be remembered: %w", err)
	}
	return result, nil
}

// verification is one Verify.
type verification struct {
	*Application
	latest
	hash string // of the code
	at   time.Time
}

func (v *verification) must(duty otp.Duty) bool {
	return slices.Contains(v.runner.Routes()[v.Route].Duties, duty)
}

// begin counts an attempt, unless a duty answers already.
func (v *verification) begin(ctx context.Context, result *Result) (done bool, err error) {
	most := v.runner.MaxWrongAttempts()
	err = v.ledger.Change(ctx, v.whose, func(record *ledger.Record, now time.Time) error {
		_, used := record.Used[v.hash]
		switch {
		case !v.VerifiedAt.IsZero():
			result.Outcome = otp.OutcomeNotFound
			result.Reason = verifiedAlready
		case v.must(otp.MaxWrongAttempts) && int64(len(record.Wrong)) >= most:
			result.Outcome = otp.OutcomeTooManyAttempts
			result.Reason = fmt.Sprintf("max_wrong_attempts of profile %q is %d, and that many wrong codes were tried. The first of them counts until %s, over all codes that are sent until then.",
				v.whose.Profile, most, until(record.Wrong, most))
		case v.must(otp.SingleUse) && used:
			result.Outcome = otp.OutcomeWrongCode
			result.Reason = "This code has been used, and a code counts once."
		default:
			v.at = now
			record.Attempt(now, v.hash, v.ExpiresAt)
			return nil
		}
		done = true
		return nil
	})
	return done, err
}

// until is when fewer wrong codes count than a profile allows.
func until(wrong []time.Time, most int64) string {
	return wrong[int64(len(wrong))-most].Add(ledger.Day).UTC().Format(time.RFC3339)
}

// settle keeps of the attempt what its outcome says.
func (v *verification) settle(ctx context.Context, outcome string, remaining **int64) error {
	return v.ledger.Change(ctx, v.whose, func(record *ledger.Record, now time.Time) error {
		switch outcome {
		case otp.OutcomeOK:
			record.Wrong = nil
			if c := record.Challenge; v.is(record) {
				c.VerifiedAt, c.Kept = now, c.Kept.Expired()
			}
			return nil
		case otp.OutcomeWrongCode:
			if left := max(0, v.runner.MaxWrongAttempts()-int64(len(record.Wrong))); v.must(otp.MaxWrongAttempts) && *remaining == nil {
				*remaining = &left
			}
		default:
			record.NotWrong(v.at)
		}
		record.Unused(v.hash)
		return nil
	})
}
