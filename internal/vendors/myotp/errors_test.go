package myotp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const phone = "14155550123"

// answering starts a server that always gives the same answer and returns a
// client for it.
func answering(t *testing.T, status int, contentType, body string) (*Client, *atomic.Int32) {
	t.Helper()
	var count atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		count.Add(1)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may have gone
	}))
	t.Cleanup(server.Close)
	return newTestClient(t, server.URL, "", ""), &count
}

// generate, verifyCode and extendCode make calls that only documents make
// otherwise.
func generate(ctx context.Context, c *Client) error {
	_, err := c.http.Do(ctx, httpapi.Call{Endpoint: GenerateEndpoint, Fields: GenerateRequest{PhoneNumber: phone}.Fields(), Secrets: []string{phone}}, nil)
	return err
}

func verifyCode(ctx context.Context, c *Client) error {
	request := VerifyRequest{OTP: "482913", MessageID: messageID}
	_, err := c.http.Do(ctx, httpapi.Call{Endpoint: VerifyEndpoint, Fields: request.Fields(), Secrets: []string{request.OTP}}, nil)
	return err
}

func extendCode(ctx context.Context, c *Client) error {
	_, err := c.http.Do(ctx, httpapi.Call{Endpoint: ExtendEndpoint, Fields: ExtendRequest{MessageID: messageID, Duration: int64(600)}.Fields()}, nil)
	return err
}

func checkStatus(ctx context.Context, c *Client) error {
	_, err := c.CheckOTPStatus(ctx, messageID)
	return err
}

func account(ctx context.Context, c *Client) error {
	_, err := c.AgentAccount(ctx)
	return err
}

func TestEveryDocumentedErrorHasASentence(t *testing.T) {
	t.Parallel()
	const (
		send   = "Could not send a code at MyOTP.App: "
		verify = "Could not verify a code at MyOTP.App: "
		maybe  = "MyOTP.App may have carried it out all the same, so it was not repeated. "
		later  = "The fault is at MyOTP.App. Try again later, or write to support@myotp.app."
		page   = "<html><h1>Bad Gateway</h1></html>"
	)
	envelope := func(words string) string { return `{"error":{"http_code":0,"message":"` + words + `"}}` }
	detail := func(words string) string { return `{"detail":{"http_code":0,"message":"` + words + `"}}` }
	tests := []struct {
		call   func(context.Context, *Client) error
		status int
		body   string
		kind   httpapi.Kind
		want   string
	}{
		{generate, 400, envelope("phone_number is required"), httpapi.Invalid,
			send + `HTTP 400: "phone_number is required". Correct the value that MyOTP.App names.`},
		{generate, 400, envelope("Destination could not be determined"), httpapi.Invalid,
			send + `HTTP 400: "Destination could not be determined". ` + destinationAdvice},
		{generate, 400, envelope("Service not available in your area"), httpapi.Invalid,
			send + `HTTP 400: "Service not available in your area". ` + destinationAdvice},
		{generate, 400, envelope("no route to +1 415 555 0123, code 482913"), httpapi.Invalid,
			send + `HTTP 400: "no route to [digits], code [digits]". Correct the value that MyOTP.App names.`},
		{generate, 401, envelope("invalid or missing X-API-Key"), httpapi.Unauthorized,
			send + `HTTP 401: "invalid or missing X-API-Key". ` + keyAdvice},
		{generate, 402, envelope("Insufficient balance"), httpapi.InsufficientBalance,
			send + `HTTP 402: "Insufficient balance". ` + balanceAdvice},
		{verifyCode, 403, envelope("Insufficient balance"), httpapi.InsufficientBalance,
			verify + `HTTP 403: "Insufficient balance". ` + balanceAdvice},
		{verifyCode, 403, envelope("Access from this IP not allowed"), httpapi.Forbidden,
			verify + `HTTP 403: "Access from this IP not allowed". ` + addressAdvice},
		{account, 403, detail("Access from this IP address 203.0.113.5 is not allowed"), httpapi.Forbidden,
			`Could not read the account at MyOTP.App: HTTP 403: "Access from this IP address 203.0.113.5 is not allowed". ` + addressAdvice},
		{account, 403, detail("Account is not active"), httpapi.Forbidden,
			`Could not read the account at MyOTP.App: HTTP 403: "Account is not active". ` + accountAdvice},
		{account, 401, detail("invalid or missing X-API-Key"), httpapi.Unauthorized,
			`Could not read the account at MyOTP.App: HTTP 401: "invalid or missing X-API-Key". ` + keyAdvice},
		{account, 404, detail("Not found"), httpapi.NotFound,
			`Could not read the account at MyOTP.App: HTTP 404: "Not found". ` + noAccountAdvice},
		{account, 404, `{"message":"no such path"}`, httpapi.NotFound,
			`Could not read the account at MyOTP.App: HTTP 404: "no such path". ` + noAccountAdvice},
		{extendCode, 403, envelope("EXTEND_OTP is not available with your plan"), httpapi.PlanFeature,
			`Could not extend a code at MyOTP.App: HTTP 403: "EXTEND_OTP is not available with your plan". ` + planAdvice},
		{extendCode, 404, envelope("OTP not found"), httpapi.NotFound,
			`Could not extend a code at MyOTP.App: HTTP 404: "OTP not found". Check the message ID. MyOTP.App keeps a message for 24 hours after its code expires.`},
		{checkStatus, 404, envelope("Message not found"), httpapi.NotFound,
			`Could not check the status of a message at MyOTP.App: HTTP 404: "Message not found". Check the message ID. MyOTP.App keeps a message for 24 hours after its code expires.`},
		{checkStatus, 200, `{"message":"Message not found"}`, httpapi.NotFound,
			`Could not check the status of a message at MyOTP.App: HTTP 200: "Message not found". Check the message ID. MyOTP.App keeps a message for 24 hours after its code expires.`},
		{generate, 404, envelope("Not found"), httpapi.NotFound,
			send + `HTTP 404: "Not found". ` + maybe + `Check the message ID. MyOTP.App keeps a message for 24 hours after its code expires.`},
		{generate, 409, envelope("OTP already active"), httpapi.Conflict,
			send + `HTTP 409: "OTP already active". A code for this number is still active: use it, wait until it expires, or force another, which is charged again.`},
		{generate, 429, "Too Many Requests", httpapi.RateLimited,
			send + `HTTP 429: "Too Many Requests". MyOTP.App lets 100 requests a minute through per address. Nothing was sent or charged. Wait a minute, or lower http.max_requests_per_second.`},
		{generate, 500, envelope("Internal server error"), httpapi.Unavailable,
			send + `HTTP 500: "Internal server error". ` + maybe + later},
		{generate, 502, page, httpapi.Unavailable,
			send + `HTTP 502: "<html><h1>Bad Gateway</h1></html>". ` + maybe + later},
		{account, 503, detail("Registration temporarily closed"), httpapi.Unavailable,
			`Could not read the account at MyOTP.App: HTTP 503: "Registration temporarily closed". ` + later},
		{generate, 422, `{"detail":"Unprocessable"}`, httpapi.Invalid,
			send + `HTTP 422: "Unprocessable". ` + maybe + `Correct the value that MyOTP.App names.`},
		{generate, 200, `{"error":{"http_code":402,"message":"Insufficient balance"}}`, httpapi.InsufficientBalance,
			send + `HTTP 200: "Insufficient balance". ` + maybe + balanceAdvice},
	}
	for _, test := range tests {
		contentType := "application/json"
		if test.body == page || test.status == http.StatusTooManyRequests {
			contentType = "text/html"
		}
		client, count := answering(t, test.status, contentType, test.body)
		err := test.call(t.Context(), client)
		if !httpapi.IsKind(err, test.kind) || err.Error() != test.want {
			t.Errorf("%d %s: kind %q\ngot  %v\nwant %s", test.status, test.body, test.kind, err, test.want)
		}
		if got := count.Load(); got != 1 {
			t.Errorf("%d %s: %d requests, want 1", test.status, test.body, got)
		}
	}
}

func TestAnswersAreJudgedStrictly(t *testing.T) {
	t.Parallel()
	report := func(ctx context.Context, c *Client) error {
		_, err := c.Report(ctx, ReportRequest{Page: 2})
		return err
	}
	me := func(ctx context.Context, c *Client) error {
		_, err := c.Me(ctx)
		return err
	}
	for body, test := range map[string]struct {
		call   func(context.Context, *Client) error
		reason string
		maybe  bool
	}{
		`{"total_pages":3}`:                    {report, "the answer has no transactions", false},
		`{"transactions":[],"current_page":1}`: {report, "the answer is page 1, not 2", false},
		`{"name":"ada"}`:                       {me, "the answer has no email", false},
		`{"status":"active"}`:                  {account, "the answer has no balance", false},
	} {
		client, _ := answering(t, 200, "application/json", body)
		err := test.call(t.Context(), client)
		failure, ok := errors.AsType[*httpapi.Error](err)
		if !ok || failure.Kind != httpapi.BadAnswer || failure.Reason != test.reason || failure.MaybeSent != test.maybe {
			t.Errorf("%s: got %v, want %q", body, err, test.reason)
		}
	}
}

func TestCredentialsAreCheckedFirst(t *testing.T) {
	t.Parallel()
	for key, kind := range map[string]httpapi.Kind{"": httpapi.Unconfigured, "made_up\n": httpapi.Unconfigured} {
		if _, err := New(httpapi.Account{Credentials: map[string]string{"API_KEY": key}}, nil); !httpapi.IsKind(err, kind) {
			t.Errorf("%q: got %v", key, err)
		}
	}
	if _, err := New(httpapi.Account{Credentials: map[string]string{"API_KEY": "made_up"}, BaseURL: "http://vendor.example"}, nil); err == nil {
		t.Error("http elsewhere than on loopback is accepted")
	}
	if _, err := New(httpapi.Account{Credentials: map[string]string{"API_KEY": "made_up"}}, nil); err != nil {
		t.Errorf("the default base URL: %v", err)
	}
}
