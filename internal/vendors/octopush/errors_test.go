package octopush

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

func at(text string) httpapi.Time {
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return httpapi.Time{Text: text}
	}
	return httpapi.Time{Time: moment, Text: text}
}

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

// generate and validate make calls that only documents make otherwise.
func generate(ctx context.Context, c *Client) error {
	_, err := c.http.Do(ctx, httpapi.Call{Endpoint: GenerateEndpoint, Fields: GenerateRequest{PhoneNumber: "+33600000001", Channel: otp.SMS}.Fields()}, nil)
	return err
}

func validate(ctx context.Context, c *Client) error {
	request := ValidateRequest{Code: "aB3x", RequestToken: "otp_6f1d2c3b4a5968770011aabb"}
	_, err := c.http.Do(ctx, httpapi.Call{Endpoint: ValidateEndpoint, Fields: request.Fields(), Secrets: []string{request.Code, request.RequestToken}}, nil)
	return err
}

func balance(ctx context.Context, c *Client) error {
	_, err := c.CheckBalance(ctx, BalanceRequest{})
	return err
}

func credits(ctx context.Context, c *Client) error {
	_, err := c.CheckCredits(ctx)
	return err
}

func consumption(ctx context.Context, c *Client) error {
	_, err := c.MonthlyConsumption(ctx, ConsumptionRequest{Year: 2026, Month: 9, AgentEmail: "ada@example.test"})
	return err
}

func TestEveryDocumentedErrorHasASentence(t *testing.T) {
	t.Parallel()
	const (
		send     = "Could not send a code at Octopush: "
		verify   = "Could not verify a code at Octopush: "
		maybe    = "Octopush may have carried it out all the same, so it was not repeated. "
		account  = "Check OTP_OCTOPUSH_API_LOGIN and OTP_OCTOPUSH_API_KEY, or octopush.api_login and octopush.api_key of the provider."
		standing = "Check in the Octopush dashboard that the account is validated and may use this service."
		later    = "The fault is at Octopush. Try again later."
		correct  = "Correct the value that Octopush names."
		page     = "<html><h1>Bad Gateway</h1></html>"
	)
	tests := []struct {
		call   func(context.Context, *Client) error
		status int
		body   string
		kind   httpapi.Kind
		want   string
	}{
		{generate, 401, `{"code":101,"message":"Invalid credentials."}`, httpapi.Unauthorized,
			send + `HTTP 401 with code 101: "Invalid credentials". In Octopush's older table, code 101 means: the login details are wrong. ` + account},
		{generate, 401, `{"message":"Unauthorized."}`, httpapi.Unauthorized,
			send + `HTTP 401: "Unauthorized". ` + account},
		{generate, 403, `{"detail":"Forbidden."}`, httpapi.Forbidden,
			send + `HTTP 403: "Forbidden". ` + standing},
		{validate, 400, `{"code":194,"message":"At least phone number or request token is mandatory."}`, httpapi.Invalid,
			verify + `HTTP 400 with code 194: "At least phone number or request token is mandatory". Code 194 means: neither a phone number nor a request token was given. ` + correct},
		{validate, 400, `{"code":195,"message":"The code is mandatory."}`, httpapi.Invalid,
			verify + `HTTP 400 with code 195: "The code is mandatory". Code 195 means: the code is missing. ` + correct},
		{validate, 400, `{"code":999,"message":"aB3x of +33600000001 is odd"}`, httpapi.Invalid,
			verify + `HTTP 400 with code 999: "[redacted] of [digits] is odd". ` + correct},
		{generate, 400, `{"code":104,"message":"Not enough credit."}`, httpapi.InsufficientBalance,
			send + `HTTP 400 with code 104: "Not enough credit". In Octopush's older table, code 104 means: out of credit. Buy credit in the Octopush dashboard.`},
		{generate, 400, `{"code":105,"message":"x"}`, httpapi.InsufficientBalance,
			send + `HTTP 400 with code 105: "x". In Octopush's older table, code 105 means: short of credit while an order is pending. Buy credit in the Octopush dashboard.`},
		{generate, 400, `{"code":106,"message":"x"}`, httpapi.Invalid,
			send + `HTTP 400 with code 106: "x". In Octopush's older table, code 106 means: the sender is not allowed. ` + correct},
		{generate, 400, `{"code":113,"message":"x"}`, httpapi.Forbidden,
			send + `HTTP 400 with code 113: "x". In Octopush's older table, code 113 means: the account is not validated. ` + standing},
		{generate, 400, `{"code":207,"message":"x"}`, httpapi.PlanFeature,
			send + `HTTP 400 with code 207: "x". In Octopush's older table, code 207 means: the account has no access to the feature. Ask Octopush's support to open the feature for the account.`},
		{generate, 400, `{"message":"ignored"}`, httpapi.Invalid, send + `HTTP 400: "ignored". ` + correct},
		// Not documented, so the message may have been sent.
		{generate, 200, `{"code":104,"message":"x"}`, httpapi.InsufficientBalance,
			send + `HTTP 200 with code 104: "x". ` + maybe + `In Octopush's older table, code 104 means: out of credit. Buy credit in the Octopush dashboard.`},
		{generate, 200, `{"code":777,"message":"x"}`, httpapi.BadAnswer,
			send + `HTTP 200 with code 777: "x". ` + maybe + `The code is not documented. Ask Octopush's support what it means.`},
		{generate, 402, `{}`, httpapi.InsufficientBalance, send + `HTTP 402. ` + maybe + `Buy credit in the Octopush dashboard.`},
		{generate, 429, `{}`, httpapi.RateLimited, send + `HTTP 429. ` + maybe + `Wait, or lower http.max_requests_per_second.`},
		{generate, 500, `{}`, httpapi.Unavailable, send + `HTTP 500. ` + maybe + later},
		{generate, 502, page, httpapi.Unavailable, send + `HTTP 502: "<html><h1>Bad Gateway</h1></html>". ` + maybe + later},
		{validate, 500, `{"code":199}`, httpapi.Unavailable, verify + `HTTP 500 with code 199. ` + maybe + `Code 199 means: the code is wrong. ` + later},
		{balance, 400, `{"code":501,"message":"x"}`, httpapi.Unavailable,
			`Could not read the balance at Octopush: HTTP 400 with code 501: "x". In Octopush's older table, code 501 means: a connection failed inside Octopush. ` + later},
	}
	for _, test := range tests {
		contentType := "application/json"
		if test.body == page {
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

// Every number of the table gives a sentence with its meaning and its kind.
func TestEveryCodeIsExplained(t *testing.T) {
	t.Parallel()
	for code, entry := range codes {
		client, _ := answering(t, 400, "application/json", fmt.Sprintf(`{"code":%d,"message":"x"}`, code))
		err := generate(t.Context(), client)
		if !httpapi.IsKind(err, entry.kind) || !strings.Contains(err.Error(), fmt.Sprintf("code %d means: %s. ", code, entry.meaning)) &&
			!strings.Contains(err.Error(), fmt.Sprintf("Code %d means: %s. ", code, entry.meaning)) || strings.HasSuffix(err.Error(), " ") {
			t.Errorf("code %d: %v", code, err)
		}
	}
}

func TestAnswersAreJudgedStrictly(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		call   func(context.Context, *Client) error
		body   string
		reason string
		maybe  bool
	}{
		{balance, `{"unit":"euros"}`, "the answer has no amount", false},
		{credits, `["FR"]`, "the answer has an unexpected shape", false},
		{credits, `{"FR":7}`, "the answer has an unexpected shape", false},
		{consumption, `{"year":2026}`, "the answer has no number_of_sendings or no cost", false},
	} {
		client, _ := answering(t, 200, "application/json", test.body)
		err := test.call(t.Context(), client)
		failure, ok := errors.AsType[*httpapi.Error](err)
		if !ok || failure.Kind != httpapi.BadAnswer || failure.Reason != test.reason || failure.MaybeSent != test.maybe {
			t.Errorf("%s: got %v, want %q", test.body, err, test.reason)
		}
	}
}

func TestAnswersAreDecodedLeniently(t *testing.T) {
	t.Parallel()
	client, _ := answering(t, 200, "application/json", `{"amount":"37.50","unit":"euros","wallet_packs":null,"code":0}`)
	got, err := client.CheckBalance(t.Context(), BalanceRequest{})
	if diff := cmp.Diff(&Balance{Amount: "37.5", Unit: "euros"}, got); err != nil || diff != "" {
		t.Errorf("balance: %v %s", err, diff)
	}
	for _, body := range []string{`{}`, ` [ ] `, `{"code":0,"message":"success"}`} {
		client, _ = answering(t, 200, "application/json", body)
		if got, err := client.CheckCredits(t.Context()); err != nil || len(got) != 0 {
			t.Errorf("credits %s: got %v, %v", body, got, err)
		}
	}
}

func TestEveryOptionOfASendIsExplicit(t *testing.T) {
	t.Parallel()
	want := httpapi.Fields{
		"phone_number": "", "text": "", "channel": "", "code_length": int64(0),
		"allow_digits": false, "allow_upper_case": false, "allow_lower_case": false, "allow_special_chars": false,
		"remove_confusing_characters": false, "validity_period": int64(0), "max_wrong_attempts": int64(0),
	}
	if diff := cmp.Diff(want, GenerateRequest{}.Fields()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadsAndSends(t *testing.T) {
	t.Parallel()
	sends := map[string]bool{"otp_generate": true, "otp_validate": true}
	for _, endpoint := range Endpoints() {
		if endpoint.Read == sends[endpoint.Operation] {
			t.Errorf("%s: Read is %t", endpoint.Operation, endpoint.Read)
		}
	}
}

func TestCredentialsAreCheckedFirst(t *testing.T) {
	t.Parallel()
	for _, credentials := range []map[string]string{
		nil, {"API_LOGIN": "ops@example.test"}, {"API_KEY": "made_up"},
		{"API_LOGIN": "ops@example.test\n", "API_KEY": "made_up"}, {"API_LOGIN": "ops@example.test", "API_KEY": " made_up"},
	} {
		if _, err := New(httpapi.Account{Credentials: credentials}, nil); !httpapi.IsKind(err, httpapi.Unconfigured) {
			t.Errorf("%v: got %v", credentials, err)
		}
	}
	if _, err := New(httpapi.Account{Credentials: map[string]string{"API_LOGIN": "a", "API_KEY": "b"}, BaseURL: "http://vendor.example"}, nil); err == nil {
		t.Error("http elsewhere than on loopback is accepted")
	}
	if _, err := New(httpapi.Account{Credentials: map[string]string{"API_LOGIN": "a", "API_KEY": "b"}}, nil); err != nil {
		t.Errorf("the default base URL: %v", err)
	}
}

func TestTheLoginIsKnownWhateverItsCase(t *testing.T) {
	t.Parallel()
	client := &Client{login: "Ops@octopush.test"}
	for email, want := range map[string]bool{"ops@octopush.test": true, "Ops@octopush.test": true, "nadia@octopush.test": false, "": false} {
		if got := client.IsLogin(email); got != want {
			t.Errorf("IsLogin(%q) is %v", email, got)
		}
	}
}

// TestAWalletPackIsKnownByEitherNameOfItsID: the reference has wallet_pack_id,
// the vendor's own library id.
func TestAWalletPackIsKnownByEitherNameOfItsID(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"wallet_pack_id", "id"} {
		client, _ := answering(t, 200, "application/json", `{"amount":"37.0","unit":"euros","wallet_packs":[{"`+name+`":"pack-1","credit":37.50,"expiration_date":"2031-01-31T10:00:00+01:00"}]}`)
		got, err := client.CheckBalance(t.Context(), BalanceRequest{WithDetails: true})
		if err != nil || len(got.Packs) != 1 || got.Packs[0].ID != "pack-1" || got.Packs[0].Credit != "37.5" || got.Packs[0].ExpiresAt.IsZero() || got.Amount != "37" {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}
