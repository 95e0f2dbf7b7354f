package androidapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// calls makes every call of the client once, with values that must not be
// shown.
var calls = map[string]func(*Client, context.Context) error{
	"send_otp":         raw(SendOTPEndpoint, SendRequest{Type: otp.SMS, Message: "{{otp}}", Phone: recipient}.Fields(), recipient),
	"get_otp":          raw(VerifyOTPEndpoint, VerifyRequest{OTP: "482913"}.Fields(), "482913"),
	"get_devices":      func(c *Client, ctx context.Context) error { return discard(c.Devices(ctx, PageRequest{})) },
	"get_rates":        func(c *Client, ctx context.Context) error { return discard(c.Rates(ctx)) },
	"get_credits":      func(c *Client, ctx context.Context) error { return discard(c.Credits(ctx)) },
	"get_subscription": func(c *Client, ctx context.Context) error { return discard(c.Subscription(ctx)) },
	"wa_servers":       func(c *Client, ctx context.Context) error { return discard(c.Servers(ctx)) },
	"wa_link":          func(c *Client, ctx context.Context) error { return discard(c.Link(ctx, LinkRequest{})) },
	"wa_relink": func(c *Client, ctx context.Context) error {
		return discard(c.Relink(ctx, RelinkRequest{Unique: accountHandle}))
	},
	"wa_qr":             func(c *Client, ctx context.Context) error { return discard(c.QRCode(ctx, firstToken)) },
	"wa_info":           func(c *Client, ctx context.Context) error { return discard(c.LinkState(ctx, firstToken)) },
	"wa_accounts":       func(c *Client, ctx context.Context) error { return discard(c.Accounts(ctx, PageRequest{})) },
	"wa_account_delete": func(c *Client, ctx context.Context) error { return c.DeleteAccount(ctx, accountHandle) },
	"sms_sent":          func(c *Client, ctx context.Context) error { return discard(c.SMSSent(ctx, PageRequest{})) },
	"sms_pending":       func(c *Client, ctx context.Context) error { return discard(c.SMSPending(ctx, PageRequest{})) },
	"sms_message":       func(c *Client, ctx context.Context) error { return discard(c.SMSMessage(ctx, "1042")) },
	"wa_sent":           func(c *Client, ctx context.Context) error { return discard(c.WhatsAppSent(ctx, PageRequest{})) },
	"wa_pending":        func(c *Client, ctx context.Context) error { return discard(c.WhatsAppPending(ctx, PageRequest{})) },
	"wa_message":        func(c *Client, ctx context.Context) error { return discard(c.WhatsAppMessage(ctx, "2201")) },
}

// raw makes a call that only documents make otherwise.
func raw(endpoint httpapi.Endpoint, fields httpapi.Fields, secret string) func(*Client, context.Context) error {
	return func(c *Client, ctx context.Context) error {
		var body envelope
		_, err := c.http.Do(ctx, httpapi.Call{Endpoint: endpoint, Fields: fields, Secrets: []string{secret}}, &body)
		return err
	}
}

func discard[T any](_ T, err error) error { return err }

// sends must reach the vendor once at most.
var sends = []string{"send_otp", "get_otp", "wa_link", "wa_relink", "wa_account_delete"}

func TestOnlyReadsAreRepeated(t *testing.T) {
	t.Parallel()
	for _, endpoint := range Endpoints() {
		t.Run(endpoint.Operation, func(t *testing.T) {
			t.Parallel()
			var count atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				count.Add(1)
				http.Error(w, "busy", http.StatusServiceUnavailable)
			}))
			t.Cleanup(server.Close)
			client, err := New(httpapi.Account{Credentials: map[string]string{"SECRET": testSecret}, BaseURL: server.URL}, httpapi.NewTransport(httpapi.Options{
				MaxRetries: 2, Pause: func(time.Duration) time.Duration { return 0 },
			}, ""))
			if err != nil {
				t.Fatal(err)
			}
			want := int32(3)
			if slices.Contains(sends, endpoint.Operation) {
				want = 1
			}
			err = calls[endpoint.Operation](client, t.Context())
			if !httpapi.IsKind(err, httpapi.Unavailable) || count.Load() != want {
				t.Errorf("%d requests and %v, want %d", count.Load(), err, want)
			}
		})
	}
}

// TestSecretsAreNeverShown lets every call fail in every way that quotes a
// request somewhere, and looks for what must not be seen in errors and logs.
func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	addresses := map[string]string{"refused": closed.URL}
	for name, handler := range map[string]http.HandlerFunc{
		"dropped": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"echoed": func(w http.ResponseWriter, r *http.Request) { // a proxy that quotes the request
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
			_, _ = fmt.Fprintf(w, "<p>Cannot fetch %s %s</p>", r.URL, body)
		},
		"quoted": func(w http.ResponseWriter, r *http.Request) { // the vendor itself quotes it
			_ = r.ParseMultipartForm(1 << 20)
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"status": 400, "message": %q, "data": false}`, fmt.Sprint("Invalid Parameters! ", r.Form))
		},
		"redirected": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/?"+r.URL.RawQuery, http.StatusFound)
		},
		"broken": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"status": 200, "message": %q, "data": `, r.URL.RawQuery)
		},
	} {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		addresses[name] = server.URL
	}
	for _, endpoint := range Endpoints() {
		for name, address := range addresses {
			t.Run(endpoint.Operation+"/"+name, func(t *testing.T) {
				t.Parallel()
				var log bytes.Buffer
				ctx := tflogtest.RootLogger(t.Context(), &log)
				err := calls[endpoint.Operation](newTestClient(t, address, ""), ctx)
				if err == nil {
					t.Fatal("no error")
				}
				text := fmt.Sprintf("%v %+v %#v %s", err, err, err, log.String())
				hide := []string{testSecret, "482913", firstToken, recipient, "923004445566"}
				if name == "refused" || name == "dropped" {
					hide = append(hide, "secret", "otp=", "token=", "?")
				}
				for _, hidden := range hide {
					if strings.Contains(text, hidden) {
						t.Errorf("%q is shown: %s", hidden, text)
					}
				}
				if name != "refused" && !strings.Contains(log.String(), endpoint.Operation) {
					t.Errorf("the log does not name the call: %s", log.String())
				}
			})
		}
	}
}

func TestSecretTravelsWhereTheVendorTakesIt(t *testing.T) {
	t.Parallel()
	for _, endpoint := range Endpoints() {
		t.Run(endpoint.Operation, func(t *testing.T) {
			t.Parallel()
			var got arrived
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = receive(t, r)
				for name := range r.Header {
					if strings.Contains(strings.Join(r.Header.Values(name), " "), testSecret) {
						t.Errorf("the header %s has the secret", name)
					}
				}
				w.WriteHeader(http.StatusTeapot)
			}))
			t.Cleanup(server.Close)
			if err := calls[endpoint.Operation](newTestClient(t, server.URL, ""), t.Context()); err == nil {
				t.Fatal("no error")
			}
			query, form := testSecret, ""
			switch {
			case endpoint.Public:
				query = ""
			case endpoint.Encoding == otp.Multipart:
				query, form = "", testSecret
			}
			if got.Query.Get(SecretField) != query || got.Form.Get(SecretField) != form || !got.Length {
				t.Errorf("query %q, form %q, length known: %t", got.Query.Get(SecretField), got.Form.Get(SecretField), got.Length)
			}
		})
	}
}

func TestResultsPrintWithoutCodesAndOwners(t *testing.T) {
	t.Parallel()
	config := httpapi.Account{Credentials: map[string]string{"SECRET": testSecret}, Slug: "eu"}
	values := []any{
		config, &config, newTestClient(t, "https://androidapi.example/api", ""), *rates(), rates().Partners[0], *link(firstToken), gatewaySMS(), []SMSMessage{gatewaySMS()},
		with(chat(), func(m *WhatsAppMessage) { m.Message = NewSecret("Your code is 482913") }),
	}
	for _, value := range values {
		text := fmt.Sprintf("%v %+v %#v %s", value, value, value, value)
		for _, hidden := range []string{testSecret, "482913", "owner@", "2@AAAA", firstToken} {
			if strings.Contains(text, hidden) {
				t.Errorf("%T prints %q: %s", value, hidden, text)
			}
		}
	}
}

func TestMissingSecretNamesVariableAndAttribute(t *testing.T) {
	t.Parallel()
	for account, want := range map[string]string{
		"": "AndroidAPI is not configured: it has no API secret. " +
			`Set the environment variable OTP_ANDROIDAPI_SECRET, or write provider "otp" { androidapi = { secret = … } }.`,
		"eu-west": `AndroidAPI (account "eu-west") is not configured: it has no API secret. Set the environment variable OTP_ANDROIDAPI_EU_WEST_SECRET.`,
	} {
		_, err := New(httpapi.Account{Slug: account}, nil)
		if !httpapi.IsKind(err, httpapi.Unconfigured) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := New(httpapi.Account{Credentials: map[string]string{"SECRET": "made_up\n"}}, nil); !httpapi.IsKind(err, httpapi.Unconfigured) {
		t.Errorf("a secret with a newline is taken: %v", err)
	}
	if _, err := New(httpapi.Account{Credentials: map[string]string{"SECRET": "made_up"}, BaseURL: "http://vendor.example"}, nil); err == nil {
		t.Error("an address in clear is taken")
	}
	if client, err := New(httpapi.Account{Credentials: map[string]string{"SECRET": "made_up"}}, nil); err != nil || client == nil {
		t.Errorf("the default address is refused: %v", err)
	}
}
