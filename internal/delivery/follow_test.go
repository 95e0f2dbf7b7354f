package delivery_test

import (
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestExtendMovesTheExpiry(t *testing.T) {
	t.Parallel()
	document, now := sample(), &clock{start}
	must(otp.Validity)(&document.Routes[0])
	v := newVendor(t, answer(200, sentOK), answer(200, `{}`), answer(404, `{}`), answer(400, `{"message": "too late"}`), answer(500, ``), answer(200, verifOK))
	runner := with(t, v, document, now.set)
	first := send(t, runner, 0).Kept
	kept := first
	for i, want := range []string{otp.OutcomeOK, otp.OutcomeNotFound, otp.OutcomeStop, otp.OutcomeUnknown} {
		extended, err := runner.Extend(t.Context(), 0, kept, delivery.Recipient{}, 600)
		if err != nil {
			t.Fatal(err)
		}
		only(t, "extend", extended.Outcome, extended.Reason, want)
		if kept = extended.Kept; !kept.ExpiresAt().Equal(start.Add(900 * time.Second)) {
			t.Errorf("extension %d: it expires at %s", i, kept.ExpiresAt())
		}
	}
	if want := jsonRequest("POST /extend", `{"seconds":600,"token":"otp_1"}`); v.got[1] != want {
		t.Errorf("got %s, want %s", v.got[1], want)
	}
	now.now = start.Add(899 * time.Second)
	before := verify(t, runner, 0, first, delivery.Recipient{Phone: french}, code)
	only(t, "by the first expiry", before.Outcome, before.Reason, otp.OutcomeExpired)
	after := verify(t, runner, 0, kept, delivery.Recipient{Phone: french}, code)
	only(t, "by the later expiry", after.Outcome, after.Reason, otp.OutcomeOK)

	for _, seconds := range []int64{0, -1, 1 << 40} {
		if _, err := runner.Extend(t.Context(), 0, kept, delivery.Recipient{}, seconds); err == nil {
			t.Errorf("an extension of %d seconds is no error", seconds)
		}
	}
	if v.count() != 6 {
		t.Errorf("%d requests, want 6", v.count())
	}
}

func TestStatusReadsTheAnswer(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"state": "done"}`: otp.OutcomeDelivered, `{"state": "Pending: soon"}`: otp.OutcomePending, `{"state": "failed"}`: otp.OutcomeFailed,
		`{}`: otp.OutcomeNotFound, `{"state": "else"}`: otp.OutcomeUnknown,
	} {
		v := newVendor(t, answer(200, sentOK), answer(200, body))
		runner := with(t, v, sample())
		report, err := runner.Status(t.Context(), 0, send(t, runner, 0).Kept, delivery.Recipient{Phone: french})
		if err != nil {
			t.Fatal(err)
		}
		only(t, body, report.Outcome, report.Reason, want)
		if want := jsonRequest("POST /status", `{"token":"otp_1"}`); v.got[1] != want {
			t.Errorf("got %s, want %s", v.got[1], want)
		}
	}
}

func TestLaterCallsMayAskForTheRecipient(t *testing.T) {
	t.Parallel()
	v := newVendor(t, answer(200, sentOK), answer(200, `{"state": "done"}`))
	document := sample()
	document.Routes[0].Status.Fields = map[string]any{"to": "{{phone_e164}}"}
	runner := with(t, v, document)
	kept := send(t, runner, 0).Kept
	if _, err := runner.Status(t.Context(), 0, kept, delivery.Recipient{}); err == nil || !strings.Contains(err.Error(), "{{phone_e164}}") {
		t.Errorf("without the recipient: %v, want an error that names the placeholder", err)
	}
	if _, err := runner.Status(t.Context(), 0, kept, delivery.Recipient{Phone: "0612345678"}); err == nil {
		t.Error("with a phone that is none: no error")
	}
	other, err := runner.Status(t.Context(), 0, kept, delivery.Recipient{Phone: indian})
	if err != nil {
		t.Fatal(err)
	}
	only(t, "of another phone", other.Outcome, other.Reason, otp.OutcomeNotFound)
	report, err := runner.Status(t.Context(), 0, kept, delivery.Recipient{Phone: french})
	if err != nil {
		t.Fatal(err)
	}
	only(t, "of the recipient", report.Outcome, report.Reason, otp.OutcomeDelivered)
	if want := jsonRequest("POST /status", `{"to":"+33612345678"}`); v.count() != 2 || v.got[1] != want {
		t.Errorf("got %v, want %s", v.got[1:], want)
	}
}

func TestWithoutWhatASendKeepsThereIsNothingToAskAbout(t *testing.T) {
	t.Parallel()
	v := newVendor(t, answer(500, `{}`))
	runner := with(t, v, sample())
	for name, kept := range map[string]delivery.Kept{"of no send": {}, "of a send without an answer": send(t, runner, 0).Kept} {
		extended, err := runner.Extend(t.Context(), 0, kept, delivery.Recipient{Phone: french}, 60)
		if err != nil {
			t.Fatal(err)
		}
		only(t, name, extended.Outcome, extended.Reason, otp.OutcomeNotFound)
		report, err := runner.Status(t.Context(), 0, kept, delivery.Recipient{Phone: french})
		if err != nil {
			t.Fatal(err)
		}
		only(t, name, report.Outcome, report.Reason, otp.OutcomeNotFound)
	}
	none := verify(t, runner, 0, delivery.Kept{}, delivery.Recipient{Phone: french}, code)
	only(t, "verify of no send", none.Outcome, none.Reason, otp.OutcomeNotFound)
	if v.count() != 1 {
		t.Errorf("%d requests, want only the send", v.count())
	}
}

func TestKeptValueBecomesANumberOnlyIfItIsOne(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`901`: "901", `"901"`: "901", `"-7"`: "-7", `"0901"`: "", `"+901"`: "", `"9e2"`: "", `"otp_1"`: "", `"99999999999999999999"`: ""} {
		v := newVendor(t, answer(200, `{"code": 0, "token": `+body+`}`), answer(200, `{}`))
		document := sample()
		document.Routes[0].Extend.Fields["token"] = "{{token:number}}"
		runner := with(t, v, document)
		_, err := runner.Extend(t.Context(), 0, send(t, runner, 0).Kept, delivery.Recipient{}, 60)
		if want == "" {
			if err == nil || !strings.Contains(err.Error(), "field token: what is filled in is no number") || v.count() != 1 {
				t.Errorf("%s: %v and %d requests, want an error and no call", body, err, v.count())
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := jsonRequest("POST /extend", `{"seconds":60,"token":`+want+`}`); v.got[1] != want {
			t.Errorf("%s: got %s, want %s", body, v.got[1], want)
		}
	}
}

func TestCallsOfRoutesThatAreNot(t *testing.T) {
	t.Parallel()
	runner := with(t, nil, sample())
	for _, route := range []int{-1, 1} {
		_, verifying := runner.Verify(t.Context(), route, delivery.Kept{}, delivery.Recipient{Phone: french}, code)
		_, extending := runner.Extend(t.Context(), route, delivery.Kept{}, delivery.Recipient{}, 60)
		_, checking := runner.Status(t.Context(), route, delivery.Kept{}, delivery.Recipient{})
		for _, err := range []error{verifying, extending, checking} {
			if err == nil || !strings.Contains(err.Error(), "its last is routes[0]") {
				t.Errorf("routes[%d]: %v, want an error that says which is the last", route, err)
			}
		}
	}
}
