package delivery_test

import (
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

func TestCodeFromSendToVerdict(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		route   otp.Route
		text    string // empty: the vendor's own
		sender  string
		used    string // outcome of a second verification with the right code
		expired string
		left    int64 // attempts after a wrong one; -1: the vendor does not tell
	}{
		{"octopush sms", overOctopush, "Acme: CODE is your code for 5 minutes.", "ACMEBANK", otp.OutcomeNotFound, otp.OutcomeExpired, 2},
		{"octopush voice", overVoice, "Acme: CODE is your code for 5 minutes.", "OCTOPUSH", otp.OutcomeNotFound, otp.OutcomeExpired, 2},
		{"myotp sms", overMyOTP, "", "Acme", otp.OutcomeNotFound, otp.OutcomeExpired, -1},
		{"myotp whatsapp", overMyOTPWA, "", "Acme", otp.OutcomeNotFound, otp.OutcomeExpired, -1},
		{"myotp telegram", overTelegram, "", "Acme", otp.OutcomeNotFound, otp.OutcomeExpired, -1},
		// The vendor has one answer for all that is not right; what is kept of
		// the code goes when it expires.
		{"androidapi device", overDevice, "Acme: CODE is your code for 5 minutes.", device, otp.OutcomeWrongCode, otp.OutcomeNotFound, -1},
		{"androidapi gateway", overGateway, "Acme: CODE is your code for 5 minutes.", "Carrier A", otp.OutcomeWrongCode, otp.OutcomeNotFound, -1},
		{"androidapi whatsapp", overWhatsApp, "Acme: CODE is your code for 5 minutes.", "+923001112233", otp.OutcomeWrongCode, otp.OutcomeNotFound, -1},
		// That a code counts once is the caller's to keep.
		{"way2api", overWay2API, "", "", otp.OutcomeOK, otp.OutcomeExpired, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := inBox(t, valid(test.route).document(t), sandbox.Settings{})
			phone := phoneOf(test.route)
			sent := b.send(t, delivery.Recipient{Phone: phone}, false)
			only(t, "send", sent.Outcome, sent.Reason, otp.OutcomeOK)
			message := b.message(t)
			if message.Vendor != string(test.route.Vendor) || message.Channel != string(test.route.Channel) || message.To != phone || message.Sender != test.sender {
				t.Errorf("the message is %+v", message)
			}
			if want := replaceCode(test.text, message.Code); test.text != "" && message.Text != want {
				t.Errorf("the text is %q, want %q", message.Text, want)
			}
			if own := sent.Code.Reveal(); own != "" && own != message.Code || (own != "") != (test.route.Vendor == otp.Way2API) {
				t.Errorf("the code that was sent is %q, and of our own %q", message.Code, own)
			}
			kept := stored(t, sent.Kept)
			verdict := b.verify(t, kept, phone, wrong(message.Code), otp.OutcomeWrongCode)
			if left := verdict.Remaining; (left == nil) != (test.left < 0) || left != nil && *left != test.left {
				t.Errorf("remaining attempts: %v", left)
			}
			b.verify(t, kept, "+33612345679", message.Code, otp.OutcomeNotFound)
			b.verify(t, kept, phone, message.Code[:3]+" "+message.Code[3:], otp.OutcomeOK)
			b.verify(t, kept, phone, message.Code, test.used)

			again := b.send(t, delivery.Recipient{Phone: phone}, true)
			only(t, "send again", again.Outcome, again.Reason, otp.OutcomeOK)
			b.advance(t, 300*time.Second)
			b.verify(t, again.Kept, phone, b.message(t).Code, test.expired)
			for _, request := range b.Requests() {
				if len(request.Repaired) > 0 || request.Problem != "" {
					t.Errorf("%s: repaired %q, problem %q", request.Operation, request.Repaired, request.Problem)
				}
			}
		})
	}
}

func replaceCode(text, code string) string {
	if text == "" {
		return ""
	}
	return text[:len("Acme: ")] + code + text[len("Acme: CODE"):]
}

func TestRecipientsLocale(t *testing.T) {
	t.Parallel()
	b := inBox(t, valid(overOctopush).document(t), sandbox.Settings{})
	b.send(t, delivery.Recipient{Phone: french, Locale: "fr-BE"}, false)
	if message := b.message(t); message.Text != "Acme : "+message.Code+" est votre code." {
		t.Errorf("the text is %q", message.Text)
	}
	b = inBox(t, valid(overMyOTP).document(t), sandbox.Settings{})
	b.send(t, delivery.Recipient{Phone: french, Locale: "ES"}, false)
	if message := b.message(t); message.Text != message.Code+" is your Acme code. (template 7)" {
		t.Errorf("the text is %q", message.Text)
	}
}

func TestWrongCodesRunOut(t *testing.T) {
	t.Parallel()
	b := inBox(t, valid(overOctopush).document(t), sandbox.Settings{})
	sent := b.send(t, delivery.Recipient{Phone: french}, false)
	code := b.message(t).Code
	for _, left := range []int64{2, 1, 0} {
		if verdict := b.verify(t, sent.Kept, french, wrong(code), otp.OutcomeWrongCode); verdict.Remaining == nil || *verdict.Remaining != left {
			t.Errorf("remaining attempts: %v, want %d", verdict.Remaining, left)
		}
	}
	b.verify(t, sent.Kept, french, code, otp.OutcomeTooManyAttempts)
}

func TestCodeThatIsStillActive(t *testing.T) {
	t.Parallel()
	b := inBox(t, valid(overMyOTP).document(t), sandbox.Settings{})
	first := b.send(t, delivery.Recipient{Phone: french}, false)
	code := b.message(t).Code
	second := b.send(t, delivery.Recipient{Phone: french}, false)
	only(t, "while it is active", second.Outcome, second.Reason, otp.OutcomeAlreadyActive)
	if len(b.Messages()) != 1 {
		t.Errorf("%d messages, want one", len(b.Messages()))
	}
	b.verify(t, second.Kept, french, wrong(code), otp.OutcomeWrongCode) // by phone alone, had the first been lost
	forced := b.send(t, delivery.Recipient{Phone: french}, true)
	only(t, "when the person asks again", forced.Outcome, forced.Reason, otp.OutcomeOK)
	if len(b.Messages()) != 2 || forced.MessageID == first.MessageID || forced.MessageID != b.message(t).MessageID {
		t.Errorf("%d messages, of which %s is the newest; want two", len(b.Messages()), forced.MessageID)
	}
	b.verify(t, first.Kept, french, code, otp.OutcomeOK)

	s := valid(overMyOTP)
	s.profile.Routes[0].MyOTP = &otp.MyOTPRoute{ForceSend: new(false)}
	b = inBox(t, s.document(t), sandbox.Settings{})
	b.send(t, delivery.Recipient{Phone: french}, false)
	again := b.send(t, delivery.Recipient{Phone: french}, true)
	only(t, "where a resend may not force", again.Outcome, again.Reason, otp.OutcomeAlreadyActive)
}

func TestExtendedCodeVerifiesLonger(t *testing.T) {
	t.Parallel()
	b := inBox(t, valid(overMyOTP).document(t), sandbox.Settings{})
	sent := b.send(t, delivery.Recipient{Phone: french}, false)
	extended, err := b.runner.Extend(t.Context(), 0, sent.Kept, delivery.Recipient{}, 600)
	if err != nil {
		t.Fatal(err)
	}
	only(t, "extend", extended.Outcome, extended.Reason, otp.OutcomeOK)
	if want := start.Add(900 * time.Second); !extended.Kept.ExpiresAt().Equal(want) {
		t.Errorf("it expires at %s, want %s", extended.Kept.ExpiresAt(), want)
	}
	b.advance(t, 899*time.Second)
	b.verify(t, extended.Kept, french, b.message(t).Code, otp.OutcomeOK)

	short, err := b.runner.Extend(t.Context(), 0, sent.Kept, delivery.Recipient{}, 59)
	if err != nil {
		t.Fatal(err)
	}
	only(t, "less than the vendor takes", short.Outcome, short.Reason, otp.OutcomeStop)
	if err := b.Reset(); err != nil {
		t.Fatal(err)
	}
	gone, err := b.runner.Extend(t.Context(), 0, sent.Kept, delivery.Recipient{}, 600)
	if err != nil {
		t.Fatal(err)
	}
	only(t, "a code that the vendor does not know", gone.Outcome, gone.Reason, otp.OutcomeNotFound)
}

func (b box) status(t *testing.T, kept delivery.Kept, what, want string) {
	t.Helper()
	report, err := b.runner.Status(t.Context(), 0, kept, delivery.Recipient{})
	if err != nil {
		t.Fatal(err)
	}
	only(t, what, report.Outcome, report.Reason, want)
}

func TestStatusOfMyOTP(t *testing.T) {
	t.Parallel()
	for _, unknown404 := range []bool{false, true} {
		b := inBox(t, valid(overMyOTP).document(t), sandbox.Settings{MyOTP: myotp.Settings{UnknownID404: unknown404}})
		sent := b.send(t, delivery.Recipient{Phone: french}, false)
		b.status(t, sent.Kept, "at first", otp.OutcomePending)
		if err := b.Server.Advance(5 * time.Second); err != nil {
			t.Fatal(err)
		}
		b.status(t, sent.Kept, "then", otp.OutcomeDelivered)
		for word, want := range map[string]string{
			"DELIVRD": otp.OutcomeDelivered, "delivered": otp.OutcomeDelivered, "read": otp.OutcomeDelivered,
			"ATES": otp.OutcomePending, "sent": otp.OutcomePending, "pending": otp.OutcomePending, "Pending: carrier": otp.OutcomePending,
			"UNDELIV": otp.OutcomeFailed, "EXPIRED": otp.OutcomeFailed, "REJECTD": otp.OutcomeFailed, "failed": otp.OutcomeFailed,
			"failed.blocked": otp.OutcomeFailed, "Not available with your plan": otp.OutcomeUnavailable, "surprise": otp.OutcomeUnknown,
		} {
			if err := b.SetDelivery(sent.MessageID, word); err != nil {
				t.Fatal(err)
			}
			b.status(t, sent.Kept, word, want)
		}
		if err := b.Reset(); err != nil {
			t.Fatal(err)
		}
		b.status(t, sent.Kept, "a message that the vendor does not know", otp.OutcomeNotFound)
	}
}

func TestStatusOfAndroidAPI(t *testing.T) {
	t.Parallel()
	for _, route := range []otp.Route{overDevice, overWhatsApp} {
		for _, asArray := range []bool{false, true} {
			b := inBox(t, valid(route).document(t), sandbox.Settings{AndroidAPI: androidapi.Settings{SingleAsArray: asArray}})
			sent := b.send(t, delivery.Recipient{Phone: french}, false)
			b.status(t, sent.Kept, "in the queue, where it is not found", otp.OutcomePending)
			b.advance(t, 5*time.Second)
			b.status(t, sent.Kept, "sent, and no more is known", otp.OutcomePending)
			if err := b.SetDelivery(sent.MessageID, "failed"); err != nil {
				t.Fatal(err)
			}
			b.status(t, sent.Kept, "failed", otp.OutcomeFailed)
		}
	}
	b := inBox(t, valid(overDevice).document(t), sandbox.Settings{AndroidAPI: androidapi.Settings{MessageID: androidapi.MessageIDNone}})
	sent := b.send(t, delivery.Recipient{Phone: french}, false)
	only(t, "an answer without messageId", sent.Outcome, sent.Reason, otp.OutcomeOK)
	b.status(t, sent.Kept, "without messageId", otp.OutcomeUnknown)
	b.verify(t, sent.Kept, french, b.message(t).Code, otp.OutcomeOK)
}

func TestReadingsOfTheVendorsDocuments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		route    otp.Route
		settings sandbox.Settings
		expired  string
	}{
		"octopush answers 201":                  {overOctopush, sandbox.Settings{Octopush: octopush.Settings{Created: true}}, otp.OutcomeExpired},
		"octopush that repairs nothing":         {overOctopush, sandbox.Settings{Octopush: octopush.Settings{RefuseRepairs: true}}, otp.OutcomeExpired},
		"myotp with the status expired":         {overMyOTP, sandbox.Settings{MyOTP: myotp.Settings{ExpiredStatus: true}}, otp.OutcomeExpired},
		"myotp with the ranges of the older":    {overMyOTP, sandbox.Settings{MyOTP: myotp.Settings{Ranges: "seed"}}, otp.OutcomeExpired},
		"androidapi with zeros in front":        {overDevice, sandbox.Settings{AndroidAPI: androidapi.Settings{LeadingZeros: true}}, otp.OutcomeNotFound},
		"androidapi that mirrors its verdict":   {overDevice, sandbox.Settings{AndroidAPI: androidapi.Settings{MirrorStatus: true}}, otp.OutcomeNotFound},
		"androidapi with codes that live twice": {overDevice, sandbox.Settings{AndroidAPI: androidapi.Settings{ReusableCodes: true}}, otp.OutcomeNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := inBox(t, valid(test.route).document(t), test.settings)
			for range 5 {
				sent := b.send(t, delivery.Recipient{Phone: french}, true)
				only(t, "send", sent.Outcome, sent.Reason, otp.OutcomeOK)
				b.verify(t, sent.Kept, french, wrong(b.message(t).Code), otp.OutcomeWrongCode)
				b.verify(t, sent.Kept, french, b.message(t).Code, otp.OutcomeOK)
			}
			late := b.send(t, delivery.Recipient{Phone: french}, true)
			b.advance(t, 300*time.Second)
			b.verify(t, late.Kept, french, b.message(t).Code, test.expired)
		})
	}
	b := inBox(t, valid(overWay2API).document(t), sandbox.Settings{Way2API: way2api.Settings{Pending: true}})
	sent := b.send(t, delivery.Recipient{Phone: indian}, false)
	only(t, "taken, charged and under way", sent.Outcome, sent.Reason, otp.OutcomePending)
	b.verify(t, sent.Kept, indian, sent.Code.Reveal(), otp.OutcomeOK)
}
