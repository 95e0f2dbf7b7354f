package profile_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// priced is a world with a profile over everything that has a price, or none.
func priced(t *testing.T) *providertest.World {
	t.Helper()
	w := accountsWorld(t)
	brand, template := catalog.Ref{Kind: catalog.Brand, Name: "acme"}, catalog.Ref{Kind: catalog.MessageTemplate, Name: "two"}
	text := `{{brand}}: {{otp}} ` + strings.Repeat("is your code ", 12)
	w.Create(catalog.MessageTemplate, "two", `{"name":"two","text":"`+text+`","myotp":{"template_order":1},"way2api":{"content":"OTP","purpose":"login","share_with":"no_one"}}`)
	profile := otp.Profile{
		Name: "login", Brand: "acme", Template: "two", AllowedCountries: []string{"FR", "IN", "PK"}, Routes: []otp.Route{
			{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "carrier"},
			{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "shop", Countries: []string{"FR", "PK"}},
			{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "counter", Countries: []string{"PK"}},
			{Vendor: otp.MyOTP, Channel: otp.SMS, Countries: []string{"FR"}},
			{Vendor: otp.Octopush, Channel: otp.SMS, SenderID: "europe", Countries: []string{"FR"}},
			{Vendor: otp.Way2API, Channel: otp.SMS, Countries: []string{"IN"}},
		},
	}
	document, _, problems := vendors.Compilers().Compile(profile, otp.References{
		Brand:    &otp.Brand{Name: "acme", DisplayName: "Acme"},
		Template: &otp.MessageTemplate{Name: "two", Text: text, MyOTP: &otp.MyOTPTemplate{TemplateOrder: new(int64(1))}, Way2API: &otp.Way2APITemplate{Content: "OTP", Purpose: "login", ShareWith: "no_one"}},
		Senders: map[string]*otp.SenderID{
			"carrier": {Name: "carrier", AndroidAPI: &otp.AndroidAPISender{Gateway: "3"}},
			"shop":    {Name: "shop", AndroidAPI: &otp.AndroidAPISender{Gateway: shopPhone, AllowPartnerDevice: new(true)}},
			"counter": {Name: "counter", AndroidAPI: &otp.AndroidAPISender{Device: counterPhone, SIM: new(int64(1))}},
			"europe":  {Name: "europe", Octopush: &otp.OctopushSender{Sender: "ACMEBANK"}},
		},
	})
	if problems.Failed() {
		t.Fatal(problems.Error())
	}
	compiled, err := document.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := json.Marshal(profile)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Store.Create(t.Context(), catalog.Write{
		Ref: catalog.Ref{Kind: catalog.Profile, Name: "login"}, Spec: spec, References: []catalog.Ref{brand, template},
		Compile: func(func(catalog.Ref) (catalog.Object, error)) (string, error) { return compiled, nil },
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

func lookup(w *providertest.World, config map[string]any) *providertest.Walk {
	config["http"] = map[string]any{"max_retries": 0, "max_requests_per_second": 100000}
	return &providertest.Walk{Server: w.ServeWith(config)}
}

// short is the rows of costs in few words.
func short(t *testing.T, costs any) []string {
	t.Helper()
	var rows []string
	for _, cost := range costs.([]any) {
		c := cost.(map[string]any)
		text := func(name string) string { value, _ := c[name].(string); return value }
		row := strings.Join([]string{text("vendor"), text("country"), text("price"), text("amount"), text("currency"), text("source")}, " ")
		if known := c["price"] != nil; known != (c["as_of"] != nil) || known == (c["reason"] != nil) || known && !regexp.MustCompile(`^20\d\d-\d\d-\d\d$`).MatchString(text("as_of")) {
			t.Errorf("the cost is %v", c)
		}
		rows = append(rows, strings.TrimSpace(row))
	}
	return rows
}

func TestADataSourceTellsWhatACodeCosts(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	walk := lookup(priced(t), block(s, s.URL(), otp.Vendors()...))
	got := walk.Reads("otp_profile", map[string]any{"name": "login", "with_costs": true})
	walk.Reads("otp_profile", map[string]any{"name": "login", "with_costs": true})
	want := []string{
		"androidapi FR 0.03 0.06 USD AndroidAPI, get/rates", "androidapi IN 0.03 0.06 USD AndroidAPI, get/rates", "androidapi PK 0.02 0.04 USD AndroidAPI, get/rates",
		"androidapi FR", "androidapi PK 4 8 PKR AndroidAPI, get/rates", "androidapi PK", "myotp FR", "octopush FR", "way2api IN",
	}
	if diff := cmp.Diff(want, short(t, got["costs"])); diff != "" {
		t.Error(diff)
	}
	if row := got["costs"].([]any)[0].(map[string]any); row["segments"] != int64(2) || row["route"] != int64(0) {
		t.Errorf("got %v", row)
	}
	if diff := cmp.Diff(map[string]int{"get_rates": 1, "pricing": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}

// Way2API shows its price to some, and tells no currency.
func TestAPriceWithoutACurrencyHasNone(t *testing.T) {
	t.Parallel()
	s := sandbox.StartForTest(t, sandbox.Options{Settings: sandbox.Settings{Way2API: way2api.Settings{ShowPrices: true}}})
	got := lookup(priced(t), block(s, s.URL(), otp.Way2API)).Reads("otp_profile", map[string]any{"name": "login", "with_costs": true})
	if rows := short(t, got["costs"]); rows[len(rows)-1] != "way2api IN 0.25 0.25  Way2API, pricing" {
		t.Errorf("got %q", rows)
	}
}

// Nobody is asked unless somebody asks, and not without credentials; a vendor
// that does not answer leaves a reason.
func TestCostsAskNobodyUnasked(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	w := priced(t)
	for _, with := range []any{nil, false} {
		if got := lookup(w, block(s, s.URL(), otp.Vendors()...)).Reads("otp_profile", map[string]any{"name": "login", "with_costs": with}); got["costs"] != nil || got["up_to_date"] != true {
			t.Errorf("got %v", got)
		}
	}
	got := lookup(w, map[string]any{}).Reads("otp_profile", map[string]any{"name": "login", "with_costs": true})
	if reason := got["costs"].([]any)[0].(map[string]any)["reason"]; reason != "AndroidAPI tells its prices to those with credentials, and there are none." {
		t.Errorf("got %v", reason)
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	got = lookup(w, block(s, "http://127.0.0.1:1", otp.AndroidAPI)).Reads("otp_profile", map[string]any{"name": "login", "with_costs": true})
	if reason := got["costs"].([]any)[0].(map[string]any)["reason"].(string); !strings.HasPrefix(reason, "Could not read the rates at AndroidAPI: no connection") {
		t.Errorf("got %v", reason)
	}
}

func TestADataSourceTellsWhetherADocumentIsUpToDate(t *testing.T) {
	t.Parallel()
	w := priced(t)
	if _, err := w.Store.Update(t.Context(), catalog.Write{Ref: catalog.Ref{Kind: catalog.Brand, Name: "acme"}, Spec: []byte(`{"name":"acme","display_name":"Acme Bank"}`)}, 1); err != nil {
		t.Fatal(err)
	}
	if got := lookup(w, map[string]any{}).Reads("otp_profile", map[string]any{"name": "login"}); got["up_to_date"] != false {
		t.Errorf("got %v", got)
	}
}
