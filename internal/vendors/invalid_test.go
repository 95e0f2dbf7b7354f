package vendors_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// invalid lists setups that must fail at plan, with the attribute to blame.
// The sentences are in testdata/invalid.txt.
var invalid = []struct {
	name   string
	path   string
	routes []otp.Route
	spoil  func(*setup)
}{
	// brands
	{"brand is empty", "display_name", nil, func(s *setup) { s.brand.DisplayName = "" }},
	{"brand is padded", "display_name", nil, func(s *setup) { s.brand.DisplayName = " Acme" }},
	{"brand is too long", "display_name", nil, func(s *setup) { s.brand.DisplayName = strings.Repeat("Acme ", 20) + "!" }},
	{"brand has a line break", "display_name", nil, func(s *setup) { s.brand.DisplayName = "Acme\nBank" }},
	{"brand has a zero-width space", "display_name", nil, func(s *setup) { s.brand.DisplayName = "Acme\u200bBank" }},
	{"brand has a bidirectional override", "display_name", nil, func(s *setup) { s.brand.DisplayName = "Acme\u202eknaB" }},
	{"brand has a private-use character", "display_name", nil, func(s *setup) { s.brand.DisplayName = "Acme\ue000" }},
	{"brand has a brace", "display_name", nil, func(s *setup) { s.brand.DisplayName = "Acme {Bank}" }},
	{"brand has a Terraform interpolation", "display_name", nil, func(s *setup) { s.brand.DisplayName = "${var.brand}" }},
	{"brand is not composed", "display_name", nil, func(s *setup) { s.brand.DisplayName = "Cafe\u0301" }},

	{"brand with a space at MyOTP.App", "myotp.brand", nil, func(s *setup) { s.brand.MyOTP = &otp.MyOTPBrand{Brand: "Acme Bank"} }},
	{"brand that is too short at MyOTP.App", "myotp.brand", nil, func(s *setup) { s.brand.MyOTP = &otp.MyOTPBrand{Brand: "é!"} }},
	{"brand with another spelling, and a wrong one at MyOTP.App", "myotp.brand", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) {
		s.brand.DisplayName, s.brand.MyOTP = "Acme Bank", &otp.MyOTPBrand{Brand: "Acme & Co"}
	}},

	// templates
	{"template without anything", "text", nil, func(s *setup) { s.template = otp.MessageTemplate{Name: "login"} }},
	{"text without the code", "text", nil, func(s *setup) { s.template.Text = "Your code is on its way." }},
	{"text with the code twice", "text", nil, func(s *setup) { s.template.Text = "{{otp}} is {{otp}}" }},
	{"text with the code twice and in a WebOTP line", "text", nil, func(s *setup) { s.template.Text = "{{otp}} is {{otp}}\n@acme.example #{{otp}}" }},
	{"text with the code twice and the WebOTP line first", "text", nil, func(s *setup) { s.template.Text = "@acme.example #{{otp}}\n{{otp}} is your code" }},
	{"text with a zero-width space between Latin letters", "text", nil, func(s *setup) { s.template.Text = "{{otp}} is your\u200bcode" }},
	{"text of line feeds", "text", nil, func(s *setup) { s.template.Text = "\n\n" }},
	{"text with an unknown placeholder", "text", nil, func(s *setup) { s.template.Text = "{{code}} is your code" }},
	{"text with a spaced placeholder", "text", nil, func(s *setup) { s.template.Text = "{{ otp }} is your code" }},
	{"text with a Terraform interpolation", "text", nil, func(s *setup) { s.template.Text = "${otp} is your code" }},
	{"text with single braces", "text", nil, func(s *setup) { s.template.Text = "{otp} is your code" }},
	{"text with an unclosed placeholder", "text", nil, func(s *setup) { s.template.Text = "{{otp is your code" }},
	{"text with a stray closing brace", "text", nil, func(s *setup) { s.template.Text = "{{otp}}} is your code" }},
	{"text with a tab", "text", nil, func(s *setup) { s.template.Text = "{{otp}}\tis your code" }},
	{"text with a carriage return", "text", nil, func(s *setup) { s.template.Text = "{{otp}}\r\nis your code" }},
	{"translation without the code", `translations["fr"]`, nil, func(s *setup) { s.template.Translations["fr"] = "Bonjour" }},
	{"translation to no language", `translations["french!"]`, nil, func(s *setup) { s.template.Translations = map[string]string{"french!": "{{otp}}"} }},
	{"translation with an unusual tag", `translations["pt_br"]`, nil, func(s *setup) { s.template.Translations = map[string]string{"pt_br": "{{otp}}"} }},
	{"translations and nothing else", "translations", nil, func(s *setup) { s.template.Text, s.template.MyOTP = "", nil }},
	{"translations without a text", "translations", nil, func(s *setup) { s.template.Text = "" }},
	{"MyOTP.App template without a number", "myotp", nil, func(s *setup) { s.template.MyOTP = &otp.MyOTPTemplate{} }},
	{"MyOTP.App template number 0", "myotp.template_order", nil, func(s *setup) { s.template.MyOTP.TemplateOrder = new(int64(0)) }},
	{"MyOTP.App template number 100", "myotp.template_order", nil, func(s *setup) { s.template.MyOTP.TemplateOrder = new(int64(100)) }},
	{"MyOTP.App WhatsApp template as an SMS one", "myotp.template_order", nil, func(s *setup) { s.template.MyOTP.TemplateOrder = new(int64(13)) }},
	{"MyOTP.App SMS template as a WhatsApp one", "myotp.whatsapp_template_order", nil, func(s *setup) { s.template.MyOTP.WhatsAppTemplateOrder = new(int64(11)) }},
	{"MyOTP.App translation with a wrong number", `myotp.translations["es"].whatsapp_template_order`, nil, func(s *setup) {
		s.template.MyOTP.Translations = map[string]otp.MyOTPTranslation{"es": {WhatsAppTemplateOrder: new(int64(16))}}
	}},

	// sender IDs
	{"sender ID without anything", "androidapi", nil, func(s *setup) { s.sender.Octopush = nil }},
	{"Octopush sender with a dash", "octopush.sender", nil, func(s *setup) { s.sender.Octopush.Sender = "ACME-BANK" }},
	{"Octopush sender with a space", "octopush.sender", nil, func(s *setup) { s.sender.Octopush.Sender = "ACME BANK" }},
	{"Octopush sender that is too short", "octopush.sender", nil, func(s *setup) { s.sender.Octopush.Sender = "AB" }},
	{"Octopush sender that is too long", "octopush.sender", nil, func(s *setup) { s.sender.Octopush.Sender = "ACMEBANKGMBH" }},
	{"Octopush sender with an accent", "octopush.sender", nil, func(s *setup) { s.sender.Octopush.Sender = "SÖHNE" }},

	// profiles, whatever the vendor
	{"no route", "routes", []otp.Route{}, nil},
	{"unknown vendor", "routes[0].vendor", []otp.Route{{Vendor: "twilio", Channel: otp.SMS}}, nil},
	{"the same route twice", "routes[1]", []otp.Route{overOctopush(), overOctopush()}, nil},
	{"empty list of countries", "allowed_countries", nil, func(s *setup) { s.profile.AllowedCountries = []string{} }},
	{"country in lower case", "allowed_countries", nil, func(s *setup) { s.profile.AllowedCountries = []string{"fr"} }},
	{"country by its old code", "allowed_countries", nil, func(s *setup) { s.profile.AllowedCountries = []string{"UK"} }},
	{"route to a country that is not allowed", "routes[0].countries", nil, func(s *setup) { s.profile.Routes[0].Countries = []string{"DE"} }},
	{"route to no country", "routes[0].countries", nil, func(s *setup) { s.profile.Routes[0].Countries = []string{} }},
	{"account in capitals", "routes[0].account", nil, func(s *setup) { s.profile.Routes[0].Account = "EU_1" }},
	{"sender ID that is no name", "routes[0].sender_id", nil, func(s *setup) { s.profile.Routes[0].SenderID = "Europe!" }},
	{"brand that is no name", "brand", nil, func(s *setup) { s.profile.Brand = "Acme Bank" }},
	{"template that is no name", "template", nil, func(s *setup) { s.profile.Template = "" }},
	{"account that is no slug", "routes[0].account", nil, func(s *setup) { s.profile.Routes[0].Account = "EU West" }},
	{"code of no characters", "code", nil, func(s *setup) { s.profile.Code = &otp.CodePolicy{Digits: new(false)} }},
	{"code of 2 characters", "code.length", nil, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(2))} }},
	{"Octopush code of 3 characters", "code.length", nil, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(3))} }},
	{"code of 33 characters", "code.length", nil, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(33))} }},
	{"validity 0", "validity_seconds", nil, func(s *setup) { s.profile.ValiditySeconds = new(int64(0)) }},
	{"no attempt", "max_wrong_attempts", nil, func(s *setup) { s.profile.MaxWrongAttempts = new(int64(0)) }},
	{"a hundred and one attempts", "max_wrong_attempts", nil, func(s *setup) { s.profile.MaxWrongAttempts = new(int64(101)) }},
	{"negative wait for a resend", "limits.resend_after_seconds", nil, func(s *setup) { s.profile.Limits = &otp.Limits{ResendAfterSeconds: new(int64(-1))} }},
	{"no code an hour", "limits.per_phone_hour", nil, func(s *setup) { s.profile.Limits = &otp.Limits{PerPhoneHour: new(int64(0))} }},
	{"fewer a day than an hour", "limits.per_phone_day", nil, func(s *setup) { s.profile.Limits = &otp.Limits{PerPhoneHour: new(int64(20))} }},
	{"validity in broken minutes", "validity_seconds", nil, func(s *setup) { s.profile.ValiditySeconds = new(int64(90)) }},
	{"options of another vendor", "routes[0].myotp", nil, func(s *setup) { s.profile.Routes[0].MyOTP = &otp.MyOTPRoute{} }},
	{"WhatsApp account at Octopush", "routes[0].whatsapp_account", nil, func(s *setup) { s.profile.Routes[0].WhatsAppAccount = "9f86d081" }},

	// Octopush
	{"Octopush over WhatsApp", "routes[0].channel", nil, func(s *setup) { s.profile.Routes[0].Channel = otp.WhatsApp }},
	{"Octopush by its older channel name", "routes[0].channel", nil, func(s *setup) { s.profile.Routes[0].Channel = "text_sms" }},
	{"Octopush without a sender", "routes[0].sender_id", nil, func(s *setup) { s.profile.Routes[0].SenderID = "" }},
	{"Octopush with a sender of another vendor", "routes[0].sender_id", nil, func(s *setup) {
		s.sender.Octopush, s.sender.AndroidAPI = nil, &otp.AndroidAPISender{Gateway: "3"}
	}},
	{"Octopush without a text", "template", nil, func(s *setup) { s.template.Text, s.template.Translations = "", nil }},
	{"Octopush text that is too long when filled", "template", nil, func(s *setup) {
		s.template.Translations = nil
		s.template.Text = "{{brand}} {{otp}} " + strings.Repeat("x", 1224-18+6)
		s.brand.DisplayName = strings.Repeat("A", 40)
	}},
	{"Octopush text that is too long with its code", "template", nil, func(s *setup) {
		s.template.Text = "{{otp}}" + strings.Repeat("x", 1224-31)
		s.profile.Code = &otp.CodePolicy{Length: new(int64(32))}
	}},
	{"Octopush validity 2", "validity_seconds", nil, func(s *setup) {
		s.template.Text, s.profile.ValiditySeconds = "{{otp}}", new(int64(2))
	}},
	{"Octopush validity above its limit", "validity_seconds", nil, func(s *setup) {
		s.template.Text, s.profile.ValiditySeconds = "{{otp}}", new(int64(10000001))
	}},
	{"voice without a language", "routes[0].octopush.voice", []otp.Route{overVoice(nil)}, nil},
	{"voice in an unknown language", "routes[0].octopush.voice.language", []otp.Route{overVoice(&otp.Voice{Language: "nl-NL", Translations: map[string]string{"fr": "fr-FR"}})}, nil},
	{"voice of an unknown gender", "routes[0].octopush.voice.gender", []otp.Route{overVoice(&otp.Voice{Language: "en-GB", Gender: "robot", Translations: map[string]string{"fr": "fr-FR"}})}, nil},
	{"voice with a language nobody speaks", `routes[0].octopush.voice.translations["de"]`, []otp.Route{overVoice(&otp.Voice{Language: "en-GB", Translations: map[string]string{"fr": "fr-FR", "de": "de-DE"}})}, nil},
	{"voice on an SMS", "routes[0].octopush.voice", nil, func(s *setup) {
		s.profile.Routes[0].Octopush = &otp.OctopushRoute{Voice: &otp.Voice{Language: "en-GB"}}
	}},

	// MyOTP.App
	{"MyOTP.App by voice", "routes[0].channel", []otp.Route{overMyOTP(otp.VoiceSMS)}, nil},
	{"MyOTP.App with a sender", "routes[0].sender_id", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.profile.Routes[0].SenderID = "europe" }},
	{"MyOTP.App code of ten digits", "code.length", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(10))} }},
	{"MyOTP.App code with lower-case letters", "code", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.profile.Code = &otp.CodePolicy{LowerCase: new(true)} }},
	{"MyOTP.App code without confusing digits", "code.exclude_confusing", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) {
		s.profile.Code = &otp.CodePolicy{Length: new(int64(8)), ExcludeConfusing: new(true)}
	}},
	{"MyOTP.App brand with a space", "brand", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.brand.DisplayName = "Acme Bank" }},
	{"MyOTP.App brand that is too short", "brand", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.brand.DisplayName = "AC" }},
	{"MyOTP.App code of 2 digits", "code.length", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(2))} }},
	{"WhatsApp code of 3 digits", "code.length", []otp.Route{overMyOTP(otp.WhatsApp)}, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(3))} }},
	{"Telegram code of 3 digits", "code.length", []otp.Route{overMyOTP(otp.Telegram)}, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(3))} }},
	{"MyOTP.App validity of 29 seconds", "validity_seconds", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.profile.ValiditySeconds = new(int64(29)) }},
	{"Telegram validity of 59 seconds", "validity_seconds", []otp.Route{overMyOTP(otp.Telegram)}, func(s *setup) { s.profile.ValiditySeconds = new(int64(59)) }},
	{"MyOTP.App validity of five hours", "validity_seconds", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.profile.ValiditySeconds = new(int64(18000)) }},
	{"Telegram above an hour", "validity_seconds", []otp.Route{overMyOTP(otp.Telegram)}, func(s *setup) { s.profile.ValiditySeconds = new(int64(3660)) }},
	{"WhatsApp without a template number", "template", []otp.Route{overMyOTP(otp.WhatsApp)}, func(s *setup) { s.template.MyOTP.WhatsAppTemplateOrder = nil }},
	{"WhatsApp with another validity", "validity_seconds", []otp.Route{overMyOTP(otp.WhatsApp)}, func(s *setup) { s.profile.ValiditySeconds = new(int64(600)) }},
	{"WhatsApp default of another validity than a translation's", "template", []otp.Route{overMyOTP(otp.WhatsApp)}, func(s *setup) {
		s.profile.ValiditySeconds = new(int64(600))
		s.template.MyOTP.Translations = map[string]otp.MyOTPTranslation{"es": {WhatsAppTemplateOrder: new(int64(15))}}
	}},
	{"WhatsApp templates and profile of three validities", "template", []otp.Route{overMyOTP(otp.WhatsApp)}, func(s *setup) {
		s.profile.ValiditySeconds = new(int64(900))
		s.template.MyOTP.Translations = map[string]otp.MyOTPTranslation{"es": {WhatsAppTemplateOrder: new(int64(15))}}
	}},
	{"WhatsApp with a translation and another validity", "validity_seconds", []otp.Route{overMyOTP(otp.WhatsApp)}, func(s *setup) {
		s.profile.ValiditySeconds = new(int64(600))
		s.template.MyOTP.Translations = map[string]otp.MyOTPTranslation{"es": {WhatsAppTemplateOrder: new(int64(14))}}
	}},
	{"WhatsApp with a validity of no template", "validity_seconds", []otp.Route{overMyOTP(otp.WhatsApp)}, func(s *setup) { s.profile.ValiditySeconds = new(int64(120)) }},
	{"WhatsApp with a translation of another validity", "template", []otp.Route{overMyOTP(otp.WhatsApp)}, func(s *setup) {
		s.template.MyOTP.Translations = map[string]otp.MyOTPTranslation{"es": {WhatsAppTemplateOrder: new(int64(15))}}
	}},
}

// several are setups in which more than one object has to be changed, or whose
// fault shows in the object and in the profile that uses it. A real plan stops
// at the object.
var several = map[string]bool{
	"sender ID without anything":    true,
	"template without anything":     true,
	"translations without a text":   true,
	"translations and nothing else": true,
	"text of line feeds":            true,
}

func errorsOf(ps otp.Problems) otp.Problems {
	return slices.DeleteFunc(slices.Clone(ps), func(p otp.Problem) bool { return p.Warning })
}

func TestInvalidSetupsFailAtPlanWithARemedy(t *testing.T) {
	blocks := map[string][]string{}
	for _, test := range invalid {
		routes := test.routes
		if routes == nil {
			routes = []otp.Route{overOctopush()}
		}
		s := valid(routes...)
		if test.spoil != nil {
			test.spoil(s)
		}
		_, _, ps := s.compile()
		blamed := false
		for _, p := range ps {
			blamed = blamed || !p.Warning && p.Path.String() == test.path
			if !p.Warning && !strings.ContainsAny(p.Detail, ".;") {
				t.Errorf("%s: no sentence in %q", test.name, p.Detail)
			}
		}
		if !blamed {
			t.Errorf("%s: no error at %s, only %q", test.name, test.path, sentences(ps))
		}
		if n := len(errorsOf(ps)); n != 1 && !several[test.name] {
			t.Errorf("%s: %d errors, want one: %q", test.name, n, sentences(ps))
		}
		if blocks[test.name] != nil {
			t.Errorf("two tests are named %q", test.name)
		}
		blocks[test.name] = sentences(ps)
	}
	golden(t, "testdata/invalid.txt", blocks)
}

func TestSeveralErrorsAreReportedAtOnce(t *testing.T) {
	s := valid(overOctopush(), overMyOTP(otp.SMS))
	s.template.Text = "no code"
	s.brand.DisplayName = "A!"
	s.sender.Octopush.Sender = "A-B"
	s.profile.Code = &otp.CodePolicy{Length: new(int64(10))}
	_, _, ps := s.compile()
	errors := len(errorsOf(ps))
	if errors != 4 {
		t.Errorf("%d errors, want 4: %q", errors, sentences(ps))
	}
}
