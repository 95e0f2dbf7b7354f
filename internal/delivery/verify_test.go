package delivery_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// clock is moved by tests.
type clock struct{ now time.Time }

func (c *clock) set(o *delivery.Options, _ map[string]string) {
	o.Clock = func() time.Time { return c.now }
}

// attempt is a verification and what must come of it; the vendor is asked only
// where calls grows.
type attempt struct {
	typed string
	to    delivery.Recipient // zero: the person it was sent to
	want  string
	asks  bool
}

// play sends through a changed sample and verifies step by step.
func play(t *testing.T, change func(*otp.Document), sentBody string, attempts ...attempt) {
	t.Helper()
	answers := []http.HandlerFunc{answer(200, sentBody)}
	for _, a := range attempts {
		if a.asks {
			answers = append(answers, answer(200, verifOK))
		}
	}
	v := newVendor(t, answers...)
	document := sample()
	change(&document)
	runner := with(t, v, document)
	sent, err := runner.Send(t.Context(), 0, delivery.Recipient{Phone: french, IP: "2001:db8::7"}, false)
	if err != nil {
		t.Fatal(err)
	}
	asked := v.count()
	for _, a := range attempts {
		to := a.to
		if to == (delivery.Recipient{}) {
			to = delivery.Recipient{Phone: french}
		}
		typed := a.typed
		if typed == "MADE" {
			typed = sent.Code.Reveal()
		}
		got := verify(t, runner, 0, sent.Kept, to, typed)
		only(t, typed, got.Outcome, got.Reason, a.want)
		if a.asks {
			asked++
		}
		if v.count() != asked {
			t.Errorf("%q: the vendor was asked %d times, want %d", typed, v.count(), asked)
		}
	}
}

func onRoute(change ...func(*otp.DocumentRoute)) func(*otp.Document) {
	return func(d *otp.Document) {
		for _, c := range change {
			c(&d.Routes[0])
		}
	}
}

func TestWhatDoesNotFitThePolicyIsWrongWithoutACall(t *testing.T) {
	t.Parallel()
	play(t, onRoute(), sentOK,
		attempt{"48291", delivery.Recipient{}, otp.OutcomeWrongCode, false},
		attempt{"4829133", delivery.Recipient{}, otp.OutcomeWrongCode, false},
		attempt{"48291a", delivery.Recipient{}, otp.OutcomeWrongCode, false},
		attempt{"", delivery.Recipient{}, otp.OutcomeWrongCode, false},
		attempt{" ٤٨٢-९१३ ", delivery.Recipient{}, otp.OutcomeOK, true},
	)
}

func TestCodeCountsForItsPhoneOnly(t *testing.T) {
	t.Parallel()
	play(t, onRoute(), sentOK,
		attempt{code, delivery.Recipient{Phone: "+33612345679"}, otp.OutcomeNotFound, false},
		attempt{code, delivery.Recipient{Phone: french}, otp.OutcomeOK, true},
	)
}

func TestCodeCountsForItsAddressOnlyWhereTheRouteBindsIt(t *testing.T) {
	t.Parallel()
	other := delivery.Recipient{Phone: french, IP: "2001:db8::8"}
	play(t, onRoute(), sentOK, attempt{code, other, otp.OutcomeOK, true})
	play(t, onRoute(must(otp.BindRecipientIP)), sentOK,
		attempt{code, other, otp.OutcomeWrongCode, false},
		attempt{code, delivery.Recipient{Phone: french, IP: "2001:DB8:0:0::7"}, otp.OutcomeOK, true},
	)
	document := sample()
	must(otp.BindRecipientIP)(&document.Routes[0])
	runner := with(t, newVendor(t, answer(200, sentOK), answer(200, verifOK)), document)
	sent, err := runner.Send(t.Context(), 0, delivery.Recipient{Phone: french, IP: "::ffff:203.0.113.7"}, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runner.Verify(t.Context(), 0, sent.Kept, delivery.Recipient{Phone: french}, code); err == nil || !strings.Contains(err.Error(), "IP address") {
		t.Errorf("without an address: %v, want an error", err)
	}
	same, err := runner.Verify(t.Context(), 0, sent.Kept, delivery.Recipient{Phone: french, IP: "203.0.113.7"}, code)
	if err != nil {
		t.Fatal(err)
	}
	only(t, "the same address", same.Outcome, same.Reason, otp.OutcomeOK)
	mapped := verify(t, runner, 0, sent.Kept, delivery.Recipient{Phone: french, IP: "203.0.113.8"}, code)
	only(t, "another address", mapped.Outcome, mapped.Reason, otp.OutcomeWrongCode)
}

// expecting keeps the code of the answer and compares it before the call.
func expecting(r *otp.DocumentRoute) {
	r.Extend, r.Status = nil, nil
	r.Send.Keep = map[string]string{"secret_code": "/otp"}
	r.Verify.Fields = map[string]any{"code": "{{code}}"}
	r.Verify.Expect = map[string]string{"secret_code": "code"}
}

func TestExpectedValueIsComparedBeforeTheCall(t *testing.T) {
	t.Parallel()
	me := delivery.Recipient{}
	for name, test := range map[string]struct {
		kept     string
		attempts []attempt
	}{
		"a number":              {"482913", []attempt{{"482914", me, otp.OutcomeWrongCode, false}, {code, me, otp.OutcomeOK, true}}},
		"a number by its value": {"4.82913e5", []attempt{{"482914", me, otp.OutcomeWrongCode, false}, {code, me, otp.OutcomeOK, true}}},
		"a number that lost its zeros": {"12913", []attempt{
			{"12913", me, otp.OutcomeWrongCode, false}, {"0012913", me, otp.OutcomeWrongCode, false}, {"012913", me, otp.OutcomeOK, true},
		}},
		"a number of zeros":      {"0", []attempt{{"000001", me, otp.OutcomeWrongCode, false}, {"000000", me, otp.OutcomeOK, true}}},
		"a number with fraction": {"482913.5", []attempt{{code, me, otp.OutcomeWrongCode, false}}},
		"a negative number":      {"-482913", []attempt{{code, me, otp.OutcomeWrongCode, false}}},
		"a string":               {`"482913"`, []attempt{{"482914", me, otp.OutcomeWrongCode, false}, {code, me, otp.OutcomeOK, true}}},
		"a string with a zero":   {`"012913"`, []attempt{{"12913", me, otp.OutcomeWrongCode, false}, {"012913", me, otp.OutcomeOK, true}}},
		"a shorter string":       {`"12913"`, []attempt{{"012913", me, otp.OutcomeWrongCode, false}}},
		"nothing":                {"null", []attempt{{code, me, otp.OutcomeNotFound, false}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, onRoute(expecting), `{"code": 0, "otp": `+test.kept+`}`, test.attempts...)
		})
	}
	play(t, func(d *otp.Document) { // letters are no number, whatever was kept
		expecting(&d.Routes[0])
		d.Code.UpperCase = true
	}, `{"code": 0, "otp": 482913}`, attempt{"48291A", me, otp.OutcomeWrongCode, false}, attempt{code, me, otp.OutcomeOK, true})
	play(t, onRoute(expecting, func(r *otp.DocumentRoute) { // a kept value need not be a credential
		r.Send.Keep, r.Verify.Expect = map[string]string{"shown": "/otp"}, map[string]string{"shown": "code"}
	}), `{"code": 0, "otp": 482913}`, attempt{"482914", me, otp.OutcomeWrongCode, false}, attempt{code, me, otp.OutcomeOK, true})
}

func TestCredentialThatWasKeptIsGoneAtExpiry(t *testing.T) {
	t.Parallel()
	document, now := sample(), &clock{start}
	expecting(&document.Routes[0])
	v := newVendor(t, answer(200, `{"code": 0, "otp": 482913}`), answer(200, verifOK))
	runner := with(t, v, document, now.set)
	kept := send(t, runner, 0).Kept
	now.now = start.Add(299 * time.Second)
	in := verify(t, runner, 0, kept, delivery.Recipient{Phone: french}, code)
	only(t, "in time", in.Outcome, in.Reason, otp.OutcomeOK)
	now.now = start.Add(300 * time.Second)
	late := verify(t, runner, 0, kept, delivery.Recipient{Phone: french}, code)
	only(t, "late", late.Outcome, late.Reason, otp.OutcomeNotFound)
	if v.count() != 2 {
		t.Errorf("%d requests, want none after the expiry", v.count())
	}
}

func TestKeptCredentialIsNeverFilledIn(t *testing.T) {
	t.Parallel()
	play(t, onRoute(expecting, func(r *otp.DocumentRoute) { r.Verify.Fields["x"] = "{{secret_code}}" }),
		`{"code": 0, "otp": 482913}`, attempt{code, delivery.Recipient{}, otp.OutcomeNotFound, false})
}

// omit leaves only the verification, which may leave the token out.
func omit(r *otp.DocumentRoute) { r.Extend, r.Status = nil, nil }

// By phone alone the vendor finds the newest code, which may be another
// profile's: only where the answer to the send was lost.
func TestVerifyByPhoneAlone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		change func(*otp.DocumentRoute)
		sent   string
		want   string
	}{
		{"after unknown", answer(500, `{}`), omit, otp.OutcomeUnknown, otp.OutcomeOK},
		{"after no answer", drop, omit, otp.OutcomeUnknown, otp.OutcomeOK},
		{"after already_active", answer(409, `{}`), omit, otp.OutcomeAlreadyActive, otp.OutcomeOK},
		{"never after ok without its token", answer(200, `{"code": 0}`), omit, otp.OutcomeOK, otp.OutcomeNotFound},
		{"but after unknown for want of it", answer(200, `{"code": 0}`), func(*otp.DocumentRoute) {}, otp.OutcomeUnknown, otp.OutcomeOK},
		{"never after pending without its token", answer(202, `{}`), omit, otp.OutcomePending, otp.OutcomeNotFound},
	} {
		v := newVendor(t, test.answer, answer(200, verifOK))
		document := sample()
		test.change(&document.Routes[0])
		runner := with(t, v, document)
		sent := send(t, runner, 0)
		only(t, test.name, sent.Outcome, sent.Reason, test.sent)
		got := verify(t, runner, 0, sent.Kept, delivery.Recipient{Phone: french}, code)
		only(t, test.name, got.Outcome, got.Reason, test.want)
		if test.want == otp.OutcomeNotFound {
			if v.count() != 1 {
				t.Errorf("%s: the vendor was asked", test.name)
			}
			continue
		}
		if want := jsonRequest("PUT /verify", `{"code":"482913","to":"33612345678"}`); v.count() != 2 || v.got[1] != want {
			t.Errorf("%s: got %v, want %s", test.name, v.got[1:], want)
		}
	}
}
