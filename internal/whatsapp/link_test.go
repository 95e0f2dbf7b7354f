package whatsapp_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

func TestTheActionLinksWhoeverScansTheCodeThatItShows(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]androidapi.Settings{
		"status 301 while nobody scans": {}, "data false while nobody scans": {InfoWaiting200: true},
		"phone in place of wid": {InfoPhone: true}, "empty lists as 404": {EmptyList404: true},
	} {
		for _, phone := range []any{providertest.SupportLine, nil} {
			t.Run(fmt.Sprintf("%s, phone %v", name, phone), func(t *testing.T) {
				t.Parallel()
				l := providertest.NewLinking(t, settings)
				l.Update(func(a *androidapi.Account) { a.LinksNotReady = 2 })
				var code string
				l.During(4, func() {
					code = androidapi.At(l.Vendor).WhatsAppLinks()[0].QR
					if got := providertest.Says(t, l.QRFile); got != code {
						t.Errorf("the file says %q", got)
					}
				})
				l.During(5, l.Scan(providertest.SupportLine))
				i := l.Invoke(t.Context(), map[string]any{"phone": phone, "server_id": "2", "qr_file": l.QRFile})
				i.Fine()
				i.Told("has made no QR code yet").Told("ends in 5566 is linked and connected, as the WhatsApp account " + l.Unique(providertest.SupportLine))
				for _, background := range []qrtest.Background{qrtest.Dark, qrtest.Light} {
					if got := i.Codes(background); !slices.Equal(got, []string{code}) {
						t.Errorf("on the background %v the output says %q, want %q", background, got, code)
					}
				}
				l.Left(providertest.SeededPhone, providertest.SupportLine)
			})
		}
	}
}

// Somebody who wants no colors gets text alone; it is for a dark background.
func TestWithoutColorsTheCodeIsText(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	l := providertest.NewLinking(t, androidapi.Settings{})
	var code string
	l.During(1, func() { code = androidapi.At(l.Vendor).WhatsAppLinks()[0].QR }).During(1, l.Scan(providertest.SupportLine))
	i := l.Invoke(t.Context(), l.LinkConfig(providertest.SupportLine))
	i.Fine()
	if all := strings.Join(i.Progress, "\n"); strings.Contains(all, "\x1b") {
		t.Errorf("there are colors: %q", all)
	}
	if got := i.Codes(qrtest.Dark); !slices.Equal(got, []string{code}) {
		t.Errorf("the output says %q, want %q", got, code)
	}
}

// The code that is shown last can always be scanned.
func TestTheActionShowsTheCodeAnewWhenTheVendorReplacesIt(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]androidapi.Settings{
		"replaced under the same token": {RotateQR: true, QRSeconds: 10}, "expired": {QRSeconds: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, settings)
			var last string
			l.During(13, func() {
				links := androidapi.At(l.Vendor).WhatsAppLinks()
				last = links[len(links)-1].QR
				l.Scan(providertest.SupportLine)()
			})
			i := l.Invoke(t.Context(), l.LinkConfig(providertest.SupportLine))
			i.Fine()
			i.Told("Scan it with WhatsApp on the phone whose number ends in 5566").Told("It replaces the one before")
			if got := i.Codes(qrtest.Dark); len(got) < 3 || got[len(got)-1] != last || slices.Contains(got, "") {
				t.Errorf("the output says %q, last %q", got, last)
			}
			l.Left(providertest.SeededPhone, providertest.SupportLine)
		})
	}
}

func TestALinkedPhoneNeedsNothing(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	i := l.Invoke(t.Context(), l.LinkConfig(providertest.SeededPhone))
	i.Fine()
	i.Told("ends in 2233 is linked and connected already, as the WhatsApp account " + providertest.SeededAccount)
	l.Called(map[string]int{"wa_accounts": 1})
	l.Left(providertest.SeededPhone)
}

func TestADisconnectedPhoneIsLinkedAgain(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]androidapi.Settings{"without infolink": {}, "with infolink": {RelinkInfoLink: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, settings)
			l.Disconnect(providertest.SeededPhone)
			l.During(2, l.Scan(providertest.SeededPhone))
			i := l.Invoke(t.Context(), l.LinkConfig(providertest.SeededPhone))
			i.Fine()
			i.Told("ends in 2233 is linked again and connected, as the WhatsApp account " + providertest.SeededAccount)
			if calls := providertest.Requested(l.Vendor); calls["wa_relink"] != 1 || calls["wa_link"] != 0 {
				t.Errorf("called %v", calls)
			}
			l.Left(providertest.SeededPhone)
		})
	}
}

// As a trigger before the account is created: the account adopts what the action
// has linked, in the same run.
func TestTheAccountAdoptsWhatTheActionHasLinked(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	w := l.Walk()
	config := map[string]any{"phone": providertest.SupportLine, "adopt_existing": true}
	if o := l.Plans(config).Fine(); o.Warnings != "" {
		t.Errorf("the plan warns: %s", o.Warnings)
	}
	l.During(2, l.Scan(providertest.SupportLine)).InvokeIn(t.Context(), w, l.LinkConfig(providertest.SupportLine)).Fine()
	before := providertest.Requested(l.Vendor)["wa_link"]
	if said := l.Create(w, config); said != "" {
		t.Errorf("the account said %q", said)
	}
	if n := providertest.Requested(l.Vendor)["wa_link"]; n != before {
		t.Errorf("the account asked for %d more codes", n-before)
	}
	// And after it was created, there is nothing to do.
	l.InvokeIn(t.Context(), w, l.LinkConfig(providertest.SupportLine)).Told("connected already").Fine()
	l.Left(providertest.SeededPhone, providertest.SupportLine)
}

func TestAnActionAndAResourceDoNotGetInEachOthersWay(t *testing.T) {
	t.Parallel()
	t.Run("same phone", func(t *testing.T) {
		t.Parallel()
		l := providertest.NewLinking(t, androidapi.Settings{})
		w := l.Walk()
		l.During(1, func() {
			if said := l.Create(w, map[string]any{"phone": providertest.SupportLine}); !strings.HasPrefix(said, "Phone is being linked already") {
				t.Errorf("the resource said %q", said)
			}
			l.InvokeIn(t.Context(), w, l.LinkConfig(providertest.SupportLine)).Failed("Phone is being linked already")
			l.Scan(providertest.SupportLine)()
		})
		l.InvokeIn(t.Context(), w, l.LinkConfig(providertest.SupportLine)).Fine()
		l.Left(providertest.SeededPhone, providertest.SupportLine)
	})
	t.Run("same file", func(t *testing.T) {
		t.Parallel()
		l := providertest.NewLinking(t, androidapi.Settings{})
		w := l.Walk()
		l.During(1, func() {
			l.InvokeIn(t.Context(), w, l.LinkConfig(providertest.StrayPhone, "qr_file", l.QRFile)).Failed("Two links have the same qr_file")
			l.Scan(providertest.SupportLine)()
		})
		l.InvokeIn(t.Context(), w, l.LinkConfig(providertest.SupportLine, "qr_file", l.QRFile)).Fine()
		l.Left(providertest.SeededPhone, providertest.SupportLine)
	})
	// The phone that the action has linked scans the code of a resource, too: its
	// account is not taken for a mistake and removed.
	t.Run("wrong code", func(t *testing.T) {
		t.Parallel()
		l := providertest.NewLinking(t, androidapi.Settings{})
		w := l.Walk()
		l.During(1, func() {
			l.During(1, l.Scan(providertest.StrayPhone)).InvokeIn(t.Context(), w, l.LinkConfig(providertest.StrayPhone)).Fine()
			links := androidapi.At(l.Vendor).WhatsAppLinks()
			l.Must(androidapi.At(l.Vendor).ScanQR(links[0].Token, providertest.StrayPhone))
		})
		if said := l.Create(w, l.Account(providertest.SupportLine)); !strings.Contains(said, "ends in 8899, not in 5566") || !strings.Contains(said, "left to it") {
			t.Errorf("the resource said %q", said)
		}
		l.Left(providertest.SeededPhone, providertest.StrayPhone)
	})
}

func TestWrongArgumentsOfTheActionAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	for want, config := range map[string]map[string]any{
		"Phone number is not in E.164 form": {"phone": "03004445566"},
		"not above zero":                    {"timeouts": map[string]any{"invoke": "0s"}},
		"uration":                           {"timeouts": map[string]any{"invoke": "soon"}},
		"qr_file":                           {"qr_file": ""},
		"server_id":                         {"server_id": ""},
	} {
		w, o := l.Walk(), &providertest.Outcome{T: t}
		w.PlanAction(providertest.LinkAction, w.Configuring(providertest.LinkAction, config), o)
		o.Failed(want)
	}
	l.Called(map[string]int{})
}

func TestTheActionNeedsCredentialsOnlyOnceTheyAreKnown(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	for name, test := range map[string]struct {
		secret          any
		planned, failed string
	}{"missing": {nil, "OTP_ANDROIDAPI_SECRET", ""}, "unknown": {tftypes.UnknownValue, "", "secret of the AndroidAPI account is not known"}} {
		w := l.WalkWith(map[string]any{"base_url": l.Vendor.Environment()["OTP_ANDROIDAPI_BASE_URL"], "secret": test.secret})
		config, o := w.Configuring(providertest.LinkAction, l.LinkConfig(providertest.SupportLine)), &providertest.Outcome{T: t}
		if w.PlanAction(providertest.LinkAction, config, o); (o.Errors == "") != (test.planned == "") || !strings.Contains(o.Errors, test.planned) {
			t.Errorf("%s: planned with %q", name, o.Errors)
		}
		if test.failed != "" {
			l.InvokeIn(t.Context(), w, l.LinkConfig(providertest.SupportLine)).Failed(test.failed)
		}
	}
	l.Called(map[string]int{})
}

// An unknown phone is no reason to fail a plan.
func TestAnUnknownPhonePlansAnAction(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	w, o := l.Walk(), &providertest.Outcome{T: t}
	w.PlanAction(providertest.LinkAction, w.Configuring(providertest.LinkAction, map[string]any{"phone": tftypes.UnknownValue, "qr_file": tftypes.UnknownValue}), o)
	o.Fine()
}

func TestTheCodeOfAnActionIsInNoLog(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{QRSeconds: 5})
	var log bytes.Buffer
	var secrets []string
	l.During(1, func() {
		for _, link := range androidapi.At(l.Vendor).WhatsAppLinks() {
			secrets = append(secrets, link.Token, link.QR)
		}
	}).During(3, l.Scan(providertest.SupportLine))
	l.Invoke(tflogtest.RootLogger(t.Context(), &log), l.LinkConfig(providertest.SupportLine)).Fine()
	if len(secrets) == 0 || !bytes.Contains(log.Bytes(), []byte("A QR code waits to be scanned")) {
		t.Fatalf("%d secrets and this log prove nothing: %s", len(secrets), log.String())
	}
	for _, secret := range append(secrets, l.Vendor.Environment()["OTP_ANDROIDAPI_SECRET"], providertest.SupportLine[1:], "███") {
		if bytes.Contains(log.Bytes(), []byte(secret)) {
			t.Errorf("%q is in the log", secret)
		}
	}
}
