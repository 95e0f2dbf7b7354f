package provider_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

func TestTheActionLinksWhoeverScansTheCodeThatItShows(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]sandbox.AndroidAPISettings{
		"status 301 while nobody scans": {}, "data false while nobody scans": {InfoWaiting200: true},
		"phone in place of wid": {InfoPhone: true}, "empty lists as 404": {EmptyList404: true},
	} {
		for _, phone := range []any{supportLine, nil} {
			t.Run(fmt.Sprintf("%s, phone %v", name, phone), func(t *testing.T) {
				t.Parallel()
				l := newLinking(t, settings)
				l.update(func(a *sandbox.AndroidAPIAccount) { a.LinksNotReady = 2 })
				var code string
				l.during(4, func() {
					code = l.vendor.WhatsAppLinks()[0].QR
					if got := says(t, l.qrFile); got != code {
						t.Errorf("the file says %q", got)
					}
				})
				l.during(5, l.scan(supportLine))
				i := l.invoke(t.Context(), map[string]any{"phone": phone, "server_id": "2", "qr_file": l.qrFile})
				i.fine()
				i.told("has made no QR code yet").told("ends in 5566 is linked and connected, as the WhatsApp account " + l.unique(supportLine))
				for _, background := range []qrtest.Background{qrtest.Dark, qrtest.Light} {
					if got := i.codes(background); !slices.Equal(got, []string{code}) {
						t.Errorf("on the background %v the output says %q, want %q", background, got, code)
					}
				}
				l.left(seededPhone, supportLine)
			})
		}
	}
}

// Somebody who wants no colors gets text alone; it is for a dark background.
func TestWithoutColorsTheCodeIsText(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	l := newLinking(t, sandbox.AndroidAPISettings{})
	var code string
	l.during(1, func() { code = l.vendor.WhatsAppLinks()[0].QR }).during(1, l.scan(supportLine))
	i := l.invoke(t.Context(), l.linkConfig(supportLine))
	i.fine()
	if all := strings.Join(i.progress, "\n"); strings.Contains(all, "\x1b") {
		t.Errorf("there are colors: %q", all)
	}
	if got := i.codes(qrtest.Dark); !slices.Equal(got, []string{code}) {
		t.Errorf("the output says %q, want %q", got, code)
	}
}

// The code that is shown last can always be scanned.
func TestTheActionShowsTheCodeAnewWhenTheVendorReplacesIt(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]sandbox.AndroidAPISettings{
		"replaced under the same token": {RotateQR: true, QRSeconds: 10}, "expired": {QRSeconds: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, settings)
			var last string
			l.during(13, func() {
				links := l.vendor.WhatsAppLinks()
				last = links[len(links)-1].QR
				l.scan(supportLine)()
			})
			i := l.invoke(t.Context(), l.linkConfig(supportLine))
			i.fine()
			i.told("Scan it with WhatsApp on the phone whose number ends in 5566").told("It replaces the one before")
			if got := i.codes(qrtest.Dark); len(got) < 3 || got[len(got)-1] != last || slices.Contains(got, "") {
				t.Errorf("the output says %q, last %q", got, last)
			}
			l.left(seededPhone, supportLine)
		})
	}
}

func TestALinkedPhoneNeedsNothing(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	i := l.invoke(t.Context(), l.linkConfig(seededPhone))
	i.fine()
	i.told("ends in 2233 is linked and connected already, as the WhatsApp account " + seededAccount)
	l.called(map[string]int{"wa_accounts": 1})
	l.left(seededPhone)
}

func TestADisconnectedPhoneIsLinkedAgain(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]sandbox.AndroidAPISettings{"without infolink": {}, "with infolink": {RelinkInfoLink: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, settings)
			l.disconnect(seededPhone)
			l.during(2, l.scan(seededPhone))
			i := l.invoke(t.Context(), l.linkConfig(seededPhone))
			i.fine()
			i.told("ends in 2233 is linked again and connected, as the WhatsApp account " + seededAccount)
			if calls := requested(l.vendor); calls["wa_relink"] != 1 || calls["wa_link"] != 0 {
				t.Errorf("called %v", calls)
			}
			l.left(seededPhone)
		})
	}
}

// As a trigger before the account is created: the account adopts what the action
// has linked, in the same run.
func TestTheAccountAdoptsWhatTheActionHasLinked(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	w := l.walk()
	config := map[string]any{"phone": supportLine, "adopt_existing": true}
	if o := l.plans(config).fine(); o.warnings != "" {
		t.Errorf("the plan warns: %s", o.warnings)
	}
	l.during(2, l.scan(supportLine)).invokeIn(t.Context(), w, l.linkConfig(supportLine)).fine()
	before := requested(l.vendor)["wa_link"]
	if said := l.create(w, config); said != "" {
		t.Errorf("the account said %q", said)
	}
	if n := requested(l.vendor)["wa_link"]; n != before {
		t.Errorf("the account asked for %d more codes", n-before)
	}
	// And after it was created, there is nothing to do.
	l.invokeIn(t.Context(), w, l.linkConfig(supportLine)).told("connected already").fine()
	l.left(seededPhone, supportLine)
}

func TestAnActionAndAResourceDoNotGetInEachOthersWay(t *testing.T) {
	t.Parallel()
	t.Run("same phone", func(t *testing.T) {
		t.Parallel()
		l := newLinking(t, sandbox.AndroidAPISettings{})
		w := l.walk()
		l.during(1, func() {
			if said := l.create(w, map[string]any{"phone": supportLine}); !strings.HasPrefix(said, "Phone is being linked already") {
				t.Errorf("the resource said %q", said)
			}
			l.invokeIn(t.Context(), w, l.linkConfig(supportLine)).failed("Phone is being linked already")
			l.scan(supportLine)()
		})
		l.invokeIn(t.Context(), w, l.linkConfig(supportLine)).fine()
		l.left(seededPhone, supportLine)
	})
	t.Run("same file", func(t *testing.T) {
		t.Parallel()
		l := newLinking(t, sandbox.AndroidAPISettings{})
		w := l.walk()
		l.during(1, func() {
			l.invokeIn(t.Context(), w, l.linkConfig(strayPhone, "qr_file", l.qrFile)).failed("Two links have the same qr_file")
			l.scan(supportLine)()
		})
		l.invokeIn(t.Context(), w, l.linkConfig(supportLine, "qr_file", l.qrFile)).fine()
		l.left(seededPhone, supportLine)
	})
	// The phone that the action has linked scans the code of a resource, too: its
	// account is not taken for a mistake and removed.
	t.Run("wrong code", func(t *testing.T) {
		t.Parallel()
		l := newLinking(t, sandbox.AndroidAPISettings{})
		w := l.walk()
		l.during(1, func() {
			l.during(1, l.scan(strayPhone)).invokeIn(t.Context(), w, l.linkConfig(strayPhone)).fine()
			links := l.vendor.WhatsAppLinks()
			l.must(l.vendor.ScanQR(links[0].Token, strayPhone))
		})
		if said := l.create(w, l.account(supportLine)); !strings.Contains(said, "ends in 8899, not in 5566") || !strings.Contains(said, "left to it") {
			t.Errorf("the resource said %q", said)
		}
		l.left(seededPhone, strayPhone)
	})
}

func TestWrongArgumentsOfTheActionAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	for want, config := range map[string]map[string]any{
		"Phone number is not in E.164 form": {"phone": "03004445566"},
		"not above zero":                    {"timeouts": map[string]any{"invoke": "0s"}},
		"uration":                           {"timeouts": map[string]any{"invoke": "soon"}},
		"qr_file":                           {"qr_file": ""},
		"server_id":                         {"server_id": ""},
	} {
		w, o := l.walk(), &outcome{t: t}
		w.planAction(linkAction, w.configuring(linkAction, config), o)
		o.failed(want)
	}
	l.called(map[string]int{})
}

func TestTheActionNeedsCredentialsOnlyOnceTheyAreKnown(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	for name, test := range map[string]struct {
		secret          any
		planned, failed string
	}{"missing": {nil, "OTP_ANDROIDAPI_SECRET", ""}, "unknown": {tftypes.UnknownValue, "", "secret of the AndroidAPI account is not known"}} {
		w := l.walkWith(map[string]any{"base_url": l.vendor.Environment()["OTP_ANDROIDAPI_BASE_URL"], "secret": test.secret})
		config, o := w.configuring(linkAction, l.linkConfig(supportLine)), &outcome{t: t}
		if w.planAction(linkAction, config, o); (o.errors == "") != (test.planned == "") || !strings.Contains(o.errors, test.planned) {
			t.Errorf("%s: planned with %q", name, o.errors)
		}
		if test.failed != "" {
			l.invokeIn(t.Context(), w, l.linkConfig(supportLine)).failed(test.failed)
		}
	}
	l.called(map[string]int{})
}

// An unknown phone is no reason to fail a plan.
func TestAnUnknownPhonePlansAnAction(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{})
	w, o := l.walk(), &outcome{t: t}
	w.planAction(linkAction, w.configuring(linkAction, map[string]any{"phone": tftypes.UnknownValue, "qr_file": tftypes.UnknownValue}), o)
	o.fine()
}

func TestTheCodeOfAnActionIsInNoLog(t *testing.T) {
	t.Parallel()
	l := newLinking(t, sandbox.AndroidAPISettings{QRSeconds: 5})
	var log bytes.Buffer
	var secrets []string
	l.during(1, func() {
		for _, link := range l.vendor.WhatsAppLinks() {
			secrets = append(secrets, link.Token, link.QR)
		}
	}).during(3, l.scan(supportLine))
	l.invoke(tflogtest.RootLogger(t.Context(), &log), l.linkConfig(supportLine)).fine()
	if len(secrets) == 0 || !bytes.Contains(log.Bytes(), []byte("A QR code waits to be scanned")) {
		t.Fatalf("%d secrets and this log prove nothing: %s", len(secrets), log.String())
	}
	for _, secret := range append(secrets, l.vendor.Environment()["OTP_ANDROIDAPI_SECRET"], supportLine[1:], "███") {
		if bytes.Contains(log.Bytes(), []byte(secret)) {
			t.Errorf("%q is in the log", secret)
		}
	}
}
