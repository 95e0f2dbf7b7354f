package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// errLimit means that the caller's deadline comes before the request limit
// lets the request through.
var errLimit = errors.New("no time left to wait for the request limit")

// limiter is the part of rate.Limiter that is used.
type limiter interface {
	Wait(ctx context.Context) error
}

// flight is what the innermost transport and the client share about one call.
type flight struct {
	vendor    otp.Vendor
	endpoint  Endpoint
	timeout   time.Duration // of one try
	attempts  int
	connected atomic.Bool // a connection was handed to the request
}

type flightKey struct{}

// withFlight follows the call. GotConn comes after name look-up, dialling and
// TLS; before it not one byte of the request has been written.
func withFlight(ctx context.Context, state *flight) context.Context {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { state.connected.Store(true) },
	})
	return context.WithValue(ctx, flightKey{}, state)
}

// exchange is the innermost RoundTripper: one try, from the wait for the
// request limit to the last byte of the answer. Retries pass through it and pay
// too.
type exchange struct {
	transport http.RoundTripper
	limit     limiter
	now       func() time.Time
	to        account
	seen      func(Head) // nil: nobody
}

// RoundTrip makes one try. It hides Location, so that nothing above it can
// follow a redirect or stumble over a malformed one.
func (x *exchange) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := x.limit.Wait(request.Context()); err != nil {
		if request.Body != nil {
			return nil, errors.Join(errLimit, err, request.Body.Close())
		}
		return nil, errors.Join(errLimit, err)
	}
	state, ok := request.Context().Value(flightKey{}).(*flight)
	if !ok {
		state = &flight{timeout: defaultTimeout} // a request of no call
	}
	ctx, cancel := context.WithTimeoutCause(request.Context(), state.timeout, errTimeout)
	defer cancel()
	started := x.now()
	response, err := x.transport.RoundTrip(request.WithContext(ctx))
	if err == nil {
		err = buffer(response)
	}
	if err != nil && errors.Is(context.Cause(ctx), errTimeout) {
		err = fmt.Errorf("%w: %w", errTimeout, err)
	}
	state.log(request.Context(), response, err, x.now().Sub(started))
	if err != nil {
		return nil, err
	}
	x.tell(response, started)
	response.Header.Del("Location")
	return response, nil
}

// tell tells of an answer.
func (x *exchange) tell(response *http.Response, asked time.Time) {
	if x.seen == nil {
		return
	}
	head := Head{Vendor: x.to.vendor, Account: x.to.slug, Asked: asked, Answered: x.now(), TLS: response.TLS}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		head.Date = date
	}
	x.seen(head)
}

// log writes one line per try: never a header, a body, a query or a path with
// its placeholders filled.
func (state *flight) log(ctx context.Context, response *http.Response, err error, took time.Duration) {
	state.attempts++
	line := map[string]any{
		"vendor":      string(state.vendor),
		"operation":   state.endpoint.Operation,
		"http_method": state.endpoint.Method,
		"path":        state.endpoint.Path,
		"attempt":     state.attempts,
		"duration_ms": took.Milliseconds(),
	}
	if err != nil {
		tflog.Debug(ctx, "Vendor request without an answer", line)
		return
	}
	line["status"] = response.StatusCode
	tflog.Debug(ctx, "Vendor request", line)
}

// mask hides the secrets of a call in everything logged under the context.
// Masks set when the provider is configured do not reach the contexts of later
// requests, so every call sets its own.
func (c *Client) mask(ctx context.Context, call Call) context.Context {
	secrets := slices.DeleteFunc(c.secrets(call), func(secret string) bool { return secret == "" })
	if len(secrets) == 0 {
		return ctx
	}
	return tflog.MaskLogStrings(ctx, newRedactor(secrets).secrets...)
}
