package pairing_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	emulated "github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

// answer is an answer of the vendor in place of its usual one.
func (f *fixture) answer(operation, status, data string, times int) {
	f.t.Helper()
	f.must(f.vendor.Fail(sandbox.Fault{
		Vendor: "androidapi", Operation: operation, Kind: sandbox.Answer, Status: http.StatusOK, Times: times,
		Headers: map[string]string{"Content-Type": "application/json"}, Body: `{"status":` + status + `,"message":"","data":` + data + `}`,
	}))
}

// add adds an account that this link did not make, or did without saying so.
func (f *fixture) add(unique, phone, status string) {
	f.t.Helper()
	f.must(emulated.At(f.vendor).Update(func(a *emulated.Account) {
		a.WhatsApp = append(a.WhatsApp, emulated.WhatsAppAccount{ID: 99, Phone: phone, Unique: unique, Status: status, Created: 1700000000})
	}))
}

// number changes the number of an account.
func (f *fixture) number(unique, phone string) {
	f.t.Helper()
	f.must(emulated.At(f.vendor).Update(func(a *emulated.Account) {
		for i := range a.WhatsApp {
			if a.WhatsApp[i].Unique == unique {
				a.WhatsApp[i].Phone = phone
			}
		}
	}))
}

// Little of what the vendor answers is documented, so a link copes with less
// than that.
func TestALinkCopesWithAnswersThatTellLittle(t *testing.T) {
	t.Parallel()
	relink := pairing.Request{Phone: seededNumber, Unique: seeded}
	tests := map[string]struct {
		request pairing.Request
		before  func(*fixture)
		linked  string // empty: failed
		want    string
	}{
		"no token": {pairing.Request{Phone: phone}, func(f *fixture) {
			f.answer("wa_link", "200", `{"qrstring":"2@AAAA,BBBB"}`, 1)
			f.During(2, func() { f.add("fresh", phone, "connected") })
		}, "fresh", ""},
		"no token and no phone": {pairing.Request{}, func(f *fixture) {
			f.answer("wa_link", "200", `{"qrstring":"2@AAAA,BBBB"}`, 1)
		}, "", "Say which phone will."},
		"pairing string that is too long": {pairing.Request{Phone: phone}, func(f *fixture) {
			f.answer("wa_link", "200", `{"qrstring":"`+strings.Repeat("x", 4000)+`"}`, 1)
		}, "", "does not fit into a QR code"},
		"who scanned is told without a number": {pairing.Request{Phone: phone}, func(f *fixture) {
			f.answer("wa_info", "200", `{"unique":"fresh"}`, -1)
			f.During(3, func() { f.add("fresh", phone, "connected") })
		}, "fresh", ""},
		"another number is told by the list only": {pairing.Request{Phone: phone}, func(f *fixture) {
			f.answer("wa_info", "200", `{"unique":"fresh"}`, -1)
			f.During(2, func() { f.add("fresh", other, "connected") })
		}, "", "so it was removed again"},
		"the list tells another number": {pairing.Request{Phone: phone}, func(f *fixture) {
			f.answer("wa_info", "200", `{"unique":"fresh","wid":"`+phone[1:]+`@s.whatsapp.net"}`, -1)
			f.During(2, func() { f.add("fresh", other, "connected") })
		}, "", "so it was removed again"},
		"the list tells no number": {pairing.Request{Phone: phone}, func(f *fixture) {
			f.answer("wa_info", "200", `{"unique":"fresh","wid":"`+phone[1:]+`@s.whatsapp.net"}`, -1)
			f.During(2, func() { f.add("fresh", "", "connected") })
		}, "fresh", ""},
		"the number is told late": {pairing.Request{Phone: phone}, func(f *fixture) {
			f.answer("wa_info", "200", `{"unique":"fresh"}`, -1)
			f.During(2, func() { f.add("fresh", "", "connected") })
			f.During(4, func() { f.number("fresh", phone) })
		}, "fresh", ""},
		"another number is told late": {pairing.Request{Phone: phone}, func(f *fixture) {
			f.answer("wa_info", "200", `{"unique":"fresh"}`, -1)
			f.During(2, func() { f.add("fresh", "", "connected") })
			f.During(4, func() { f.number("fresh", other) })
		}, "", "so it was removed again"},
		"connected again without a number": {relink, func(f *fixture) {
			f.disconnect(seededNumber)
			f.During(2, func() {
				f.answer("wa_accounts", "200", `[{"unique":"`+seeded+`","phone":false,"status":"connected"}]`, 1)
			})
		}, seeded, ""},
		"connected already, though listed otherwise": {relink, func(f *fixture) {
			f.disconnect(seededNumber)
			f.answer("wa_relink", "200", `{"already_connected":true}`, 1)
			f.During(2, func() {
				f.must(emulated.At(f.vendor).Update(func(a *emulated.Account) { a.WhatsApp[0].Status = "connected" }))
			})
		}, seeded, ""},
		"another account took its place": {relink, func(f *fixture) {
			f.disconnect(seededNumber)
			f.answer("wa_info", "200", `{"unique":"fresh","phone":"`+seededNumber+`"}`, 1)
			f.During(1, func() { f.add("fresh", seededNumber, "connected") })
		}, "fresh", ""},
		"another number than expected from the start": {pairing.Request{Phone: phone, Unique: seeded}, func(*fixture) {}, "", "ends in 2233, not in 5566"},
		"no server of its own choice":                 {pairing.Request{Phone: phone}, func(f *fixture) { f.answer("wa_link", "404", "false", 1) }, "", "Name one of the package: 1 (Shared), 2 (Business)"},
		"server is unknown to a link again": {relink, func(f *fixture) {
			f.disconnect(seededNumber)
			f.answer("wa_relink", "404", "false", 1)
		}, "", "found no WhatsApp server"},
		"status in capitals": {relink, func(f *fixture) {
			f.answer("wa_accounts", "200", `[{"id":12,"phone":"`+seededNumber[1:]+`","unique":"`+seeded+`","status":"Connected"}]`, 1)
		}, seeded, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, emulated.Settings{})
			test.before(f)
			result, err := f.link(t.Context(), test.request)
			if string(result.Account.Unique) != test.linked || result.Problem != nil {
				t.Errorf("linked %+v, %v", result.Account, result.Problem)
			}
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if test.linked == "" && slices.Contains(f.phones(), other) {
				t.Errorf("accounts of %v are left", f.phones())
			}
		})
	}
}

// Whose account it is has to be known before it counts as linked.
func TestAnAccountWhoseNumberIsNeverToldIsNotCalledConnected(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulated.Settings{})
	f.answer("wa_info", "200", `{"unique":"fresh"}`, -1)
	f.During(2, func() { f.add("fresh", "", "connected") })
	result, err := f.link(t.Context(), pairing.Request{Phone: phone})
	if err != nil || result.Outcome != pairing.NotConnected || result.Problem == nil || result.Account.Unique != "fresh" {
		t.Errorf("%v, %+v", err, result)
	}
}

// Whatever is not connected has to be linked again.
func TestStatusIsWhatTheVendorSaysInLowerCase(t *testing.T) {
	t.Parallel()
	for status, want := range map[androidapi.Text]string{"connected": "connected", "Connected": "connected", "": pairing.Disconnected, "BANNED": "banned"} {
		if got := pairing.Status(androidapi.Account{Status: status}); got != want {
			t.Errorf("%q is %q, want %q", status, got, want)
		}
	}
}

func TestNumbersAreComparedByTheirDigits(t *testing.T) {
	t.Parallel()
	for _, same := range []string{"+923004445566", "923004445566", "+92 300 4445566"} {
		if !pairing.SamePhone(phone, same) {
			t.Errorf("%q is another number", same)
		}
	}
	for _, differs := range []string{"", "+", other, phone + "1"} {
		if pairing.SamePhone(phone, differs) || pairing.SamePhone("", differs) {
			t.Errorf("%q is the same number", differs)
		}
	}
}
