package application

import (
	"context"
	"fmt"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// Extend adds seconds to the validity of the code that was sent last. It is
// tried exactly once.
func (t *Application) Extend(ctx context.Context, name string, to delivery.Recipient, seconds int64) (Result, error) {
	if problems := vendors.Extensions().Check(seconds); problems.Failed() {
		return Result{}, fmt.Errorf("a code cannot be extended by %d seconds: %w", seconds, problems)
	}
	return t.withLatest(ctx, name, to, func(last latest, to delivery.Recipient) (Result, error) { return t.extend(ctx, last, to, seconds) })
}

func (t *Application) extend(ctx context.Context, last latest, to delivery.Recipient, seconds int64) (Result, error) {
	result := last.result()
	if !last.VerifiedAt.IsZero() {
		result.Outcome, result.Reason = otp.OutcomeNotFound, verifiedAlready
		return result, nil
	}
	vendor := last.runner.Routes()[last.Route].Vendor
	if bounds, can := vendors.Extensions()[vendor]; can && !bounds.Takes(seconds) {
		return Result{}, fmt.Errorf("a code of %s cannot be extended by %d seconds: it adds %d to %d at a time", vendor.Title(), seconds, bounds.Least, bounds.Most)
	}
	extended, err := last.runner.Extend(ctx, last.Route, last.Kept, to, seconds)
	if err != nil {
		return Result{}, err
	}
	result.note(extended.Finding)
	if extended.Outcome != otp.OutcomeOK {
		return result, nil
	}
	expires := extended.Kept.ExpiresAt().Truncate(time.Second)
	result.ExpiresAt = &expires
	err = t.ledger.Change(ctx, last.whose, func(record *ledger.Record, _ time.Time) error {
		if c := record.Challenge; last.is(record) {
			c.Kept, c.ExpiresAt = extended.Kept, extended.Kept.ExpiresAt()
		}
		return nil
	})
	if err != nil {
		return result, fmt.Errorf("the code was extended, and that could not be remembered: %w", err)
	}
	return result, nil
}
