package httpapi

import "time"

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
	// Now is the clock that Retry-After dates are compared with. Nil: the
	// system's.
	Now func() time.Time
}

// DefaultOptions are the settings where the configuration says nothing.
func DefaultOptions() Options {
	return Options{Timeout: defaultTimeout, MaxRetries: 3}
}

const defaultTimeout = 30 * time.Second
