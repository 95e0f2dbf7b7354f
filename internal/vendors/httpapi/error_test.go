package httpapi

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestErrorIsASentence(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  Error
		want string
	}{
		"an answer": {
			Error{Vendor: otp.Octopush, Purpose: "send a code", Status: 400, Code: "104", Message: "Not enough credit.", Next: "Buy credit."},
			`Could not send a code at Octopush: HTTP 400 with code 104: "Not enough credit". Buy credit.`,
		},
		"a send that may have gone out": {
			Error{Vendor: otp.MyOTP, Purpose: "send a code", Status: 500, MaybeSent: true, Next: "Try later."},
			`Could not send a code at MyOTP.App: HTTP 500. MyOTP.App may have carried it out all the same, so it was not repeated. Try later.`,
		},
		"a further account": {
			Error{Vendor: otp.Octopush, Account: "eu", Purpose: "read the balance", Status: 503, tries: 4},
			`Could not read the balance at Octopush (account "eu"): HTTP 503, after 4 tries.`,
		},
		"no answer": {
			Error{Vendor: otp.Way2API, Purpose: "send a code", Reason: "no connection: refused"},
			`Could not send a code at Way2API: no connection: refused.`,
		},
		"nothing called": {
			Error{Vendor: otp.MyOTP, Reason: "MyOTP.App is not configured: it has no API key", Next: "Set it."},
			`MyOTP.App is not configured: it has no API key. Set it.`,
		},
	}
	for name, test := range tests {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, test.want)
		}
	}
}

func TestAdviceNamesTheVariablesOfTheAccount(t *testing.T) {
	t.Parallel()
	address, _ := answering(t, status(401))
	config := testConfig(address)
	config.Account = "eu-west"
	config.Classify = func(_ Endpoint, a *Answer) *Error {
		return &Error{Kind: KindOf(a.Status), Next: "Check OTP_ANDROIDAPI_SECRET."}
	}
	_, err := newTestClient(t, config).Do(t.Context(), Call{Endpoint: readEndpoint}, nil)
	want := `Could not read the list at AndroidAPI (account "eu-west"): HTTP 401. Check OTP_ANDROIDAPI_EU_WEST_SECRET.`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestIsKind(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("wrapped: %w", &Error{Kind: NotFound})
	if !IsKind(err, Conflict, NotFound) || IsKind(err, Conflict) || IsKind(err) || IsKind(errors.New("other"), NotFound) || IsKind(nil, NotFound) {
		t.Error("IsKind tells kinds apart wrongly")
	}
}

func TestKindOfStatus(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]Kind{
		200: "", 201: "", 204: "", 302: BadAnswer, 100: BadAnswer,
		400: Invalid, 401: Unauthorized, 402: InsufficientBalance, 403: Forbidden, 404: NotFound,
		409: Conflict, 418: Invalid, 422: Invalid, 429: RateLimited,
		500: Unavailable, 502: Unavailable, 503: Unavailable, 599: Unavailable,
	} {
		if got := KindOf(status); got != want {
			t.Errorf("%d is %q, want %q", status, got, want)
		}
	}
}

func TestCancelledBeforeItBegan(t *testing.T) {
	t.Parallel()
	address, count := answering(t, status(200))
	for _, endpoint := range []Endpoint{readEndpoint, sendEndpoint} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := newTestClient(t, testConfig(address)).Do(ctx, Call{Endpoint: endpoint}, nil)
		want := "Could not " + endpoint.Purpose + " at AndroidAPI: it was cancelled before an answer arrived."
		if !IsKind(err, Cancelled) || !errors.Is(err, context.Canceled) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if got := count.Load(); got != 0 {
		t.Errorf("%d requests, want none", got)
	}
}

func TestRefusedCallIsNotMade(t *testing.T) {
	t.Parallel()
	address, count := answering(t, status(200))
	client := newTestClient(t, testConfig(address))
	endpoint := readEndpoint
	endpoint.Path = "/subaccount/{email}"
	for _, email := range []string{"", ".", ".."} {
		_, err := client.Do(t.Context(), Call{Endpoint: endpoint, Path: map[string]string{"email": email}}, nil)
		if failure := asError(t, err); failure.Kind != Invalid || failure.MaybeSent {
			t.Errorf("%q: got %+v, want an invalid call", email, failure)
		}
	}
	_, err := client.Do(t.Context(), Call{Endpoint: readEndpoint, Fields: Fields{"bad": []int{1}}}, nil)
	want := "Could not read the list at AndroidAPI: the request could not be made: the field bad cannot be written as text."
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if got := count.Load(); got != 0 {
		t.Errorf("%d requests, want none", got)
	}
}
