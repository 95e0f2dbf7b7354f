package delivery_test

import (
	"context"
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

// typed are the typed clients of a sandbox.
type typed struct {
	androidapi *androidapi.Client
	myotp      *myotp.Client
	octopush   *octopush.Client
	way2api    *way2api.Client
}

func typedClients(t *testing.T, server *sandbox.Server) typed {
	t.Helper()
	env, shared := server.Environment(), httpapi.NewTransport(httpapi.Options{}, userAgent)
	var out typed
	var err error
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	out.androidapi, err = androidapi.New(httpapi.Account{Credentials: map[string]string{"SECRET": env["OTP_ANDROIDAPI_SECRET"]}, BaseURL: env["OTP_ANDROIDAPI_BASE_URL"]}, shared)
	must(err)
	out.myotp, err = myotp.New(httpapi.Account{Credentials: map[string]string{"API_KEY": env["OTP_MYOTP_API_KEY"]}, BaseURL: env["OTP_MYOTP_BASE_URL"]}, shared)
	must(err)
	out.octopush, err = octopush.New(httpapi.Account{Credentials: map[string]string{"API_LOGIN": env["OTP_OCTOPUSH_API_LOGIN"], "API_KEY": env["OTP_OCTOPUSH_API_KEY"]}, BaseURL: env["OTP_OCTOPUSH_BASE_URL"]}, shared)
	must(err)
	out.way2api, err = way2api.New(httpapi.Account{Credentials: map[string]string{"API_KEY": env["OTP_WAY2API_API_KEY"]}, BaseURL: env["OTP_WAY2API_BASE_URL"]}, shared)
	must(err)
	return out
}

// wire is what a request is, and nothing of when it came and what became of it.
type wire struct {
	Method, Path, Operation string
	Headers                 map[string][]string
	Query                   map[string][]string
	Body                    string
}

// lastWire is the newest request. The order of names is the encoders' own; a
// boundary is drawn anew each time.
func lastWire(t *testing.T, b box) wire {
	t.Helper()
	requests := b.Requests()
	r := requests[len(requests)-1]
	for _, values := range r.Headers {
		for i := range values {
			values[i] = boundary.ReplaceAllString(values[i], "BOUNDARY")
		}
	}
	return wire{r.Method, r.Path, r.Operation, r.Headers, r.Query, boundary.ReplaceAllString(r.Body, "BOUNDARY")}
}

// sameRequest makes a call by the document and by the typed client, and
// compares what arrived.
func sameRequest(t *testing.T, b box, what string, byDocument, byClient func() error) {
	t.Helper()
	before := len(b.Requests())
	if err := byDocument(); err != nil {
		t.Fatalf("%s by the document: %v", what, err)
	}
	document := lastWire(t, b)
	_ = byClient() // the answer may well be that there is a code already
	client := lastWire(t, b)
	if n := len(b.Requests()) - before; n != 2 {
		t.Fatalf("%s: %d requests, want one each", what, n)
	}
	if document.Operation == "" || len(document.Headers) < 3 {
		t.Fatalf("%s: nothing to compare in %+v", what, document)
	}
	if diff := cmp.Diff(client, document); diff != "" {
		t.Errorf("%s (-typed client +document):\n%s", what, diff)
	}
}

// The typed client and the document are two views of one definition. What the
// typed client is told here is written by hand, so that compile has to agree.
func TestTypedClientAndDocumentSendTheSameRequest(t *testing.T) {
	t.Parallel()
	const text, texte = "Acme: {code} is your code for 5 minutes.", "Acme : {code} est votre code."
	viaOctopush := func(change func(*octopush.GenerateRequest)) func(context.Context, typed) error {
		return func(ctx context.Context, c typed) error {
			request := octopush.GenerateRequest{
				PhoneNumber: french, Text: text, Channel: otp.SMS, Sender: "ACMEBANK", CodeLength: 6, AllowDigits: true, ValidityPeriod: 300, MaxWrongAttempts: 3,
			}
			change(&request)
			_, err := c.octopush.Generate(ctx, request)
			return err
		}
	}
	viaMyOTP := func(change func(*myotp.GenerateRequest)) func(context.Context, typed) error {
		return func(ctx context.Context, c typed) error {
			request := myotp.GenerateRequest{PhoneNumber: french[1:], Channel: otp.SMS, Brand: "Acme"} // the defaults of the vendor are left out
			change(&request)
			_, err := c.myotp.GenerateOTP(ctx, request)
			return err
		}
	}
	viaAndroidAPI := func(request androidapi.SendRequest) func(context.Context, typed) error {
		return func(ctx context.Context, c typed) error {
			request.Message, request.Phone, request.Expire = "Acme: {{otp}} is your code for 5 minutes.", french, 300
			_, err := c.androidapi.SendOTP(ctx, request)
			return err
		}
	}
	for _, test := range []struct {
		name   string
		setup  *setup
		adapt  func(*setup)
		to     delivery.Recipient
		resend bool
		typed  func(context.Context, typed) error
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
			clients := typedClients(t, b.Server)
			test.to.Phone = french
			sameRequest(t, b, "send", func() error {
				sent, err := b.runner.Send(t.Context(), 0, test.to, test.resend)
				only(t, "send", sent.Outcome, sent.Reason, otp.OutcomeOK)
				return err
			}, func() error { return test.typed(t.Context(), clients) })
		})
	}
}

// The code is the runner's own, so the typed client is told it afterwards.
func TestTypedClientAndDocumentSendTheSameRequestOfACodeOfOurOwn(t *testing.T) {
	t.Parallel()
	b := inBox(t, valid(overWay2API).document(t), sandbox.Settings{})
	clients := typedClients(t, b.Server)
	var sent delivery.Sent
	sameRequest(t, b, "send", func() (err error) {
		sent, err = b.runner.Send(t.Context(), 0, delivery.Recipient{Phone: indian}, false)
		return err
	}, func() error {
		_, err := clients.way2api.SendOTPPIN(t.Context(), way2api.SendRequest{
			Value: sent.Code.Reveal(), Number: indian[1:], Content: "OTP", Purpose: "login", ShareWith: "no_one",
		})
		return err
	})
}
