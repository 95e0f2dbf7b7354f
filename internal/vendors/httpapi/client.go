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
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/shared"
)

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
	// Explain says what an answer means that is no error and yet tells of a
	// failure, of which it sets Code and Next; nil where it does not. Nil: no
	// answer does.
	Explain func(e Endpoint, a *Answer) *Error
	// RequestsPerSecond is what the vendor documents, used unless Options say
	// otherwise. Zero: no limit.
	RequestsPerSecond float64
	// Transport is what the clients of one process share. Nil: one of its own,
	// without retries.
	Transport *Transport
}

// Client talks to one vendor account. It is safe for concurrent use.
type Client struct {
	config Config
	base   *url.URL
	line   *line
}

// New returns the client of an account. The error is a sentence about the base
// URL.
func New(config Config) (*Client, error) {
	base, err := ParseBaseURL(config.BaseURL)
	if err != nil {
		return nil, err
	}
	if config.Transport == nil {
		config.Transport = NewTransport(Options{}, "")
	}
	line := config.Transport.line(account{config.Vendor, config.Account, base.String()}, config.RequestsPerSecond)
	return &Client{config: config, base: base, line: line}, nil
}

// Call is one request of an endpoint. Nothing that travels is hidden in it.
type Call struct {
	Endpoint Endpoint
	Fields   Fields
	Headers  map[string]string
	// Path fills the placeholders of the endpoint's path.
	Path map[string]string
	// Timeout is how long one try may take. Zero: Options.Timeout.
	Timeout time.Duration
	// Secrets are codes and personal data of the call, which are masked in logs
	// and errors like credentials. The values of Path are, too.
	Secrets []string
}

// Do makes the call and decodes the answer into out; a nil out leaves the body
// uninterpreted. Every error is an *Error.
func (c *Client) Do(ctx context.Context, call Call, out any) (*Answer, error) {
	answer, err := c.Exchange(ctx, call)
	if err != nil {
		return nil, err
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

// Exchange makes the call and returns the answer, whatever it says. Every error
// is an *Error and means that there is none.
func (c *Client) Exchange(ctx context.Context, call Call) (*Answer, error) {
	state := &flight{vendor: c.config.Vendor, endpoint: call.Endpoint, timeout: cmp.Or(call.Timeout, c.options().Timeout)}
	ctx = withFlight(c.mask(ctx, call), state)

	response, err := c.perform(ctx, call)
	if err != nil {
		return nil, c.unanswered(ctx, call, state, err)
	}
	answer, err := newAnswer(response, state.attempts)
	if err != nil {
		return nil, c.unanswered(ctx, call, state, err)
	}
	return answer, nil
}

// Explain is what an answer says of a call that failed, or of a message that
// did, in the vendor's words and ours; nil where nothing is known.
func (c *Client) Explain(call Call, answer *Answer) *Error {
	failure := c.refused(call, answer)
	if failure == nil && c.config.Explain != nil {
		failure = c.config.Explain(call.Endpoint, answer)
	}
	if failure == nil {
		return nil
	}
	return c.finish(call, answer, failure)
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
		Next:   checkAddress,
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
	if agent := c.config.Transport.userAgent; agent != "" {
		header.Set("User-Agent", agent)
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
	return c.line.reads.Do(request)
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
	return c.line.sends.Do(request)
}

// secrets are all values that must not be shown for a call.
func (c *Client) secrets(call Call) []string {
	secrets := slices.Concat(c.config.Secrets, call.Secrets)
	return slices.AppendSeq(secrets, maps.Values(call.Path))
}

// Fact is something that is asked of the account once and not again after a
// failure; see Transport.Patience.
func Fact[T any](c *Client, ask func(context.Context) (T, error)) *shared.Fact[T] {
	return shared.NewFact(c.config.Transport.Patience(c.config.Vendor, c.config.Account), ask)
}

func (c *Client) options() Options { return c.config.Transport.options }

// Vendor is whose client this is.
func (c *Client) Vendor() otp.Vendor { return c.config.Vendor }

// String names the account without its credentials, also under %+v.
func (c *Client) String() string {
	return fmt.Sprintf("%s client", c.config.Vendor.Title())
}

// GoString is String: %#v would show the credentials.
func (c *Client) GoString() string { return c.String() }
