package provider_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// Whatever goes wrong before the scan leaves an error that says so, no state,
// no account and no file, and the next apply begins anew.
func TestALinkThatFailsBeforeTheScanLeavesNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		more   []any
		before func(*linking)
		after  func(*linking)
		want   []string
	}{
		"nobody scans": {[]any{"timeouts", map[string]any{"create": "1m30s"}}, nil, nil,
			[]string{"not linked in time", "Waited 1m30s in vain for the QR code to be scanned by the phone whose number ends in 5566", "Nothing was linked"}},
		"nobody can scan": {[]any{"qr_file", nil, "timeouts", map[string]any{"create": "30s"}}, nil, nil, []string{"Waited 30s in vain", "showed the QR code to nobody"}},
		"server is never ready": {nil, func(l *linking) { l.update(func(a *sandbox.AndroidAPIAccount) { a.LinksNotReady = 1000 }) },
			func(l *linking) { l.update(func(a *sandbox.AndroidAPIAccount) { a.LinksNotReady = 0 }) }, []string{"made no QR code yet"}},
		"no such server": {[]any{"server_id", "77"}, nil, nil, []string{"WhatsApp server does not exist", `no WhatsApp server "77"`, "1 (Shared), 2 (Business)"}},
		"no server at all": {nil, func(l *linking) { l.update(func(a *sandbox.AndroidAPIAccount) { a.WhatsAppServers = nil }) },
			func(l *linking) {
				l.update(func(a *sandbox.AndroidAPIAccount) {
					a.WhatsAppServers = []sandbox.WhatsAppServer{{ID: 1, Name: "Shared"}}
				})
			}, []string{"has no WhatsApp server"}},
		"HTML for the list":  {nil, func(l *linking) { l.fail("wa_accounts", 1) }, nil, []string{"could not link the WhatsApp account", "not JSON"}},
		"HTML for the link":  {nil, func(l *linking) { l.fail("wa_link", 1) }, nil, []string{"could not link the WhatsApp account", "not JSON"}},
		"HTML while waiting": {nil, func(l *linking) { l.fail("wa_info", -1) }, func(l *linking) { l.vendor.ClearFaults() }, []string{"Could not check a WhatsApp link", "not JSON"}},
		"permission goes while waiting": {nil, func(l *linking) {
			l.during(2, func() {
				l.update(func(a *sandbox.AndroidAPIAccount) { a.Permissions = []string{"get_wa_accounts"} })
			})
		}, func(l *linking) {
			l.update(func(a *sandbox.AndroidAPIAccount) {
				a.Permissions = []string{"get_wa_accounts", "create_whatsapp", "delete_wa_account"}
			})
		}, []string{`permission "create_whatsapp"`}},
		"another phone scans": {nil, func(l *linking) { l.during(2, l.scan(strayPhone)) }, nil,
			[]string{"Another phone was linked", "ends in 8899, not in 5566", "removed again"}},
		"phone of another account scans": {nil, func(l *linking) { l.during(2, l.scan(seededPhone)) }, nil,
			[]string{"Another phone was linked", "ends in 2233, not in 5566", "left as it is"}},
		"folder of qr_file is missing": {[]any{"qr_file", "/nowhere/to/be/found/qr.png"}, nil, nil,
			[]string{"QR code could not be shown", "/nowhere/to/be/found/qr.png", "in a folder that exists"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			if test.before != nil {
				test.before(l)
			}
			l.apply(t.Context(), l.account(supportLine, test.more...)).failed(test.want...)
			if l.state != nil {
				t.Errorf("the state is %v", l.attributes())
			}
			l.left(seededPhone)

			if test.after != nil {
				test.after(l)
			}
			config := l.account(supportLine)
			l.during(1, l.scan(supportLine)).apply(t.Context(), config).fine()
			l.settled(config)
			l.left(seededPhone, supportLine)
		})
	}
}

func TestACancelledLinkLeavesNothingUnlessItWasScanned(t *testing.T) {
	t.Parallel()
	for name, scanned := range map[string]bool{"before the scan": false, "just after it": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			ctx, cancel := context.WithCancel(t.Context())
			if scanned {
				l.during(2, l.scan(supportLine))
			}
			l.during(2, cancel)
			config := l.account(supportLine)
			o := l.apply(ctx, config)
			if !scanned {
				o.failed("cancelled while it waited for the QR code", "Nothing was linked")
				l.left(seededPhone)
				l.during(1, l.scan(supportLine)).apply(t.Context(), config).fine()
			}
			l.fineAndLinked(o, scanned)
			l.settled(config)
			l.left(seededPhone, supportLine)
		})
	}
}

func (l *linking) fineAndLinked(o *outcome, want bool) {
	l.t.Helper()
	if want {
		o.fine()
	}
	if got := l.attributes(); got["id"] != l.unique(supportLine) || got["status"] != "connected" {
		l.t.Errorf("the state is %v", got)
	}
}

// After the scan there is an account, and so a state: an error would have
// Terraform destroy it.
func TestALinkThatFailsAfterTheScanIsAWarningAndIsMended(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		after func(*linking, context.CancelFunc)
		want  string
	}{
		"never connected":    {func(*linking, context.CancelFunc) {}, "linked, but not connected.*Waited 10m0s in vain"},
		"list becomes HTML":  {func(l *linking, _ context.CancelFunc) { l.fail("wa_accounts", 3) }, "not connected.*not JSON"},
		"cancelled meantime": {func(_ *linking, cancel context.CancelFunc) { cancel() }, "not connected.*cancelled while it waited for the WhatsApp account"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			l.during(2, l.scan(supportLine)).during(2, func() { l.disconnect(supportLine) })
			l.during(3, func() { test.after(l, cancel) })
			config := l.account(supportLine)
			l.apply(ctx, config).fine().warned(test.want)
			id := l.unique(supportLine)
			if got := l.attributes(); got["id"] != id || got["status"] != "disconnected" {
				t.Errorf("the state is %v", got)
			}
			if o := l.plans(config).fine(); o.planned["status"] != "connected" || o.planned["id"] != id || o.replaces {
				t.Errorf("planned %v", o.planned)
			}
			l.during(1, l.scan(supportLine)).apply(t.Context(), config).fine()
			l.settled(config)
			l.left(seededPhone, supportLine)
		})
	}
}

func TestAnAccountThatIsDeletedDuringTheWaitIsAnError(t *testing.T) {
	t.Parallel()
	t.Run("while it is created", func(t *testing.T) {
		t.Parallel()
		l := newLinking(t, sandbox.AndroidAPISettings{})
		l.during(1, l.scan(supportLine)).during(1, func() { l.disconnect(supportLine) })
		l.during(3, func() { l.remove(supportLine) })
		l.apply(t.Context(), l.account(supportLine)).failed("WhatsApp account was deleted", "Plan again")
		if l.state != nil {
			t.Errorf("the state is %v", l.attributes())
		}
		l.left(seededPhone)
	})
	t.Run("while it is linked again", func(t *testing.T) {
		t.Parallel()
		l := newLinking(t, sandbox.AndroidAPISettings{})
		config := l.account(seededPhone, "adopt_existing", true)
		l.apply(t.Context(), config).fine()
		l.disconnect(seededPhone)
		l.during(2, func() { l.remove(seededPhone) })
		l.apply(t.Context(), config).failed("WhatsApp account was deleted")
		if l.state == nil {
			t.Fatal("Terraform keeps what failed to update")
		}
		l.during(1, l.scan(seededPhone)).apply(t.Context(), config).fine().warned("deleted outside of Terraform")
		l.settled(config)
	})
}

// What fails to be linked again stays as it was, and is planned anew.
func TestALinkAgainThatFailsKeepsTheState(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before func(*linking, context.CancelFunc)
		want   []string
	}{
		"nobody scans": {func(*linking, context.CancelFunc) {}, []string{"Waited 2m0s in vain for the QR code"}},
		"cancelled":    {func(l *linking, cancel context.CancelFunc) { l.during(2, cancel) }, []string{"cancelled while it waited for the QR code"}},
		"HTML":         {func(l *linking, _ context.CancelFunc) { l.fail("wa_relink", 1) }, []string{"Could not link a WhatsApp account again"}},
		"scanned, but not connected": {func(l *linking, _ context.CancelFunc) {
			l.during(1, l.scan(seededPhone)).during(1, func() { l.disconnect(seededPhone) })
		}, []string{"linked again, but not connected"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			config := l.account(seededPhone, "adopt_existing", true, "timeouts", map[string]any{"update": "2m"})
			l.apply(t.Context(), config).fine()
			l.disconnect(seededPhone)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			test.before(l, cancel)
			l.apply(ctx, config).failed(test.want...)
			if got := l.attributes(); got["id"] != seededAccount || got["status"] != "disconnected" {
				t.Errorf("the state is %v", got)
			}
			l.left(seededPhone)
			l.during(1, l.scan(seededPhone)).apply(t.Context(), config).fine()
			l.settled(config)
		})
	}
	t.Run("another phone scans", func(t *testing.T) {
		t.Parallel()
		l := newLinking(t, sandbox.AndroidAPISettings{})
		config := l.account(seededPhone, "adopt_existing", true)
		l.apply(t.Context(), config).fine()
		l.disconnect(seededPhone)
		l.during(1, l.scan(strayPhone)).apply(t.Context(), config).failed("Another phone was linked", "left as it is")
		// The vendor has given the account another number, which the plan shows.
		if o := l.plans(config).fine(); !o.replaces || l.attributes()["phone"] != strayPhone {
			t.Errorf("planned %v over %v", o.planned, l.attributes())
		}
	})
}

// What profiles refer to is the handle: that it changes must not pass unseen.
func TestAnAccountThatComesBackUnderAnotherHandleIsAnError(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	config := l.account(seededPhone, "adopt_existing", true)
	l.apply(t.Context(), config).fine()
	l.disconnect(seededPhone)
	l.during(1, func() {
		l.update(func(a *sandbox.AndroidAPIAccount) {
			a.WhatsApp = append(a.WhatsApp, sandbox.WhatsAppAccount{ID: 13, Phone: seededPhone, Unique: "newhandle", Status: "connected"})
		})
		answer(t, l.vendor, "androidapi", "wa_info", `{"status":200,"message":"","data":{"wid":"923001112233:7@s.whatsapp.net","unique":"newhandle"}}`)
	})
	l.apply(t.Context(), config).failed("came back as another one", "newhandle, in place of "+seededAccount, "id = \"newhandle\"")
	if got := l.attributes()["id"]; got != seededAccount {
		t.Errorf("the state has %v", got)
	}
}

func TestADeleteThatFailsKeepsTheAccount(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	config := l.account(seededPhone, "adopt_existing", true, "timeouts", map[string]any{"delete": "9s"})
	l.apply(t.Context(), config).fine()
	l.fail("wa_account_delete", -1)
	l.apply(t.Context(), nil).failed("could not delete the WhatsApp account")
	if n := requested(l.vendor)["wa_account_delete"]; n != 4 {
		t.Errorf("tried %d times in 9 seconds", n)
	}
	l.vendor.ClearFaults()
	if l.left(seededPhone); l.state == nil {
		t.Fatal("the state is gone")
	}
	l.apply(t.Context(), nil).fine()
	l.left()
}

// A file that is not a QR code of ours is somebody's.
func TestAFileThatIsThereIsNotOverwritten(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	mine := filepath.Join(l.folder, "main.tf")
	if err := os.WriteFile(mine, []byte("# mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.apply(t.Context(), l.account(supportLine, "qr_file", mine)).failed("QR code could not be shown", "was not overwritten")
	if content, err := os.ReadFile(mine); err != nil || string(content) != "# mine\n" {
		t.Errorf("%v, %q", err, content)
	}
	l.left(seededPhone)
}

// create creates a resource in a walk of several, and returns what is said.
func (l *linking) create(w *walk, config map[string]any) string {
	l.t.Helper()
	none, value := w.dynamic(w.object(w.accountType(), nil)), w.dynamic(w.object(w.accountType(), config))
	planned, err := w.PlanResourceChange(l.t.Context(), &tfprotov6.PlanResourceChangeRequest{TypeName: accountType, PriorState: none, ProposedNewState: value, Config: value})
	if err != nil {
		l.t.Error(err)
		return ""
	}
	applied, err := w.ApplyResourceChange(l.t.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: accountType, PriorState: none, PlannedState: planned.PlannedState, Config: value})
	if err != nil {
		l.t.Error(err)
		return ""
	}
	return strings.Join(texts(applied.Diagnostics), " ")
}

func TestResourcesOfOneRunDoNotGetInEachOthersWay(t *testing.T) {
	t.Parallel()
	beside := func(l *linking) string { return filepath.Join(l.folder, "beside.png") }
	tests := map[string]struct {
		second func(*linking) map[string]any
		want   string
	}{
		"same phone": {func(l *linking) map[string]any { return l.account(supportLine, "qr_file", beside(l)) }, "Two resources have the same phone"},
		"same file":  {func(l *linking) map[string]any { return l.account(strayPhone) }, "Two resources have the same qr_file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			w := l.walk()
			l.during(1, func() {
				if said := l.create(w, test.second(l)); !strings.HasPrefix(said, test.want) {
					t.Errorf("said %q, want %q", said, test.want)
				}
				l.scan(supportLine)()
			})
			if said := l.create(w, l.account(supportLine)); said != "" {
				t.Errorf("the first one said %q", said)
			}
			l.left(seededPhone, supportLine)
		})
	}
}

// Two codes are shown, and a phone scans the wrong one: its account is not a
// mistake, because the other resource waits for it.
func TestACodeThatTheOtherExpectedPhoneScansIsNotWasted(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"seen by the other one first": false, "seen by the other one later": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			w, scanned, said := l.walk(), make(chan struct{}), make(chan string, 1)
			seen := make(chan struct{})
			l.during(1, func() { // the first one waits
				go func() { said <- l.create(w, l.account(strayPhone, "qr_file", filepath.Join(l.folder, "beside.png"))) }()
				<-scanned
				if !late {
					said <- <-said
				}
			})
			l.during(2, func() { // the second one, too
				l.must(l.vendor.ScanQR(l.vendor.WhatsAppLinks()[0].Token, strayPhone))
				close(scanned)
				if late {
					<-seen
				}
			})
			if first := l.create(w, l.account(supportLine)); !strings.Contains(first, "ends in 8899, not in 5566") || !strings.Contains(first, "left to it") {
				t.Errorf("the first one said %q", first)
			}
			close(seen)
			if second := <-said; second != "" {
				t.Errorf("the second one said %q", second)
			}
			l.left(seededPhone, strayPhone)
		})
	}
}

func TestWrongArgumentsAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	for phone, want := range map[string]string{
		"+92 300 444-5566": `Write "\+923004445566"`,
		"00923004445566":   `Write "\+923004445566"`,
		"923004445566":     `Write "\+923004445566"`,
		"03004445566":      `provider::otp::e164`,
		"+33612345":        `that long or that short`,
		"+336123456789":    `that long or that short`,
		"support":          `Write it with \+ and its country code`,
		"":                 `Write it with \+ and its country code`,
	} {
		if o := l.plans(l.account(phone)); !regexp.MustCompile(`Phone number is not in E\.164 form: phone is .*` + want).MatchString(o.errors) {
			t.Errorf("%q: %q, want %q", phone, o.errors, want)
		}
	}
	for _, phone := range []string{supportLine, "+33612345678", "+14155550100", "+918123456789"} {
		l.plans(l.account(phone)).fine()
	}
	for duration, want := range map[string]string{"soon": "(?i)duration", "0s": "not above zero", "-5m": "not above zero"} {
		for _, operation := range []string{"create", "update", "delete"} {
			o := l.plans(l.account(supportLine, "timeouts", map[string]any{operation: duration}))
			if !regexp.MustCompile(want).MatchString(o.errors) {
				t.Errorf("%s = %q: %q, want %q", operation, duration, o.errors, want)
			}
		}
	}
	l.plans(l.account(supportLine, "qr_file", "")).failed("qr_file")
	l.plans(l.account(supportLine, "server_id", "")).failed("server_id")
	l.called(map[string]int{})
}

func TestAPlanSaysThatNobodyWillSeeTheCode(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	l.plans(map[string]any{"phone": supportLine}).fine().warned("QR code will not be shown")
	if o := l.plans(l.account(supportLine)); o.warnings != "" {
		t.Errorf("warned: %s", o.warnings)
	}
}

func TestMissingCredentialsAreAnErrorAtPlanAndUnknownOnesAreNot(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	l.apply(t.Context(), l.account(seededPhone, "adopt_existing", true)).fine()
	before, _ := l.attributes()["status"].(string)
	for name, test := range map[string]struct {
		secret any
		failed string
	}{"missing": {nil, "OTP_ANDROIDAPI_SECRET"}, "unknown": {tftypes.UnknownValue, ""}} {
		kept := l.state
		for _, state := range []*tracked{nil, kept} {
			l.state = state
			o, w := &outcome{t: t}, l.walkWith(map[string]any{"base_url": l.vendor.Environment()["OTP_ANDROIDAPI_BASE_URL"], "secret": test.secret})
			if l.refresh(w, o) {
				l.plan(w, l.account(seededPhone), o)
			}
			if (o.errors == "") != (test.failed == "") || !strings.Contains(o.errors, test.failed) {
				t.Errorf("%s: %q", name, o.errors)
			}
		}
		l.state = kept
	}
	if got := l.attributes()["status"]; got != before {
		t.Errorf("status is %v", got)
	}
}
