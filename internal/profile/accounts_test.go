package profile_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

const (
	counterPhone = "00000000-0000-0000-aaaa-bbbbccccdddd" // a device of a new sandbox
	shopPhone    = "00000000-0000-0000-1111-222233334444" // a partner device there
)

// accountsWorld is a catalog with what profiles refer to.
func accountsWorld(t *testing.T) *providertest.World {
	t.Helper()
	w := providertest.NewWorld(t)
	w.Create(catalog.Brand, "acme", `{"name":"acme","display_name":"Acme"}`)
	w.Create(catalog.MessageTemplate, "login", `{"name":"login","text":"{{brand}}: {{otp}}","myotp":{"template_order":3}}`)
	w.Create(catalog.MessageTemplate, "plain", `{"name":"plain","text":"{{brand}}: {{otp}}","myotp":{"template_order":1}}`)
	for name, sender := range map[string]string{
		"counter": `{"name":"counter","androidapi":{"device":"` + counterPhone + `","sim":1}}`,
		"gone":    `{"name":"gone","androidapi":{"device":"00000000-0000-0000-0000-000000000000","sim":1}}`,
		"carrier": `{"name":"carrier","androidapi":{"gateway":"3"}}`,
		"shop":    `{"name":"shop","androidapi":{"gateway":"` + shopPhone + `","allow_partner_device":true}}`,
		"nowhere": `{"name":"nowhere","androidapi":{"gateway":"77"}}`,
		"europe":  `{"name":"europe","octopush":{"sender":"ACMEBANK"}}`,
	} {
		w.Create(catalog.SenderID, name, sender)
	}
	return w
}

// block is a provider block with accounts at a sandbox.
func block(s *sandbox.Server, url string, of ...otp.Vendor) map[string]any {
	environment, config := s.Environment(), map[string]any{}
	for _, vendor := range of {
		account := map[string]any{"base_url": url + strings.TrimPrefix(environment[vendor.Variable("", "BASE_URL")], s.URL())}
		for _, variable := range vendors.Variables(vendor, "") {
			account[strings.ToLower(strings.TrimPrefix(variable, vendor.Variable("", "")))] = environment[variable]
		}
		config[string(vendor)] = account
	}
	return config
}

func over(vendor, channel, sender string, more map[string]any) map[string]any {
	route := map[string]any{"vendor": vendor, "channel": channel}
	if sender != "" {
		route["sender_id"] = sender
	}
	maps.Copy(route, more)
	return route
}

func profileWith(more map[string]any, routes ...any) map[string]any {
	config := map[string]any{"name": "login", "brand": "acme", "template": "login", "allowed_countries": []any{"FR"}, "routes": routes}
	maps.Copy(config, more)
	return config
}

// warnings are the diagnostics of a plan, which must have no error.
func warnings(t *testing.T, s *providertest.Server, config map[string]any) []string {
	t.Helper()
	_, diagnostics := s.Plan("otp_profile", nil, config)
	s.None(diagnostics)
	var found []string
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityWarning && (strings.Contains(d.Detail, " was asked ") || strings.Contains(d.Detail, "AndroidAPI says ")) {
			found = append(found, d.Summary+": "+d.Detail)
		}
	}
	return found
}

func TestAPlanWarnsOfWhatAnAccountCannotDo(t *testing.T) {
	t.Parallel()
	starter := func(s *sandbox.Server) error {
		return myotp.At(s).Update(func(a *myotp.Account) { a.Plan = "starter" })
	}
	for name, test := range map[string]struct {
		change func(*sandbox.Server) error
		config map[string]any
		want   []string // each once, in order; none: all is well
	}{
		"all is well": {nil, profileWith(map[string]any{"validity_seconds": 600},
			over("androidapi", "sms", "counter", nil), over("androidapi", "sms", "carrier", nil), over("androidapi", "sms", "shop", nil),
			over("myotp", "sms", "", nil), over("octopush", "sms", "europe", nil)), nil},
		"key without otp": {func(s *sandbox.Server) error { return androidapi.At(s).Update(providertest.Forbid("otp")) },
			profileWith(nil, over("androidapi", "sms", "counter", nil)), []string{`API key lacks a permission: routes[0]: AndroidAPI was asked to verify a code that cannot be one`}},
		"device that is gone": {nil, profileWith(nil, over("androidapi", "sms", "gone", nil)),
			[]string{`Device is not linked: routes[0].sender_id: AndroidAPI was asked for its devices and has none with the handle "00000000-0000-0000-0000-000000000000"`}},
		"gateway that is not in the rates": {nil, profileWith(nil, over("androidapi", "sms", "nowhere", nil)),
			[]string{`Gateway is not in the rates: routes[0].sender_id: AndroidAPI was asked for its rates`}},
		"no credits for a gateway": {func(s *sandbox.Server) error {
			return androidapi.At(s).Update(func(a *androidapi.Account) { a.Credits = 0 })
		}, profileWith(nil, over("androidapi", "sms", "counter", nil), over("androidapi", "sms", "carrier", nil)),
			[]string{`Account has nothing left to spend: routes[1]: AndroidAPI was asked for the credits and has 0 USD left`}},
		"small plan, small wishes": {starter, profileWith(map[string]any{"template": "plain"}, over("myotp", "sms", "", nil)), nil},
		"small plan, a length": {starter, profileWith(map[string]any{"template": "plain", "code": map[string]any{"length": 8}}, over("myotp", "sms", "", nil)),
			[]string{`Plan lacks a feature: routes[0]: MyOTP.App was asked for a report and answered that the plan has none, so it is smaller than Business and lacks CUSTOM_OTP_LENGTH`}},
		"small plan, a validity": {starter, profileWith(map[string]any{"template": "plain", "validity_seconds": 600}, over("myotp", "sms", "", nil)),
			[]string{`Plan lacks a feature: routes[0]: MyOTP.App was asked for a report and answered that the plan has none, so it is smaller than Business and lacks CUSTOM_OTP_EXPIRY`}},
		"small plan, a template": {starter, profileWith(nil, over("myotp", "sms", "", nil)),
			[]string{`Plan lacks a feature: routes[0]: MyOTP.App was asked for a report and answered that the plan has none, so it is smaller than Business and lacks ACCESS_TO_TEMPLATES`}},
		"empty MyOTP account": {func(s *sandbox.Server) error {
			return myotp.At(s).Update(func(a *myotp.Account) { a.Balance = 0 })
		}, profileWith(nil, over("myotp", "sms", "", nil)), []string{`Account has nothing left to spend: routes[0]: MyOTP.App was asked for the account and has 0 credits left`}},
		"MyOTP account that is closed": {func(s *sandbox.Server) error {
			return myotp.At(s).Update(func(a *myotp.Account) { a.Status = "suspended" })
		}, profileWith(nil, over("myotp", "sms", "", nil)), []string{`Account is not active: routes[0]: MyOTP.App was asked for the account and says that it is "suspended"`}},
		"empty wallet": {func(s *sandbox.Server) error {
			return octopush.At(s).Update(func(a *octopush.Account) { a.WalletPacks = nil })
		}, profileWith(nil, over("octopush", "sms", "europe", nil)), []string{`Account has nothing left to spend: routes[0]: Octopush was asked for the wallet and has 0 euros left`}},
		"package that is used up": {func(s *sandbox.Server) error {
			return androidapi.At(s).Update(func(a *androidapi.Account) {
				usage := a.Usage["sms_send"]
				usage.Used = usage.Limit
				a.Usage["sms_send"] = usage
			})
		}, profileWith(nil, over("androidapi", "sms", "counter", nil)),
			[]string{`Package is used up: routes[0]: AndroidAPI was asked for the subscription and has used 500 of 500 for sms_send, so what routes[0] sends would be refused.`}},
		"partner device that is offline": {func(s *sandbox.Server) error {
			return androidapi.At(s).Update(func(a *androidapi.Account) { a.Partners[0].Status = "offline" })
		}, profileWith(nil, over("androidapi", "sms", "shop", nil)),
			[]string{`Partner device is not online: routes[0].sender_id: AndroidAPI was asked for its rates and says that the partner device "` + shopPhone + `" is "offline"`}},
		"WhatsApp account that is gone": {nil, profileWith(nil, over("androidapi", "whatsapp", "", map[string]any{"whatsapp_account": "nobody"})),
			[]string{`WhatsApp account is gone: routes[0].whatsapp_account: AndroidAPI was asked for its WhatsApp accounts and has none with the ID nobody`}},
		"another account without credentials": {starter, profileWith(nil, over("myotp", "sms", "", map[string]any{"account": "eu"})), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := providertest.NewSandbox(t)
			if test.change != nil {
				if err := test.change(s); err != nil {
					t.Fatal(err)
				}
			}
			config := block(s, s.URL(), otp.Vendors()...)
			config["http"] = map[string]any{"max_retries": 0, "max_requests_per_second": 100000}
			w := accountsWorld(t)
			server := w.ServeWith(config)
			got := warnings(t, server, test.config)
			if len(got) != len(test.want) {
				t.Fatalf("got %q, want %q", got, test.want)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got %q, want %q", got[i], want)
				}
			}
			second := maps.Clone(test.config)
			second["name"] = "again"
			if again := warnings(t, server, second); !cmp.Equal(got, again) {
				t.Error(cmp.Diff(got, again))
			}
			for operation, n := range providertest.Requested(s) {
				if n != 1 {
					t.Errorf("%s was asked %d times in one run", operation, n)
				}
			}
			asked := len(s.Requests())
			config["http"] = map[string]any{"check_accounts": false}
			if quiet := warnings(t, w.ServeWith(config), test.config); len(quiet) > 0 || len(s.Requests()) != asked {
				t.Errorf("check_accounts = false: %q, %d requests", quiet, len(s.Requests())-asked)
			}
			if n := len(s.Messages()); n != 0 {
				t.Errorf("%d messages were sent", n)
			}
		})
	}
}

// A route with an account of its own is looked at with the credentials of that
// account, each account on its own, and with nobody else's.
func TestAPlanLooksAtEachAccountWithItsOwnCredentials(t *testing.T) {
	ours, theirs := providertest.NewSandbox(t), providertest.NewSandbox(t)
	if err := myotp.At(theirs).Update(func(a *myotp.Account) { a.Balance = 0 }); err != nil {
		t.Fatal(err)
	}
	if err := androidapi.At(theirs).Update(func(a *androidapi.Account) { a.Devices = nil }); err != nil {
		t.Fatal(err)
	}
	if err := androidapi.At(theirs).DisconnectWhatsApp(androidapi.At(theirs).WhatsAppAccounts()[0].Unique); err != nil {
		t.Fatal(err)
	}
	for name, value := range theirs.Environment() {
		for _, vendor := range []otp.Vendor{otp.MyOTP, otp.AndroidAPI} {
			if field, ok := strings.CutPrefix(name, vendor.Variable("", "")); ok {
				t.Setenv(vendor.Variable("far-east", field), value)
			}
		}
	}
	far := map[string]any{"account": "far-east"}
	linked := map[string]any{"whatsapp_account": androidapi.At(theirs).WhatsAppAccounts()[0].Unique}
	config := block(ours, ours.URL(), otp.MyOTP, otp.AndroidAPI)
	config["http"] = map[string]any{"max_retries": 0, "max_requests_per_second": 100000}
	got := warnings(t, accountsWorld(t).ServeWith(config), profileWith(nil,
		over("myotp", "sms", "", nil), over("myotp", "sms", "", far), over("androidapi", "sms", "counter", nil), over("androidapi", "sms", "counter", far),
		over("androidapi", "whatsapp", "", linked), over("androidapi", "whatsapp", "", map[string]any{"whatsapp_account": linked["whatsapp_account"], "account": "far-east"})))
	want := []string{"Account has nothing left to spend: routes[1]: ", "Device is not linked: routes[3].sender_id: ", "WhatsApp account is disconnected: routes[5].whatsapp_account: "}
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
	for _, s := range []*sandbox.Server{ours, theirs} {
		for operation, n := range providertest.Requested(s) {
			if n != 1 {
				t.Errorf("%s was asked %d times", operation, n)
			}
		}
	}
	if ours, theirs := providertest.Requested(ours), providertest.Requested(theirs); !cmp.Equal(ours, theirs) {
		t.Error(cmp.Diff(ours, theirs))
	}
}

// To validate calls nobody, whatever there are credentials for.
func TestValidateAsksNoVendor(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	server := accountsWorld(t).ServeWith(block(s, s.URL(), otp.Vendors()...))
	config := profileWith(nil, over("androidapi", "sms", "gone", nil), over("myotp", "sms", "", nil), over("octopush", "sms", "europe", nil))
	response, err := server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: "otp_profile", Config: server.Dynamic(server.Object(server.Schema.ResourceSchemas["otp_profile"].ValueType(), config)),
	})
	if err != nil {
		t.Fatal(err)
	}
	server.None(response.Diagnostics)
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// A plan without network, and one without accounts, is silent.
func TestAPlanThatCannotAskIsSilent(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	all := profileWith(map[string]any{"validity_seconds": 600},
		over("androidapi", "sms", "gone", nil), over("androidapi", "sms", "nowhere", nil), over("myotp", "sms", "", nil), over("octopush", "sms", "europe", nil))
	w := accountsWorld(t)
	if got := warnings(t, w.ServeWith(map[string]any{}), all); len(got) > 0 || len(s.Requests()) > 0 {
		t.Errorf("without accounts: %q", got)
	}
	nowhere := block(s, "http://127.0.0.1:1", otp.AndroidAPI, otp.MyOTP, otp.Octopush) // nobody listens there
	nowhere["http"] = map[string]any{"max_retries": 0}
	if got := warnings(t, w.ServeWith(nowhere), all); len(got) > 0 {
		t.Errorf("without network: %q", got)
	}
}
