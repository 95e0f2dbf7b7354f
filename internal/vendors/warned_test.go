package vendors_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func overAndroidAPI() otp.Route {
	return otp.Route{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "europe"}
}

func overWay2API(countries ...string) otp.Route {
	return otp.Route{Vendor: otp.Way2API, Channel: otp.SMS, Countries: countries}
}

// plain is a setup without translations, that all vendors can send.
func plain(s *setup) {
	s.template.Translations = nil
	s.template.Way2API = &otp.Way2APITemplate{Content: "OTP", Purpose: "login", ShareWith: "no_one"}
	s.sender.AndroidAPI = &otp.AndroidAPISender{Device: "00000000-0000-0000-d57d-f30cb6a89289", SIM: new(int64(1))}
}

// warned lists setups that compile, and what a plan warns of: the path of each
// warning, "" for none. The sentences are in testdata/warned.txt.
var warned = []struct {
	name   string
	paths  string // separated by spaces
	routes []otp.Route
	adapt  func(*setup)
}{
	{"nothing to say", "", []otp.Route{overOctopush(), overAndroidAPI(), overMyOTP(otp.WhatsApp), overMyOTP(otp.SMS), overMyOTP(otp.Telegram), overWay2API("IN")}, plain},

	// texts and brands
	{"no translations", "", nil, func(s *setup) { s.template.Translations = map[string]string{} }},
	{"no numbers of translations", "", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) {
		plain(s)
		s.template.MyOTP.Translations = map[string]otp.MyOTPTranslation{}
	}},
	{"no voices of translations", "", []otp.Route{overVoice(&otp.Voice{Language: "en-GB", Translations: map[string]string{}})}, plain},
	{"another spelling at MyOTP.App", "", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) {
		plain(s)
		s.brand.DisplayName, s.brand.MyOTP = "Acme Bank", &otp.MyOTPBrand{Brand: "AcmeBank"}
	}},
	{"a name that MyOTP.App may deny", "brand", []otp.Route{overMyOTP(otp.SMS), overMyOTP(otp.Telegram)}, func(s *setup) {
		plain(s)
		s.brand.DisplayName = "Pay.Pal"
	}},
	{"a spelling that MyOTP.App may deny", "brand", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) {
		plain(s)
		s.brand.MyOTP = &otp.MyOTPBrand{Brand: "Google.com"}
	}},
	{"a name that MyOTP.App may deny, sent elsewhere", "", nil, func(s *setup) { s.brand.DisplayName = "PayPal" }},
	{"Khmer that may break", `translations["km"] template`, nil, func(s *setup) {
		s.template.Translations = map[string]string{"km": strings.Repeat("លេខកូដ\u200b", 10) + " {{otp}}"}
	}},
	{"a brand that may break", "display_name", nil, func(s *setup) { s.brand.DisplayName = "ธนาคาร\u200bไทย" }},
	{"a heredoc", "text", nil, func(s *setup) { s.template.Text += "\n" }},
	{"heredocs", "text", nil, func(s *setup) {
		s.template.Text += "\n"
		s.template.Translations["fr"] += "\n\n"
	}},
	{"a WebOTP line in a heredoc", "text", nil, func(s *setup) { s.template.Text = "Your code is below.\n@acme.example #{{otp}}\n" }},
	{"a WebOTP line for an embedded page", "", nil, func(s *setup) { s.template.Text = "Your code is below.\n@www.example.com #{{otp}} @pay.example" }},
	{"a WebOTP line that ends in a space", "", nil, func(s *setup) { s.template.Text = "Your code is below.\n@acme.example #{{otp}} " }},
	{"the code in the sentence and for WebOTP, over AndroidAPI", "", []otp.Route{overAndroidAPI()}, func(s *setup) {
		plain(s)
		s.template.Text = "{{otp}} is your code.\n@acme.example #{{otp}}"
	}},
	{"the code in the sentence and for WebOTP, over Octopush", "template", []otp.Route{overOctopush(), overAndroidAPI()}, func(s *setup) {
		plain(s)
		s.template.Text = "{{otp}} is your code.\n@acme.example #{{otp}}"
	}},
	{"a WebOTP line that is not the last", "text", nil, func(s *setup) { s.template.Text = "@acme.example #{{otp}}\nis your code." }},

	// languages
	{"voice without a translation's language", "template", []otp.Route{overVoice(&otp.Voice{Language: "en-GB"})}, nil},
	{"voice with one of two languages", "template", []otp.Route{overOctopush(), overVoice(&otp.Voice{Language: "en-GB", Translations: map[string]string{"fr": "fr-FR"}})}, func(s *setup) {
		s.template.Translations["nl"] = "{{brand}}: {{otp}} is je code."
	}},
	{"voice for the language of a region", "", []otp.Route{overVoice(&otp.Voice{Language: "en-GB", Translations: map[string]string{"fr": "fr-FR"}})}, func(s *setup) {
		s.template.Translations["fr-CA"] = "{{brand}} : voici {{otp}}."
	}},
	{"MyOTP.App without a translation's number", "template", []otp.Route{overOctopush(), overMyOTP(otp.SMS), overMyOTP(otp.WhatsApp)}, nil},
	{"MyOTP.App with a number for one channel", "template", []otp.Route{overMyOTP(otp.SMS), overMyOTP(otp.WhatsApp)}, func(s *setup) {
		plain(s)
		s.template.MyOTP.Translations = map[string]otp.MyOTPTranslation{"es": {TemplateOrder: new(int64(7))}}
	}},
	{"vendors with one wording", "template", []otp.Route{overOctopush(), overMyOTP(otp.Telegram), overWay2API("IN")}, func(s *setup) {
		plain(s)
		s.template.Translations = map[string]string{"fr": "{{otp}}"}
	}},

	// cost
	{"a curly quote that costs nothing", "", nil, func(s *setup) { s.template.Text = "Don’t share {{otp}}" }},
	{"a curly quote that costs a segment", "text", nil, func(s *setup) {
		s.template.Text = "Don’t share {{otp}}: it is your code for {{validity_minutes}} minutes and for {{brand}} only, not for us."
	}},
	{"a curly quote that costs a segment with this brand", "template", nil, func(s *setup) {
		s.template.Translations = nil
		s.brand.DisplayName, s.template.Text = "A brand of forty characters, or one less", "Please don’t share {{otp}}, for {{brand}}"
	}},
	{"a long text", "template", []otp.Route{overOctopush(), overAndroidAPI()}, func(s *setup) {
		plain(s)
		s.template.Text = "{{otp}} is your code. " + strings.Repeat("Never share it. ", 10)
	}},
	{"a long text that nobody sends by SMS", "", []otp.Route{overVoice(&otp.Voice{Language: "en-GB"})}, func(s *setup) {
		plain(s)
		s.template.Text = "{{otp}} is your code. " + strings.Repeat("Never share it. ", 10)
	}},
	{"an emoji", "template", nil, func(s *setup) {
		s.template.Translations = map[string]string{"fr": "🔐 {{otp}} est votre code de connexion chez {{brand}}. Ne le partagez jamais."}
	}},

	// values
	{"seconds for minutes", "validity_seconds limits.resend_after_seconds", nil, func(s *setup) { s.template.Text, s.profile.ValiditySeconds = "{{otp}}", new(int64(5)) }},
	{"another code later than the code is good", "limits.resend_after_seconds", nil, func(s *setup) { s.profile.Limits = &otp.Limits{ResendAfterSeconds: new(int64(600))} }},
	{"three digits over MyOTP.App", "code code.length", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) {
		plain(s)
		s.profile.Code = &otp.CodePolicy{Length: new(int64(3))}
	}},
	{"half a minute over MyOTP.App", "validity_seconds validity_seconds", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) {
		plain(s)
		s.profile.ValiditySeconds = new(int64(30))
	}},
	{"a hundred attempts", "max_wrong_attempts", nil, func(s *setup) {
		s.profile.Code, s.profile.MaxWrongAttempts = &otp.CodePolicy{Length: new(int64(8))}, new(int64(100))
	}},
	{"a device without a SIM slot", "androidapi.sim", []otp.Route{overAndroidAPI()}, func(s *setup) {
		plain(s)
		s.sender.AndroidAPI.SIM = nil
	}},

	// countries and routes
	{"a country that no route serves", "allowed_countries", []otp.Route{overOctopush()}, func(s *setup) { s.profile.Routes[0].Countries = []string{"FR", "PK"} }},
	{"few countries of all", "allowed_countries", []otp.Route{overOctopush()}, func(s *setup) {
		s.profile.AllowedCountries, s.profile.Routes[0].Countries = nil, []string{"FR", "PK"}
	}},
	{"Way2API to the world", "allowed_countries routes[0].countries", []otp.Route{overWay2API()}, func(s *setup) {
		plain(s)
		s.profile.AllowedCountries = nil
	}},
	{"Way2API to France", "allowed_countries routes[0].countries", []otp.Route{overWay2API("FR")}, plain},
	{"a route behind its equal for all countries", "routes[1]", []otp.Route{overOctopush(), {Vendor: otp.Octopush, Channel: otp.SMS, SenderID: "europe", Countries: []string{"FR"}}}, nil},
	{"a route behind its equals for each of its countries", "allowed_countries routes[2]", []otp.Route{
		{Vendor: otp.MyOTP, Channel: otp.SMS, Countries: []string{"FR"}}, {Vendor: otp.MyOTP, Channel: otp.SMS, Countries: []string{"IN"}},
		{Vendor: otp.MyOTP, Channel: otp.SMS, Countries: []string{"FR", "IN"}, MyOTP: &otp.MyOTPRoute{ForceSend: new(false)}},
	}, plain},
	{"a route behind its equal for other countries", "allowed_countries", []otp.Route{
		{Vendor: otp.Octopush, Channel: otp.SMS, SenderID: "europe", Countries: []string{"FR"}},
		{Vendor: otp.Octopush, Channel: otp.SMS, SenderID: "europe", Countries: []string{"FR", "IN"}},
	}, nil},
	{"a route behind one of another account", "", []otp.Route{overOctopush(), {Vendor: otp.Octopush, Channel: otp.SMS, SenderID: "europe", Account: "backup"}}, nil},
}

func TestWarningsComeOnceAndAtTheirPlace(t *testing.T) {
	blocks := map[string][]string{}
	for _, test := range warned {
		routes := test.routes
		if routes == nil {
			routes = []otp.Route{overOctopush()}
		}
		s := valid(routes...)
		if test.adapt != nil {
			test.adapt(s)
		}
		document, complete, ps := s.compile()
		if !complete || ps.Failed() {
			t.Errorf("%s: complete: %t, problems: %q", test.name, complete, sentences(ps))
		}
		if _, err := document.Canonical(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		var paths []string
		for _, p := range ps {
			paths = append(paths, p.Path.String())
		}
		if got := strings.Join(paths, " "); got != test.paths {
			t.Errorf("%s: warnings at %q, want %q: %q", test.name, got, test.paths, sentences(ps))
		}
		if blocks[test.name] != nil {
			t.Errorf("two tests are named %q", test.name)
		}
		blocks[test.name] = sentences(ps)
	}
	golden(t, "testdata/warned.txt", blocks)
}

// TestTheRouteThatAnErrorSuggestsIsAccepted compiles it.
func TestTheRouteThatAnErrorSuggestsIsAccepted(t *testing.T) {
	s := valid()
	ps := errorsOf(s.profile.Check())
	if len(ps) != 1 || !strings.Contains(ps[0].Detail, `{ vendor = "myotp", channel = "sms" }`) {
		t.Fatalf("%q", sentences(ps))
	}
	_, complete, ps := valid(overMyOTP(otp.SMS)).compile()
	if !complete || ps.Failed() {
		t.Errorf("what the error suggests is refused: %q", sentences(ps))
	}
}

// TestAVoiceRouteReadsTheDefaultWhereItHasNoLanguage: its texts leave the
// locale out, and a free text of another route keeps it.
func TestAVoiceRouteReadsTheDefaultWhereItHasNoLanguage(t *testing.T) {
	s := valid(overOctopush(), overVoice(&otp.Voice{Language: "en-GB", Translations: map[string]string{"fr": "fr-FR"}}))
	s.template.Translations["nl"] = "{{otp}} is je code."
	document, _, _ := s.compile()
	sms, voice := document.Routes[0].Send, document.Routes[1].Send
	if sms.Texts["nl"] == "" || sms.Texts["fr"] == "" || voice.Texts["nl"] != "" || voice.Texts["fr"] == "" || voice.Texts[""] == "" {
		t.Errorf("texts of the SMS %q, of the voice message %q", sms.Texts, voice.Texts)
	}
}
