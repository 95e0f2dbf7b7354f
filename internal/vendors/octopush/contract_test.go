package octopush

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/replay"
)

// expectation is what the client makes of a contract file.
type expectation struct {
	value any          // the result; nil: an error of the kind
	kind  httpapi.Kind // empty: success
	code  string       // the vendor's code
	// impossible says why the typed client cannot send the file's request; the
	// answer is replayed all the same.
	impossible string
	// unsent says that the client refuses the request itself.
	unsent bool
}

func good(value any) expectation { return expectation{value: value} }

func bad(kind httpapi.Kind, code string) expectation { return expectation{kind: kind, code: code} }

func (e expectation) but(impossible string) expectation {
	e.impossible = impossible
	return e
}

func TestContract(t *testing.T) {
	t.Parallel()
	// TestContract of package delivery is about the calls that documents make. The
	// other nobody makes, and only the sandbox is held to its files.
	replay.Each(t, Endpoints(), expected(), expectation.check, "otp_generate", "otp_validate", "subaccount")
}

func (e expectation) check(t *testing.T, file replay.File) {
	t.Helper()
	server := file.Serve(t)
	client := newTestClient(t, server.URL, file.Request.Headers[LoginHeader], file.Request.Headers[KeyHeader])
	got, err := perform(t.Context(), client, file)
	switch {
	case e.unsent:
		if !httpapi.IsKind(err, e.kind) || server.Count() != 0 {
			t.Errorf("got %v after %d requests, want kind %q and no request", err, server.Count(), e.kind)
		}
		return
	case e.kind != "":
		var failure *httpapi.Error
		if !errors.As(err, &failure) || failure.Kind != e.kind || failure.Code != e.code || failure.MaybeSent ||
			failure.Status != file.Response.Status {
			t.Errorf("got %+v, want kind %q, code %q, status %d", err, e.kind, e.code, file.Response.Status)
		}
	case err != nil:
		t.Fatal(err)
	default:
		if diff := cmp.Diff(e.value, got); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
	}
	if e.impossible != "" {
		if got := server.Count(); got != 1 {
			t.Errorf("%d requests, want 1", got)
		}
		return
	}
	if diff := file.Diff(server); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func newTestClient(t *testing.T, address, login, key string) *Client {
	t.Helper()
	if login == "" {
		login = "sandbox@octopush.test"
	}
	if key == "" {
		key = "sandbox_octopush_key_0123456789ab"
	}
	client, err := New(httpapi.Account{Credentials: map[string]string{"API_LOGIN": login, "API_KEY": key}, BaseURL: address}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// perform makes the call of a contract file as far as the types allow it.
func perform(ctx context.Context, client *Client, file replay.File) (any, error) {
	query := func(name string) string {
		text, _ := file.Request.Query[name].(string)
		return text
	}
	switch file.Operation {
	case "check_balance":
		return client.CheckBalance(ctx, BalanceRequest{
			CountryCode: query("country_code"), ProductName: query("product_name"), WithDetails: query("with_details") != "",
		})
	case "check_credits":
		list, _ := file.Request.Query["country_codes[]"].([]any)
		var countries []string
		for _, country := range list {
			text, _ := country.(string)
			countries = append(countries, text)
		}
		return client.CheckCredits(ctx, countries...)
	case "monthly_consumption":
		return client.MonthlyConsumption(ctx, decode[ConsumptionRequest](file))
	}
	return nil, errors.New("no such operation")
}

// decode reads the request of a file into the client's own struct. What does
// not fit is marked as impossible in the table.
func decode[T any](file replay.File) T {
	var request T
	if err := json.Unmarshal(file.Request.Body, &request); err != nil {
		return request
	}
	return request
}

func expected() map[string]expectation {
	alone := bad(httpapi.Invalid, "")
	alone.unsent = true
	packs := []WalletPack{{ID: "0d0c6a1e-0000-4000-8000-000000000001", Credit: "37.5", ExpiresAt: at("2031-01-31T10:00:00+01:00")}}
	month := func(month, sendings int64, cost httpapi.Decimal) expectation {
		count := httpapi.Int(sendings)
		agents := []AgentConsumption{}
		if sendings > 0 {
			agents = append(agents, AgentConsumption{AgentEmail: "sandbox@octopush.test", Sendings: count, Cost: cost})
		}
		return good(&Consumption{Year: 2026, Month: httpapi.Int(month), Sendings: &count, Cost: cost, ByAgent: agents})
	}
	credits := Credits{PremiumSMS: 750, VocalSMS: 625, LowCostSMS: 937, HLR: 3750}
	wrongKey := bad(httpapi.Unauthorized, "101")
	return map[string]expectation{
		"check_balance/euros":           good(&Balance{Amount: "37.5", Unit: "euros"}),
		"check_balance/details":         good(&Balance{Amount: "37.5", Unit: "euros", Packs: packs}),
		"check_balance/product":         good(&Balance{Amount: "750", Unit: "sms_premium"}),
		"check_balance/product_details": good(&Balance{Amount: "750", Unit: "sms_premium", Packs: packs}).but("details are asked for as true, not 1"),
		"check_balance/country_alone":   alone,
		"check_balance/wrong_key":       wrongKey,

		"check_credits/all_countries": good(map[string]Credits{"ES": credits, "FR": credits, "GB": credits, "IN": credits}),
		"check_credits/one_country":   good(map[string]Credits{"FR": credits}),
		"check_credits/two_countries": good(map[string]Credits{"FR": credits, "ES": credits}),
		"check_credits/wrong_key":     wrongKey,

		"monthly_consumption/all_channels": month(9, 32, "1.62"),
		"monthly_consumption/one_channel":  month(9, 30, "1.5"),
		"monthly_consumption/one_agent":    month(9, 30, "1.5"),
		"monthly_consumption/voice":        month(9, 2, "0.12"),
		"monthly_consumption/empty":        month(1, 0, "0"),
		"monthly_consumption/wrong_key":    wrongKey,
	}
}
