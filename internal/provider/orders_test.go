package provider_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

const brandAndProfile = `
resource "otp_brand" "acme" {
  name         = "BRAND"
  display_name = "DISPLAY"
}

resource "otp_message_template" "login" {
  name = "login"
  text = "{{brand}}: {{otp}}"
}

resource "otp_sender_id" "europe" {
  name     = "europe"
  octopush = { sender = "ACMEBANK" }
}

resource "otp_profile" "login" {
  name              = "login"
  brand             = otp_brand.acme.name
  template          = otp_message_template.login.name
  allowed_countries = ["FR"]
  routes            = [ROUTE]
}
`

const (
	overOctopush = `{ vendor = "octopush", channel = "sms", sender_id = otp_sender_id.europe.name }`
	overMyOTP    = `{ vendor = "myotp", channel = "sms" }`
)

func setup(brand, display, route string) string {
	return strings.NewReplacer("BRAND", brand, "DISPLAY", display, "ROUTE", route).Replace(brandAndProfile)
}

func TestBrandAndProfileChangedTogether(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(setup("acme", "Acme & Sons", overOctopush)).apply()

	// Neither change alone would be valid: MyOTP.App takes no ampersand.
	w.configure(setup("acme", "Acme & Sons", overMyOTP))
	w.fails(`Brand "acme" has the display_name "Acme & Sons"; MyOTP.App takes 3 to 16`, "plan")
	w.configure(setup("acme", "Acme", overMyOTP)).apply()
	if got := w.document("login")["brand"]; got != "Acme" {
		t.Errorf("the document has the brand %q", got)
	}
	w.configure(setup("acme", "Acme & Sons", overOctopush)).apply()
}

func TestAChangedBrandShowsTheProfileInTheSamePlan(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(setup("acme", "Acme", overOctopush)).apply()
	w.configure(setup("acme", "Acme Bank", overOctopush))
	actions := w.plans()
	if actions["otp_brand.acme"] != "update" || actions["otp_profile.login"] != "update" || actions["otp_sender_id.europe"] != "no-op" {
		t.Errorf("planned %v", actions)
	}
	w.apply()
	if got := w.document("login")["brand"]; got != "Acme Bank" {
		t.Errorf("the document has the brand %q", got)
	}
}

func TestARenamedBrandIsReplacedUnderItsProfile(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(setup("acme", "Acme", overOctopush)).apply()
	output := w.configure(setup("acme-bank", "Acme", overOctopush)).apply()
	if !strings.Contains(output, "Brand is retired, not gone") {
		t.Errorf("nothing said that the brand was retired: %s", output)
	}
	w.has(catalog.Brand, "acme-bank")
	// The retired one went with its last reference.
	if _, err := w.store.Get(t.Context(), catalog.Ref{Kind: catalog.Brand, Name: "acme"}); err == nil {
		t.Error("the old brand is still there, though nothing refers to it")
	}
}

func TestRepointAndRemoveInOneApply(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	second := "\nresource \"otp_brand\" \"second\" {\n  name = \"second\"\n  display_name = \"Second\"\n}\n"
	w.configure(setup("acme", "Acme", overOctopush) + second).apply()
	moved := strings.Replace(setup("acme", "Acme", overOctopush)+second, "otp_brand.acme.name", "otp_brand.second.name", 1)
	begin, end := strings.Index(moved, `resource "otp_brand" "acme"`), strings.Index(moved, `resource "otp_message_template"`)
	w.configure(moved[:begin] + moved[end:]).apply()
	w.has(catalog.Brand, "second")
}

func TestReplaceTargetAndSavedPlan(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(setup("acme", "Acme", overOctopush)).apply()

	w.apply("-replace=otp_brand.acme")
	w.settled()
	w.has(catalog.Brand, "acme")
	w.apply("-replace=otp_profile.login")
	w.settled()
	w.has(catalog.Profile, "login")

	w.configure(setup("acme", "Acme Bank", overOctopush))
	w.apply("-target=otp_brand.acme")
	// The document of a profile is written by its own update only.
	if got := w.document("login")["brand"]; got != "Acme" {
		t.Errorf("writing the brand changed the profile's document: %q", got)
	}
	w.apply()

	w.configure(setup("acme", "Acme GmbH", overOctopush))
	if actions := w.plans(); actions["otp_profile.login"] != "update" {
		t.Errorf("planned %v", actions)
	}
	if output, code := w.tf("apply", "-input=false", "saved.plan"); code != 0 {
		t.Fatalf("the saved plan failed: %s", output)
	}
	w.settled()
	if got := w.document("login")["brand"]; got != "Acme GmbH" {
		t.Errorf("the document has the brand %q", got)
	}
}

func TestASavedPlanThatIsStaleConflicts(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(setup("acme", "Acme", overOctopush)).apply()
	w.configure(setup("acme", "Acme Bank", overOctopush))
	w.plans()
	w.edit(catalog.Brand, "acme", set("display_name", "Somebody"))
	output := w.fails("somebody@elsewhere", "apply", "-input=false", "saved.plan")
	if !strings.Contains(output, "Object was changed by somebody else") {
		t.Errorf("the conflict has another title: %s", output)
	}
	if !strings.Contains(string(w.get(catalog.Brand, "acme").Spec), "Somebody") {
		t.Error("the other change was overwritten")
	}
	w.apply()
}

func TestDestroyOfEverything(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(setup("acme", "Acme", overOctopush)).apply()
	output, code := w.tf("destroy", "-auto-approve", "-input=false")
	if code != 0 || strings.Contains(output, "retired") {
		t.Fatalf("destroy: %s", output)
	}
	for _, kind := range []catalog.Kind{catalog.Brand, catalog.MessageTemplate, catalog.SenderID, catalog.Profile} {
		w.has(kind)
	}
	w.apply()
}

func TestTwoAliasesWithTwoCatalogs(t *testing.T) {
	t.Parallel()
	w, second := newWorkspace(t), newWorld(t)
	body := setup("acme", "Acme", overOctopush)
	aliased := strings.NewReplacer(
		`" {`+"\n", `2" {`+"\n  provider = otp.second\n", // every resource gets another label
		"otp_brand.acme", "otp_brand.acme2", "otp_message_template.login", "otp_message_template.login2", "otp_sender_id.europe", "otp_sender_id.europe2",
	).Replace(setup("acme", "Second", overOctopush))
	provider := "provider \"otp\" {\n  alias = \"second\"\n  catalog = { url = \"" + second.url + "\" }\n}\n"
	w.configure(provider + body + aliased).apply()
	if got := w.document("login")["brand"]; got != "Acme" {
		t.Errorf("the first catalog has the brand %q", got)
	}
	if got := second.document("login")["brand"]; got != "Second" {
		t.Errorf("the second catalog has the brand %q", got)
	}
	if output, code := w.tf("destroy", "-auto-approve", "-input=false"); code != 0 {
		t.Fatalf("destroy: %s", output)
	}
}
