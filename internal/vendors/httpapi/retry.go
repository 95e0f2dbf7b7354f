package httpapi

import (
	"context"
	"crypto/tls"
	"errors"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	firstWait = 500 * time.Millisecond
	longWait  = 10 * time.Second
	// maxRetryAfter is the longest wait that a vendor may ask for. Beyond it
	// the call fails and says so, instead of holding up the whole run.
	maxRetryAfter = 30 * time.Second
)

// checkRetry decides about reads: sends never come here.
func (t *Transport) checkRetry(ctx context.Context, response *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return !permanent(err), err
	}
	asked, _ := t.retryAfter(response.StatusCode, response.Header)
	return passing(response.StatusCode) && asked <= maxRetryAfter, nil
}

// passing reports whether an HTTP status tells of a fault that may pass.
func passing(status int) bool {
	return status == http.StatusTooManyRequests || status >= 500 && status != http.StatusNotImplemented
}

// permanent reports failures that another try cannot cure.
func permanent(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.Is(err, errTooLarge) || errors.Is(err, errLimit) || errors.As(err, &certificate)
}

// backoff doubles from half a second to ten, and adds chance, so that ten
// reads that failed together do not come back together. A wait that the vendor
// asks for is never shortened.
func (t *Transport) backoff(_, _ time.Duration, attempt int, response *http.Response) time.Duration {
	wait := longWait
	if attempt < 5 {
		wait = min(firstWait<<attempt, longWait)
	}
	wait = wait/2 + rand.N(wait/2)
	if response != nil {
		if asked, ok := t.retryAfter(response.StatusCode, response.Header); ok {
			wait = max(asked, 0) + rand.N(firstWait)
		}
	}
	return t.options.Pause(wait)
}

// retryAfter reads the wait that a vendor asks for: seconds or a date. Other
// texts are ignored; a number is none of them, however long it is.
func (t *Transport) retryAfter(status int, header http.Header) (time.Duration, bool) {
	text := header.Get("Retry-After")
	if text == "" || !passing(status) {
		return 0, false
	}
	seconds, err := strconv.ParseUint(text, 10, 31)
	switch {
	case err == nil:
		return time.Duration(seconds) * time.Second, true
	case errors.Is(err, strconv.ErrRange):
		return math.MaxInt64, true
	}
	if date, err := http.ParseTime(text); err == nil {
		return date.Sub(t.options.Now()), true
	}
	return 0, false
}
