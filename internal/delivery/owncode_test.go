package delivery_test

import (
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// making leaves code and verification to the sender.
func making(r *otp.DocumentRoute) {
	r.Verify, r.Extend, r.Status, r.Send.Keep = nil, nil, nil, nil
	r.Send.Fields = map[string]any{"to": "{{phone_digits}}", "value": "{{code}}"}
	r.ApplicationMustEnforce = []otp.Duty{
		otp.MakeCode, otp.VerifyCode, otp.Validity, otp.MaxWrongAttempts, otp.BindPhone, otp.SingleUse,
	}
}

func TestCodeOfOurOwn(t *testing.T) {
	t.Parallel()
	for _, sentBody := range []string{sentOK, "no JSON: unknown"} {
		play(t, onRoute(making), sentBody,
			attempt{"1", delivery.Recipient{}, otp.OutcomeWrongCode, false},
			attempt{"MADE", delivery.Recipient{Phone: indian}, otp.OutcomeNotFound, false},
			attempt{"MADE", delivery.Recipient{}, otp.OutcomeOK, false},
		)
	}
	document, now := sample(), &clock{start}
	making(&document.Routes[0])
	v := newVendor(t, answer(200, sentOK), answer(409, `{}`), answer(400, `{}`))
	runner := with(t, v, document, now.set)
	sent := send(t, runner, 0)
	if want := jsonRequest("POST /send", `{"to":"33612345678","value":"`+sent.Code.Reveal()+`"}`); v.got[0] != want {
		t.Errorf("got %s, want %s", v.got[0], want)
	}
	wrong := []byte(sent.Code.Reveal())
	wrong[5] = '0' + (wrong[5]-'0'+1)%10
	verdict := verify(t, runner, 0, sent.Kept, delivery.Recipient{Phone: french}, string(wrong))
	only(t, "one digit off", verdict.Outcome, verdict.Reason, otp.OutcomeWrongCode)

	now.now = start.Add(300*time.Second - 1)
	verdict = verify(t, runner, 0, sent.Kept, delivery.Recipient{Phone: french}, sent.Code.Reveal())
	only(t, "in time", verdict.Outcome, verdict.Reason, otp.OutcomeOK)
	now.now = start.Add(300 * time.Second)
	verdict = verify(t, runner, 0, sent.Kept, delivery.Recipient{Phone: french}, sent.Code.Reveal())
	only(t, "late", verdict.Outcome, verdict.Reason, otp.OutcomeExpired)

	active := send(t, runner, 0)
	verdict = verify(t, runner, 0, active.Kept, delivery.Recipient{Phone: french}, code)
	only(t, "of a send that did not happen", verdict.Outcome, verdict.Reason, otp.OutcomeNotFound)
	if refused := send(t, runner, 0); active.Code.Reveal() != "" || refused.Code.Reveal() != "" {
		t.Error("a code that was not sent is told")
	}

	extended, err := runner.Extend(t.Context(), 0, sent.Kept, delivery.Recipient{}, 60)
	if err != nil {
		t.Fatal(err)
	}
	only(t, "extend", extended.Outcome, extended.Reason, otp.OutcomeStop)
	report, err := runner.Status(t.Context(), 0, sent.Kept, delivery.Recipient{})
	if err != nil {
		t.Fatal(err)
	}
	only(t, "status", report.Outcome, report.Reason, otp.OutcomeUnavailable)
	if v.count() != 3 {
		t.Errorf("%d requests, want the three sends", v.count())
	}
}

func TestVendorIsAskedAsWellWhereItVerifiesACodeOfOurOwn(t *testing.T) {
	t.Parallel()
	play(t, onRoute(must(otp.MakeCode, otp.VerifyCode), func(r *otp.DocumentRoute) { r.Send.Fields["value"] = "{{code}}" }), sentOK,
		attempt{"000", delivery.Recipient{}, otp.OutcomeWrongCode, false},
		attempt{"MADE", delivery.Recipient{}, otp.OutcomeOK, true},
	)
}
