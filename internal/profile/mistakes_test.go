package profile_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// TestTypicalMistakesFailAtPlan goes through real plans: the message is there,
// at its attribute, also where the referred object is created in the same run,
// and nothing is written. The rules themselves are tested in internal/vendors.
func TestTypicalMistakesFailAtPlan(t *testing.T) {
	t.Parallel()
	replaced := func(before, after string) string {
		body := providertest.Setup("acme", "Acme", providertest.OverOctopush+", "+providertest.OverMyOTP)
		changed := strings.Replace(body, before, after, 1)
		if changed == body {
			t.Fatalf("no %q to replace", before)
		}
		return changed
	}
	tests := map[string]struct {
		config string
		want   []string
	}{
		"name is no slug": {replaced(`name         = "acme"`, `name         = "Acme Bank"`),
			[]string{"Name is not a slug", `Write "acme-bank"`}},
		"template without the code": {replaced("{{brand}}: {{otp}}", "{{brand}}: hello"),
			[]string{"Message text has no code in it", "Write {{otp}} where the code belongs"}},
		"unknown placeholder": {replaced("{{otp}}", "{{code}}"),
			[]string{`unknown placeholder "{{code}}"`, "write {{otp}}"}},
		"interpolation typed by habit": {replaced("{{otp}}", "$${otp}"),
			[]string{`"${otp}"`, "write {{otp}}"}},
		"sender with a dash": {replaced("ACMEBANK", "ACME-BANK"),
			[]string{"octopush.sender", `Write "ACMEBANK"`}},
		"text that is too long once it is filled": {replaced("{{brand}}: {{otp}}", "{{otp}}"+strings.Repeat("x", 1219)),
			[]string{"Message is too long for Octopush", "Shorten it by 1"}},
		"ten digits at MyOTP.App": {replaced(`allowed_countries = ["FR"]`, "allowed_countries = [\"FR\"]\n  code = { length = 10 }"),
			[]string{"Code length is out of range for MyOTP.App", "3 to 8 digits"}},
		"validity MyOTP.App refuses": {replaced(`allowed_countries = ["FR"]`, "allowed_countries = [\"FR\"]\n  validity_seconds = 29"),
			[]string{"Validity is out of range for MyOTP.App", "30 to 14400"}},
		"brand MyOTP.App refuses": {replaced(`"Acme"`, `"Acme & Sons"`),
			[]string{"Brand has a shape MyOTP.App does not accept", "3 to 16 of a-z"}},
		"route to a sender ID that is not there": {replaced("otp_sender_id.europe.name", `"nobody"`),
			[]string{`the sender ID "nobody"`, "sender_id = otp_sender_id.<label>.name"}},
		"unknown country": {replaced(`["FR"]`, `["UK"]`), []string{"Unknown country", `Write "GB"`}},
		"empty countries": {replaced(`["FR"]`, `[]`), []string{"List of countries is empty"}},
		"no routes":       {replaced("["+providertest.OverOctopush+", "+providertest.OverMyOTP+"]", "[]"), []string{"Profile has no route"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := providertest.NewWorld(t)
			var pattern []string
			for _, sentence := range test.want {
				words := strings.Fields(sentence)
				for i := range words {
					words[i] = regexp.QuoteMeta(words[i])
				}
				pattern = append(pattern, strings.Join(words, `[\s│]+`))
			}
			w.Run(resource.TestStep{
				Config: test.config, PlanOnly: true,
				ExpectError: regexp.MustCompile("(?s)" + strings.Join(pattern, ".*")),
			})
			if _, err := os.Stat(strings.TrimPrefix(w.URL, "sqlite:")); err == nil {
				t.Error("the catalog was created, though the plan failed")
			}
		})
	}
}

func TestNumbersThatDoNotFitAreRefusedOnce(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"1.5", "99999999999999999999"} {
		w := providertest.NewWorkspace(t)
		body := strings.Replace(providertest.Setup("acme", "Acme", providertest.OverOctopush), `allowed_countries = ["FR"]`, "allowed_countries = [\"FR\"]\n  validity_seconds = "+value, 1)
		output := w.Configure(body).Fails("validity_seconds", "plan", "-input=false")
		if strings.Contains(output, "bug") {
			t.Errorf("a wrong number is no bug of the provider: %s", output)
		}
	}
}

// TestValuesThatStandForNothingAreRefused: they come from variables, and would
// be lost on the way to the catalog and back.
func TestValuesThatStandForNothingAreRefused(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"null translation":       "resource \"otp_message_template\" \"x\" {\n  name = \"x\"\n  text = \"{{otp}}\"\n  translations = { fr = null }\n}\n",
		"null country":           strings.Replace(providertest.Setup("acme", "Acme", providertest.OverOctopush), `["FR"]`, `["FR", null]`, 1),
		"empty device":           "resource \"otp_sender_id\" \"x\" {\n  name = \"x\"\n  androidapi = { gateway = \"12\", device = \"\" }\n}\n",
		"empty gateway":          "resource \"otp_sender_id\" \"x\" {\n  name = \"x\"\n  androidapi = { device = \"d\", sim = 1, gateway = \"\" }\n}\n",
		"empty account":          providertest.Setup("acme", "Acme", `{ vendor = "myotp", channel = "sms", account = "" }`),
		"empty WhatsApp account": providertest.Setup("acme", "Acme", `{ vendor = "myotp", channel = "sms", whatsapp_account = "" }`),
		"empty voice":            providertest.Setup("acme", "Acme", `{ vendor = "octopush", channel = "voice_sms", octopush = { voice = { language = "", gender = "male" } } }`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			providertest.NewWorld(t).Run(resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)Collection holds null|Attribute is empty`)})
		})
	}
}
