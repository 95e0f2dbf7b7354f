package way2api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const number = "919876543210"

var calls = map[string]func(*Client, context.Context) error{
	// Only documents make this call otherwise.
	"send_otp_pin": func(c *Client, ctx context.Context) error {
		request := SendRequest{Number: number, Value: "482913", Content: "OTP", Purpose: "login", ShareWith: "no_one"}
		var body envelope
		_, err := c.http.Do(ctx, httpapi.Call{Endpoint: SendEndpoint, Fields: request.Fields(), Secrets: []string{number, request.Value}}, &body)
		return err
	},
	"pricing": func(c *Client, ctx context.Context) error {
		_, err := c.Pricing(ctx)
		return err
	},
}

// answer starts a server with one answer for everything.
func answer(t *testing.T, status int, contentType, body string) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may have gone
	}))
	t.Cleanup(server.Close)
	return newTestClient(t, server.URL, "")
}

const asJSON = "application/json"

func TestErrorsSayWhatHappenedAndWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		operation string
		status    int
		kind      string
		body      string
		want      string
	}{
		"refused value": {
			"send_otp_pin", 422, asJSON, `{"success": false, "message": "content must be either \"OTP\" or \"PIN\".", "data": {"error_code": "VALIDATION_ERROR"}}`,
			`Could not send a code at Way2API: HTTP 422 with code VALIDATION_ERROR: "content must be either "OTP" or "PIN"". Correct the value that Way2API names. It sends to Indian numbers only.`,
		},
		"wrong key": {
			"send_otp_pin", 401, asJSON, `{"success": false, "message": "API key is not valid.", "data": {"error_code": "INVALID_API_KEY"}}`,
			`Could not send a code at Way2API: HTTP 401 with code INVALID_API_KEY: "API key is not valid". Check OTP_WAY2API_API_KEY, or way2api.api_key of the provider. Way2API answers the same where the key has expired or may not be used from this address.`,
		},
		"empty wallet": {
			"send_otp_pin", 402, asJSON, `{"success": false, "message": "Insufficient balance.", "data": {}}`,
			`Could not send a code at Way2API: HTTP 402: "Insufficient balance". Add money to the wallet in the Way2API dashboard.`,
		},
		"no access": {
			"send_otp_pin", 403, asJSON, `{"success": false, "message": "API key has no access to this service.", "data": false}`,
			`Could not send a code at Way2API: HTTP 403: "API key has no access to this service". Give the key access to the service "Send OTP/PIN by SMS" in the Way2API dashboard.`,
		},
		"failure with an order": {
			"send_otp_pin", 500, asJSON, `{"success": false, "message": "Something went wrong.", "data": {"order_id": "W2A1739512345abcdef01", "error_code": "External API Error"}}`,
			`Could not send a code at Way2API: HTTP 500 with code External API Error: "Something went wrong". The fault is at Way2API. Try again later. Quote order W2A1739512345abcdef01 to support@way2api.com.`,
		},
		"order that is none": {
			"send_otp_pin", 400, asJSON, `{"success": false, "message": "No.", "data": {"order_id": "for 919876543210, see", "error_code": "code 482913 was refused"}}`,
			`Could not send a code at Way2API: HTTP 400: "No". Correct the value that Way2API names. It sends to Indian numbers only.`,
		},
		"charged and failed": {
			"send_otp_pin", 200, asJSON, `{"success": false, "message": "Request failed.", "data": {"order_id": "W2A_1", "error_code": "1"}}`,
			`Could not send a code at Way2API: HTTP 200 with code 1, though the answer says that the call failed: "Request failed". Way2API may have carried it out all the same, so it was not repeated. Look in the Way2API dashboard whether it was charged. Quote order W2A_1 to support@way2api.com.`,
		},
		"page of a proxy": {
			"send_otp_pin", 502, "text/html", `<h1>Bad Gateway</h1>`,
			`Could not send a code at Way2API: HTTP 502: "<h1>Bad Gateway</h1>". Way2API may have carried it out all the same, so it was not repeated. The fault is at Way2API. Try again later.`,
		},
		"page over 200": {
			"send_otp_pin", 200, "text/html", `<h1>Just a moment</h1>`,
			`Could not send a code at Way2API: HTTP 200, the answer is not JSON but "text/html": "<h1>Just a moment</h1>". Way2API may have carried it out all the same, so it was not repeated. Check the base URL of the vendor and any proxy on the way to it.`,
		},
		"unknown path": {
			"pricing", 404, "text/html", `<h1>Not Found</h1>`,
			`Could not read the prices at Way2API: HTTP 404, the server does not know the path /pricing: "<h1>Not Found</h1>". Check the base URL of the vendor.`,
		},
		"prices without a list": {
			"pricing", 200, asJSON, `{"success": true, "message": "", "data": {"result": {"price": 1}}}`,
			`Could not read the prices at Way2API: HTTP 200, the answer has no list of prices. Check the base URL of the vendor and any proxy on the way to it.`,
		},
		"prices of nothing": {
			"pricing", 200, asJSON, `{"success": true, "message": "", "data": {"result": [{"price": 1}]}}`,
			`Could not read the prices at Way2API: HTTP 200, the answer has no list of prices. Check the base URL of the vendor and any proxy on the way to it.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := calls[test.operation](answer(t, test.status, test.kind, test.body), t.Context())
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestWhatIsNotChargedWasNotSent(t *testing.T) {
	t.Parallel()
	free := []int{400, 401, 402, 403, 404, 422, 429, 500, 503}
	for _, status := range []int{302, 400, 401, 402, 403, 404, 405, 409, 422, 429, 500, 501, 502, 503, 504} {
		err := calls["send_otp_pin"](answer(t, status, asJSON, `{"success": false, "message": "No.", "data": {}}`), t.Context())
		var failure *httpapi.Error
		if !errors.As(err, &failure) || failure.MaybeSent == slices.Contains(free, status) {
			t.Errorf("HTTP %d: %v", status, err)
		}
	}
}

func TestPricesOfEveryForm(t *testing.T) {
	t.Parallel()
	row := `{"code": "send_otppin_sms", "slug": "send-otp-pin-sms", "price": %s}`
	for figure, want := range map[string]Price{
		"0.25": {Amount: "0.25", Text: "0.25"}, `"0.25"`: {Amount: "0.25", Text: "0.25"}, "1": {Amount: "1", Text: "1"},
		`"require_login"`: {Text: "require_login"}, "null": {}, `""`: {}, "false": {Text: "false"},
	} {
		want.Code, want.Slug = ServiceCode, ServiceSlug
		rows := "[" + fmt.Sprintf(row, figure) + "]"
		for _, data := range []string{`{"result": ` + rows + `}`, rows} {
			got, err := answer(t, 200, asJSON, `{"success": true, "message": "", "data": `+data+`}`).Pricing(t.Context())
			if diff := cmp.Diff([]Price{want}, got); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", data, err, diff)
			}
		}
	}
	if got, err := answer(t, 200, asJSON, `{"success": true, "data": {"result": []}}`).Pricing(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("an empty list: %v, %v", got, err)
	}
}

func TestOnlyReadsAreRepeated(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]int32{"send_otp_pin": 1, "pricing": 3} {
		var count atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			count.Add(1)
			http.Error(w, "busy", http.StatusServiceUnavailable)
		}))
		t.Cleanup(server.Close)
		client, err := New(httpapi.Account{Credentials: map[string]string{"API_KEY": testKey}, BaseURL: server.URL}, httpapi.NewTransport(httpapi.Options{
			MaxRetries: 2, Pause: func(time.Duration) time.Duration { return 0 },
		}, ""))
		if err != nil {
			t.Fatal(err)
		}
		err = calls[operation](client, t.Context())
		if !httpapi.IsKind(err, httpapi.Unavailable) || count.Load() != want {
			t.Errorf("%s: %d requests and %v, want %d", operation, count.Load(), err, want)
		}
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	addresses := []string{closed.URL}
	for _, handler := range []http.HandlerFunc{
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		func(w http.ResponseWriter, r *http.Request) { // a proxy that quotes the request
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(http.StatusBadGateway)
			_, _ = fmt.Fprintf(w, "<p>Cannot fetch %s %v %s</p>", r.URL, r.Header, body)
		},
		func(w http.ResponseWriter, r *http.Request) { // the vendor itself quotes it
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", asJSON)
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = fmt.Fprintf(w, `{"success": false, "message": %q, "data": {"error_code": %q}}`, r.Header.Get(KeyHeader)+string(body), r.Header.Get(KeyHeader))
		},
	} {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		addresses = append(addresses, server.URL)
	}
	for operation, call := range calls {
		for i, address := range addresses {
			var log bytes.Buffer
			err := call(newTestClient(t, address, ""), tflogtest.RootLogger(t.Context(), &log))
			if err == nil {
				t.Fatal("no error")
			}
			text := fmt.Sprintf("%v %+v %#v %s", err, err, err, log.String())
			for _, hidden := range []string{testKey, "482913", number} {
				if strings.Contains(text, hidden) {
					t.Errorf("%s %d: %q is shown: %s", operation, i, hidden, text)
				}
			}
		}
	}
	client := newTestClient(t, closed.URL, "")
	for _, value := range []any{httpapi.Account{Credentials: map[string]string{"API_KEY": testKey}}, &httpapi.Account{Credentials: map[string]string{"API_KEY": testKey}}, client} {
		if text := fmt.Sprintf("%v %+v %#v %s", value, value, value, value); strings.Contains(text, testKey) {
			t.Errorf("%T prints its key: %s", value, text)
		}
	}
}

func TestMissingKeyNamesVariableAndAttribute(t *testing.T) {
	t.Parallel()
	for account, want := range map[string]string{
		"": "Way2API is not configured: it has no API key. " +
			`Set the environment variable OTP_WAY2API_API_KEY, or write provider "otp" { way2api = { api_key = … } }.`,
		"eu": `Way2API (account "eu") is not configured: it has no API key. Set the environment variable OTP_WAY2API_EU_API_KEY.`,
	} {
		_, err := New(httpapi.Account{Slug: account}, nil)
		if !httpapi.IsKind(err, httpapi.Unconfigured) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := New(httpapi.Account{Credentials: map[string]string{"API_KEY": "made_up"}, BaseURL: "http://vendor.example"}, nil); err == nil {
		t.Error("an address in clear is taken")
	}
	if client, err := New(httpapi.Account{Credentials: map[string]string{"API_KEY": "made_up"}}, nil); err != nil || client == nil {
		t.Errorf("the default address is refused: %v", err)
	}
}
