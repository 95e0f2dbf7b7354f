package httpapi

import (
	"context"
	"crypto/tls"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Options are the settings of the provider's http block. They hold for every
// vendor account.
type Options struct {
	// Timeout is how long one try may take, the reading of the answer
	// included and the wait for the request limit excluded. Zero: 30 s.
	Timeout time.Duration
	// MaxRetries is how often a failed read is tried again. Zero: never.
	// Sends are never tried again.
	MaxRetries int
	// MaxRequestsPerSecond limits the requests of one account, retries
	// included. Zero: what the vendor documents.
	MaxRequestsPerSecond float64
	// Pause is asked before each wait for a retry how long to wait really.
	// Nil: as long as computed. Tests shorten it.
	Pause func(time.Duration) time.Duration
	// Now is the clock that the request limit goes by, and that Retry-After dates
	// are compared with. Nil: the system's.
	Now func() time.Time
	// Sleep is how the request limit waits: until the context ends, with its error,
	// or for as long as said. Nil: by the system's clock.
	Sleep func(ctx context.Context, d time.Duration) error
	// Patience is how long a plan waits for one fact that it can do without. Zero:
	// 5 s.
	Patience time.Duration
	// Seen is told of each answer, before anybody looks at it. It may be called
	// by several calls at once. Nil: nobody.
	Seen func(Head)
}

// Head is what an answer shows of the way to a vendor account.
type Head struct {
	Vendor  otp.Vendor
	Account string // a slug; empty for the default account
	// Asked and Answered are by this machine's clock, Date is by that of the
	// vendor, to the second; zero: it does not tell.
	Asked, Answered, Date time.Time
	// TLS is how the connection is encrypted; nil: it is not, as on loopback.
	TLS *tls.ConnectionState
}

// DefaultOptions are the settings where the configuration says nothing.
func DefaultOptions() Options {
	return Options{Timeout: defaultTimeout, MaxRetries: 3}
}

const (
	defaultTimeout  = 30 * time.Second
	defaultPatience = 5 * time.Second
)
