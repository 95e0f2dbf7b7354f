package vendors_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	client "github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// lists are all lists that are shared, by the operation that reads them.
func lists(c *vendors.Clients) map[string]func(context.Context) (int, error) {
	return map[string]func(context.Context) (int, error){
		"get_devices": counted(c.AndroidAPI, (*client.Client).DeviceList), "wa_accounts": counted(c.AndroidAPI, (*client.Client).AccountList),
		"wa_servers": counted(c.AndroidAPI, (*client.Client).ServerList), "sms_sent": counted(c.AndroidAPI, (*client.Client).SMSSentList),
		"wa_sent": counted(c.AndroidAPI, (*client.Client).WhatsAppSentList), "pricing": counted(c.Way2API, (*way2api.Client).PriceList),
		"get_rates": func(ctx context.Context) (int, error) {
			rates, err := vendors.From(c.AndroidAPI, (*client.Client).RateList)(ctx)
			if err != nil {
				return 0, err
			}
			return len(rates.Gateways), nil
		},
	}
}

func counted[C, T any](made func() (C, error), list func(C, context.Context) ([]T, error)) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		rows, err := vendors.From(made, list)(ctx)
		return len(rows), err
	}
}

func connected(t *testing.T) (*sandbox.Server, *vendors.Clients) {
	t.Helper()
	s := sandbox.StartForTest(t, sandbox.Options{})
	environment, options := s.Environment(), httpapi.DefaultOptions()
	options.MaxRetries, options.MaxRequestsPerSecond = 0, 100000
	return s, vendors.New(vendors.Config{Accounts: map[otp.Vendor]httpapi.Account{
		otp.AndroidAPI: {Credentials: map[string]string{"SECRET": environment["OTP_ANDROIDAPI_SECRET"]}, BaseURL: environment["OTP_ANDROIDAPI_BASE_URL"]},
		otp.Way2API:    {Credentials: map[string]string{"API_KEY": environment["OTP_WAY2API_API_KEY"]}, BaseURL: environment["OTP_WAY2API_BASE_URL"]},
	}, HTTP: options,
	})
}

func TestEveryListIsReadOnce(t *testing.T) {
	t.Parallel()
	s, clients := connected(t)
	for channel, n := range map[string]int{"sms": 3, "whatsapp": 4} {
		if err := androidapi.At(s).AddSentMessages(channel, n); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]int{"get_devices": 2, "get_rates": 2, "wa_accounts": 1, "wa_servers": 2, "sms_sent": 3, "wa_sent": 4, "pricing": 1}
	for range 2 {
		got := map[string]int{}
		for operation, list := range lists(clients) {
			n, err := list(t.Context())
			if err != nil {
				t.Errorf("%s: %v", operation, err)
			}
			got[operation] = n
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	var asked []string
	for _, request := range s.Requests() {
		asked = append(asked, request.Operation)
	}
	slices.Sort(asked)
	if diff := cmp.Diff([]string{"get_devices", "get_rates", "pricing", "sms_sent", "wa_accounts", "wa_sent", "wa_servers"}, asked); diff != "" {
		t.Errorf("requests (-want +got): %s", diff)
	}
}

// The texts of messages hold codes, and nobody who lists messages needs them.
func TestListedMessagesHaveNoText(t *testing.T) {
	t.Parallel()
	s, clients := connected(t)
	for _, channel := range []string{"sms", "whatsapp"} {
		if err := androidapi.At(s).AddSentMessages(channel, 1); err != nil {
			t.Fatal(err)
		}
	}
	sms, err := vendors.From(clients.AndroidAPI, (*client.Client).SMSSentList)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	chats, err := vendors.From(clients.AndroidAPI, (*client.Client).WhatsAppSentList)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if text := sms[0].Message.Reveal() + chats[0].Message.Reveal(); text != "" {
		t.Errorf("got %q", text)
	}
}

func TestWhatsAppAccountsAreReadAnewAfterAWrite(t *testing.T) {
	t.Parallel()
	s, clients := connected(t)
	made, err := clients.AndroidAPI()
	if err != nil {
		t.Fatal(err)
	}
	count := func(want int) {
		t.Helper()
		if accounts, err := made.AccountList(t.Context()); err != nil || len(accounts) != want {
			t.Errorf("%d accounts, %v; want %d", len(accounts), err, want)
		}
	}
	count(1)
	if err := androidapi.At(s).Update(func(a *androidapi.Account) { a.WhatsApp = nil }); err != nil {
		t.Fatal(err)
	}
	count(1)
	made.ForgetAccounts()
	count(0)
}

func TestListsWithoutCredentialsNameTheVariable(t *testing.T) {
	t.Parallel()
	for operation, list := range lists(vendors.New(vendors.Config{})) {
		variable := "OTP_ANDROIDAPI_SECRET"
		if operation == "pricing" {
			variable = "OTP_WAY2API_API_KEY"
		}
		if _, err := list(t.Context()); !httpapi.IsKind(err, httpapi.Unconfigured) || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s: got %v, want %s in it", operation, err, variable)
		}
	}
}

func TestAVendorIsConfiguredByAnyOfItsCredentials(t *testing.T) {
	t.Parallel()
	none := vendors.New(vendors.Config{Accounts: map[otp.Vendor]httpapi.Account{otp.Octopush: {BaseURL: "https://octopush.example"}}})
	some := vendors.New(vendors.Config{Accounts: map[otp.Vendor]httpapi.Account{
		otp.AndroidAPI: {Credentials: map[string]string{"SECRET": "made-up"}}, otp.Octopush: {Credentials: map[string]string{"API_LOGIN": "made-up"}}, otp.Way2API: {Credentials: map[string]string{"API_KEY": "made-up"}}},
	})
	want := map[otp.Vendor]bool{otp.AndroidAPI: true, otp.Octopush: true, otp.Way2API: true}
	for _, vendor := range otp.Vendors() {
		if none.Configured(vendor) {
			t.Errorf("%s has no credential and counts as configured", vendor)
		}
		if some.Configured(vendor) != want[vendor] {
			t.Errorf("%s: configured is %v", vendor, some.Configured(vendor))
		}
	}
	if !vendors.New(vendors.Config{Accounts: map[otp.Vendor]httpapi.Account{otp.Octopush: {Credentials: map[string]string{"API_KEY": "made-up"}}}}).Configured(otp.Octopush) {
		t.Error("an API key alone does not count")
	}
	if got := vendors.Variables(otp.Octopush, ""); !slices.Equal(got, []string{"OTP_OCTOPUSH_API_LOGIN", "OTP_OCTOPUSH_API_KEY"}) {
		t.Errorf("got %v", got)
	}
}
