package profile_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// TestEachMistakeGivesOneMessage goes through real plans: a rule of the domain
// and one of the schema would say the same twice.
func TestEachMistakeGivesOneMessage(t *testing.T) {
	t.Parallel()
	usual := providertest.Setup("acme", "Acme", providertest.OverOctopush)
	template := func(body string) string {
		return "resource \"otp_message_template\" \"x\" {\n  name = \"x\"\n" + body + "\n}\n"
	}
	whatsApp := strings.Replace(providertest.Setup("acme", "Acme", `{ vendor = "myotp", channel = "whatsapp" }`), "otp_message_template\" \"login\" {",
		"otp_message_template\" \"login\" {\n  myotp = { whatsapp_template_order = 12, translations = { es = { whatsapp_template_order = 15 } } }", 1)
	for name, test := range map[string]struct{ config, want string }{
		"no routes":                   {strings.Replace(usual, providertest.OverOctopush, "", 1), "Profile has no route"},
		"empty text":                  {template(`  text = ""`), "Attribute is empty"},
		"empty text and translations": {template("  text = \"\"\n  translations = { fr = \"{{otp}}\" }"), "Attribute is empty"},
		"translations without text":   {template(`  translations = { fr = "{{otp}}" }`), "Translations without a default text"},
		"account in capitals":         {providertest.Setup("acme", "Acme", `{ vendor = "myotp", channel = "sms", account = "EU_1" }`), `Write "eu-1"`},
		"empty account":               {providertest.Setup("acme", "Acme", `{ vendor = "myotp", channel = "sms", account = "" }`), "Attribute is empty"},
		"empty sender ID":             {providertest.Setup("acme", "Acme", `{ vendor = "octopush", channel = "sms", sender_id = "" }`), "Attribute is empty"},
		"mixed WhatsApp templates":    {whatsApp, `myotp.translations["es"].whatsapp_template_order to 14`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := providertest.NewWorkspace(t).Configure(test.config)
			output := w.Fails(test.want, "plan", "-input=false", "-no-color")
			if n := strings.Count(output, "Error: "); n != 1 {
				t.Errorf("%d errors, want one:\n%s", n, output)
			}
		})
	}
}

// TestEmptyTranslationsMeanNone: modules pass {} all the time. The second plan
// is empty, and so it is when they come and go.
func TestEmptyTranslationsMeanNone(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	body := providertest.Setup("acme", "Acme", `{ vendor = "octopush", channel = "voice_sms", octopush = { voice = { language = "en-GB", translations = {} } } }, `+providertest.OverMyOTP)
	none := strings.Replace(body, "otp_message_template\" \"login\" {", "otp_message_template\" \"login\" {\n  translations = {}\n  myotp = { template_order = 3, translations = {} }", 1)
	w.Configure(none).Apply()
	w.Settled()
	w.Has(catalog.Profile, "login")
	some := strings.Replace(none, "translations = {}\n", "translations = { fr = \"{{otp}}\" }\n", 1)
	w.Configure(some).Apply()
	w.Settled()
	w.Configure(none).Apply()
	w.Settled()
	w.Configure(body).Apply()
	w.Settled()
}
