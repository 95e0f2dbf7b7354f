package cli

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

const testPhone = "+33698765432"

// field is a sandbox, and a catalog with the profile login over Octopush and
// MyOTP.App, both named by the environment. Commands wait by the sandbox's clock.
type field struct {
	*sandbox.Server
	t *testing.T
}

func newField(t *testing.T) *field {
	t.Helper()
	f := newSandbox(t)
	t.Setenv(ledger.Variable, filepath.Join(t.TempDir(), "deliveries.db"))
	url := "sqlite:" + filepath.Join(t.TempDir(), "catalog.db")
	t.Setenv("OTP_CATALOG_URL", url)
	f.writes(url, otp.Profile{
		Name: "login", Brand: "acme", Template: "login", AllowedCountries: []string{"FR"}, Routes: []otp.Route{
			{Vendor: otp.Octopush, Channel: otp.SMS, SenderID: "europe"}, {Vendor: otp.MyOTP, Channel: otp.SMS},
		},
	}, otp.References{
		Brand:    &otp.Brand{Name: "acme", DisplayName: "Acme"},
		Template: &otp.MessageTemplate{Name: "login", Text: "{{brand}}: {{otp}}", MyOTP: &otp.MyOTPTemplate{TemplateOrder: new(int64(1))}},
		Senders:  map[string]*otp.SenderID{"europe": {Name: "europe", Octopush: &otp.OctopushSender{Sender: "ACMEBANK"}}},
	})
	return f
}

// newSandbox is a field without a catalog of its own.
func newSandbox(t *testing.T) *field {
	t.Helper()
	f := &field{sandbox.StartForTest(t, sandbox.Options{Clock: func() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) }}), t}
	for name, value := range f.Environment() {
		t.Setenv(name, value)
	}
	return f
}

// compiles makes the document of a profile.
func (f *field) compiles(profile otp.Profile, refs otp.References) string {
	f.t.Helper()
	document, complete, problems := vendors.Compilers().Compile(profile, refs)
	if !complete || problems.Failed() {
		f.t.Fatal(problems.Error())
	}
	text, err := document.Canonical()
	f.must(err)
	return text
}

// writes writes the document of a profile into a catalog.
func (f *field) writes(url string, profile otp.Profile, refs otp.References) {
	f.t.Helper()
	text := f.compiles(profile, refs)
	store, err := catalog.Open(url)
	f.must(err)
	_, err = store.Create(f.t.Context(), catalog.Write{
		Ref: catalog.Ref{Kind: catalog.Profile, Name: profile.Name}, Spec: json.RawMessage(`{"name":"` + profile.Name + `"}`),
		Compile: func(func(catalog.Ref) (catalog.Object, error)) (string, error) { return text, nil },
	})
	f.must(err)
	f.must(store.Close())
}

func (f *field) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// ran is a command that has ended.
type ran struct {
	t          *testing.T
	out, notes string
	code       int
}

// runs runs a command line. Nothing that it prints may be secret or personal.
func (f *field) runs(input string, arguments ...string) ran {
	f.t.Helper()
	var out, notes bytes.Buffer
	command := &cobra.Command{Use: "terraform-provider-otp", Version: "test", SilenceUsage: true, SilenceErrors: true}
	command.AddCommand(verbCommands(f)...)
	command.AddCommand(doctorCommand())
	command.SetArgs(arguments)
	command.SetIn(strings.NewReader(input))
	command.SetOut(&out)
	command.SetErr(&notes)
	err := command.ExecuteContext(f.t.Context())
	if err != nil {
		notes.WriteString(err.Error())
	}
	code := Report(err)
	secrets := []string{testPhone, testPhone[1:]}
	for _, message := range f.Messages() {
		secrets = append(secrets, message.Code)
	}
	for name, value := range f.Environment() {
		if !strings.HasSuffix(name, "_URL") {
			secrets = append(secrets, value)
		}
	}
	for _, secret := range secrets {
		if strings.Contains(out.String()+notes.String(), secret) {
			f.t.Errorf("%q is in the output:\n%s%s", secret, out.String(), notes.String())
		}
	}
	return ran{f.t, out.String(), notes.String(), code}
}

// ends checks how a command has ended.
func (r ran) ends(code int, parts ...string) ran {
	r.t.Helper()
	if r.code != code {
		r.t.Errorf("exit code %d, want %d:\n%s%s", r.code, code, r.out, r.notes)
	}
	for _, part := range parts {
		if !strings.Contains(r.out+r.notes, part) {
			r.t.Errorf("no %q in\n%s%s", part, r.out, r.notes)
		}
	}
	return r
}

func (f *field) code() string {
	messages := f.Messages()
	return messages[len(messages)-1].Code
}

func TestSendVerifyExtendStatus(t *testing.T) {
	f := newField(t)
	f.runs("", "status", "login", testPhone).ends(exitPerson, "not_found", "send one first")
	f.runs("", "send", "login", testPhone, "--route", "1").ends(0,
		"Sending a code of profile \"login\" to +33*****5432 through routes[1] (MyOTP.App, sms).", "Delivered after",
		"outcome     ok\nroute       1 (MyOTP.App, sms)\nmessage ID  ", "cost        1 credits\nstatus      delivered\nexpires     2026-10-01 09:05:00 UTC\n")
	f.runs("", "send", "login", testPhone).ends(exitPerson, "limited", "another code in 2")
	f.runs("", "extend", "login", testPhone, "600").ends(0, "expires  2026-10-01 09:15:00 UTC")
	f.runs("", "verify", "login", testPhone, "000000").ends(exitPerson, "wrong_code", "attempts left  2")
	f.runs("", "status", "login", testPhone).ends(0, "delivered")
	f.runs(f.code()+"\n", "verify", "login", testPhone).ends(0, "outcome  ok\n")
	f.runs(f.code(), "verify", "login", testPhone, "-").ends(exitPerson, "a code counts once")
}

func TestResultsForPrograms(t *testing.T) {
	f := newField(t)
	f.must(f.Fail(sandbox.HTMLPage("octopush", "otp_generate", 403)))
	run := f.runs("", "send", "login", testPhone, "--verify", "--json").ends(0)
	var result application.Result
	f.must(json.Unmarshal([]byte(run.out), &result))
	if result.Outcome != otp.OutcomeOK || *result.Route != 1 || result.Status != otp.OutcomeDelivered || result.Verification != otp.OutcomeOK ||
		result.Cost != "1" || result.Unit != "credits" || len(result.Refused) != 1 || result.Phone != "+33*****5432" {
		t.Errorf("got %s", run.out)
	}
	f.must(f.Advance(time.Minute))
	run = f.runs("", "send", "login", testPhone, "--every-route", "--resend", "--wait", "0", "--json").ends(0)
	if lines := strings.Split(strings.TrimSpace(run.out), "\n"); len(lines) != 2 || !json.Valid([]byte(lines[0])) || !json.Valid([]byte(lines[1])) {
		t.Errorf("not a line for each send:\n%s", run.out)
	}
	t.Setenv("OTP_OCTOPUSH_API_KEY", "")
	f.must(f.Advance(time.Minute))
	run = f.runs("", "send", "login", testPhone, "--json").ends(exitNotMade, "OTP_OCTOPUSH_API_KEY")
	f.must(json.Unmarshal([]byte(run.out), &result))
	if result.Outcome != notMade || result.Reason == "" {
		t.Errorf("got %s", run.out)
	}
}

func TestExitCodesOfVerdicts(t *testing.T) {
	f := newField(t)
	f.runs("", "send", "login", "+14155550123").ends(exitPerson, "not_allowed", "allowed_countries")
	f.must(f.Fail(sandbox.HTMLPage("octopush", "otp_generate", 403)))
	f.must(f.Fail(sandbox.HTMLPage("myotp", "generate_otp", 403)))
	f.runs("", "send", "login", testPhone).ends(exitRefused, "next_route")
	f.must(f.Fail(sandbox.Fault{Vendor: "octopush", Operation: "otp_generate", Kind: sandbox.DropAfter}))
	f.runs("", "send", "login", testPhone).ends(exitUnknown, "unknown")
	f.must(f.Advance(time.Minute))
	f.runs("", "send", "login", testPhone, "--route", "0").ends(0)
	f.must(f.Advance(time.Minute))
	f.must(octopush.At(f).Update(func(a *octopush.Account) { a.WalletPacks = nil }))
	f.runs("", "send", "login", testPhone, "--route", "0").ends(exitRefused, "out of credit. Buy credit in the Octopush dashboard.")
	f.runs("", "send", "login", testPhone, "--route", "0", "--json").ends(exitRefused, `"vendor_code":"104"`, `"advice":"`)
	f.runs("", "status", "login", testPhone).ends(exitUnknown, "Octopush does not tell")
	f.runs("", "extend", "login", testPhone, "60").ends(exitRefused, "Octopush cannot extend a code")
}

func TestWhatIsWrongWithACommandLine(t *testing.T) {
	f := newField(t)
	for arguments, want := range map[string]string{
		"send":                                            "send takes a profile and a phone number",
		"send login +33698765432 --route 7":               "its last is routes[1]",
		"send login +33698765432 --wait -1s":              "Write a duration such as 90s",
		"send login 0612":                                 "international form",
		"send login +3369876543O":                         "the letter 'O'",
		"send login +33698765432x12":                      "extension",
		"verify login +333456 482913":                     "that long or that short",
		"status login +1555":                              "cannot be read",
		"send logn +33698765432":                          `Did you mean "login"?`,
		"send login +33698765432 --route 1 --every-route": "do not go together",
		"verify login":                                    "verify takes a profile, a phone number and a code",
		"verify login +33698765432":                       "there is no code on standard input",
		"extend login +33698765432 ten":                   "Write a whole number from 30 to 14400",
		"extend login +33698765432 29":                    "adds 30 to 14400 seconds at a time",
		"extend login +33698765432 14401":                 "adds 30 to 14400 seconds at a time",
		"extend login +33698765432 0":                     "adds 30 to 14400 seconds at a time",
		"status login +33698765432 --wait -5s":            "Write a duration such as 90s",
		"status login":                                    "status takes a profile and a phone number",
		"send login +33698765432 --url nowhere:x":         "unknown scheme \"nowhere\"",
	} {
		run := f.runs("", strings.Fields(arguments)...).ends(exitNotMade, want)
		if run.out != "" {
			t.Errorf("%s: printed %s", arguments, run.out)
		}
	}
	if n := len(f.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}
