package guides

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

const objects = `
resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "otp_message_template" "login" {
  name = "login"
  text = "{{brand}}’s code is {{otp}}."
}

resource "otp_sender_id" "europe" {
  name     = "europe"
  octopush = { sender = "ACMEBANK" }
}
`

// Mistakes that a look at one object finds.
const mistakesOfOne = objects + `
resource "otp_message_template" "empty" {
  name = "empty"
  text = "Your login code."
}

resource "otp_message_template" "foreign" {
  name = "foreign"
  text = "Your code is {{otp}}, {{name}}."
}

resource "otp_sender_id" "spaced" {
  name     = "spaced"
  octopush = { sender = "ACME BANK" }
}

resource "otp_profile" "login" {
  name               = "login"
  brand              = otp_brand.acme.name
  template           = otp_message_template.login.name
  code               = { length = 4 }
  max_wrong_attempts = 9
  routes = [
    { vendor = "octopush", channel = "telegram", countris = ["FR"] },
    { vendor = "octopush", channel = "sms" },
  ]
}
`

// Mistakes that show when everything is known.
const mistakesOfAll = objects + `
data "otp_balances" "all" {}

resource "otp_profile" "stranger" {
  name              = "stranger"
  brand             = "nobody"
  template          = otp_message_template.login.name
  allowed_countries = ["FR"]
  routes            = [{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name }]
}

resource "otp_profile" "written" {
  name              = "written"
  brand             = "acme"
  template          = otp_message_template.login.name
  allowed_countries = ["FR"]
  routes            = [{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name }]
}

resource "otp_profile" "login" {
  name     = "login"
  brand    = otp_brand.acme.name
  template = otp_message_template.login.name
  routes   = [{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name }]
}
`

// Each message that the page explains is one that the provider gives: here, or in
// another test, whose words are the page's.
func TestTheMessagesOfTroubleshootingAreReal(t *testing.T) {
	t.Parallel()
	page, _, _ := strings.Cut(providertest.Read(t, filepath.Join(templates, "troubleshooting.md.tmpl")), "## Words of Terraform itself")
	titles := regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(page, -1)
	if len(titles) < 20 {
		t.Errorf("%d messages", len(titles))
	}
	said := produced(t)
	others := ""
	for _, found := range titles {
		if title := found[1]; !strings.Contains(said, title) {
			if others == "" {
				others = tests(t)
			}
			if !strings.Contains(others, title) {
				t.Errorf("nobody says %q", title)
			}
		}
	}
}

// produced is what real runs with these mistakes say.
func produced(t *testing.T) string {
	t.Helper()
	w := providertest.NewWorkspace(t)
	var said strings.Builder
	run := func(args ...string) {
		output, _ := w.TF(args...) // it is the words that count
		said.WriteString(output)
	}
	run("validate") // before there is anything
	w.Configure(mistakesOfOne)
	run("plan")
	w.Configure(mistakesOfAll)
	run("plan")
	w.Configure(objects)
	run("apply", "-auto-approve")
	w = w.Beside()
	w.Configure(objects)
	run("apply", "-auto-approve")
	return said.String()
}

// tests are the words of all other tests, and what they hold the provider to.
func tests(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "guides":
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"), strings.HasSuffix(path, ".txt") && strings.Contains(path, "testdata"):
			all.WriteString(providertest.Read(t, path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
