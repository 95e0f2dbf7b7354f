package whatsapp_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// Whatever goes wrong before the scan leaves an error that says so, no state,
// no account and no file, and the next apply begins anew.
func TestALinkThatFailsBeforeTheScanLeavesNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		more   []any
		before func(*providertest.Linking)
		after  func(*providertest.Linking)
		want   []string
	}{
		"nobody scans": {[]any{"timeouts", map[string]any{"create": "1m30s"}}, nil, nil,
			[]string{"not linked in time", "Waited 1m30s in vain for the QR code to be scanned by the phone whose number ends in 5566", "Nothing was linked"}},
		"nobody can scan": {[]any{"qr_file", nil, "timeouts", map[string]any{"create": "30s"}}, nil, nil, []string{"Waited 30s in vain", "showed the QR code to nobody"}},
		"server is never ready": {nil, func(l *providertest.Linking) { l.Update(func(a *androidapi.Account) { a.LinksNotReady = 1000 }) },
			func(l *providertest.Linking) { l.Update(func(a *androidapi.Account) { a.LinksNotReady = 0 }) }, []string{"made no QR code yet"}},
		"no such server": {[]any{"server_id", "77"}, nil, nil, []string{"WhatsApp server does not exist", `no WhatsApp server "77"`, "1 (Shared), 2 (Business)"}},
		"no server at all": {nil, func(l *providertest.Linking) {
			l.Update(func(a *androidapi.Account) { a.WhatsAppServers = nil })
		},
			func(l *providertest.Linking) {
				l.Update(func(a *androidapi.Account) {
					a.WhatsAppServers = []androidapi.WhatsAppServer{{ID: 1, Name: "Shared"}}
				})
			}, []string{"has no WhatsApp server"}},
		"HTML for the list":  {nil, func(l *providertest.Linking) { l.Fail("wa_accounts", 1) }, nil, []string{"could not link the WhatsApp account", "not JSON"}},
		"HTML for the link":  {nil, func(l *providertest.Linking) { l.Fail("wa_link", 1) }, nil, []string{"could not link the WhatsApp account", "not JSON"}},
		"HTML while waiting": {nil, func(l *providertest.Linking) { l.Fail("wa_info", -1) }, func(l *providertest.Linking) { l.Vendor.ClearFaults() }, []string{"Could not check a WhatsApp link", "not JSON"}},
		"permission goes while waiting": {nil, func(l *providertest.Linking) {
			l.During(2, func() {
				l.Update(func(a *androidapi.Account) { a.Permissions = []string{"get_wa_accounts"} })
			})
		}, func(l *providertest.Linking) {
			l.Update(func(a *androidapi.Account) {
				a.Permissions = []string{"get_wa_accounts", "create_whatsapp", "delete_wa_account"}
			})
		}, []string{`permission "create_whatsapp"`}},
		"another phone scans": {nil, func(l *providertest.Linking) { l.During(2, l.Scan(providertest.StrayPhone)) }, nil,
			[]string{"Another phone was linked", "ends in 8899, not in 5566", "removed again"}},
		"phone of another account scans": {nil, func(l *providertest.Linking) { l.During(2, l.Scan(providertest.SeededPhone)) }, nil,
			[]string{"Another phone was linked", "ends in 2233, not in 5566", "left as it is"}},
		"folder of qr_file is missing": {[]any{"qr_file", "/nowhere/to/be/found/qr.png"}, nil, nil,
			[]string{"QR code could not be shown", "/nowhere/to/be/found/qr.png", "in a folder that exists"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			if test.before != nil {
				test.before(l)
			}
			l.Apply(t.Context(), l.Account(providertest.SupportLine, test.more...)).Failed(test.want...)
			if l.State != nil {
				t.Errorf("the state is %v", l.Attributes())
			}
			l.Left(providertest.SeededPhone)

			if test.after != nil {
				test.after(l)
			}
			config := l.Account(providertest.SupportLine)
			l.During(1, l.Scan(providertest.SupportLine)).Apply(t.Context(), config).Fine()
			l.Settled(config)
			l.Left(providertest.SeededPhone, providertest.SupportLine)
		})
	}
}

func TestACancelledLinkLeavesNothingUnlessItWasScanned(t *testing.T) {
	t.Parallel()
	for name, scanned := range map[string]bool{"before the scan": false, "just after it": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			ctx, cancel := context.WithCancel(t.Context())
			if scanned {
				l.During(2, l.Scan(providertest.SupportLine))
			}
			l.During(2, cancel)
			config := l.Account(providertest.SupportLine)
			o := l.Apply(ctx, config)
			if !scanned {
				o.Failed("cancelled while it waited for the QR code", "Nothing was linked")
				l.Left(providertest.SeededPhone)
				l.During(1, l.Scan(providertest.SupportLine)).Apply(t.Context(), config).Fine()
			}
			l.FineAndLinked(o, scanned)
			l.Settled(config)
			l.Left(providertest.SeededPhone, providertest.SupportLine)
		})
	}
}

// After the scan there is an account, and so a state: an error would have
// Terraform destroy it.
func TestALinkThatFailsAfterTheScanIsAWarningAndIsMended(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		after func(*providertest.Linking, context.CancelFunc)
		want  string
	}{
		"never connected":    {func(*providertest.Linking, context.CancelFunc) {}, "linked, but not connected.*Waited 10m0s in vain"},
		"list becomes HTML":  {func(l *providertest.Linking, _ context.CancelFunc) { l.Fail("wa_accounts", 3) }, "not connected.*not JSON"},
		"cancelled meantime": {func(_ *providertest.Linking, cancel context.CancelFunc) { cancel() }, "not connected.*cancelled while it waited for the WhatsApp account"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			l.During(2, l.Scan(providertest.SupportLine)).During(2, func() { l.Disconnect(providertest.SupportLine) })
			l.During(3, func() { test.after(l, cancel) })
			config := l.Account(providertest.SupportLine)
			l.Apply(ctx, config).Fine().Warned(test.want)
			id := l.Unique(providertest.SupportLine)
			if got := l.Attributes(); got["id"] != id || got["status"] != "disconnected" {
				t.Errorf("the state is %v", got)
			}
			if o := l.Plans(config).Fine(); o.Planned["status"] != "connected" || o.Planned["id"] != id || o.Replaces {
				t.Errorf("planned %v", o.Planned)
			}
			l.During(1, l.Scan(providertest.SupportLine)).Apply(t.Context(), config).Fine()
			l.Settled(config)
			l.Left(providertest.SeededPhone, providertest.SupportLine)
		})
	}
}

func TestAnAccountThatIsDeletedDuringTheWaitIsAnError(t *testing.T) {
	t.Parallel()
	t.Run("while it is created", func(t *testing.T) {
		t.Parallel()
		l := providertest.NewLinking(t, androidapi.Settings{})
		l.During(1, l.Scan(providertest.SupportLine)).During(1, func() { l.Disconnect(providertest.SupportLine) })
		l.During(3, func() { l.Remove(providertest.SupportLine) })
		l.Apply(t.Context(), l.Account(providertest.SupportLine)).Failed("WhatsApp account was deleted", "Plan again")
		if l.State != nil {
			t.Errorf("the state is %v", l.Attributes())
		}
		l.Left(providertest.SeededPhone)
	})
	t.Run("while it is linked again", func(t *testing.T) {
		t.Parallel()
		l := providertest.NewLinking(t, androidapi.Settings{})
		config := l.Account(providertest.SeededPhone, "adopt_existing", true)
		l.Apply(t.Context(), config).Fine()
		l.Disconnect(providertest.SeededPhone)
		l.During(2, func() { l.Remove(providertest.SeededPhone) })
		l.Apply(t.Context(), config).Failed("WhatsApp account was deleted")
		if l.State == nil {
			t.Fatal("Terraform keeps what failed to update")
		}
		l.During(1, l.Scan(providertest.SeededPhone)).Apply(t.Context(), config).Fine().Warned("deleted outside of Terraform")
		l.Settled(config)
	})
}

// What fails to be linked again stays as it was, and is planned anew.
func TestALinkAgainThatFailsKeepsTheState(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before func(*providertest.Linking, context.CancelFunc)
		want   []string
	}{
		"nobody scans": {func(*providertest.Linking, context.CancelFunc) {}, []string{"Waited 2m0s in vain for the QR code"}},
		"cancelled":    {func(l *providertest.Linking, cancel context.CancelFunc) { l.During(2, cancel) }, []string{"cancelled while it waited for the QR code"}},
		"HTML":         {func(l *providertest.Linking, _ context.CancelFunc) { l.Fail("wa_relink", 1) }, []string{"Could not link a WhatsApp account again"}},
		"scanned, but not connected": {func(l *providertest.Linking, _ context.CancelFunc) {
			l.During(1, l.Scan(providertest.SeededPhone)).During(1, func() { l.Disconnect(providertest.SeededPhone) })
		}, []string{"linked again, but not connected"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			config := l.Account(providertest.SeededPhone, "adopt_existing", true, "timeouts", map[string]any{"update": "2m"})
			l.Apply(t.Context(), config).Fine()
			l.Disconnect(providertest.SeededPhone)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			test.before(l, cancel)
			l.Apply(ctx, config).Failed(test.want...)
			if got := l.Attributes(); got["id"] != providertest.SeededAccount || got["status"] != "disconnected" {
				t.Errorf("the state is %v", got)
			}
			l.Left(providertest.SeededPhone)
			l.During(1, l.Scan(providertest.SeededPhone)).Apply(t.Context(), config).Fine()
			l.Settled(config)
		})
	}
	t.Run("another phone scans", func(t *testing.T) {
		t.Parallel()
		l := providertest.NewLinking(t, androidapi.Settings{})
		config := l.Account(providertest.SeededPhone, "adopt_existing", true)
		l.Apply(t.Context(), config).Fine()
		l.Disconnect(providertest.SeededPhone)
		l.During(1, l.Scan(providertest.StrayPhone)).Apply(t.Context(), config).Failed("Another phone was linked", "left as it is")
		// The vendor has given the account another number, which the plan shows.
		if o := l.Plans(config).Fine(); !o.Replaces || l.Attributes()["phone"] != providertest.StrayPhone {
			t.Errorf("planned %v over %v", o.Planned, l.Attributes())
		}
	})
}

// What profiles refer to is the handle: that it changes must not pass unseen.
func TestAnAccountThatComesBackUnderAnotherHandleIsAnError(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	config := l.Account(providertest.SeededPhone, "adopt_existing", true)
	l.Apply(t.Context(), config).Fine()
	l.Disconnect(providertest.SeededPhone)
	l.During(1, func() {
		l.Update(func(a *androidapi.Account) {
			a.WhatsApp = append(a.WhatsApp, androidapi.WhatsAppAccount{ID: 13, Phone: providertest.SeededPhone, Unique: "newhandle", Status: "connected"})
		})
		providertest.Answer(t, l.Vendor, "androidapi", "wa_info", `{"status":200,"message":"","data":{"wid":"923001112233:7@s.whatsapp.net","unique":"newhandle"}}`)
	})
	l.Apply(t.Context(), config).Failed("came back as another one", "newhandle, in place of "+providertest.SeededAccount, "id = \"newhandle\"")
	if got := l.Attributes()["id"]; got != providertest.SeededAccount {
		t.Errorf("the state has %v", got)
	}
}

func TestADeleteThatFailsKeepsTheAccount(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	config := l.Account(providertest.SeededPhone, "adopt_existing", true, "timeouts", map[string]any{"delete": "9s"})
	l.Apply(t.Context(), config).Fine()
	l.Fail("wa_account_delete", -1)
	l.Apply(t.Context(), nil).Failed("could not delete the WhatsApp account")
	if n := providertest.Requested(l.Vendor)["wa_account_delete"]; n != 4 {
		t.Errorf("tried %d times in 9 seconds", n)
	}
	l.Vendor.ClearFaults()
	if l.Left(providertest.SeededPhone); l.State == nil {
		t.Fatal("the state is gone")
	}
	l.Apply(t.Context(), nil).Fine()
	l.Left()
}

// A file that is not a QR code of ours is somebody's.
func TestAFileThatIsThereIsNotOverwritten(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	mine := filepath.Join(l.Folder, "main.tf")
	if err := os.WriteFile(mine, []byte("# mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.Apply(t.Context(), l.Account(providertest.SupportLine, "qr_file", mine)).Failed("QR code could not be shown", "was not overwritten")
	if content, err := os.ReadFile(mine); err != nil || string(content) != "# mine\n" {
		t.Errorf("%v, %q", err, content)
	}
	l.Called(map[string]int{}) // nobody was asked for a code that could not be shown
	l.Left(providertest.SeededPhone)
}

func TestResourcesOfOneRunDoNotGetInEachOthersWay(t *testing.T) {
	t.Parallel()
	beside := func(l *providertest.Linking) string { return filepath.Join(l.Folder, "beside.png") }
	tests := map[string]struct {
		second func(*providertest.Linking) map[string]any
		want   string
	}{
		"same phone": {func(l *providertest.Linking) map[string]any {
			return l.Account(providertest.SupportLine, "qr_file", beside(l))
		}, "Two resources have the same phone"},
		"same file": {func(l *providertest.Linking) map[string]any { return l.Account(providertest.StrayPhone) }, "Two resources have the same qr_file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			w := l.Walk()
			l.During(1, func() {
				if said := l.Create(w, test.second(l)); !strings.HasPrefix(said, test.want) {
					t.Errorf("said %q, want %q", said, test.want)
				}
				l.Scan(providertest.SupportLine)()
			})
			if said := l.Create(w, l.Account(providertest.SupportLine)); said != "" {
				t.Errorf("the first one said %q", said)
			}
			l.Left(providertest.SeededPhone, providertest.SupportLine)
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
			l := providertest.NewLinking(t, androidapi.Settings{})
			w, scanned, said := l.Walk(), make(chan struct{}), make(chan string, 1)
			seen := make(chan struct{})
			l.During(1, func() { // the first one waits
				go func() {
					said <- l.Create(w, l.Account(providertest.StrayPhone, "qr_file", filepath.Join(l.Folder, "beside.png")))
				}()
				<-scanned
				if !late {
					said <- <-said
				}
			})
			l.During(2, func() { // the second one, too
				l.Must(androidapi.At(l.Vendor).ScanQR(androidapi.At(l.Vendor).WhatsAppLinks()[0].Token, providertest.StrayPhone))
				close(scanned)
				if late {
					<-seen
				}
			})
			if first := l.Create(w, l.Account(providertest.SupportLine)); !strings.Contains(first, "ends in 8899, not in 5566") || !strings.Contains(first, "left to it") {
				t.Errorf("the first one said %q", first)
			}
			close(seen)
			if second := <-said; second != "" {
				t.Errorf("the second one said %q", second)
			}
			l.Left(providertest.SeededPhone, providertest.StrayPhone)
		})
	}
}

func TestWrongArgumentsAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	for phone, want := range map[string]string{
		"00923004445566":   `Write "\+923004445566"`,
		"923004445566":     `Write "\+923004445566"`,
		"03004445566":      `provider::otp::e164`,
		"+33612345":        `that long or that short`,
		"+336123456789":    `that long or that short`,
		"+92300444556O":    `the letter 'O'`,
		"+923004445566x12": `extension`,
		"support":          `no phone number`,
		"":                 `no phone number`,
	} {
		if o := l.Plans(l.Account(phone)); !regexp.MustCompile(`Phone number is not in E\.164 form: phone is .*` + want).MatchString(o.Errors) {
			t.Errorf("%q: %q, want %q", phone, o.Errors, want)
		}
	}
	for _, phone := range []string{providertest.SupportLine, "+92 300 444-5566\n", "+33612345678", "+14155550100", "+918123456789"} {
		l.Plans(l.Account(phone)).Fine()
	}
	for duration, want := range map[string]string{"soon": "(?i)duration", "0s": "not above zero", "-5m": "not above zero"} {
		for _, operation := range []string{"create", "update", "delete"} {
			o := l.Plans(l.Account(providertest.SupportLine, "timeouts", map[string]any{operation: duration}))
			if !regexp.MustCompile(want).MatchString(o.Errors) {
				t.Errorf("%s = %q: %q, want %q", operation, duration, o.Errors, want)
			}
		}
	}
	l.Plans(l.Account(providertest.SupportLine, "qr_file", "")).Failed("qr_file")
	l.Plans(l.Account(providertest.SupportLine, "server_id", "")).Failed("server_id")
	l.Called(map[string]int{})
}

func TestAPlanSaysThatNobodyWillSeeTheCode(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Plans(map[string]any{"phone": providertest.SupportLine}).Fine().Warned("QR code will not be shown")
	if o := l.Plans(l.Account(providertest.SupportLine)); o.Warnings != "" {
		t.Errorf("warned: %s", o.Warnings)
	}
}

func TestMissingCredentialsAreAnErrorAtPlanAndUnknownOnesAreNot(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Apply(t.Context(), l.Account(providertest.SeededPhone, "adopt_existing", true)).Fine()
	before, _ := l.Attributes()["status"].(string)
	for name, test := range map[string]struct {
		secret any
		failed string
	}{"missing": {nil, "OTP_ANDROIDAPI_SECRET"}, "unknown": {tftypes.UnknownValue, ""}} {
		kept := l.State
		for _, state := range []*providertest.Tracked{nil, kept} {
			l.State = state
			o, w := &providertest.Outcome{T: t}, l.WalkWith(map[string]any{"base_url": l.Vendor.Environment()["OTP_ANDROIDAPI_BASE_URL"], "secret": test.secret})
			if l.Refresh(w, o) {
				l.Plan(w, l.Account(providertest.SeededPhone), o)
			}
			if (o.Errors == "") != (test.failed == "") || !strings.Contains(o.Errors, test.failed) {
				t.Errorf("%s: %q", name, o.Errors)
			}
		}
		l.State = kept
	}
	if got := l.Attributes()["status"]; got != before {
		t.Errorf("status is %v", got)
	}
}
