package pairing

import (
	"context"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Unlink removes an account. That it is gone already is no error: what the
// vendor answers then is not documented (AndroidAPI reference §3.7), so after
// an error the list decides. A fault of the vendor is tried again every
// Interval until the timeout; zero: UnlinkTimeout.
func (l *Linker) Unlink(ctx context.Context, unique string, timeout time.Duration) error {
	if timeout <= 0 {
		timeout = UnlinkTimeout
	}
	deadline := l.clock.Now().Add(timeout)
	for {
		err := l.client.DeleteAccount(ctx, unique)
		if err == nil || httpapi.IsKind(err, httpapi.NotFound) {
			return nil
		}
		if ctx.Err() != nil || httpapi.IsKind(err, httpapi.Unauthorized, httpapi.Forbidden) {
			return err
		}
		accounts, unread := l.list(ctx)
		if _, found := byUnique(accounts, unique); unread == nil && !found {
			return nil
		}
		remaining := deadline.Sub(l.clock.Now())
		if !passing(err) || remaining <= 0 {
			return err
		}
		if l.clock.Sleep(ctx, min(Interval, remaining)) != nil {
			return err
		}
	}
}

// passing reports whether an error may be over at the next try.
func passing(err error) bool {
	return httpapi.IsKind(err, httpapi.Unavailable, httpapi.Connection, httpapi.RateLimited, httpapi.BadAnswer)
}
