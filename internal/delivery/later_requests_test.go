package delivery_test

import (
	"encoding/json"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
)

// token is a value that was kept of a send; only its stored form shows it.
func token(t *testing.T, kept delivery.Kept, name string) string {
	t.Helper()
	raw, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	var stored struct {
		Values map[string]struct{ Text string }
	}
	if err := json.Unmarshal(raw, &stored); err != nil || stored.Values[name].Text == "" {
		t.Fatalf("no %s in %s: %v", name, raw, err)
	}
	return stored.Values[name].Text
}

func TestTypedClientAndDocumentMakeTheSameLaterCalls(t *testing.T) {
	t.Parallel()
	person := delivery.Recipient{Phone: french}
	ask := func(t *testing.T, b box, kept delivery.Kept, typed string) func() error {
		return func() error { _, err := b.runner.Verify(t.Context(), 0, kept, person, typed); return err }
	}
	begin := func(t *testing.T, route otp.Route) (box, typed, delivery.Sent) {
		b := inBox(t, valid(route).document(t), sandbox.Settings{})
		return b, typedClients(t, b.Server), b.send(t, person, false)
	}
	t.Run("octopush", func(t *testing.T) {
		t.Parallel()
		b, clients, sent := begin(t, overOctopush)
		sameRequest(t, b, "verify", ask(t, b, sent.Kept, code), func() error {
			_, err := clients.octopush.Validate(t.Context(), octopush.ValidateRequest{Code: code, RequestToken: token(t, sent.Kept, "request_token"), PhoneNumber: french})
			return err
		})
		b.fail(t, sandbox.Fault{Vendor: "octopush", Operation: "otp_generate", Kind: sandbox.DropAfter})
		lost := b.send(t, person, false)
		sameRequest(t, b, "verify by phone alone", ask(t, b, lost.Kept, code), func() error {
			_, err := clients.octopush.Validate(t.Context(), octopush.ValidateRequest{Code: code, PhoneNumber: french})
			return err
		})
	})
	t.Run("myotp", func(t *testing.T) {
		t.Parallel()
		b, clients, sent := begin(t, overMyOTP)
		sameRequest(t, b, "status", func() error {
			_, err := b.runner.Status(t.Context(), 0, sent.Kept, person)
			return err
		}, func() error { _, err := clients.myotp.CheckOTPStatus(t.Context(), sent.MessageID); return err })
		sameRequest(t, b, "extend", func() error {
			_, err := b.runner.Extend(t.Context(), 0, sent.Kept, person, 600)
			return err
		}, func() error { _, err := clients.myotp.ExtendOTP(t.Context(), sent.MessageID, 600); return err })
		sameRequest(t, b, "verify", ask(t, b, sent.Kept, code), func() error {
			_, err := clients.myotp.VerifyOTP(t.Context(), myotp.VerifyRequest{OTP: code, MessageID: sent.MessageID, PhoneNumber: french[1:]})
			return err
		})
		active := b.send(t, person, false)
		sameRequest(t, b, "verify by phone alone", ask(t, b, active.Kept, code), func() error {
			_, err := clients.myotp.VerifyOTP(t.Context(), myotp.VerifyRequest{OTP: code, PhoneNumber: french[1:]})
			return err
		})
	})
	for _, route := range []otp.Route{overDevice, overWhatsApp} {
		t.Run("androidapi "+string(route.Channel), func(t *testing.T) {
			t.Parallel()
			b, clients, sent := begin(t, route)
			right := b.message(t).Code
			sameRequest(t, b, "verify", ask(t, b, sent.Kept, right), func() error {
				_, err := clients.androidapi.VerifyOTP(t.Context(), right)
				return err
			})
			sameRequest(t, b, "status", func() error {
				_, err := b.runner.Status(t.Context(), 0, sent.Kept, person)
				return err
			}, func() error {
				if route.Channel == otp.WhatsApp {
					_, err := clients.androidapi.WhatsAppMessage(t.Context(), sent.MessageID)
					return err
				}
				_, err := clients.androidapi.SMSMessage(t.Context(), sent.MessageID)
				return err
			})
		})
	}
}
