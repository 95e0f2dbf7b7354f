package provider_test

import (
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// mark is in front of every credential of the second accounts.
const mark = "second-"

// secondAccounts are accounts with a slug at a sandbox of their own, which lets in
// nobody who comes with other credentials.
func secondAccounts(t *testing.T, slug string) *sandbox.Server {
	t.Helper()
	s := providertest.NewSandbox(t)
	to, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	var mutex sync.Mutex
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		found := strings.Contains(r.In.URL.RawQuery, mark)
		r.Out.URL.RawQuery = strings.ReplaceAll(r.In.URL.RawQuery, mark, "")
		for name, values := range r.In.Header {
			found = found || strings.Contains(values[0], mark)
			r.Out.Header.Set(name, strings.ReplaceAll(values[0], mark, ""))
		}
		mutex.Lock()
		defer mutex.Unlock()
		if !found {
			t.Errorf("%s was asked with other credentials", r.In.URL.Path)
		}
	}}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	environment := s.Environment()
	for _, vendor := range otp.Vendors() {
		t.Setenv(vendor.Variable(slug, "BASE_URL"), front.URL+strings.TrimPrefix(environment[vendor.Variable("", "BASE_URL")], s.URL()))
		for i, variable := range vendors.Variables(vendor, "") {
			t.Setenv(vendors.Variables(vendor, slug)[i], mark+environment[variable])
		}
	}
	return s
}

// asking is every data source that asks vendors, with what it needs.
func asking() map[string]map[string]any {
	return map[string]map[string]any{
		"otp_accounts": {}, "otp_balances": {}, "otp_rates": {}, "otp_transactions": {}, "otp_devices": {},
		"otp_consumption": {"year": 2026, "month": 9}, "otp_device": {"name": "Counter phone"},
		"otp_message_status": {"vendor": "androidapi", "message_id": "1"}, "otp_whatsapp_accounts": {}, "otp_whatsapp_servers": {},
	}
}

// A second account of a vendor has credentials, a base URL and snapshots of its
// own, in every data source that asks vendors.
func TestADataSourceReadsTheAccountThatIsNamed(t *testing.T) {
	first, second := providertest.NewSandbox(t), secondAccounts(t, "far-east")
	if err := androidapi.At(second).Update(func(a *androidapi.Account) { a.WhatsApp = nil }); err != nil {
		t.Fatal(err)
	}
	walk := providertest.NewWalk(t, first, otp.Vendors()...)
	for name, schema := range walk.Schema.DataSourceSchemas {
		has := slices.ContainsFunc(schema.Block.Attributes, func(a *tfprotov6.SchemaAttribute) bool { return a.Name == "account" })
		if _, tried := asking()[name]; has != tried {
			t.Errorf("%s: has an account: %t, is tried here: %t", name, has, tried)
		}
	}
	for name, arguments := range asking() {
		arguments["account"] = "far-east"
		asked := len(second.Requests())
		if state := walk.Reads(name, arguments); state["account"] != "far-east" {
			t.Errorf("%s: the account is %v", name, state["account"])
		}
		if len(second.Requests()) == asked && name != "otp_device" && name != "otp_devices" { // which share one list
			t.Errorf("%s did not ask the second account", name)
		}
	}
	if n := len(first.Requests()); n != 0 {
		t.Errorf("the default accounts were asked %d times", n)
	}
	before := providertest.Requested(second)
	for name, arguments := range asking() {
		if state := walk.Reads(name, arguments); state["account"] != nil {
			t.Errorf("%s: the account is %v", name, state["account"])
		}
	}
	if diff := cmp.Diff(before, providertest.Requested(first)); diff != "" {
		t.Errorf("requests to the second and to the default accounts: %s", diff)
	}
	if diff := cmp.Diff(before, providertest.Requested(second)); diff != "" {
		t.Errorf("the second accounts were asked again: %s", diff)
	}
	ours := walk.Reads("otp_whatsapp_accounts", nil)["accounts"].([]any)
	theirs := walk.Reads("otp_whatsapp_accounts", map[string]any{"account": "far-east"})["accounts"].([]any)
	if len(ours) != 1 || len(theirs) != 0 {
		t.Errorf("%d WhatsApp accounts of ours and %d of theirs", len(ours), len(theirs))
	}
	for _, list := range []string{"accounts", "balances"} {
		rows := walk.Reads("otp_"+list, map[string]any{"account": "far-east"})[list]
		for _, slug := range providertest.Column(rows, "account") {
			if slug != "far-east" {
				t.Errorf("a row of otp_%s is of the account %v", list, slug)
			}
		}
	}
}

// An account that nobody has configured is named with its variables, and one that
// lacks a credential with that one.
func TestAnAccountWithoutCredentialsNamesItsVariables(t *testing.T) {
	s := providertest.NewSandbox(t)
	walk := providertest.NewWalk(t, s, otp.Vendors()...)
	walk.Fails("otp_balances", map[string]any{"account": "far-east"}, `Account is not configured: None of the vendors that could answer has credentials of an account "far-east"\. Set OTP_ANDROIDAPI_FAR_EAST_SECRET for AndroidAPI, or OTP_MYOTP_FAR_EAST_API_KEY for MyOTP\.App, or OTP_OCTOPUSH_FAR_EAST_API_LOGIN and OTP_OCTOPUSH_FAR_EAST_API_KEY for Octopush\.`)
	walk.Fails("otp_devices", map[string]any{"account": "far-east"}, `AndroidAPI \(account "far-east"\) could not list the devices: .*Set the environment variable OTP_ANDROIDAPI_FAR_EAST_SECRET\.`)
	t.Setenv("OTP_OCTOPUSH_FAR_EAST_API_LOGIN", "ops@example.test")
	walk = providertest.NewWalk(t, s, otp.Vendors()...) // one run reads the variables once
	walk.Fails("otp_accounts", map[string]any{"account": "far-east"}, `Octopush \(account "far-east"\) could not tell about the account: .*Set the environment variable OTP_OCTOPUSH_FAR_EAST_API_KEY\.`)
	walk.Fails("otp_rates", map[string]any{"account": "Far East"}, `must be a slug`)
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}
