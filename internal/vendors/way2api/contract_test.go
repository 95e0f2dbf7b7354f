package way2api

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
)

const testKey = "sandbox_way2api_key_0123456789ab"

// expectation is what the client makes of a contract file.
type expectation struct {
	value any          // the result; nil: an error of the kind
	kind  httpapi.Kind // empty: success
	code  string       // the vendor's code
	maybe bool         // the error says that the call may have been carried out
	// impossible says why the typed client cannot send the file's request; the
	// answer is replayed all the same.
	impossible string
}

func good(value any) expectation { return expectation{value: value} }

func bad(kind httpapi.Kind, code string) expectation { return expectation{kind: kind, code: code} }

func (e expectation) but(impossible string) expectation {
	e.impossible = impossible
	return e
}

const invalid = "VALIDATION_ERROR"

func sent(outcome, status, order, phone string) expectation {
	return good(&Sent{Outcome: outcome, SMSStatus: status, OrderID: order, Phone: phone})
}

func delivered() expectation {
	return sent(otp.OutcomeOK, "sent", "W2A1790845200a1b2c3d4", "+919876543210")
}

func expected() map[string]expectation {
	const always, text, one = "a field that is always sent is left out", "fields are text", "there is no such field"
	const key, body, second = "the key is always sent as a bearer", "the body is always JSON", "the client sends one header"
	price := func(text string, amount httpapi.Decimal) expectation {
		return good([]Price{{Code: ServiceCode, Slug: ServiceSlug, Amount: amount, Text: text}})
	}
	all := map[string]expectation{
		"pricing/numbers":   price("0.25", "0.25"),
		"pricing/public":    price("require_login", ""),
		"pricing/with_key":  price("require_login", ""),
		"pricing/wrong_key": price("require_login", ""),

		"seed":             delivered(),
		"leading_zero":     delivered(),
		"longest_value":    delivered(),
		"both_headers":     delivered().but(second),
		"x_api_key":        delivered().but(key),
		"pin":              sent(otp.OutcomeOK, "sent", "W2A1790845200a1b2c3d4", "+919800000001"),
		"worldwide":        sent(otp.OutcomeOK, "sent", "W2A1790845200a1b2c3d4", "+14155550123"),
		"other_sms_status": sent(otp.OutcomeUnknown, "failed", "W2A1790845200a1b2c3d4", "+919876543210"),
		"pending":          good(&Sent{Outcome: otp.OutcomePending, OrderID: "W2A1790845200ffee0011", Message: "Accepted"}),
		"pending_unsuccessful": good(&Sent{
			Outcome: otp.OutcomePending, OrderID: "W2A1790845200ffee0011", Message: "Provider did not respond in time.",
		}),
		"unsuccessful_200": {kind: httpapi.BadAnswer, code: "1", maybe: true},

		"content_lower_case":   bad(httpapi.Invalid, invalid),
		"content_unknown":      bad(httpapi.Invalid, invalid),
		"content_unknown_400":  bad(httpapi.Invalid, invalid),
		"purpose_unknown":      bad(httpapi.Invalid, invalid),
		"purpose_upper_case":   bad(httpapi.Invalid, invalid),
		"share_with_unknown":   bad(httpapi.Invalid, invalid),
		"number_local":         bad(httpapi.Invalid, invalid),
		"number_other_country": bad(httpapi.Invalid, invalid),
		"number_with_plus":     bad(httpapi.Invalid, invalid),
		"number_number":        bad(httpapi.Invalid, invalid).but(text),
		"value_letters":        bad(httpapi.Invalid, invalid),
		"value_long":           bad(httpapi.Invalid, invalid),
		"value_short":          bad(httpapi.Invalid, invalid),
		"value_number":         bad(httpapi.Invalid, invalid).but(text),
		"null_value":           bad(httpapi.Invalid, invalid).but(text),
		"unknown_field":        bad(httpapi.Invalid, invalid).but(one),
		"missing_content":      bad(httpapi.Invalid, invalid).but(always),
		"missing_number":       bad(httpapi.Invalid, invalid).but(always),
		"missing_purpose":      bad(httpapi.Invalid, invalid).but(always),
		"missing_share_with":   bad(httpapi.Invalid, invalid).but(always),
		"missing_value":        bad(httpapi.Invalid, invalid).but(always),

		"form":                 bad(httpapi.Invalid, "REQUEST_FAILED").but(body),
		"not_json":             bad(httpapi.Invalid, "REQUEST_FAILED").but(body),
		"seed_curl":            bad(httpapi.Invalid, "REQUEST_FAILED").but(body),
		"missing_content_type": bad(httpapi.Invalid, "REQUEST_FAILED").but(body),

		"wrong_key":           bad(httpapi.Unauthorized, "INVALID_API_KEY"),
		"expired_key":         bad(httpapi.Unauthorized, "INVALID_API_KEY"),
		"address_not_allowed": bad(httpapi.Unauthorized, "INVALID_API_KEY"),
		"missing_key":         bad(httpapi.Unauthorized, "MISSING_API_KEY").but(key),
		"two_keys":            bad(httpapi.Unauthorized, "INVALID_API_KEY").but(second),
		"wrong_x_api_key":     bad(httpapi.Unauthorized, "INVALID_API_KEY").but(key),

		"insufficient_balance": bad(httpapi.InsufficientBalance, "INSUFFICIENT_BALANCE"),
		"no_access":            bad(httpapi.Forbidden, "NO_API_ACCESS"),
		"unknown_endpoint":     bad(httpapi.BadAnswer, "NOT_FOUND"),
		"rate_limited":         bad(httpapi.RateLimited, "RATE_LIMITED"),
		"rate_limited_daily":   bad(httpapi.RateLimited, "RATE_LIMITED"),
		"rate_limited_date":    bad(httpapi.RateLimited, "RATE_LIMITED"),
		"server_error":         bad(httpapi.Unavailable, "INTERNAL_ERROR"),
		"provider_unavailable": bad(httpapi.Unavailable, "PROVIDER_UNAVAILABLE"),
		"gateway_html":         {kind: httpapi.Unavailable, maybe: true},
	}
	named := map[string]expectation{}
	for name, want := range all {
		if !strings.Contains(name, "/") {
			name = "send_otp_pin/" + name
		}
		named[name] = want
	}
	return named
}

func TestContract(t *testing.T) {
	t.Parallel()
	replay.Each(t, Endpoints(), expected(), expectation.check)
}

func (e expectation) check(t *testing.T, file replay.File) {
	t.Helper()
	server := file.Serve(t)
	client := newTestClient(t, server.URL, strings.TrimPrefix(file.Request.Headers[KeyHeader], KeyScheme))
	got, err := perform(t.Context(), client, file)
	if e.kind == "" {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e.value, got); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
	} else {
		var failure *httpapi.Error
		if !errors.As(err, &failure) || failure.Kind != e.kind || failure.Code != e.code ||
			failure.MaybeSent != e.maybe || failure.Status != file.Response.Status {
			t.Errorf("got %+v, want kind %q, code %q, status %d, MaybeSent %t", err, e.kind, e.code, file.Response.Status, e.maybe)
		}
	}
	if e.impossible != "" {
		if got := server.Count(); got != 1 {
			t.Errorf("%d requests, want 1", got)
		}
		return
	}
	if diff := file.Diff(server, nil); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func newTestClient(t *testing.T, address, key string) *Client {
	t.Helper()
	if key == "" {
		key = testKey
	}
	client, err := New(httpapi.Account{Credentials: map[string]string{"API_KEY": key}, BaseURL: address}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// perform makes the call of a contract file as far as the types allow it.
func perform(ctx context.Context, client *Client, file replay.File) (any, error) {
	switch file.Operation {
	case "send_otp_pin":
		var request SendRequest
		if err := json.Unmarshal(file.Request.Body, &request); err != nil {
			request = SendRequest{} // such files are impossible
		}
		return client.SendOTPPIN(ctx, request)
	case "pricing":
		return client.Pricing(ctx)
	}
	return nil, errors.New("no such operation")
}
