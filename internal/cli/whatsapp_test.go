package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/clock/clocktest"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const (
	supportLine = "+923005556677"
	strayPhone  = "+923007778899"
	// The account that a new sandbox has.
	seededPhone   = "+923001112233"
	seededAccount = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"
)

// linking is a vendor, and a clock whose waits are over at once.
type linking struct {
	*clocktest.Steps
	t      *testing.T
	vendor *sandbox.Server
	out    bytes.Buffer
	notes  bytes.Buffer
	cancel context.CancelFunc
}

func newLinking(t *testing.T, settings androidapi.Settings) *linking {
	t.Helper()
	l := &linking{Steps: clocktest.NewSteps(), t: t}
	l.vendor = sandbox.StartForTest(t, sandbox.Options{Clock: l.Now, Settings: sandbox.Settings{AndroidAPI: settings}})
	for name, value := range l.vendor.Environment() {
		t.Setenv(name, value)
	}
	return l
}

func (l *linking) during(wait int, event func()) *linking {
	l.During(wait, event)
	return l
}

func (l *linking) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Error(err)
	}
}

// newest is the code that was made last.
func (l *linking) newest() androidapi.WhatsAppLink {
	l.t.Helper()
	links := androidapi.At(l.vendor).WhatsAppLinks()
	if len(links) == 0 {
		l.t.Fatal("there is no QR code to scan")
	}
	return links[len(links)-1]
}

func (l *linking) scan(phone string) func() {
	return func() { l.must(androidapi.At(l.vendor).ScanNewestQR(phone)) }
}

func (l *linking) update(change func(*androidapi.Account)) func() {
	return func() { l.must(androidapi.At(l.vendor).Update(change)) }
}

func (l *linking) html(operation string, times int) func() {
	fault := sandbox.HTMLPage("androidapi", operation, 200)
	fault.Times = times
	return func() { l.must(l.vendor.Fail(fault)) }
}

func (l *linking) unique(phone string) string {
	for _, account := range androidapi.At(l.vendor).WhatsAppAccounts() {
		if account.Phone == phone {
			return account.Unique
		}
	}
	return ""
}

// run runs the command and gives its exit code. What it prints shows nothing
// that nobody may see.
func (l *linking) run(arguments ...string) int {
	l.t.Helper()
	l.out.Reset()
	l.notes.Reset()
	ctx, cancel := context.WithCancel(l.t.Context())
	defer cancel()
	l.cancel = cancel
	command := whatsappCommand(vendorCalls{clock: l, options: httpapi.Options{MaxRequestsPerSecond: 100_000}})
	command.SilenceUsage, command.SilenceErrors = true, true
	command.SetArgs(append([]string{"link"}, arguments...))
	command.SetOut(&l.out)
	command.SetErr(&l.notes)
	err := command.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(&l.notes, "Error:", err)
	}
	for _, secret := range []string{supportLine, strayPhone, seededPhone, l.vendor.Environment()["OTP_ANDROIDAPI_SECRET"]} {
		if said := l.out.String() + l.notes.String(); strings.Contains(said, secret[1:]) && !slices.Contains(arguments, secret[1:]) {
			l.t.Errorf("%q was printed: %s", secret, said)
		}
	}
	return Report(err)
}

// answer is the JSON on standard output: one object, and nothing else.
func (l *linking) answer() map[string]any {
	l.t.Helper()
	var answer map[string]any
	if err := json.Unmarshal(l.out.Bytes(), &answer); err != nil || strings.Count(l.out.String(), "\n") != 1 {
		l.t.Errorf("%v in %q", err, l.out.String())
	}
	return answer
}

func (l *linking) left(phones ...string) {
	l.t.Helper()
	var found []string
	for _, account := range androidapi.At(l.vendor).WhatsAppAccounts() {
		found = append(found, account.Phone)
	}
	if !slices.Equal(found, phones) {
		l.t.Errorf("the vendor has accounts of %v, want %v", found, phones)
	}
}

func TestLinkShowsTheCodeAndSaysWhoWasLinked(t *testing.T) {
	for name, arguments := range map[string][]string{"named phone": {"--phone", supportLine, "--server-id", "2"}, "whoever scans": nil} {
		t.Run(name, func(t *testing.T) {
			l := newLinking(t, androidapi.Settings{})
			var codes []string
			l.during(1, func() { codes = append(codes, l.newest().QR) }).during(2, l.scan(supportLine))
			if code := l.run(arguments...); code != 0 {
				t.Fatalf("exit code %d: %s", code, l.notes.String())
			}
			if got, want := l.out.String(), "The phone whose number ends in 6677 is linked and connected, as the WhatsApp account "+l.unique(supportLine)+".\n"; got != want {
				t.Errorf("printed %q, want %q", got, want)
			}
			if got := qrtest.Read(l.notes.String(), qrtest.Dark); !slices.Equal(got, codes) {
				t.Errorf("the code says %q, want %q", got, codes)
			}
			if strings.Contains(l.notes.String(), "\x1b") {
				t.Error("there are colors, and no terminal")
			}
			l.left(seededPhone, supportLine)
		})
	}
}

func TestLinkPrintsOneJSONObject(t *testing.T) {
	l := newLinking(t, androidapi.Settings{})
	l.during(2, l.scan(supportLine))
	code := l.run("--phone", supportLine, "--json")
	want := map[string]any{"outcome": "linked", "id": l.unique(supportLine), "phone": "+92*****6677", "status": "connected", "created_at": "2026-10-01T09:00:06Z"}
	if got := l.answer(); code != 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("exit code %d, %v, want %v", code, got, want)
	}
	if len(qrtest.Read(l.notes.String(), qrtest.Dark)) != 1 {
		t.Errorf("the code was not shown: %s", l.notes.String())
	}

	code = l.run("--phone", supportLine, "--json")
	want["outcome"] = "already_connected"
	if got := l.answer(); code != 0 || !reflect.DeepEqual(got, want) || l.notes.Len() > 0 {
		t.Errorf("exit code %d, %v, want %v; %s", code, got, want, l.notes.String())
	}

	l.must(androidapi.At(l.vendor).DisconnectWhatsApp(l.unique(supportLine)))
	l.during(1, l.scan(supportLine))
	code = l.run("--phone", supportLine, "--json")
	want["outcome"] = "relinked"
	if got := l.answer(); code != 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("exit code %d, %v, want %v", code, got, want)
	}
}

func TestLinkShowsTheCodeInAFileToo(t *testing.T) {
	l := newLinking(t, androidapi.Settings{})
	file := filepath.Join(t.TempDir(), "code.png")
	l.during(1, func() {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", err, info)
		}
	}).during(1, l.scan(supportLine))
	if code := l.run("--phone", supportLine, "--qr-file", file); code != 0 {
		t.Errorf("exit code %d: %s", code, l.notes.String())
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the code was left behind (%v)", err)
	}
}

// Every fault has its exit code, its outcome and its sentence, and what comes
// after it begins anew.
func TestLinkEndsInAClearErrorWhateverHappens(t *testing.T) {
	tests := map[string]struct {
		arguments []string
		before    func(*linking)
		code      int
		outcome   string
		want      string
		accounts  int
	}{
		"nobody scans": {[]string{"--timeout", "30s"}, nil, exitPerson, "not_scanned", "Waited 30s in vain for the QR code to be scanned by the phone whose number ends in 6677", 1},
		"no server":    {nil, func(l *linking) { l.update(func(a *androidapi.Account) { a.WhatsAppServers = nil })() }, exitRefused, "no_server", "has no WhatsApp server", 1},
		"data false for ever": {[]string{"--timeout", "30s"}, func(l *linking) { l.update(func(a *androidapi.Account) { a.LinksNotReady = 1000 })() },
			exitUnknown, "unavailable", "Waited 30s in vain for AndroidAPI to make a QR code", 1},
		"HTML": {nil, func(l *linking) { l.html("wa_link", 1)() }, exitUnknown, "unavailable", "not JSON", 1},
		"refused": {nil, func(l *linking) {
			l.update(func(a *androidapi.Account) { a.Permissions = []string{"get_wa_accounts"} })()
		}, exitRefused, "refused", `permission "create_whatsapp"`, 1},
		"wrong phone": {nil, func(l *linking) { l.during(2, l.scan(strayPhone)) }, exitPerson, "other_phone", "ends in 8899, not in 6677", 1},
		"account deleted": {nil, func(l *linking) {
			l.during(1, l.scan(supportLine)).during(1, func() { l.must(androidapi.At(l.vendor).DisconnectWhatsApp(l.unique(supportLine))) })
			l.during(3, l.update(func(a *androidapi.Account) { a.WhatsApp = a.WhatsApp[:1] }))
		}, exitPerson, "deleted", "Run the command again", 1},
		"cancelled": {nil, func(l *linking) { l.during(2, func() { l.cancel() }) }, exitInterrupted, "cancelled", "cancelled while it waited for the QR code", 1},
		"never connected": {nil, func(l *linking) {
			l.during(1, l.scan(supportLine)).during(1, func() { l.must(androidapi.At(l.vendor).DisconnectWhatsApp(l.unique(supportLine))) })
		}, exitUnknown, "not_connected", "not known to be connected", 2},
		"cancelled after the scan": {nil, func(l *linking) {
			l.during(1, l.scan(supportLine)).during(1, func() { l.must(androidapi.At(l.vendor).DisconnectWhatsApp(l.unique(supportLine))) })
			l.during(3, func() { l.cancel() })
		}, exitInterrupted, "not_connected", "Run the command again", 2},
		"several accounts": {nil, func(l *linking) {
			l.update(func(a *androidapi.Account) {
				for i, unique := range []string{"first", "second"} {
					a.WhatsApp = append(a.WhatsApp, androidapi.WhatsAppAccount{ID: 20 + i, Phone: supportLine, Unique: unique, Status: "connected"})
				}
			})()
		}, exitPerson, "several_accounts", "Remove the accounts that are not needed", 3},
		"picture nowhere": {[]string{"--qr-file", "/nowhere/to/be/found/qr.png"}, nil, exitNotMade, "not_made", "in a folder that exists", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLinking(t, androidapi.Settings{})
			if test.before != nil {
				test.before(l)
			}
			code := l.run(append([]string{"--phone", supportLine, "--json"}, test.arguments...)...)
			answer := l.answer()
			if code != test.code || answer["outcome"] != test.outcome || !strings.Contains(fmt.Sprint(answer["error"]), test.want) || !strings.Contains(l.notes.String(), test.want) {
				t.Errorf("exit code %d (want %d), %v; %s", code, test.code, answer, l.notes.String())
			}
			if n := len(androidapi.At(l.vendor).WhatsAppAccounts()); n != test.accounts {
				t.Errorf("there are %d accounts, want %d", n, test.accounts)
			}
		})
	}
}

// A file that cannot show the code is noticed before the vendor is asked for one.
func TestAnUnusableQRFileAsksNobody(t *testing.T) {
	folder := t.TempDir()
	mine := filepath.Join(folder, "notes.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(folder, "nowhere", "qr.png"): "in a folder that exists",
		folder:                        "was not overwritten",
		mine:                          "was not overwritten",
		filepath.Join(mine, "qr.png"): "qr.png",
	} {
		l := newLinking(t, androidapi.Settings{})
		if code := l.run("--phone", supportLine, "--json", "--qr-file", path); code != exitNotMade || !strings.Contains(fmt.Sprint(l.answer()["error"]), want) {
			t.Errorf("%s: exit code %d, %s", path, code, l.notes.String())
		}
		if n := len(l.vendor.Requests()); n != 0 {
			t.Errorf("%s: %d requests", path, n)
		}
		if made, err := filepath.Glob(filepath.Join(folder, ".otp-qr-*")); err != nil || len(made) > 0 {
			t.Errorf("%s: %v was left behind (%v)", path, made, err)
		}
	}
	if content, err := os.ReadFile(mine); err != nil || string(content) != "mine" {
		t.Errorf("the file is %q (%v)", content, err)
	}
}

// Exit code 1 would say that nothing was linked.
func TestALinkWhoseResultCannotBePrintedSaysSo(t *testing.T) {
	for _, arguments := range [][]string{{"--json"}, nil} {
		l := newLinking(t, androidapi.Settings{})
		command := whatsappCommand(vendorCalls{clock: l, options: httpapi.Options{MaxRequestsPerSecond: 100_000}})
		command.SilenceUsage, command.SilenceErrors = true, true
		command.SetArgs(append([]string{"link", "--phone", seededPhone}, arguments...))
		command.SetOut(closed{})
		command.SetErr(&l.notes)
		err := command.ExecuteContext(t.Context())
		if code := Report(err); code != exitUnknown || !strings.Contains(fmt.Sprint(err), seededAccount) || !strings.Contains(fmt.Sprint(err), "could not be printed: nobody reads") {
			t.Errorf("%v: exit code %d, %v", arguments, code, err)
		}
	}
}

func TestLinkSaysWhatIsWrongWithItsArguments(t *testing.T) {
	for want, arguments := range map[string][]string{
		`Write "+923004445566"`:   {"--phone", "923004445566"},
		"with + and its country":  {"--phone", "03001234"},
		"above zero":              {"--timeout", "0s"},
		"invalid duration":        {"--timeout", "soon"},
		`unknown command "extra"`: {"extra"},
		"unknown flag: --secret":  {"--secret", "x"},
	} {
		l := newLinking(t, androidapi.Settings{})
		if code := l.run(arguments...); code != exitNotMade || !strings.Contains(l.notes.String(), want) {
			t.Errorf("%v: exit code %d, %s", arguments, code, l.notes.String())
		}
		if n := len(l.vendor.Requests()); n != 0 {
			t.Errorf("%v: %d requests", arguments, n)
		}
	}
}

func TestLinkNamesTheVariableThatIsMissing(t *testing.T) {
	l := newLinking(t, androidapi.Settings{})
	t.Setenv("OTP_ANDROIDAPI_SECRET", "")
	if code := l.run("--json"); code != exitNotMade || !strings.Contains(l.notes.String(), "OTP_ANDROIDAPI_SECRET") || l.answer()["outcome"] != "not_made" {
		t.Errorf("exit code %d, %s, %s", code, l.notes.String(), l.out.String())
	}
}

func TestTheHelpOfLinkHasExamplesItsEnvironmentAndItsExitCodes(t *testing.T) {
	l := newLinking(t, androidapi.Settings{})
	if code := l.run("--help"); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, part := range []string{"Examples:\n  terraform-provider-otp whatsapp link --phone", "OTP_ANDROIDAPI_SECRET", "OTP_ANDROIDAPI_BASE_URL", "Exit codes:", "130  cancelled", "--qr-file", "--json"} {
		if !strings.Contains(l.out.String(), part) {
			t.Errorf("no %q in %s", part, l.out.String())
		}
	}
}
