package delivery_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// What is sent is the request struct of the vendor's package, filled in by hand, so
// that compile has to agree.
func TestDocumentsSendTheRequestOfTheVendor(t *testing.T) {
	t.Parallel()
	const text, texte = "Acme: {code} is your code for 5 minutes.", "Acme : {code} est votre code."
	viaOctopush := func(change func(*octopush.GenerateRequest)) httpapi.Fields {
		request := octopush.GenerateRequest{
			PhoneNumber: french, Text: text, Channel: otp.SMS, Sender: "ACMEBANK", CodeLength: 6, AllowDigits: true, ValidityPeriod: 300, MaxWrongAttempts: 3,
		}
		change(&request)
		return request.Fields()
	}
	viaMyOTP := func(change func(*myotp.GenerateRequest)) httpapi.Fields {
		request := myotp.GenerateRequest{PhoneNumber: french[1:], Channel: otp.SMS, Brand: "Acme"} // the defaults of the vendor are left out
		change(&request)
		return request.Fields()
	}
	viaAndroidAPI := func(request androidapi.SendRequest) httpapi.Fields {
		request.Message, request.Phone, request.Expire = "Acme: {{otp}} is your code for 5 minutes.", french, 300
		return request.Fields()
	}
	for _, test := range []struct {
		name   string
		setup  *setup
		adapt  func(*setup)
		to     delivery.Recipient
		resend bool
		want   httpapi.Fields
	}{
		{"octopush", valid(overOctopush), nil, delivery.Recipient{}, false, viaOctopush(func(*octopush.GenerateRequest) {})},
		{"octopush, again", valid(overOctopush), nil, delivery.Recipient{}, true, viaOctopush(func(*octopush.GenerateRequest) {})},
		{"octopush, a locale", valid(overOctopush), nil, delivery.Recipient{Locale: "fr-FR"}, false, viaOctopush(func(r *octopush.GenerateRequest) { r.Text = texte })},
		{"octopush, another account", valid(overOctopush), func(s *setup) { s.profile.Routes[0].Account = "eu-west" }, delivery.Recipient{}, false,
			viaOctopush(func(*octopush.GenerateRequest) {})},
		{"octopush, every character", valid(overOctopush), func(s *setup) {
			s.profile.Code = &otp.CodePolicy{Length: new(int64(32)), UpperCase: new(true), LowerCase: new(true), SpecialCharacters: new(true), ExcludeConfusing: new(true)}
			s.profile.MaxWrongAttempts = new(int64(10))
		}, delivery.Recipient{}, false, viaOctopush(func(r *octopush.GenerateRequest) {
			r.CodeLength, r.AllowUpperCase, r.AllowLowerCase, r.AllowSpecialChars, r.RemoveConfusingCharacters, r.MaxWrongAttempts = 32, true, true, true, true, 10
		})},
		{"octopush, letters only", valid(overOctopush), func(s *setup) {
			s.profile.Code = &otp.CodePolicy{Digits: new(false), UpperCase: new(true)}
		}, delivery.Recipient{}, false, viaOctopush(func(r *octopush.GenerateRequest) { r.AllowDigits, r.AllowUpperCase = false, true })},
		{"octopush, expiry time and odd characters", valid(overOctopush), func(s *setup) {
			s.brand.DisplayName, s.template.Text = `A<&>"é`, "{{brand}}: {{otp}}\n\u200f{{expiry_time}}"
			s.profile.ValiditySeconds = new(int64(3))
		}, delivery.Recipient{}, false, viaOctopush(func(r *octopush.GenerateRequest) {
			r.Text, r.ValidityPeriod = "A<&>\"é: {code}\n\u200f{hh:mm:ss}", 3
		})},
		{"octopush, bound to an address", valid(overOctopush), func(s *setup) {
			s.profile.Routes[0].Octopush = &otp.OctopushRoute{BindRecipientIP: new(true)}
		}, delivery.Recipient{IP: "2001:db8::7"}, false, viaOctopush(func(r *octopush.GenerateRequest) { r.RecipientIP = "2001:db8::7" })},
		{"octopush voice", valid(overVoice), nil, delivery.Recipient{}, false, viaOctopush(func(r *octopush.GenerateRequest) {
			r.Channel, r.Sender, r.VoiceLanguage, r.VoiceGender = otp.VoiceSMS, "", "en-GB", "male"
		})},
		{"octopush voice, a locale", valid(overVoice), nil, delivery.Recipient{Locale: "FR"}, false, viaOctopush(func(r *octopush.GenerateRequest) {
			r.Channel, r.Sender, r.VoiceLanguage, r.VoiceGender, r.Text = otp.VoiceSMS, "", "fr-FR", "male", texte
		})},
		{"myotp", valid(overMyOTP), nil, delivery.Recipient{}, false, viaMyOTP(func(*myotp.GenerateRequest) {})},
		{"myotp, again", valid(overMyOTP), nil, delivery.Recipient{}, true, viaMyOTP(func(r *myotp.GenerateRequest) { r.ForceSend = true })},
		{"myotp, again without force", valid(overMyOTP), func(s *setup) {
			s.profile.Routes[0].MyOTP = &otp.MyOTPRoute{ForceSend: new(false)}
		}, delivery.Recipient{}, true, viaMyOTP(func(*myotp.GenerateRequest) {})},
		{"myotp, a locale", valid(overMyOTP), nil, delivery.Recipient{Locale: "es-MX"}, true, viaMyOTP(func(r *myotp.GenerateRequest) {
			r.TemplateOrder, r.ForceSend = 7, true
		})},
		{"myotp, the vendor's own template", valid(overMyOTP), func(s *setup) { s.template.MyOTP = nil }, delivery.Recipient{}, false, viaMyOTP(func(*myotp.GenerateRequest) {})},
		{"myotp, eight digits for long", valid(overMyOTP), func(s *setup) {
			s.profile.Code, s.profile.ValiditySeconds = &otp.CodePolicy{Length: new(int64(8))}, new(int64(14400))
		}, delivery.Recipient{}, false, viaMyOTP(func(r *myotp.GenerateRequest) { r.OTPLength, r.OTPValidity = 8, 14400 })},
		{"myotp whatsapp", valid(overMyOTPWA), nil, delivery.Recipient{}, false, viaMyOTP(func(r *myotp.GenerateRequest) { r.Channel, r.TemplateOrder = otp.WhatsApp, 12 })},
		{"myotp whatsapp, a locale", valid(overMyOTPWA), nil, delivery.Recipient{Locale: "es"}, false, viaMyOTP(func(r *myotp.GenerateRequest) {
			r.Channel, r.TemplateOrder = otp.WhatsApp, 14
		})},
		{"myotp telegram", valid(overTelegram), nil, delivery.Recipient{Locale: "es"}, false, viaMyOTP(func(r *myotp.GenerateRequest) { r.Channel, r.TemplateOrder = otp.Telegram, 0 })},
		{"androidapi device", valid(overDevice), nil, delivery.Recipient{}, false, viaAndroidAPI(androidapi.SendRequest{
			Type: otp.SMS, Mode: androidapi.ModeDevices, Device: device, SIM: 2,
		})},
		{"androidapi gateway", valid(overGateway), nil, delivery.Recipient{}, true, viaAndroidAPI(androidapi.SendRequest{
			Type: otp.SMS, Mode: androidapi.ModeCredits, Gateway: "3",
		})},
		{"androidapi whatsapp", valid(overWhatsApp), nil, delivery.Recipient{}, false, viaAndroidAPI(androidapi.SendRequest{
			Type: otp.WhatsApp, Account: waAccount, Priority: androidapi.PriorityNo,
		})},
		{"androidapi whatsapp, urgent", valid(overWhatsApp), func(s *setup) {
			s.profile.Routes[0].AndroidAPI = &otp.AndroidAPIRoute{Priority: new(true)}
		}, delivery.Recipient{}, false, viaAndroidAPI(androidapi.SendRequest{Type: otp.WhatsApp, Account: waAccount, Priority: androidapi.PriorityYes})},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.adapt != nil {
				test.adapt(test.setup)
			}
			b := inBox(t, test.setup.document(t), sandbox.Settings{})
			test.to.Phone = french
			sent := b.send(t, test.to, test.resend)
			only(t, "send", sent.Outcome, sent.Reason, otp.OutcomeOK)
			b.received(t, test.want)
		})
	}
}

// The code is the runner's own, so what is wanted is known afterwards.
func TestDocumentsSendACodeOfOurOwn(t *testing.T) {
	t.Parallel()
	b := inBox(t, valid(overWay2API).document(t), sandbox.Settings{})
	sent := b.send(t, delivery.Recipient{Phone: indian}, false)
	b.received(t, way2api.SendRequest{
		Value: sent.Code.Reveal(), Number: indian[1:], Content: "OTP", Purpose: "login", ShareWith: "no_one",
	}.Fields())
}

// received compares the fields of the only request, byte for byte.
func (b box) received(t *testing.T, fields httpapi.Fields) {
	t.Helper()
	requests := b.Requests()
	if len(requests) != 1 {
		t.Fatalf("%d requests, want one", len(requests))
	}
	want, got := canonical(fields), requests[0]
	if got.Vendor == string(otp.AndroidAPI) {
		values := url.Values{"secret": {"[credential]"}} // as the sandbox records it
		for name, value := range fields {
			values.Set(name, fmt.Sprint(value))
		}
		_, want = multipartOf(values)
	}
	if diff := cmp.Diff(want, boundary.ReplaceAllString(got.Body, "BOUNDARY")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", got.Operation, diff)
	}
}
