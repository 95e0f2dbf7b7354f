package pairing_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	emulated "github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

func TestAScannedCodeLinksTheAccount(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]emulated.Settings{
		"status 301 while nobody scans":       {},
		"data false while nobody scans":       {InfoWaiting200: true},
		"phone in place of wid":               {InfoPhone: true},
		"empty lists as 404":                  {EmptyList404: true},
		"HTTP status of errors as in envelop": {MirrorStatus: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, settings)
			f.During(3, f.scan(phone))
			result, err := f.link(t.Context(), pairing.Request{Phone: phone})
			if err != nil || result.Problem != nil {
				t.Fatal(err, result.Problem)
			}
			if got := result.Account; string(got.Unique) != f.unique(phone) || got.Phone != phone || got.Status != "connected" || got.Created.IsZero() {
				t.Errorf("linked %+v", got)
			}
			if len(f.shown) != 1 {
				t.Errorf("%d codes were shown, want the one", len(f.shown))
			}
			f.called(map[string]int{"wa_accounts": 4, "wa_link": 1, "wa_info": 3, "wa_qr": 3})
			f.hidden(strings.Join(f.told, " "))
		})
	}
}

func TestAnyPhoneMayScanWhereNoneIsNamed(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulated.Settings{})
	f.During(2, f.scan(other))
	result, err := f.link(t.Context(), pairing.Request{})
	if err != nil || result.Problem != nil || result.Account.Phone != other {
		t.Errorf("%v, %v, %+v", err, result.Problem, result.Account)
	}
}

func TestACodeIsAskedForUntilTheServerIsReady(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulated.Settings{})
	f.must(emulated.At(f.vendor).Update(func(a *emulated.Account) { a.LinksNotReady = 4 }))
	f.During(5, f.scan(phone))
	if _, err := f.link(t.Context(), pairing.Request{Phone: phone}); err != nil {
		t.Fatal(err)
	}
	if n := f.counts()["wa_link"]; n != 5 {
		t.Errorf("asked %d times for a code, want 5", n)
	}
}

// The picture is where a vendor shows that it has replaced a code.
func TestTheCodeThatIsShownIsTheOneThatCanBeScanned(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		settings emulated.Settings
		links    int
	}{
		"replaced under the same token": {emulated.Settings{RotateQR: true, QRSeconds: 20}, 1},
		"replaced by asking again":      {emulated.Settings{QRSeconds: 20}, 4},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, test.settings)
			var stale int
			show := func(code pairing.Code) error {
				f.shown = append(f.shown, code)
				return nil
			}
			for wait := range 23 { // and 69 seconds
				f.During(wait+1, func() {
					links := emulated.At(f.vendor).WhatsAppLinks()
					link := links[len(links)-1]
					if got := qrtest.Scan(decoded(t, f.shown[len(f.shown)-1].PNG())); got != link.QR || link.Expired {
						stale++
					}
				})
			}
			f.During(24, f.scan(phone))
			if _, err := f.link(t.Context(), pairing.Request{Phone: phone, Show: show}); err != nil {
				t.Fatal(err)
			}
			if n := f.counts()["wa_link"]; n != test.links || len(f.shown) < 4 {
				t.Errorf("%d links and %d codes shown, want %d and at least 4", n, len(f.shown), test.links)
			}
			if stale > 3 { // at most until the next look after each replacement
				t.Errorf("the code that was shown could not be scanned in %d of 23 waits", stale)
			}
		})
	}
}

func TestAnAccountThatIsLinkedElsewhereMeanwhileIsTheOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulated.Settings{})
	f.During(2, func() {
		f.must(emulated.At(f.vendor).Update(func(a *emulated.Account) {
			a.WhatsApp = append(a.WhatsApp, emulated.WhatsAppAccount{ID: 99, Phone: phone, Unique: "fromthedashboard", Status: "connected", Created: 1})
		}))
	})
	result, err := f.link(t.Context(), pairing.Request{Phone: phone})
	if err != nil || result.Account.Unique != "fromthedashboard" {
		t.Errorf("%v, %+v", err, result.Account)
	}
}

func TestANumberThatIsLinkedIsRefusedOrAdopted(t *testing.T) {
	t.Parallel()
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, emulated.Settings{})
		_, err := f.link(t.Context(), pairing.Request{Phone: seededNumber})
		var linked *pairing.LinkedError
		if !errors.As(err, &linked) || !strings.Contains(err.Error(), seeded+" (connected)") {
			t.Errorf("got %v", err)
		}
		f.called(map[string]int{"wa_accounts": 1})
	})
	t.Run("adopted while connected", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, emulated.Settings{})
		result, err := f.link(t.Context(), pairing.Request{Phone: seededNumber, Adopt: true})
		if err != nil || result.Account.Unique != seeded {
			t.Errorf("%v, %+v", err, result.Account)
		}
		f.called(map[string]int{"wa_accounts": 1})
	})
	t.Run("adopted and linked again", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, emulated.Settings{})
		f.disconnect(seededNumber)
		f.During(2, f.scan(seededNumber))
		result, err := f.link(t.Context(), pairing.Request{Phone: seededNumber, Adopt: true})
		if err != nil || result.Account.Unique != seeded || result.Account.Status != "connected" {
			t.Errorf("%v, %+v", err, result.Account)
		}
		f.called(map[string]int{"wa_accounts": 3, "wa_relink": 1, "wa_info": 2, "wa_qr": 2})
	})
	t.Run("one of two is not chosen", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, emulated.Settings{})
		f.must(emulated.At(f.vendor).Update(func(a *emulated.Account) {
			a.WhatsApp = append(a.WhatsApp, emulated.WhatsAppAccount{ID: 99, Phone: seededNumber, Unique: "twin", Status: "disconnected"})
		}))
		_, err := f.link(t.Context(), pairing.Request{Phone: seededNumber, Adopt: true})
		if err == nil || !strings.Contains(err.Error(), "2 WhatsApp accounts "+seeded+" (connected), twin (disconnected)") {
			t.Errorf("got %v", err)
		}
	})
}

func TestADisconnectedAccountIsLinkedAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		settings emulated.Settings
		before   func(*fixture)
		wait     int
		want     map[string]int
	}{
		"by a scan": {emulated.Settings{}, func(f *fixture) { f.During(1, f.scan(seededNumber)) }, 1,
			map[string]int{"wa_accounts": 2, "wa_relink": 1, "wa_info": 1, "wa_qr": 1}},
		"with an infolink": {emulated.Settings{RelinkInfoLink: true}, func(f *fixture) { f.During(1, f.scan(seededNumber)) }, 1,
			map[string]int{"wa_accounts": 2, "wa_relink": 1, "wa_info": 1, "wa_qr": 1}},
		"somewhere else": {emulated.Settings{}, func(f *fixture) {
			f.During(1, func() {
				f.must(emulated.At(f.vendor).Update(func(a *emulated.Account) { a.WhatsApp[0].Status = "connected" }))
			})
		}, 1, map[string]int{"wa_accounts": 2, "wa_relink": 1, "wa_info": 1, "wa_qr": 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, test.settings)
			f.disconnect(seededNumber)
			test.before(f)
			result, err := f.link(t.Context(), pairing.Request{Phone: seededNumber, Unique: seeded})
			if err != nil || result.Problem != nil || result.Account.Unique != seeded {
				t.Errorf("%v, %v, %+v", err, result.Problem, result.Account)
			}
			f.called(test.want)
		})
	}
	t.Run("which it is already", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, emulated.Settings{})
		if _, err := f.link(t.Context(), pairing.Request{Phone: seededNumber, Unique: seeded}); err != nil {
			t.Error(err)
		}
		f.called(map[string]int{"wa_accounts": 1})
	})
}

func TestTheWaitBetweenTwoLooksIsTheInterval(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulated.Settings{})
	began := f.Now()
	f.During(4, f.scan(phone))
	if _, err := f.link(t.Context(), pairing.Request{Phone: phone}); err != nil {
		t.Fatal(err)
	}
	if took := f.Now().Sub(began); took != 4*pairing.Interval {
		t.Errorf("took %s", took)
	}
}

func TestTheSystemClockStopsWithItsContext(t *testing.T) {
	t.Parallel()
	f := newFixture(t, emulated.Settings{})
	environment := f.vendor.Environment()
	client, err := androidapi.New(httpapi.Account{Credentials: map[string]string{"SECRET": environment["OTP_ANDROIDAPI_SECRET"]}, BaseURL: environment["OTP_ANDROIDAPI_BASE_URL"]}, shared())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = pairing.New(client, nil).Link(ctx, pairing.Request{Phone: phone, Timeout: time.Hour, Show: func(pairing.Code) error {
		cancel() // the wait of an interval that follows ends before it begins
		return nil
	}})
	var cancelled *pairing.CancelledError
	if !errors.As(err, &cancelled) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if slices.Contains(f.phones(), phone) {
		t.Error("an account was left")
	}
}
