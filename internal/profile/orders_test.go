package profile_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

func TestBrandAndProfileChangedTogether(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure(providertest.Setup("acme", "Acme & Sons", providertest.OverOctopush)).Apply()

	// Neither change alone would be valid: MyOTP.App takes no ampersand.
	w.Configure(providertest.Setup("acme", "Acme & Sons", providertest.OverMyOTP))
	w.Fails(`Brand "acme" has the display_name "Acme & Sons"; MyOTP.App takes 3 to 16`, "plan")
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverMyOTP)).Apply()
	if got := w.Document("login")["brand"]; got != "Acme" {
		t.Errorf("the document has the brand %q", got)
	}
	w.Configure(providertest.Setup("acme", "Acme & Sons", providertest.OverOctopush)).Apply()
}

func TestAChangedBrandShowsTheProfileInTheSamePlan(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	w.Configure(providertest.Setup("acme", "Acme Bank", providertest.OverOctopush))
	actions := w.Plans()
	if actions["otp_brand.acme"] != "update" || actions["otp_profile.login"] != "update" || actions["otp_sender_id.europe"] != "no-op" {
		t.Errorf("planned %v", actions)
	}
	w.Apply()
	if got := w.Document("login")["brand"]; got != "Acme Bank" {
		t.Errorf("the document has the brand %q", got)
	}
}

func TestARenamedBrandIsReplacedUnderItsProfile(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	output := w.Configure(providertest.Setup("acme-bank", "Acme", providertest.OverOctopush)).Apply()
	if !strings.Contains(output, "Brand is retired, not gone") {
		t.Errorf("nothing said that the brand was retired: %s", output)
	}
	w.Has(catalog.Brand, "acme-bank")
	// The retired one went with its last reference.
	if _, err := w.Store.Get(t.Context(), catalog.Ref{Kind: catalog.Brand, Name: "acme"}); err == nil {
		t.Error("the old brand is still there, though nothing refers to it")
	}
}

func TestRepointAndRemoveInOneApply(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	second := "\nresource \"otp_brand\" \"second\" {\n  name = \"second\"\n  display_name = \"Second\"\n}\n"
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush) + second).Apply()
	moved := strings.Replace(providertest.Setup("acme", "Acme", providertest.OverOctopush)+second, "otp_brand.acme.name", "otp_brand.second.name", 1)
	begin, end := strings.Index(moved, `resource "otp_brand" "acme"`), strings.Index(moved, `resource "otp_message_template"`)
	w.Configure(moved[:begin] + moved[end:]).Apply()
	w.Has(catalog.Brand, "second")
}

func TestReplaceTargetAndSavedPlan(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()

	w.Apply("-replace=otp_brand.acme")
	w.Settled()
	w.Has(catalog.Brand, "acme")
	w.Apply("-replace=otp_profile.login")
	w.Settled()
	w.Has(catalog.Profile, "login")

	w.Configure(providertest.Setup("acme", "Acme Bank", providertest.OverOctopush))
	w.Apply("-target=otp_brand.acme")
	// The document of a profile is written by its own update only.
	if got := w.Document("login")["brand"]; got != "Acme" {
		t.Errorf("writing the brand changed the profile's document: %q", got)
	}
	w.Apply()

	w.Configure(providertest.Setup("acme", "Acme GmbH", providertest.OverOctopush))
	if actions := w.Plans(); actions["otp_profile.login"] != "update" {
		t.Errorf("planned %v", actions)
	}
	if output, code := w.TF("apply", "-input=false", "saved.plan"); code != 0 {
		t.Fatalf("the saved plan failed: %s", output)
	}
	w.Settled()
	if got := w.Document("login")["brand"]; got != "Acme GmbH" {
		t.Errorf("the document has the brand %q", got)
	}
}

func TestASavedPlanThatIsStaleConflicts(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	w.Configure(providertest.Setup("acme", "Acme Bank", providertest.OverOctopush))
	w.Plans()
	w.Edit(catalog.Brand, "acme", providertest.Set("display_name", "Somebody"))
	output := w.Fails("somebody@elsewhere", "apply", "-input=false", "saved.plan")
	if !strings.Contains(output, "Object was changed by somebody else") {
		t.Errorf("the conflict has another title: %s", output)
	}
	if !strings.Contains(string(w.Get(catalog.Brand, "acme").Spec), "Somebody") {
		t.Error("the other change was overwritten")
	}
	w.Apply()
}

func TestDestroyOfEverything(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	output, code := w.TF("destroy", "-auto-approve", "-input=false")
	if code != 0 || strings.Contains(output, "retired") {
		t.Fatalf("destroy: %s", output)
	}
	for _, kind := range []catalog.Kind{catalog.Brand, catalog.MessageTemplate, catalog.SenderID, catalog.Profile} {
		w.Has(kind)
	}
	w.Apply()
}

func TestTwoAliasesWithTwoCatalogs(t *testing.T) {
	t.Parallel()
	w, second := providertest.NewWorkspace(t), providertest.NewWorld(t)
	body := providertest.Setup("acme", "Acme", providertest.OverOctopush)
	aliased := strings.NewReplacer(
		`" {`+"\n", `2" {`+"\n  provider = otp.second\n", // every resource gets another label
		"otp_brand.acme", "otp_brand.acme2", "otp_message_template.login", "otp_message_template.login2", "otp_sender_id.europe", "otp_sender_id.europe2",
	).Replace(providertest.Setup("acme", "Second", providertest.OverOctopush))
	provider := "provider \"otp\" {\n  alias = \"second\"\n  catalog = { url = \"" + second.URL + "\" }\n}\n"
	w.Configure(provider + body + aliased).Apply()
	if got := w.Document("login")["brand"]; got != "Acme" {
		t.Errorf("the first catalog has the brand %q", got)
	}
	if got := second.Document("login")["brand"]; got != "Second" {
		t.Errorf("the second catalog has the brand %q", got)
	}
	if output, code := w.TF("destroy", "-auto-approve", "-input=false"); code != 0 {
		t.Fatalf("destroy: %s", output)
	}
}
