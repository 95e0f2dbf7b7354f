package httpapi

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// errTimeout is the cause of a try that took longer than Options.Timeout.
var errTimeout = errors.New("no answer in time")

// finish fills in what the client knows about a failed call and redacts what
// the vendor said.
func (c *Client) finish(call Call, answer *Answer, failure *Error) *Error {
	hide := newRedactor(c.secrets(call))
	failure.Vendor, failure.Account = c.config.Vendor, c.config.Account
	failure.Operation, failure.Purpose = call.Endpoint.Operation, call.Endpoint.Purpose
	failure.Code = hide.known(failure.Code)
	failure.Message = hide.quote(failure.Message)
	failure.MaybeSent = failure.MaybeSent && !call.Endpoint.Read
	if account := c.config.Account; account != "" {
		// Advice names the variables of the default account.
		failure.Next = strings.ReplaceAll(failure.Next, c.config.Vendor.Variable("", ""), c.config.Vendor.Variable(account, ""))
	}
	if answer != nil {
		failure.Status, failure.tries = answer.Status, answer.tries
		if asked, ok := c.config.Transport.retryAfter(answer.Status, answer.Header); ok {
			failure.Next = join(failure.Next, waitAdvice(asked, call.Endpoint.Read))
		}
		failure.Next = cmp.Or(failure.Next, remedies[failure.Kind])
	}
	return failure
}

const (
	checkAddress = "Check the base URL of the vendor and any proxy on the way to it."
	checkNetwork = "Check the network and any proxy on the way to the vendor."
)

// remedies say what to do about an answer where its vendor has no better advice.
var remedies = map[Kind]string{
	Unauthorized:        "Check the credentials of the account.",
	Forbidden:           "Check in the vendor's dashboard that the account and this machine's address may make the call.",
	InsufficientBalance: "Look at the balance of the account in the vendor's dashboard.",
	PlanFeature:         "Look at the plan of the account in the vendor's dashboard.",
	NotFound:            "Check the name or the number that was asked for.",
	Conflict:            "Wait until what is in progress at the vendor has ended.",
	Invalid:             "The vendor documents no such refusal. Check the values of the request, and the base URL of the vendor.",
	RateLimited:         "Wait, or lower http.max_requests_per_second.",
	Unavailable:         "The fault is at the vendor, or at a proxy on the way to it. Try again later.",
	BadAnswer:           checkAddress,
}

// longest is the longest wait that is said as it was asked for.
const longest = 30 * 24 * time.Hour

func waitAdvice(asked time.Duration, read bool) string {
	asked = max(asked, 0).Round(time.Second)
	if asked > longest {
		return "It asks to wait for more than a month, which nobody can mean: ask the vendor."
	}
	if read && asked > maxRetryAfter {
		return fmt.Sprintf("It asks to wait %s; the provider waits at most %s by itself.", asked, maxRetryAfter)
	}
	return fmt.Sprintf("It asks to wait %s.", asked)
}

func join(first, second string) string {
	if first == "" {
		return second
	}
	return first + " " + second
}

// unanswered turns an error of the transport into an Error. What the call may
// have done is told by whether a connection was ever made for it.
func (c *Client) unanswered(ctx context.Context, call Call, state *flight, err error) *Error {
	failure := &Error{Kind: Connection, MaybeSent: state.connected.Load(), tries: state.attempts}
	detail := bare(err)
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errRequest):
		failure.Kind, failure.Reason = Invalid, detail
	case ctx.Err() != nil:
		failure.Kind, failure.cause = Cancelled, ctx.Err()
		failure.Reason = "it was cancelled before an answer arrived"
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			failure.Reason = "its deadline passed before an answer arrived"
		}
	case errors.Is(err, errLimit):
		failure.Kind, failure.cause = Cancelled, context.DeadlineExceeded
		failure.Reason = "its deadline leaves no time to wait for the request limit"
		failure.Next = "Raise http.max_requests_per_second or the timeout."
	case errors.Is(err, errTooLarge):
		failure.Kind, failure.Reason = BadAnswer, detail
		failure.Next = checkAddress
	case errors.Is(err, errTimeout):
		failure.Reason = fmt.Sprintf("no answer within %s", state.timeout)
		failure.Next = "Check that the vendor is up, or raise http.timeout."
	case errors.As(err, &certificate):
		failure.Untrusted = true
		failure.Reason = "the certificate of the host is not trusted: " + detail
		failure.Next = checkAddress
	case !state.connected.Load():
		failure.Reason = "no connection: " + detail
		failure.Next = "Check the network, the proxy settings and the base URL of the vendor."
	case errors.Is(err, io.ErrUnexpectedEOF):
		failure.Reason = "the connection closed before the whole answer had arrived"
		failure.Next = checkNetwork
	default:
		failure.Reason = "the connection broke before an answer arrived: " + detail
		failure.Next = checkNetwork
	}
	failure.Reason = newRedactor(c.secrets(call)).reason(failure.Reason)
	return c.finish(call, nil, failure)
}

// bare is the text of an error without the address: url.Error quotes the whole
// URL, and AndroidAPI's credential travels in its query.
func bare(err error) string {
	var wrapped *url.Error
	for errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err.Error()
}
