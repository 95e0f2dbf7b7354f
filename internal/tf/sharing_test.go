package tf_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

func TestANameThatIsWrittenOut(t *testing.T) {
	t.Parallel()
	literal := func(display string) string {
		return strings.NewReplacer("otp_brand.acme.name", `"acme"`).Replace(providertest.Setup("acme", display, providertest.OverOctopush))
	}
	w := providertest.NewWorkspace(t)
	// Terraform knows no order, so whichever it takes first, the plan must not
	// be wrong: it fails with the reference to write, here or in the apply.
	output, code := w.Configure(literal("Acme")).TF("apply", "-auto-approve", "-input=false", "-parallelism=1")
	if code != 0 && !strings.Contains(output, "otp_brand.<label>.name") {
		t.Fatalf("no advice in: %s", output)
	}
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	output, code = w.Configure(literal("Acme Bank")).TF("plan", "-input=false", "-parallelism=1")
	if code != 0 && !strings.Contains(output, "Terraform does not know the order") {
		t.Fatalf("another failure than that of the order: %s", output)
	}
	if code != 0 && !strings.Contains(output, "write `brand = otp_brand.<label>.name` in the profile") {
		t.Errorf("no advice in: %s", output)
	}
}

func TestAReferenceToNothingFailsAtPlan(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure(strings.NewReplacer("otp_brand.acme.name", `"nobody"`).Replace(providertest.Setup("acme", "Acme", providertest.OverOctopush)))
	output := w.Fails(`The profile "login" refers to the brand "nobody", which is not in the catalog`, "plan", "-input=false")
	if !strings.Contains(output, "brand = otp_brand.<label>.name") {
		t.Errorf("no advice in: %s", output)
	}
	if _, err := os.Stat(strings.TrimPrefix(w.URL, "sqlite:")); err == nil {
		t.Error("a plan created the catalog")
	}
}

func TestAReferenceToWhatThisRunDeletesFailsAtPlan(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	body := strings.Replace(providertest.Setup("acme", "Acme", providertest.OverOctopush), "otp_brand.acme.name", `"acme"`, 1)
	_, body, _ = strings.Cut(body, `resource "otp_message_template"`)
	w.Configure(`resource "otp_message_template"` + body)
	output, code := w.TF("plan", "-input=false")
	if code == 0 {
		t.Fatalf("the plan keeps a profile on a brand that it deletes: %s", output)
	}
	if !strings.Contains(output, "otp_brand.<label>.name") {
		t.Errorf("no advice in: %s", output)
	}
}

func TestAProfileInAnotherWorkspace(t *testing.T) {
	t.Parallel()
	nouns := providertest.NewWorkspace(t)
	profiles := nouns.Beside()
	body := providertest.Setup("acme", "Acme", providertest.OverOctopush)
	split := strings.Index(body, `resource "otp_profile"`)
	nouns.Configure(body[:split]).Apply()
	profile := strings.NewReplacer("otp_brand.acme.name", `"acme"`, "otp_message_template.login.name", `"login"`, "otp_sender_id.europe.name", `"europe"`).Replace(body[split:])
	profiles.Configure(profile).Apply()

	// A change here shows as an update there, and not before.
	nouns.Configure(strings.Replace(body[:split], `"Acme"`, `"Acme Bank"`, 1)).Apply()
	if got := nouns.Document("login")["brand"]; got != "Acme" {
		t.Errorf("the other workspace's document was changed: %q", got)
	}
	if nouns.UpToDate("login") {
		t.Error("the view says that a document is up to date though its brand has changed")
	}
	if actions := profiles.Plans(); actions["otp_profile.login"] != "update" {
		t.Errorf("planned %v", actions)
	}
	profiles.Apply()
	if !nouns.UpToDate("login") {
		t.Error("the view says that a document is out of date though it was just made")
	}
	if got := nouns.Document("login")["brand"]; got != "Acme Bank" {
		t.Errorf("the document has the brand %q", got)
	}

	// A change that breaks a rule there shows as that rule.
	long := strings.Replace(body[:split], "{{brand}}: {{otp}}", "{{otp}} "+strings.Repeat("x", 1230), 1)
	nouns.Configure(strings.Replace(long, `"Acme"`, `"Acme Bank"`, 1)).Apply()
	profiles.Fails("Message is too long for Octopush", "plan", "-input=false")

	// A deletion retires; the next plan there says who and when.
	begin := strings.Index(body, `resource "otp_message_template"`)
	if output := nouns.Configure(body[begin:split]).Apply(); !strings.Contains(output, `Profile "login" still refers to brand "acme"`) {
		t.Errorf("nothing said who still uses the brand: %s", output)
	}
	nouns.Has(catalog.Brand)
	output := profiles.Fails(`refers to the brand "acme", which tester@here deleted at`, "plan", "-input=false")
	if !strings.Contains(output, "Object was deleted") {
		t.Errorf("another title: %s", output)
	}
	// Creating the name again revives it.
	nouns.Configure(body[:split]).Apply()
	profiles.Apply()
}

func TestADifferentObjectIsNotOverwritten(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	other := w.Beside()
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	output := other.Configure("resource \"otp_brand\" \"mine\" {\n  name = \"acme\"\n  display_name = \"Mine\"\n}\n").
		Fails("Object exists already", "apply", "-auto-approve", "-input=false")
	for _, part := range []string{"import {", "to = otp_brand.", `id = "acme"`, "tester@here"} {
		if !strings.Contains(output, part) {
			t.Errorf("no %q in: %s", part, output)
		}
	}
}

func TestAnotherOrAnEmptyCatalogIsNoRemoval(t *testing.T) {
	t.Parallel()
	w, empty := providertest.NewWorkspace(t), providertest.NewWorld(t)
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	id, err := w.Store.ID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	right := w.Env
	w.Env = append(slices.Clone(right), "OTP_CATALOG_URL="+empty.URL)
	output := w.Fails("Catalog is not the one this configuration was applied to", "plan", "-input=false")
	if !strings.Contains(output, id) {
		t.Errorf("the error does not name the catalog %s: %s", id, output)
	}
	if _, err := os.Stat(strings.TrimPrefix(empty.URL, "sqlite:")); err == nil {
		t.Error("a plan created a catalog")
	}
	w.Env = right
	w.Settled()
}

func TestABrokenCatalogIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	path := strings.TrimPrefix(w.URL, "sqlite:")
	garbage := strings.Repeat("this is no database ", 300)
	if err := os.WriteFile(path, []byte(garbage), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Fails("not a SQLite database", "apply", "-auto-approve", "-input=false")
	if left, err := os.ReadFile(path); err != nil || string(left) != garbage {
		t.Errorf("the file was changed (%v)", err)
	}
}

func TestACatalogWhoseURLIsUnknown(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	var env []string
	for _, pair := range w.Env {
		if !strings.HasPrefix(pair, "OTP_CATALOG_URL=") {
			env = append(env, pair)
		}
	}
	w.Env = env
	w.Configure("resource \"terraform_data\" \"url\" {\n  input = \"" + w.URL + "\"\n}\nprovider \"otp\" {\n  catalog = { url = terraform_data.url.output }\n}\n" +
		providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	w.Has(catalog.Profile, "login")
	if _, err := os.Stat(filepath.Join(w.Folder, "otp-catalog.db")); err == nil {
		t.Error("the default catalog was created though another was meant")
	}
}

func TestTheDefaultCatalogIsAnnouncedOnce(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	var env []string
	for _, pair := range w.Env {
		if !strings.HasPrefix(pair, "OTP_CATALOG_URL=") {
			env = append(env, pair)
		}
	}
	w.Env = env
	output := w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	if strings.Count(output, "Catalog file was created") != 1 {
		t.Errorf("the new file was not announced once: %s", output)
	}
	if output := w.Configure(providertest.Setup("acme", "Acme Bank", providertest.OverOctopush)).Apply(); strings.Contains(output, "Catalog file was created") {
		t.Errorf("announced again: %s", output)
	}
}

func TestUnknownValuesAreCheckedWhenTheyAreKnown(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	body := func(display string) string {
		return "resource \"terraform_data\" \"display\" {\n  input = \"" + display + "\"\n}\n" +
			strings.Replace(providertest.Setup("acme", "X", providertest.OverMyOTP), `"X"`, "terraform_data.display.output", 1)
	}
	w.Configure(body("Acme")).Apply()
	w.Configure(body("Acme & Sons"))
	if actions := w.Plans(); actions["otp_profile.login"] != "update" {
		t.Errorf("planned %v", actions)
	}
	w.Fails("MyOTP.App takes 3 to 16", "apply", "-auto-approve", "-input=false")
	if got := w.Document("login")["brand"]; got != "Acme" {
		t.Errorf("a document was written that breaks a rule: %q", got)
	}
	w.Configure(body("Acme.2")).Apply()
}

// A change that leaves the document as it is still renews the record of what
// it was made from, or the view would call it out of date for good.
func TestAChangeThatADocumentDoesNotShow(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	body := providertest.Setup("acme", "Acme", providertest.OverMyOTP)
	w.Configure(body).Apply()
	before := w.Get(catalog.Profile, "login").Document
	w.Configure(strings.Replace(body, `text = "{{brand}}: {{otp}}"`, `text = "{{otp}} from {{brand}}"`, 1)).Apply()
	if w.Get(catalog.Profile, "login").Document != before {
		t.Fatal("the document shows the change; this test needs one that it does not show")
	}
	if !w.UpToDate("login") {
		t.Error("the view says that the document is not up to date, and no plan would repair that")
	}
}

func TestAnImportNeedsAKnownCatalog(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure("resource \"terraform_data\" \"url\" {\n  input = \""+w.URL+"\"\n}\nprovider \"otp\" {\n  catalog = { url = terraform_data.url.output }\n}\n"+
		"import {\n  to = otp_brand.acme\n  id = \"acme\"\n}\nresource \"otp_brand\" \"acme\" {\n  name = \"acme\"\n  display_name = \"Acme\"\n}\n").
		Fails("cannot be imported, because the URL of the catalog is still unknown", "plan", "-input=false")
}
