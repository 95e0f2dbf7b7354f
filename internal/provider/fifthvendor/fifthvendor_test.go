package fifthvendor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// TestMain lists the vendor: the one line that a vendor needs.
func TestMain(m *testing.M) {
	if err := vendors.Add(pigeon); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const phone = "+33698765432"

// stage is a catalog, and a provider that is configured with the vendor.
type stage struct {
	*providertest.Deliveries
	loft *loft
}

func newStage(t *testing.T) *stage {
	t.Helper()
	return &stage{&providertest.Deliveries{World: providertest.NewWorld(t), File: filepath.Join(t.TempDir(), "deliveries.db")}, newLoft(t)}
}

// run is a run of Terraform; without a key the vendor is not configured.
func (s *stage) run(key string) *providertest.Server {
	s.World.T.Helper()
	raw, err := provider.NewServer(provider.New("test", provider.WithDeliveries(s.File))())
	s.Must(err)
	server := s.ServeWith(raw)
	config := map[string]any{"catalog": map[string]any{"url": s.URL}}
	if key != "" {
		config[string(name)] = map[string]any{"api_key": key, "base_url": s.loft.URL}
	}
	server.Configure(config)
	return server
}

// apply validates, plans and applies a resource, and gives the errors of the plan.
func (s *stage) apply(run *providertest.Server, typeName string, config map[string]any) (*providertest.Tracked, string) {
	s.World.T.Helper()
	valid, err := run.ValidateResourceConfig(s.World.T.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: typeName, Config: run.Dynamic(run.Object(run.Resource(typeName), config)),
	})
	s.Must(err)
	request, diagnostics := run.Plan(typeName, nil, config)
	diagnostics = append(valid.Diagnostics, diagnostics...)
	if len(providertest.Failures(diagnostics)) > 0 {
		return nil, strings.Join(providertest.Texts(diagnostics), "\n")
	}
	tracked, diagnostics := run.Apply(request)
	run.None(diagnostics)
	return tracked, ""
}

func profileOf(route map[string]any) map[string]any {
	return map[string]any{
		"name": "login", "brand": "acme", "template": "login", "allowed_countries": []any{"FR"}, "routes": []any{route},
	}
}

func (s *stage) setup(run *providertest.Server) {
	s.World.T.Helper()
	for typeName, config := range map[string]map[string]any{
		"otp_brand":            {"name": "acme", "display_name": "Acme"},
		"otp_message_template": {"name": "login", "text": "{{brand}}: {{otp}} until {{expiry_time}}"},
	} {
		if _, failed := s.apply(run, typeName, config); failed != "" {
			s.World.T.Fatal(failed)
		}
	}
}

// requested fails the test where the last request was another one.
func (s *stage) requested(want string) {
	s.World.T.Helper()
	if got := s.loft.last(); got != want {
		s.World.T.Errorf("the vendor got\n  %s\nwant\n  %s", got, want)
	}
}

func (s *stage) invoke(action string, config map[string]any) *providertest.Invocation {
	s.World.T.Helper()
	config["profile"] = "login"
	if config["phone"] == nil {
		config["phone"] = phone
	}
	run := s.run(apiKey)
	return run.InvokeAction(s.World.T.Context(), action, run.Configuring(action, config), nil)
}

// A vendor that a test has made up is planned, compiled, sent, verified, extended
// and explained: nobody else knows the vendors.
func TestAVendorIsOneDescriptorAndOneLine(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	run := s.run(apiKey)
	s.setup(run)
	config := profileOf(map[string]any{"vendor": "pigeon", "channel": "sms"})
	tracked, failed := s.apply(run, "otp_profile", config)
	if failed != "" {
		t.Fatal(failed)
	}
	if request, diagnostics := s.run(apiKey).Plan("otp_profile", tracked, config); request != nil {
		t.Errorf("the second plan is not empty: %v", providertest.Texts(diagnostics))
	}
	document := s.Document("login")
	route := document["routes"].([]any)[0].(map[string]any)
	send := route["send"].(map[string]any)
	if send["url"] != "${OTP_PIGEON_BASE_URL}/messages" || send["headers"].(map[string]any)[keyHeader] != "${OTP_PIGEON_API_KEY}" {
		t.Errorf("the document sends %v", send)
	}

	s.asked("GET /account", "GET /account") // by the plans
	s.invoke("otp_test_delivery", map[string]any{"verify": false, "wait": "0s"}).Fine()
	s.requested(`POST /messages {"letter":"Acme: <code> until <until>","seconds":300,"to":"` + phone + `"}`)
	s.invoke("otp_verify", map[string]any{"code": "000000"}).Failed("Code is wrong", "routes[0] (Pigeon Post, sms)", "Attempts left: 2.")
	s.requested(`POST /checks {"code":"000000","ring":"ring-1"}`)
	s.invoke("otp_extend", map[string]any{"seconds": 10}).Fine() // which no other vendor takes
	s.requested(`POST /extensions {"more":10,"ring":"ring-1"}`)
	s.invoke("otp_extend", map[string]any{"seconds": 300}).Failed("Pigeon Post", "300 seconds", "5 to 40")
	s.invoke("otp_verify", map[string]any{"code": "314159"}).Fine()
	s.requested(`POST /checks {"code":"314159","ring":"ring-1"}`)

	s.loft.starve()
	s.invoke("otp_test_delivery", map[string]any{"phone": "+33698765433", "verify": false, "wait": "0s"}).
		Failed("No route could send the code", "Pigeon Post", "P17", "Buy corn in the dashboard of Pigeon Post.")
	if n := len(s.loft.requests); n != 5 {
		t.Errorf("%d requests, want 5: %v", n, s.loft.requests)
	}
}

func TestTheRulesOfAVendorHoldAtPlan(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	run := s.run(apiKey)
	s.setup(run)
	for want, route := range map[string]map[string]any{
		`Pigeon Post does not serve channel "telegram"`:                   {"vendor": "pigeon", "channel": "telegram"},
		"Only AndroidAPI's WhatsApp channel":                              {"vendor": "pigeon", "channel": "sms", "whatsapp_account": "x"},
		"The route goes through Pigeon Post, so the options of MyOTP.App": {"vendor": "pigeon", "channel": "sms", "myotp": map[string]any{"force_send": true}},
		"{{expiry_time}}, which only Octopush and Pigeon Post fill in":    {"vendor": "androidapi", "channel": "sms"},
	} {
		if _, failed := s.apply(run, "otp_profile", profileOf(route)); !strings.Contains(failed, want) {
			t.Errorf("no error says %q: %s", want, failed)
		}
	}
	if _, failed := s.apply(run, "otp_brand", map[string]any{"name": "hawk", "display_name": "Hawk Bank"}); !strings.Contains(failed, "no pigeon carries that") {
		t.Errorf("the vendor's rule for brands: %s", failed)
	}
	if s.loft.last() != "" {
		t.Errorf("a plan has called the vendor: %s", s.loft.last())
	}
}

func TestAVendorWithoutCredentialsNamesItsVariable(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	run := s.run("")
	s.setup(run)
	if _, failed := s.apply(run, "otp_profile", profileOf(map[string]any{"vendor": "pigeon", "channel": "sms"})); failed != "" {
		t.Fatal(failed) // a profile needs none
	}
	run = s.run("")
	i := &providertest.Invocation{Outcome: &providertest.Outcome{T: t}}
	run.PlanAction("otp_test_delivery", run.Configuring("otp_test_delivery", map[string]any{"profile": "login", "phone": phone}), i.Outcome)
	i.Failed("Pigeon Post", "OTP_PIGEON_API_KEY")
}
