package delivery_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const (
	device    = "00000000-0000-0000-aaaa-bbbbccccdddd"
	waAccount = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"
	userAgent = "a test/1.0"
)

// setup is a profile with everything it refers to.
type setup struct {
	brand    otp.Brand
	template otp.MessageTemplate
	senders  []otp.SenderID
	profile  otp.Profile
}

// valid is a setup that every vendor accepts; tests change it.
func valid(routes ...otp.Route) *setup {
	return &setup{
		brand: otp.Brand{Name: "acme", DisplayName: "Acme"},
		template: otp.MessageTemplate{
			Name:         "login",
			Text:         "{{brand}}: {{otp}} is your code for {{validity_minutes}} minutes.",
			Translations: map[string]string{"fr": "{{brand}} : {{otp}} est votre code."},
			MyOTP: &otp.MyOTPTemplate{
				TemplateOrder: new(int64(1)), WhatsAppTemplateOrder: new(int64(12)),
				Translations: map[string]otp.MyOTPTranslation{"es": {TemplateOrder: new(int64(7)), WhatsAppTemplateOrder: new(int64(14))}},
			},
			Way2API: &otp.Way2APITemplate{Content: "OTP", Purpose: "login", ShareWith: "no_one"},
		},
		senders: []otp.SenderID{
			{Name: "europe", Octopush: &otp.OctopushSender{Sender: "ACMEBANK"}},
			{Name: "counter", AndroidAPI: &otp.AndroidAPISender{Device: device, SIM: new(int64(2))}},
			{Name: "carrier", AndroidAPI: &otp.AndroidAPISender{Gateway: "3"}},
		},
		profile: otp.Profile{Name: "login", Brand: "acme", Template: "login", AllowedCountries: []string{"FR", "IN"}, Routes: routes},
	}
}

// compile runs every check that a plan runs.
func (s *setup) compile() (otp.Document, bool, otp.Problems) {
	compilers := vendors.Compilers()
	ps := append(s.brand.Check(), compilers.CheckTemplate(s.template)...)
	refs := otp.References{Brand: &s.brand, Template: &s.template, Senders: map[string]*otp.SenderID{}}
	for i, sender := range s.senders {
		ps = append(ps, compilers.CheckSender(sender)...)
		refs.Senders[sender.Name] = &s.senders[i]
	}
	ps = append(ps, s.profile.Check()...)
	document, complete, found := compilers.Compile(s.profile, refs)
	return document, complete, append(ps, found...)
}

// document is the text of a setup that has to compile.
func (s *setup) document(t *testing.T) string {
	t.Helper()
	document, complete, ps := s.compile()
	if !complete || ps.Failed() {
		t.Fatalf("complete: %v, problems:\n%s", complete, ps.Error())
	}
	text, err := document.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// overOctopush, and the others, are the kinds of routes there are.
var (
	overOctopush = otp.Route{Vendor: otp.Octopush, Channel: otp.SMS, SenderID: "europe"}
	overVoice    = otp.Route{Vendor: otp.Octopush, Channel: otp.VoiceSMS, Octopush: &otp.OctopushRoute{
		Voice: &otp.Voice{Language: "en-GB", Gender: "male", Translations: map[string]string{"fr": "fr-FR"}},
	}}
	overMyOTP    = otp.Route{Vendor: otp.MyOTP, Channel: otp.SMS}
	overMyOTPWA  = otp.Route{Vendor: otp.MyOTP, Channel: otp.WhatsApp}
	overTelegram = otp.Route{Vendor: otp.MyOTP, Channel: otp.Telegram}
	overDevice   = otp.Route{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "counter"}
	overGateway  = otp.Route{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "carrier"}
	overWhatsApp = otp.Route{Vendor: otp.AndroidAPI, Channel: otp.WhatsApp, WhatsAppAccount: waAccount}
	overWay2API  = otp.Route{Vendor: otp.Way2API, Channel: otp.SMS, Countries: []string{"IN"}}
)

// box is a sandbox with a runner that asks it and goes by its clock.
type box struct {
	*sandbox.Server
	runner *delivery.Runner
}

// inBox starts a sandbox for a document.
func inBox(t *testing.T, document string, settings sandbox.Settings, change ...func(*delivery.Options, map[string]string)) box {
	t.Helper()
	server := sandbox.StartForTest(t, sandbox.Options{Clock: func() time.Time { return start }, Settings: settings})
	return box{server, runnerOf(t, server, document, change...)}
}

// runnerOf is the runner of a document with the sandbox's environment, which
// may be changed. Every account is the only one that the sandbox has.
func runnerOf(t testing.TB, server *sandbox.Server, document string, change ...func(*delivery.Options, map[string]string)) *delivery.Runner {
	t.Helper()
	environment := maps.Clone(server.Environment())
	options := delivery.Options{
		Lookup: func(name string) (string, bool) {
			value, ok := environment[strings.Replace(name, "_EU_WEST_", "_", 1)]
			return value, ok
		},
		Clock: server.Now, UserAgent: userAgent,
		Vendor: vendors.Find,
		HTTP:   httpapi.Options{MaxRequestsPerSecond: 1e6, Pause: func(time.Duration) time.Duration { return 0 }},
	}
	for _, c := range change {
		c(&options, environment)
	}
	runner, err := delivery.New(document, options)
	if err != nil {
		t.Fatal(err)
	}
	return runner
}

// phoneOf is somebody whom a route serves.
func phoneOf(route otp.Route) string {
	if len(route.Countries) > 0 {
		return indian
	}
	return french
}

// send sends to somebody whom the only route serves.
func (b box) send(t *testing.T, to delivery.Recipient, resend bool) delivery.Sent {
	t.Helper()
	sent, err := b.runner.Send(t.Context(), 0, to, resend)
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

func (b box) verify(t *testing.T, kept delivery.Kept, phone, typed, want string) delivery.Verdict {
	t.Helper()
	verdict := verify(t, b.runner, 0, kept, delivery.Recipient{Phone: phone}, typed)
	only(t, "verify "+typed, verdict.Outcome, verdict.Reason, want)
	return verdict
}

// message is the newest message that was "sent".
func (b box) message(t *testing.T) sandbox.Message {
	t.Helper()
	messages := b.Messages()
	if len(messages) == 0 {
		t.Fatal("nothing was sent")
	}
	return messages[len(messages)-1]
}

func (b box) advance(t *testing.T, by time.Duration) {
	t.Helper()
	if err := b.Advance(by); err != nil {
		t.Fatal(err)
	}
}

func (b box) fail(t *testing.T, fault sandbox.Fault) {
	t.Helper()
	if err := b.Fail(fault); err != nil {
		t.Fatal(err)
	}
}

// wrong is another code of the same length.
func wrong(code string) string {
	last := byte('0')
	if code[len(code)-1] == '0' {
		last = '1'
	}
	return code[:len(code)-1] + string(last)
}

func secondsOf(n int64) time.Duration { return time.Duration(n) * time.Second }
