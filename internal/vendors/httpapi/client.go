// Package httpapi is the transport that the clients of all vendors share:
// encodings, retry of reads, single-shot sends, request limit, size limit,
// redaction, logging and one error type.
package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"golang.org/x/time/rate"
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
	// Now is the clock that Retry-After dates are compared with. Nil: the
	// system's.
	Now func() time.Time
}

// DefaultOptions are the settings where the configuration says nothing.
func DefaultOptions() Options {
	return Options{Timeout: defaultTimeout, MaxRetries: 3}
}

const defaultTimeout = 30 * time.Second

// Config is what makes the client of one vendor account.
type Config struct {
	Vendor  otp.Vendor
	Account string // a slug; empty for the default account
	BaseURL string // checked by ParseBaseURL
	// Secrets are the known credentials. They are masked in logs and errors.
	Secrets []string
	// Authorize adds the credentials to the headers or the fields of a call
	// whose endpoint is not public. Both are there and may be changed.
	Authorize func(call *Call)
	// Classify turns an answer that is an error into one, or returns nil. Of
	// the error it sets Kind, Code, Message, Next and MaybeSent; the client
	// fills in and redacts the rest.
	Classify func(e Endpoint, a *Answer) *Error
	// RequestsPerSecond is what the vendor documents, used unless Options say
	// otherwise. Zero: no limit.
	RequestsPerSecond float64
	Shared
}

// Shared is what the clients of one process have in common.
type Shared struct {
	Options   Options
	UserAgent string
	Transport *Transport // nil: each client has one of its own
}

// Client talks to one vendor account. It is safe for concurrent use.
type Client struct {
	config Config
	base   *url.URL
	reads  *retryablehttp.Client
	sends  *http.Client
}

// New returns the client of an account. The error is a sentence about the base
// URL.
func New(config Config) (*Client, error) {
	base, err := ParseBaseURL(config.BaseURL)
	if err != nil {
		return nil, err
	}
	if config.Options.Timeout <= 0 {
		config.Options.Timeout = defaultTimeout
	}
	if config.Options.MaxRequestsPerSecond > 0 {
		config.RequestsPerSecond = config.Options.MaxRequestsPerSecond
	}
	if config.Options.Pause == nil {
		config.Options.Pause = func(d time.Duration) time.Duration { return d }
	}
	if config.Options.Now == nil {
		config.Options.Now = time.Now
	}
	if config.Transport == nil {
		config.Transport = NewTransport()
	}
	return newClient(config, base, newLimiter(config.RequestsPerSecond)), nil
}

func newClient(config Config, base *url.URL, limit limiter) *Client {
	client := &Client{config: config, base: base}
	exchangeOver := func(transport http.RoundTripper) *http.Client {
		return &http.Client{
			Transport:     &exchange{transport: transport, limit: limit, timeout: config.Options.Timeout, now: config.Options.Now},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	client.sends = exchangeOver(config.Transport.single)
	client.reads = &retryablehttp.Client{
		HTTPClient:   exchangeOver(config.Transport.pooled),
		RetryMax:     max(config.Options.MaxRetries, 0),
		CheckRetry:   client.checkRetry,
		Backoff:      client.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return client
}

// newLimiter allows a burst of ten, which is how many objects Terraform works
// on at a time.
func newLimiter(perSecond float64) limiter {
	if perSecond <= 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return rate.NewLimiter(rate.Limit(perSecond), 10)
}

// Call is one request of an endpoint. Nothing that travels is hidden in it.
type Call struct {
	Endpoint Endpoint
	Fields   Fields
	Headers  map[string]string
	// Path fills the placeholders of the endpoint's path.
	Path map[string]string
	// Secrets are codes and personal data of the call, which are masked in logs
	// and errors like credentials. The values of Path are, too.
	Secrets []string
}

// Do makes the call and decodes the answer into out; a nil out leaves the body
// uninterpreted. Every error is an *Error.
func (c *Client) Do(ctx context.Context, call Call, out any) (*Answer, error) {
	state := &flight{vendor: c.config.Vendor, endpoint: call.Endpoint}
	ctx = withFlight(c.mask(ctx, call), state)

	response, err := c.perform(ctx, call)
	if err != nil {
		return nil, c.unanswered(ctx, call, state, err)
	}
	answer, err := newAnswer(response, state.attempts)
	if err != nil {
		return nil, c.unanswered(ctx, call, state, err)
	}
	if failure := c.refused(call, answer); failure != nil {
		return nil, c.finish(call, answer, failure)
	}
	if out == nil {
		return answer, nil
	}
	if err := answer.decode(out); err != nil {
		return nil, c.Unexpected(call, answer, err.Error())
	}
	return answer, nil
}

// refused asks the vendor's classifier about an answer. A redirect is always
// an error, because it is never followed.
func (c *Client) refused(call Call, answer *Answer) *Error {
	if answer.Status >= 300 && answer.Status <= 399 {
		return &Error{
			Kind: BadAnswer, MaybeSent: true,
			Reason: "it answered with a redirect, which is never followed",
			Next:   "Check the base URL of the vendor.",
		}
	}
	if c.config.Classify != nil {
		return c.config.Classify(call.Endpoint, answer)
	}
	if kind := KindOf(answer.Status); kind != "" {
		return &Error{Kind: kind, Message: answer.Text(), MaybeSent: true}
	}
	return nil
}

// Unexpected is the error for an answer that is not what the vendor documents.
// The reason continues the sentence "HTTP 200, ".
func (c *Client) Unexpected(call Call, answer *Answer, reason string) error {
	return c.finish(call, answer, &Error{
		Kind: BadAnswer, MaybeSent: true, Message: answer.Text(),
		Reason: newRedactor(c.secrets(call)).quote(reason),
		Next:   "Check the base URL of the vendor and any proxy on the way to it.",
	})
}

// Refuse is the error for a call that the vendor would misunderstand and that
// was therefore not made. The reason is the middle of a sentence.
func (c *Client) Refuse(call Call, reason string) error {
	return c.finish(call, nil, &Error{Kind: Invalid, Reason: reason})
}

func (c *Client) perform(ctx context.Context, call Call) (*http.Response, error) {
	call.Fields, call.Headers = maps.Clone(call.Fields), maps.Clone(call.Headers)
	if call.Fields == nil {
		call.Fields = Fields{}
	}
	if call.Headers == nil {
		call.Headers = map[string]string{}
	}
	if c.config.Authorize != nil && !call.Endpoint.Public {
		c.config.Authorize(&call)
	}
	header := http.Header{"Accept": {cmp.Or(call.Endpoint.Accept, "application/json")}}
	if c.config.UserAgent != "" {
		header.Set("User-Agent", c.config.UserAgent)
	}
	for name, value := range call.Headers {
		header.Set(name, value)
	}
	encoded, err := encode(call.Endpoint, call.Fields)
	if err != nil {
		return nil, err
	}
	target, err := call.target(c.base)
	if err != nil {
		return nil, err
	}
	target.RawQuery = encoded.query
	if encoded.contentType != "" {
		header.Set("Content-Type", encoded.contentType)
	}
	if call.Endpoint.Read {
		return c.read(ctx, call.Endpoint.Method, target, header, encoded.body)
	}
	return c.send(ctx, call.Endpoint.Method, target, header, encoded.body)
}

func (c *Client) read(ctx context.Context, method string, target *url.URL, header http.Header, body []byte) (*http.Response, error) {
	var raw any // a nil []byte would make retryablehttp set up an empty body
	if body != nil {
		raw = body
	}
	request, err := retryablehttp.NewRequestWithContext(ctx, method, target.String(), raw)
	if err != nil {
		return nil, err
	}
	request.Header = header
	return c.reads.Do(request)
}

// send tries once. The request takes a connection of its own, and GetBody is
// taken away: net/http repeats a request by itself when a kept-alive
// connection turns out to be dead, and by then the vendor may have read it.
func (c *Client) send(ctx context.Context, method string, target *url.URL, header http.Header, body []byte) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body == nil {
		request.Body = http.NoBody
	}
	request.GetBody = nil
	request.Header = header
	return c.sends.Do(request)
}

// secrets are all values that must not be shown for a call.
func (c *Client) secrets(call Call) []string {
	secrets := slices.Concat(c.config.Secrets, call.Secrets)
	return slices.AppendSeq(secrets, maps.Values(call.Path))
}

// Vendor is whose client this is.
func (c *Client) Vendor() otp.Vendor { return c.config.Vendor }

// String names the account without its credentials, also under %+v.
func (c *Client) String() string {
	return fmt.Sprintf("%s client", c.config.Vendor.Title())
}

// GoString is String: %#v would show the credentials.
func (c *Client) GoString() string { return c.String() }
