package whatsapp_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

func TestAScanLinksTheWhatsAppAccount(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]androidapi.Settings{
		"status 301 while nobody scans": {}, "data false while nobody scans": {InfoWaiting200: true},
		"phone in place of wid": {InfoPhone: true}, "empty lists as 404": {EmptyList404: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, settings)
			config := l.Account(providertest.SupportLine, "server_id", "2", "timeouts", map[string]any{"create": "5m"})
			l.Update(func(a *androidapi.Account) { a.LinksNotReady = 2 })
			l.During(4, func() {
				if got := providertest.Says(t, l.QRFile); got != androidapi.At(l.Vendor).WhatsAppLinks()[0].QR {
					t.Errorf("the file says %q", got)
				}
				if info, err := os.Stat(l.QRFile); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%v, %v", err, info)
				}
			})
			l.During(5, l.Scan(providertest.SupportLine))
			l.Apply(t.Context(), config).Fine()
			l.Left(providertest.SeededPhone, providertest.SupportLine)
			got := l.Attributes()
			if got["id"] != l.Unique(providertest.SupportLine) || got["status"] != "connected" || got["phone"] != providertest.SupportLine || got["created_at"] != "2026-10-01T09:00:15Z" {
				t.Errorf("the state is %v", got)
			}
			l.Settled(config)
			l.Apply(t.Context(), nil).Fine()
			l.Left(providertest.SeededPhone)
		})
	}
}

// The file always shows the code that can be scanned.
func TestTheQRFileFollowsTheVendor(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]androidapi.Settings{
		"replaced under the same token": {RotateQR: true, QRSeconds: 10}, "expired": {QRSeconds: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, settings)
			seen := map[string]bool{}
			for wait := range 12 {
				l.During(wait+1, func() { seen[providertest.Says(t, l.QRFile)] = true })
			}
			l.During(13, func() {
				links := androidapi.At(l.Vendor).WhatsAppLinks()
				if got := providertest.Says(t, l.QRFile); got != links[len(links)-1].QR {
					t.Errorf("the file says %q, want %q", got, links[len(links)-1].QR)
				}
				l.Scan(providertest.SupportLine)()
			})
			l.Apply(t.Context(), l.Account(providertest.SupportLine)).Fine()
			l.Left(providertest.SeededPhone, providertest.SupportLine)
			if len(seen) < 3 {
				t.Errorf("%d codes were shown in 36 seconds", len(seen))
			}
		})
	}
}

func TestADisconnectedAccountIsPlannedAndLinkedAgain(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]androidapi.Settings{"without infolink": {}, "with infolink": {RelinkInfoLink: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, settings)
			config := l.Account(providertest.SupportLine)
			l.During(1, l.Scan(providertest.SupportLine)).Apply(t.Context(), config).Fine()
			id := l.Unique(providertest.SupportLine)
			l.Disconnect(providertest.SupportLine)

			if o := l.Plans(config).Fine(); o.Planned["status"] != "connected" || o.Planned["id"] != id || o.Replaces {
				t.Errorf("planned %v", o.Planned)
			}
			if got := l.Attributes()["status"]; got != "disconnected" {
				t.Errorf("refreshed to %v", got)
			}
			l.During(2, l.Scan(providertest.SupportLine)).Apply(t.Context(), config).Fine()
			l.Left(providertest.SeededPhone, providertest.SupportLine)
			if got := l.Attributes(); got["id"] != id || got["status"] != "connected" {
				t.Errorf("the state is %v", got)
			}
			l.Settled(config)
		})
	}
}

func TestALinkedPhoneIsRefusedWithItsImportBlock(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Apply(t.Context(), l.Account(providertest.SeededPhone)).Failed("Phone is linked already", providertest.SeededAccount+" (connected)", "adopt_existing = true",
		fmt.Sprintf("import {\n  to = otp_whatsapp_account.<label>\n  id = %q\n}", providertest.SeededAccount))
	if l.State != nil {
		t.Errorf("the state is %v", l.Attributes())
	}
	l.Called(map[string]int{"wa_accounts": 1})
}

func TestAnExistingAccountIsAdopted(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	config := l.Account(providertest.SeededPhone, "adopt_existing", true)
	l.Apply(t.Context(), config).Fine()
	l.Called(map[string]int{"wa_accounts": 1}) // and nothing was linked
	if got := l.Attributes()["id"]; got != providertest.SeededAccount {
		t.Errorf("adopted %v", got)
	}
	l.Settled(config)

	l.State = nil
	l.Disconnect(providertest.SeededPhone)
	l.During(3, l.Scan(providertest.SeededPhone)).Apply(t.Context(), config).Fine()
	if got := l.Attributes(); got["id"] != providertest.SeededAccount || got["status"] != "connected" {
		t.Errorf("adopted %v", got)
	}
	l.Settled(config)
	l.Left(providertest.SeededPhone)
}

// Arguments of the next link change without a call.
func TestAChangeOfArgumentsCallsNobody(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Apply(t.Context(), l.Account(providertest.SeededPhone, "adopt_existing", true)).Fine()
	before := providertest.Requested(l.Vendor)["wa_accounts"]
	for _, config := range []map[string]any{
		l.Account(providertest.SeededPhone, "adopt_existing", true, "server_id", "2"),
		l.Account(providertest.SeededPhone, "server_id", "2"),
		l.Account(providertest.SeededPhone, "qr_file", filepath.Join(l.Folder, "other.png")),
		l.Account(providertest.SeededPhone, "timeouts", map[string]any{"create": "1m", "update": "1m", "delete": "1m"}),
		{"phone": providertest.SeededPhone},
	} {
		o := l.Apply(t.Context(), config).Fine()
		if before++; o.Planned == nil || o.Planned["status"] != "connected" || o.Planned["id"] != providertest.SeededAccount || o.Replaces {
			t.Errorf("planned %v", o.Planned)
		}
		l.Called(map[string]int{"wa_accounts": before}) // the refresh
		before++
		l.Settled(config)
	}
}

func TestAnotherPhoneNumberReplacesTheAccount(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Apply(t.Context(), l.Account(providertest.SeededPhone, "adopt_existing", true)).Fine()
	if o := l.Plans(l.Account(providertest.SupportLine)).Fine(); !o.Replaces {
		t.Errorf("planned %v", o.Planned)
	}
}

func TestDeletingWhatIsGoneSucceeds(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Apply(t.Context(), l.Account(providertest.SeededPhone, "adopt_existing", true)).Fine()
	kept := *l.State
	l.Remove(providertest.SeededPhone)
	w := l.Walk()
	deleted, err := w.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: providertest.AccountType, PriorState: kept.State, PlannedState: w.Dynamic(w.Object(w.AccountType(), nil)),
		Config: w.Dynamic(w.Object(w.AccountType(), nil)), PlannedPrivate: kept.Private, PlannedIdentity: kept.Identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.None(deleted.Diagnostics)
}

func TestAnAccountThatWasDeletedElsewhereLeavesTheState(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	config := l.Account(providertest.SeededPhone, "adopt_existing", true)
	l.Apply(t.Context(), config).Fine()
	l.Remove(providertest.SeededPhone)
	if o := l.Plans(config).Fine().Warned("deleted outside of Terraform.*" + providertest.SeededAccount); o.Planned["id"] != "?" || l.State != nil {
		t.Errorf("planned %v over %v", o.Planned, l.Attributes())
	}
	l.During(1, l.Scan(providertest.SeededPhone)).Apply(t.Context(), config).Fine()
	l.Settled(config)
}

// A failure to read must never look like a removal.
func TestAnUnreadableListKeepsTheState(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	config := l.Account(providertest.SeededPhone, "adopt_existing", true)
	l.Apply(t.Context(), config).Fine()
	l.Fail("wa_accounts", 1)
	l.Plans(config).Failed("AndroidAPI could not read the WhatsApp account")
	if l.State == nil {
		t.Fatal("the state is gone")
	}
	l.Settled(config)
}

// However many accounts there are, a walk reads their list once.
func TestReadingManyAccountsCostsOnePagedList(t *testing.T) {
	t.Parallel()
	for n, pages := range map[int]int{50: 1, 99: 1, 250: 3} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			handles, w := l.Accounts(n), l.Walk()
			var all sync.WaitGroup
			for i, handle := range handles {
				all.Go(func() {
					read, err := w.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
						TypeName: providertest.AccountType, CurrentState: w.Dynamic(w.Object(w.AccountType(), map[string]any{"id": handle})),
					})
					if err != nil || len(read.Diagnostics) > 0 {
						t.Errorf("%v, %v", err, providertest.Texts(read.Diagnostics))
						return
					}
					if got := w.Account(read.NewState); got["phone"] != fmt.Sprintf("+9230055%05d", i) || got["status"] != "connected" || got["created_at"] != "2023-11-14T22:13:20Z" {
						t.Errorf("%s is %v", handle, got)
					}
				})
			}
			all.Wait()
			l.Called(map[string]int{"wa_accounts": pages})
		})
	}
}

// What was read before a write is not what is read after it.
func TestAWriteDropsTheSharedList(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	w := l.Walk()
	none, config := w.Dynamic(w.Object(w.AccountType(), nil)), w.Dynamic(w.Object(w.AccountType(), l.Account(providertest.SupportLine)))
	read := func(handle string) *tfprotov6.ReadResourceResponse {
		response, err := w.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: providertest.AccountType, CurrentState: w.Dynamic(w.Object(w.AccountType(), map[string]any{"id": handle})),
		})
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	read(providertest.SeededAccount)
	l.During(1, l.Scan(providertest.SupportLine))
	planned, err := w.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{TypeName: providertest.AccountType, PriorState: none, ProposedNewState: config, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	applied, err := w.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: providertest.AccountType, PriorState: none, PlannedState: planned.PlannedState, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	w.None(applied.Diagnostics)
	if w.Account(read(l.Unique(providertest.SupportLine)).NewState) == nil {
		t.Error("the account that was just linked is not found")
	}
}

// TestLinkingLeavesNoTraceInTheLog links, links again and fails with every log
// on.
func TestLinkingLeavesNoTraceInTheLog(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{QRSeconds: 5})
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	config := l.Account(providertest.SupportLine)
	var secrets []string
	note := func() {
		for _, link := range androidapi.At(l.Vendor).WhatsAppLinks() {
			secrets = append(secrets, link.Token, link.QR)
		}
	}
	l.During(1, note).During(3, note).During(3, l.Scan(providertest.SupportLine))
	l.Apply(ctx, config).Fine()
	l.Disconnect(providertest.SupportLine)
	l.During(1, note).During(2, func() {
		l.Must(l.Vendor.Fail(sandbox.Fault{Vendor: "androidapi", Operation: "wa_info", Kind: sandbox.DropAfter, Times: -1}))
	})
	broken, cancel := context.WithCancel(ctx)
	defer cancel()
	o := l.Apply(broken, config).Failed("could not link the WhatsApp account")
	if len(secrets) < 6 || !bytes.Contains(log.Bytes(), []byte("wa_info")) || !bytes.Contains(log.Bytes(), []byte("A QR code waits to be scanned")) {
		t.Fatalf("%d secrets and this log prove nothing: %s", len(secrets), log.String())
	}
	for _, secret := range append(secrets, l.Vendor.Environment()["OTP_ANDROIDAPI_SECRET"], providertest.SupportLine[1:]) {
		if bytes.Contains(log.Bytes(), []byte(secret)) || bytes.Contains([]byte(o.Errors), []byte(secret)) {
			t.Errorf("%q is in the log or the errors", secret)
		}
	}
}
