package way2api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
)

const testKey = "sandbox_way2api_key_0123456789ab"

// expectation is what the client makes of a contract file.
type expectation struct{ value any }

func good(value any) expectation { return expectation{value} }

func expected() map[string]expectation {
	price := func(text string, amount httpapi.Decimal) expectation {
		return good([]Price{{Code: ServiceCode, Slug: ServiceSlug, Amount: amount, Text: text}})
	}
	return map[string]expectation{
		"pricing/numbers":   price("0.25", "0.25"),
		"pricing/public":    price("require_login", ""),
		"pricing/with_key":  price("require_login", ""),
		"pricing/wrong_key": price("require_login", ""),
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	// TestContract of package delivery is about the call that documents make.
	replay.Each(t, Endpoints(), expected(), expectation.check, "send_otp_pin")
}

func (e expectation) check(t *testing.T, file replay.File) {
	t.Helper()
	server := file.Serve(t)
	client := newTestClient(t, server.URL, strings.TrimPrefix(file.Request.Headers[KeyHeader], KeyScheme))
	got, err := client.Pricing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e.value, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	if diff := file.Diff(server); diff != "" {
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
