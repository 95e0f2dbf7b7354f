package vendors_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// accepted lists setups that compile. Their documents are golden files in
// testdata/documents, so that every change of a request is seen.
var accepted = []struct {
	name   string
	routes []otp.Route
	adapt  func(*setup)
}{
	{"octopush", []otp.Route{overOctopush()}, nil},
	{"octopush-without-translations", []otp.Route{overOctopush()}, func(s *setup) { s.template.Translations = nil }},
	{"octopush-expiry-time", []otp.Route{overOctopush()}, func(s *setup) { s.template.Text = "{{otp}} until {{expiry_time}}" }},
	{"octopush-every-character", []otp.Route{overOctopush()}, func(s *setup) {
		s.profile.Code = &otp.CodePolicy{Length: new(int64(32)), UpperCase: new(true), LowerCase: new(true), SpecialCharacters: new(true), ExcludeConfusing: new(true)}
	}},
	{"octopush-letters-only", []otp.Route{overOctopush()}, func(s *setup) {
		s.profile.Code = &otp.CodePolicy{Length: new(int64(6)), Digits: new(false), UpperCase: new(true)}
	}},
	{"octopush-four-digits", []otp.Route{overOctopush()}, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(4))} }},
	{"octopush-second-account", []otp.Route{overOctopush()}, func(s *setup) { s.profile.Routes[0].Account = "eu-west" }},
	{"octopush-recipient-ip", []otp.Route{overOctopush()}, func(s *setup) {
		s.profile.Routes[0].Octopush = &otp.OctopushRoute{BindRecipientIP: new(true)}
	}},
	{"octopush-short-validity", []otp.Route{overOctopush()}, func(s *setup) { s.template.Text, s.profile.ValiditySeconds = "{{otp}}", new(int64(3)) }},
	{"octopush-long-text", []otp.Route{overOctopush()}, func(s *setup) { s.template.Text = "{{otp}}" + strings.Repeat("x", 1218) }},
	{"octopush-all-countries", []otp.Route{overOctopush()}, func(s *setup) { s.profile.AllowedCountries = nil }},
	{"octopush-route-countries-only", []otp.Route{overOctopush()}, func(s *setup) {
		s.profile.AllowedCountries = nil
		s.profile.Routes[0].Countries = []string{"BE", "FR"}
	}},
	{"octopush-unicode", []otp.Route{overOctopush()}, func(s *setup) {
		s.brand.DisplayName = "Ακμή"
		s.template.Translations = map[string]string{"ar": "رمز {{brand}}\u200f: {{otp}}", "zh-Hant": "{{brand}}驗證碼:{{otp}}"}
	}},
	{"octopush-webotp", []otp.Route{overOctopush()}, func(s *setup) { s.template.Text = "Your code is below.\n@acme.example #{{otp}}" }},
	{"octopush-limits", []otp.Route{overOctopush()}, func(s *setup) {
		s.profile.Limits = &otp.Limits{ResendAfterSeconds: new(int64(0)), PerPhoneHour: new(int64(1)), PerPhoneDay: new(int64(1))}
		s.profile.MaxWrongAttempts = new(int64(10))
	}},
	{"octopush-voice", []otp.Route{overVoice(&otp.Voice{Language: "en-GB", Translations: map[string]string{"fr": "fr-FR"}})}, nil},
	{"octopush-voice-male", []otp.Route{overVoice(&otp.Voice{Language: "de-DE", Gender: "male"})}, func(s *setup) { s.template.Translations = nil }},
	{"octopush-voice-with-sender", []otp.Route{overVoice(&otp.Voice{Language: "de-DE"})}, func(s *setup) {
		s.template.Translations = nil
		s.profile.Routes[0].SenderID = "europe"
	}},
	{"myotp-sms", []otp.Route{overMyOTP(otp.SMS)}, nil},
	{"myotp-sms-default-template", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.template.MyOTP = nil }},
	{"myotp-sms-translated", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) {
		s.template.MyOTP.Translations = map[string]otp.MyOTPTranslation{"es": {TemplateOrder: new(int64(7))}, "fr": {TemplateOrder: new(int64(8))}}
	}},
	{"myotp-sms-without-force", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) {
		s.profile.Routes[0].MyOTP = &otp.MyOTPRoute{ForceSend: new(false)}
	}},
	{"myotp-sms-four-digits", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(4))} }},
	{"myotp-sms-eight-digits", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(8))} }},
	{"myotp-sms-second-account", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.profile.Routes[0].Account = "backup" }},
	{"myotp-sms-longest-validity", []otp.Route{overMyOTP(otp.SMS)}, func(s *setup) { s.profile.ValiditySeconds = new(int64(14400)) }},
	{"myotp-whatsapp", []otp.Route{overMyOTP(otp.WhatsApp)}, nil},
	{"myotp-whatsapp-ten-minutes", []otp.Route{overMyOTP(otp.WhatsApp)}, func(s *setup) {
		s.profile.ValiditySeconds = new(int64(600))
		s.template.MyOTP.WhatsAppTemplateOrder = new(int64(13))
		s.template.MyOTP.Translations = map[string]otp.MyOTPTranslation{"es": {WhatsAppTemplateOrder: new(int64(15))}}
	}},
	{"myotp-telegram", []otp.Route{overMyOTP(otp.Telegram)}, nil},
	{"myotp-telegram-an-hour", []otp.Route{overMyOTP(otp.Telegram)}, func(s *setup) { s.profile.ValiditySeconds = new(int64(3600)) }},
	{"four-routes", []otp.Route{overOctopush(), overMyOTP(otp.WhatsApp), overMyOTP(otp.SMS), overMyOTP(otp.Telegram)}, func(s *setup) {
		s.profile.Routes[0].Countries = []string{"FR"}
	}},
}

func TestValidSetupsCompileToTheirDocuments(t *testing.T) {
	for _, test := range accepted {
		t.Run(test.name, func(t *testing.T) {
			s := valid(test.routes...)
			if test.adapt != nil {
				test.adapt(s)
			}
			document, complete, ps := s.compile()
			if !complete || ps.Failed() {
				t.Fatalf("complete: %v, problems: %q", complete, sentences(ps))
			}
			text, err := document.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			again, _, _ := s.compile()
			if twice, err := again.Canonical(); err != nil || twice != text {
				t.Errorf("compiling twice gives two documents (%v)", err)
			}
			compareDocument(t, filepath.Join("testdata", "documents", test.name+".json"), text)
		})
	}
}

// compareDocument compares a document with its golden file, which is indented
// for people.
func compareDocument(t *testing.T, file, text string) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(text), "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	if *update {
		if err := os.WriteFile(file, pretty.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(pretty.String(), "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
