package cli

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/doctor"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
)

var update = flag.Bool("update", false, "write the golden files anew")

// clinic is a field with a second profile, over every vendor that there is and
// every kind of sender.
func clinic(t *testing.T) *field {
	t.Helper()
	f := newField(t)
	const counter, shop = "00000000-0000-0000-aaaa-bbbbccccdddd", "00000000-0000-0000-1111-222233334444" // of a new sandbox
	sim := int64(1)
	f.writes(os.Getenv("OTP_CATALOG_URL"), otp.Profile{
		Name: "signup", Brand: "acme", Template: "signup", AllowedCountries: []string{"IN", "PK", "US"}, Routes: []otp.Route{
			{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "counter"},
			{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "carrier"},
			{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "shop"},
			{Vendor: otp.AndroidAPI, Channel: otp.WhatsApp, WhatsAppAccount: androidapi.At(f).WhatsAppAccounts()[0].Unique},
			{Vendor: otp.MyOTP, Channel: otp.SMS},
			{Vendor: otp.Way2API, Channel: otp.SMS, Countries: []string{"IN"}},
		},
	}, otp.References{
		Brand: &otp.Brand{Name: "acme", DisplayName: "Acme"},
		Template: &otp.MessageTemplate{
			Name: "signup", Text: "{{brand}}: {{otp}} — " + strings.Repeat("your code ", 10), MyOTP: &otp.MyOTPTemplate{TemplateOrder: new(int64(3))},
			Way2API: &otp.Way2APITemplate{Content: "OTP", Purpose: "login", ShareWith: "no_one"},
		},
		Senders: map[string]*otp.SenderID{
			"counter": {Name: "counter", AndroidAPI: &otp.AndroidAPISender{Device: counter, SIM: &sim}},
			"carrier": {Name: "carrier", AndroidAPI: &otp.AndroidAPISender{Gateway: "3"}},
			"shop":    {Name: "shop", AndroidAPI: &otp.AndroidAPISender{Gateway: shop, AllowPartnerDevice: new(true)}},
		},
	})
	return f
}

var (
	aPort = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
	aDay  = regexp.MustCompile(`20[0-9]{2}-[0-9]{2}-[0-9]{2}`)
)

func golden(t *testing.T, name, got string) {
	t.Helper()
	got = aDay.ReplaceAllString(aPort.ReplaceAllString(got, "127.0.0.1:PORT"), "DAY")
	got = strings.Replace(got, runtime.GOOS+"/"+runtime.GOARCH, "OS/ARCH", 1)
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (go test ./internal/cli -run %s -args -update): %s", file, t.Name(), diff)
	}
}

// Where all is well, each account was asked once and nothing was sent.
func TestADoctorLooksAtEverythingOnce(t *testing.T) {
	f := clinic(t)
	run := f.runs("", "doctor").ends(0)
	golden(t, "doctor.txt", run.out)
	asked := map[string]int{}
	for _, request := range f.Requests() {
		asked[request.Vendor+" "+request.Operation]++
	}
	want := map[string]int{
		"androidapi get_credits": 1, "androidapi get_subscription": 1, "androidapi get_otp": 1, "androidapi get_devices": 1, "androidapi get_rates": 1, "androidapi wa_accounts": 1,
		"myotp account": 1, "myotp report": 1, "octopush check_balance": 1, "way2api pricing": 1,
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Error(diff)
	}
	if n := len(f.Messages()); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}

func TestADoctorForPrograms(t *testing.T) {
	f := clinic(t)
	run := f.runs("", "doctor", "signup", "--json").ends(0)
	var report doctor.Report
	f.must(json.Unmarshal([]byte(run.out), &report))
	if report.Version != "test" || report.OS != runtime.GOOS || !cmp.Equal(report.Profiles, []string{"signup"}) || len(report.Lines) < 20 {
		t.Errorf("got %s", run.out)
	}
	prices := map[string]string{}
	for _, p := range report.Prices {
		if p.Price != "" {
			prices[p.Country+" by "+p.Source+" "+p.Currency] = p.Price + " x " + p.Amount
		}
		if (p.Price == "") != (p.Why != "") || (p.Price == "") != (p.AsOf == "") || p.Segments != 2 && p.Segments != 0 {
			t.Errorf("%+v", p)
		}
	}
	want := map[string]string{
		"IN by AndroidAPI, get/rates USD": "0.03 x 0.06", "US by AndroidAPI, get/rates USD": "0.01 x 0.02", // the gateway
		"PK by AndroidAPI, get/rates USD": "0.02 x 0.04", "PK by AndroidAPI, get/rates PKR": "4 x 8", // the gateway, and the partner device
	}
	if diff := cmp.Diff(want, prices); diff != "" {
		t.Error(diff)
	}
}

// Each fault is a line of its own with the remedy, and the exit code is that of
// the first.
func TestADoctorFindsEachFault(t *testing.T) {
	android := func(change func(*androidapi.Account)) func(*field) {
		return func(f *field) { f.must(androidapi.At(f).Update(change)) }
	}
	clinic(t) // its catalog serves all
	for name, test := range map[string]struct {
		change func(f *field)
		code   int
		want   []string // parts of lines
	}{
		"no catalog":                  {func(f *field) { f.t.Setenv("OTP_CATALOG_URL", "sqlite:"+filepath.Join(f.t.TempDir(), "none.db")) }, exitNotMade, []string{"FAULT    catalog      SQLite", "There is no catalog at", "OTP_CATALOG_URL", "ok       credentials  Octopush"}},
		"a URL of nothing":            {func(f *field) { f.t.Setenv("OTP_CATALOG_URL", "nowhere:x") }, exitNotMade, []string{`FAULT    catalog`, `unknown scheme "nowhere"`}},
		"a server that is down":       {func(f *field) { f.t.Setenv("OTP_CATALOG_URL", "postgres://somebody@127.0.0.1:1/otp?connect_timeout=1") }, exitUnknown, []string{"FAULT    catalog      PostgreSQL"}},
		"a variable lacks":            {func(f *field) { f.t.Setenv("OTP_OCTOPUSH_API_KEY", "") }, exitNotMade, []string{"FAULT    variables    Octopush", "has no API key", "Set the environment variable OTP_OCTOPUSH_API_KEY"}},
		"a credential with a newline": {func(f *field) { f.t.Setenv("OTP_MYOTP_API_KEY", "x\n") }, exitNotMade, []string{"FAULT    variables    MyOTP.App", "begins or ends with a space or a newline"}},
		"a base URL":                  {func(f *field) { f.t.Setenv("OTP_MYOTP_BASE_URL", "http://vendor.example") }, exitNotMade, []string{"FAULT    base URL     MyOTP.App", "OTP_MYOTP_BASE_URL cannot be used"}},
		"network down":                {func(f *field) { f.t.Setenv("OTP_MYOTP_BASE_URL", "http://127.0.0.1:1") }, exitUnknown, []string{"FAULT    connection   MyOTP.App", "no connection", "Check the network"}},
		"a wrong key":                 {func(f *field) { f.t.Setenv("OTP_OCTOPUSH_API_KEY", "wrong") }, exitRefused, []string{"FAULT    credentials  Octopush", "HTTP 401"}},
		"an address that may not":     {func(f *field) { f.must(octopush.At(f).Update(func(a *octopush.Account) { a.Forbidden = true })) }, exitRefused, []string{"FAULT    credentials  Octopush", "HTTP 403"}},
		"a vendor that is down":       {func(f *field) { f.must(f.Fail(sandbox.HTMLPage("octopush", "check_balance", http.StatusBadGateway))) }, exitUnknown, []string{"FAULT    credentials  Octopush", "HTTP 502"}},
		"a permission": {android(func(a *androidapi.Account) { a.Permissions = without(a.Permissions, "otp") }), exitPerson, []string{
			"FAULT    permission   signup.routes[0,1,2,3]", "API key lacks a permission", "Tools, API Keys"}},
		"a permission of a read": {android(func(a *androidapi.Account) { a.Permissions = without(a.Permissions, "get_devices") }), 0, []string{"unknown  device       signup.routes[0]", "get_devices"}},
		"a package": {android(func(a *androidapi.Account) {
			usage := a.Usage["sms_send"]
			usage.Used = usage.Limit
			a.Usage["sms_send"] = usage
		}), exitPerson, []string{"FAULT    plan         signup.routes[0,1,2]", "Package is used up"}},
		"a small plan":     {func(f *field) { f.must(myotp.At(f).Update(func(a *myotp.Account) { a.Plan = "starter" })) }, exitPerson, []string{"FAULT    plan         signup.routes[4]", "ACCESS_TO_TEMPLATES"}},
		"a closed account": {func(f *field) { f.must(myotp.At(f).Update(func(a *myotp.Account) { a.Status = "suspended" })) }, exitPerson, []string{"FAULT    plan         login.routes[1], signup.routes[4]", `"suspended"`}},
		"a device":         {android(func(a *androidapi.Account) { a.Devices = nil }), exitPerson, []string{"FAULT    device       signup.routes[0]", "Device is not linked"}},
		"a partner device": {android(func(a *androidapi.Account) { a.Partners[0].Status = "offline" }), exitPerson, []string{"FAULT    sender       signup.routes[2]", "Partner device is not online"}},
		"a gateway":        {android(func(a *androidapi.Account) { a.Gateways = nil }), exitPerson, []string{"FAULT    sender       signup.routes[1]", "Gateway is not in the rates", "unknown  cost         signup.routes[1]"}},
		"a WhatsApp account": {func(f *field) {
			f.must(androidapi.At(f).DisconnectWhatsApp(androidapi.At(f).WhatsAppAccounts()[0].Unique))
		}, exitPerson, []string{"FAULT    device       signup.routes[3]", "WhatsApp account is disconnected"}},
		"credits":           {android(func(a *androidapi.Account) { a.Credits = 0 }), exitPerson, []string{"FAULT    balance      signup.routes[1,2]", "has 0 USD left"}},
		"an empty account":  {func(f *field) { f.must(myotp.At(f).Update(func(a *myotp.Account) { a.Balance = 0 })) }, exitPerson, []string{"FAULT    balance      ", "MyOTP"}},
		"an empty wallet":   {func(f *field) { f.must(octopush.At(f).Update(func(a *octopush.Account) { a.WalletPacks = nil })) }, exitPerson, []string{"FAULT    balance      login.routes[0]", "0 euros left"}},
		"prices are hidden": {func(f *field) { f.must(f.Fail(sandbox.HTMLPage("way2api", "pricing", http.StatusBadGateway))) }, exitUnknown, []string{"FAULT    credentials  Way2API", "unknown  cost         signup.routes[5]", "Way2API could not be asked"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newSandbox(t)
			test.change(f)
			run := f.runs("", "doctor").ends(test.code, test.want...)
			if (test.code == 0) != strings.Contains(run.out, "Nothing is known that would keep a code from being sent.") {
				t.Errorf("the summary is wrong:\n%s", run.out)
			}
			if strings.Contains(run.out, "somebody") {
				t.Errorf("a user is named:\n%s", run.out)
			}
			for operation, n := range countOperations(f) {
				if n != 1 {
					t.Errorf("%s was asked %d times", operation, n)
				}
			}
		})
	}
}

func without(list []string, left string) []string {
	var kept []string
	for _, item := range list {
		if item != left {
			kept = append(kept, item)
		}
	}
	return kept
}

func countOperations(f *field) map[string]int {
	counts := map[string]int{}
	for _, request := range f.Requests() {
		counts[request.Vendor+" "+request.Operation]++
	}
	return counts
}

// What is asked for by a wrong name is one line; the others are looked at.
func TestADoctorOfAProfileThatIsNotThere(t *testing.T) {
	f := clinic(t)
	f.runs("", "doctor", "logn", "signup").ends(exitNotMade, "FAULT    document     logn", `Did you mean "login"?`, "ok       document     signup")
	if n := len(f.Requests()); n == 0 {
		t.Error("signup was not looked at")
	}
	f.runs("", "doctor", "--timeout", "-1s").ends(exitNotMade, "Write a duration above zero")
}

func TestADoctorOfAnEmptyCatalogAndAnOldDocument(t *testing.T) {
	f := newField(t)
	url := "sqlite:" + filepath.Join(t.TempDir(), "catalog.db")
	store, err := catalog.Open(url)
	f.must(err)
	brand := catalog.Write{Ref: catalog.Ref{Kind: catalog.Brand, Name: "acme"}, Spec: json.RawMessage(`{"name":"acme","display_name":"Acme"}`)}
	_, err = store.Create(t.Context(), brand)
	f.must(err)
	f.runs("", "doctor", "--url", url).ends(exitNotMade, "FAULT    document     ", "The catalog has no profile", "otp_profile")

	document := f.compiles(otp.Profile{Name: "login", Brand: "acme", Template: "login", AllowedCountries: []string{"FR"}, Routes: []otp.Route{{Vendor: otp.MyOTP, Channel: otp.SMS}}},
		otp.References{Brand: &otp.Brand{Name: "acme", DisplayName: "Acme"}, Template: &otp.MessageTemplate{Name: "login", MyOTP: &otp.MyOTPTemplate{TemplateOrder: new(int64(1))}}})
	_, err = store.Create(t.Context(), catalog.Write{
		Ref: catalog.Ref{Kind: catalog.Profile, Name: "login"}, Spec: json.RawMessage(`{"name":"login"}`), References: []catalog.Ref{brand.Ref},
		Compile: func(func(catalog.Ref) (catalog.Object, error)) (string, error) {
			return document, nil
		},
	})
	f.must(err)
	brand.Spec = json.RawMessage(`{"name":"acme","display_name":"Acme Bank"}`)
	_, err = store.Update(t.Context(), brand, 1)
	f.must(err)
	f.must(store.Close())
	f.runs("", "doctor", "--url", url).ends(0, "warning  document     login", `made from brand "acme" (revision 1, now 2)`, "Look at 1 warning.")
}

// A vendor that hangs is waited for once, and the others are looked at.
func TestADoctorWaitsForNobody(t *testing.T) {
	f := clinic(t)
	gate := make(chan struct{})
	t.Cleanup(func() { close(gate) })
	f.must(f.Fail(sandbox.Fault{Vendor: "octopush", Operation: "check_balance", Kind: sandbox.Delay, Gate: gate, Times: -1}))
	f.runs("", "doctor", "--timeout", "2s").ends(exitUnknown, "FAULT    connection   Octopush", "There was no answer within 2s.", "→ Check that Octopush is up", "ok       credentials  MyOTP.App", "ok       credentials  AndroidAPI")
	if n := countOperations(f)["octopush check_balance"]; n > 1 {
		t.Errorf("Octopush was asked %d times", n)
	}
}

// Each account is asked with its own credentials.
func TestADoctorLooksAtEachAccount(t *testing.T) {
	f := newField(t)
	f.writes(os.Getenv("OTP_CATALOG_URL"), otp.Profile{
		Name: "far", Brand: "acme", Template: "far", AllowedCountries: []string{"JP"},
		Routes: []otp.Route{{Vendor: otp.MyOTP, Channel: otp.SMS, Account: "far-east"}, {Vendor: otp.MyOTP, Channel: otp.SMS}},
	}, otp.References{
		Brand: &otp.Brand{Name: "acme", DisplayName: "Acme"}, Template: &otp.MessageTemplate{Name: "far", MyOTP: &otp.MyOTPTemplate{TemplateOrder: new(int64(1))}},
	})
	f.runs("", "doctor").ends(exitNotMade, "FAULT    variables    MyOTP.App (far-east)", "OTP_MYOTP_FAR_EAST_API_KEY", "ok       credentials  MyOTP.App ")
	t.Setenv("OTP_MYOTP_FAR_EAST_API_KEY", "another")
	t.Setenv("OTP_MYOTP_FAR_EAST_BASE_URL", os.Getenv("OTP_MYOTP_BASE_URL"))
	f.runs("", "doctor", "far").ends(exitRefused, "FAULT    credentials  MyOTP.App (far-east)", "HTTP 401", "ok       credentials  MyOTP.App ")
	t.Setenv("OTP_MYOTP_FAR_EAST_API_KEY", os.Getenv("OTP_MYOTP_API_KEY"))
	f.runs("", "doctor", "far").ends(0, "ok       credentials  MyOTP.App (far-east)")
}

// On a terminal the marks have colors, and the columns stay where they are.
func TestMarksHaveColorsOnATerminal(t *testing.T) {
	t.Parallel()
	report := doctor.Report{Version: "test", Lines: []doctor.Line{
		{Mark: doctor.Fault, Check: doctor.Credentials, About: "Octopush", Text: "Refused.", Remedy: "Copy the key again."},
		{Mark: doctor.Unknown, Check: doctor.Cost, About: "login.routes[0]", Text: "FR: not known."},
	}}
	var plain, colored strings.Builder
	if err := writeFindings(&plain, report, false); err != nil {
		t.Fatal(err)
	}
	if err := writeFindings(&colored, report, true); err != nil {
		t.Fatal(err)
	}
	if got := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colored.String(), ""); got != plain.String() || strings.Contains(plain.String(), "\x1b") {
		t.Errorf("without colors it is\n%s\nnot\n%s", got, plain.String())
	}
	if !strings.Contains(colored.String(), "\x1b[31mFAULT  \x1b[0m") || !strings.Contains(plain.String(), "\n"+strings.Repeat(" ", 39)+"→ Copy the key again.\n") {
		t.Errorf("got\n%s\n%s", colored.String(), plain.String())
	}
}
