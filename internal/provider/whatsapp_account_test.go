package provider_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// says is what a phone reads in a file.
func says(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return ""
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Error(err)
		return ""
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Error(err)
		return ""
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		t.Errorf("%s holds no QR code: %v", file, err)
		return ""
	}
	return result.GetText()
}

func TestAScanLinksTheWhatsAppAccount(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]sandbox.AndroidAPISettings{
		"status 301 while nobody scans": {}, "data false while nobody scans": {InfoWaiting200: true},
		"phone in place of wid": {InfoPhone: true}, "empty lists as 404": {EmptyList404: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, settings)
			config := l.account(supportLine, "server_id", "2", "timeouts", map[string]any{"create": "5m"})
			l.update(func(a *sandbox.AndroidAPIAccount) { a.LinksNotReady = 2 })
			l.during(4, func() {
				if got := says(t, l.qrFile); got != l.vendor.WhatsAppLinks()[0].QR {
					t.Errorf("the file says %q", got)
				}
				if info, err := os.Stat(l.qrFile); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%v, %v", err, info)
				}
			})
			l.during(5, l.scan(supportLine))
			l.apply(t.Context(), config).fine()
			l.left(seededPhone, supportLine)
			got := l.attributes()
			if got["id"] != l.unique(supportLine) || got["status"] != "connected" || got["phone"] != supportLine || got["created_at"] != "2026-10-01T09:00:15Z" {
				t.Errorf("the state is %v", got)
			}
			l.settled(config)
			l.apply(t.Context(), nil).fine()
			l.left(seededPhone)
		})
	}
}

// The file always shows the code that can be scanned.
func TestTheQRFileFollowsTheVendor(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]sandbox.AndroidAPISettings{
		"replaced under the same token": {RotateQR: true, QRSeconds: 10}, "expired": {QRSeconds: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, settings)
			seen := map[string]bool{}
			for wait := range 12 {
				l.during(wait+1, func() { seen[says(t, l.qrFile)] = true })
			}
			l.during(13, func() {
				links := l.vendor.WhatsAppLinks()
				if got := says(t, l.qrFile); got != links[len(links)-1].QR {
					t.Errorf("the file says %q, want %q", got, links[len(links)-1].QR)
				}
				l.scan(supportLine)()
			})
			l.apply(t.Context(), l.account(supportLine)).fine()
			l.left(seededPhone, supportLine)
			if len(seen) < 3 {
				t.Errorf("%d codes were shown in 36 seconds", len(seen))
			}
		})
	}
}

func TestADisconnectedAccountIsPlannedAndLinkedAgain(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]sandbox.AndroidAPISettings{"without infolink": {}, "with infolink": {RelinkInfoLink: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, settings)
			config := l.account(supportLine)
			l.during(1, l.scan(supportLine)).apply(t.Context(), config).fine()
			id := l.unique(supportLine)
			l.disconnect(supportLine)

			if o := l.plans(config).fine(); o.planned["status"] != "connected" || o.planned["id"] != id || o.replaces {
				t.Errorf("planned %v", o.planned)
			}
			if got := l.attributes()["status"]; got != "disconnected" {
				t.Errorf("refreshed to %v", got)
			}
			l.during(2, l.scan(supportLine)).apply(t.Context(), config).fine()
			l.left(seededPhone, supportLine)
			if got := l.attributes(); got["id"] != id || got["status"] != "connected" {
				t.Errorf("the state is %v", got)
			}
			l.settled(config)
		})
	}
}

func TestALinkedPhoneIsRefusedWithItsImportBlock(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	l.apply(t.Context(), l.account(seededPhone)).failed("Phone is linked already", seededAccount+" (connected)", "adopt_existing = true",
		fmt.Sprintf("import {\n  to = otp_whatsapp_account.<label>\n  id = %q\n}", seededAccount))
	if l.state != nil {
		t.Errorf("the state is %v", l.attributes())
	}
	l.called(map[string]int{"wa_accounts": 1})
}

func TestAnExistingAccountIsAdopted(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	config := l.account(seededPhone, "adopt_existing", true)
	l.apply(t.Context(), config).fine()
	l.called(map[string]int{"wa_accounts": 1}) // and nothing was linked
	if got := l.attributes()["id"]; got != seededAccount {
		t.Errorf("adopted %v", got)
	}
	l.settled(config)

	l.state = nil
	l.disconnect(seededPhone)
	l.during(3, l.scan(seededPhone)).apply(t.Context(), config).fine()
	if got := l.attributes(); got["id"] != seededAccount || got["status"] != "connected" {
		t.Errorf("adopted %v", got)
	}
	l.settled(config)
	l.left(seededPhone)
}

// Arguments of the next link change without a call.
func TestAChangeOfArgumentsCallsNobody(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	l.apply(t.Context(), l.account(seededPhone, "adopt_existing", true)).fine()
	before := requested(l.vendor)["wa_accounts"]
	for _, config := range []map[string]any{
		l.account(seededPhone, "adopt_existing", true, "server_id", "2"),
		l.account(seededPhone, "server_id", "2"),
		l.account(seededPhone, "qr_file", filepath.Join(l.folder, "other.png")),
		l.account(seededPhone, "timeouts", map[string]any{"create": "1m", "update": "1m", "delete": "1m"}),
		{"phone": seededPhone},
	} {
		o := l.apply(t.Context(), config).fine()
		if before++; o.planned == nil || o.planned["status"] != "connected" || o.planned["id"] != seededAccount || o.replaces {
			t.Errorf("planned %v", o.planned)
		}
		l.called(map[string]int{"wa_accounts": before}) // the refresh
		before++
		l.settled(config)
	}
}

func TestAnotherPhoneNumberReplacesTheAccount(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	l.apply(t.Context(), l.account(seededPhone, "adopt_existing", true)).fine()
	if o := l.plans(l.account(supportLine)).fine(); !o.replaces {
		t.Errorf("planned %v", o.planned)
	}
}

func TestDeletingWhatIsGoneSucceeds(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	l.apply(t.Context(), l.account(seededPhone, "adopt_existing", true)).fine()
	kept := *l.state
	l.remove(seededPhone)
	w := l.walk()
	deleted, err := w.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: accountType, PriorState: kept.state, PlannedState: w.dynamic(w.object(w.accountType(), nil)),
		Config: w.dynamic(w.object(w.accountType(), nil)), PlannedPrivate: kept.private, PlannedIdentity: kept.identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.none(deleted.Diagnostics)
}

func TestAnAccountThatWasDeletedElsewhereLeavesTheState(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	config := l.account(seededPhone, "adopt_existing", true)
	l.apply(t.Context(), config).fine()
	l.remove(seededPhone)
	if o := l.plans(config).fine().warned("deleted outside of Terraform.*" + seededAccount); o.planned["id"] != "?" || l.state != nil {
		t.Errorf("planned %v over %v", o.planned, l.attributes())
	}
	l.during(1, l.scan(seededPhone)).apply(t.Context(), config).fine()
	l.settled(config)
}

// A failure to read must never look like a removal.
func TestAnUnreadableListKeepsTheState(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	config := l.account(seededPhone, "adopt_existing", true)
	l.apply(t.Context(), config).fine()
	l.fail("wa_accounts", 1)
	l.plans(config).failed("AndroidAPI could not read the WhatsApp account")
	if l.state == nil {
		t.Fatal("the state is gone")
	}
	l.settled(config)
}

// accounts adds connected accounts with numbers of their own, and returns their
// handles.
func (l *linking) accounts(n int) []string {
	l.t.Helper()
	var handles []string
	l.update(func(a *sandbox.AndroidAPIAccount) {
		a.WhatsApp = nil
		for i := range n {
			handles = append(handles, fmt.Sprintf("account%03d", i))
			a.WhatsApp = append(a.WhatsApp, sandbox.WhatsAppAccount{ID: i + 1, Phone: fmt.Sprintf("+9230055%05d", i), Unique: handles[i], Status: "connected", Created: 1700000000})
		}
	})
	return handles
}

// However many accounts there are, a walk reads their list once.
func TestReadingManyAccountsCostsOnePagedList(t *testing.T) {
	t.Parallel()
	for n, pages := range map[int]int{50: 1, 99: 1, 250: 3} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			handles, w := l.accounts(n), l.walk()
			var all sync.WaitGroup
			for i, handle := range handles {
				all.Go(func() {
					read, err := w.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
						TypeName: accountType, CurrentState: w.dynamic(w.object(w.accountType(), map[string]any{"id": handle})),
					})
					if err != nil || len(read.Diagnostics) > 0 {
						t.Errorf("%v, %v", err, texts(read.Diagnostics))
						return
					}
					if got := w.account(read.NewState); got["phone"] != fmt.Sprintf("+9230055%05d", i) || got["status"] != "connected" || got["created_at"] != "2023-11-14T22:13:20Z" {
						t.Errorf("%s is %v", handle, got)
					}
				})
			}
			all.Wait()
			l.called(map[string]int{"wa_accounts": pages})
		})
	}
}

// What was read before a write is not what is read after it.
func TestAWriteDropsTheSharedList(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	w := l.walk()
	none, config := w.dynamic(w.object(w.accountType(), nil)), w.dynamic(w.object(w.accountType(), l.account(supportLine)))
	read := func(handle string) *tfprotov6.ReadResourceResponse {
		response, err := w.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: accountType, CurrentState: w.dynamic(w.object(w.accountType(), map[string]any{"id": handle})),
		})
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	read(seededAccount)
	l.during(1, l.scan(supportLine))
	planned, err := w.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{TypeName: accountType, PriorState: none, ProposedNewState: config, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	applied, err := w.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: accountType, PriorState: none, PlannedState: planned.PlannedState, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	w.none(applied.Diagnostics)
	if w.account(read(l.unique(supportLine)).NewState) == nil {
		t.Error("the account that was just linked is not found")
	}
}

// TestLinkingLeavesNoTraceInTheLog links, links again and fails with every log
// on.
func TestLinkingLeavesNoTraceInTheLog(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{QRSeconds: 5})
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	config := l.account(supportLine)
	var secrets []string
	note := func() {
		for _, link := range l.vendor.WhatsAppLinks() {
			secrets = append(secrets, link.Token, link.QR)
		}
	}
	l.during(1, note).during(3, note).during(3, l.scan(supportLine))
	l.apply(ctx, config).fine()
	l.disconnect(supportLine)
	l.during(1, note).during(2, func() {
		l.must(l.vendor.Fail(sandbox.Fault{Vendor: "androidapi", Operation: "wa_info", Kind: sandbox.DropAfter, Times: -1}))
	})
	broken, cancel := context.WithCancel(ctx)
	defer cancel()
	o := l.apply(broken, config).failed("could not link the WhatsApp account")
	if len(secrets) < 6 || !bytes.Contains(log.Bytes(), []byte("wa_info")) || !bytes.Contains(log.Bytes(), []byte("A QR code waits to be scanned")) {
		t.Fatalf("%d secrets and this log prove nothing: %s", len(secrets), log.String())
	}
	for _, secret := range append(secrets, l.vendor.Environment()["OTP_ANDROIDAPI_SECRET"], supportLine[1:]) {
		if bytes.Contains(log.Bytes(), []byte(secret)) || bytes.Contains([]byte(o.errors), []byte(secret)) {
			t.Errorf("%q is in the log or the errors", secret)
		}
	}
}
