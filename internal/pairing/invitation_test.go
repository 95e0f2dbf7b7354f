package pairing_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

func TestAResultSaysWhatWasDoneAndWhoWasLinked(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		request pairing.Request
		before  func(*fixture)
		outcome pairing.Outcome
		text    string
	}{
		"new":           {pairing.Request{Phone: phone}, func(f *fixture) { f.During(1, f.scan(phone)) }, pairing.Linked, "in 5566 is linked and connected, as the WhatsApp account "},
		"whoever scans": {pairing.Request{}, func(f *fixture) { f.During(1, f.scan(other)) }, pairing.Linked, "in 8899 is linked and connected, as"},
		"connected":     {pairing.Request{Phone: seededNumber, Adopt: true}, func(*fixture) {}, pairing.AlreadyConnected, "in 2233 is linked and connected already, as the WhatsApp account " + seeded},
		"disconnected": {pairing.Request{Phone: seededNumber, Adopt: true}, func(f *fixture) {
			f.disconnect(seededNumber)
			f.During(1, f.scan(seededNumber))
		}, pairing.Relinked, "in 2233 is linked again and connected, as the WhatsApp account " + seeded},
		"scanned by a phone that was disconnected": {pairing.Request{}, func(f *fixture) {
			f.disconnect(seededNumber)
			f.During(1, f.scan(seededNumber))
		}, pairing.Relinked, "in 2233 is linked again"},
		"never connected": {pairing.Request{Phone: phone}, func(f *fixture) {
			f.During(1, f.scan(phone))
			f.During(1, func() { f.disconnect(phone) })
		}, pairing.NotConnected, "in 5566 is linked, but not connected, as the WhatsApp account "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, androidapi.Settings{})
			test.before(f)
			result, err := f.link(t.Context(), test.request)
			if err != nil || result.Outcome != test.outcome || (result.Problem == nil) != (test.outcome != pairing.NotConnected) {
				t.Fatalf("%v, %s, %v", err, result.Outcome, result.Problem)
			}
			if got := result.String(); !strings.Contains(got, test.text) || !strings.Contains(got, string(result.Account.Unique)) {
				t.Errorf("said %q, want %q", got, test.text)
			}
			f.hidden(result.String())
		})
	}
}

// What goes on for minutes is told once.
func TestAServerThatIsNotReadyIsToldOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t, androidapi.Settings{})
	f.must(androidapi.At(f.vendor).Update(func(a *androidapi.Account) { a.LinksNotReady = 20 }))
	f.During(21, f.scan(phone))
	if _, err := f.link(t.Context(), pairing.Request{Phone: phone}); err != nil {
		t.Fatal(err)
	}
	want := []string{"AndroidAPI's WhatsApp server has made no QR code yet; it is asked again.", "A QR code waits to be scanned.", "The QR code was scanned; the account is not connected yet."}
	if !slices.Equal(f.told, want) {
		t.Errorf("told %q", f.told)
	}
}

func TestAnInvitationSaysWhoseTurnItIs(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"Scan it with WhatsApp on the phone whose number ends in 5566, under Linked devices:":                        pairing.Invitation(phone, false),
		"It replaces the one before: scan it with WhatsApp on the phone that is to be linked, under Linked devices:": pairing.Invitation("", true),
	} {
		if got != want {
			t.Errorf("said %q, want %q", got, want)
		}
	}
}

func TestANumberWithoutCountryCodeIsCorrected(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"+923004445566": "", "+14155550100": "", "00923004445566": `Write "+923004445566"`, "923004445566": `Write "+923004445566"`, "+92 300 444-5566\n": "",
		"03004445566": "with + and its country code", "": "no phone number",
		"support": "no phone number", "3004445566": "with + and its country code", "+33612345": "that long or that short", "+92300444556O": "the letter 'O'",
	} {
		if phone, got := pairing.ReadPhone(number); (phone == "") == (got == "") || (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}
