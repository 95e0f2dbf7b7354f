package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

func TestANameThatIsWrittenOut(t *testing.T) {
	t.Parallel()
	literal := func(display string) string {
		return strings.NewReplacer("otp_brand.acme.name", `"acme"`).Replace(setup("acme", display, overOctopush))
	}
	w := newWorkspace(t)
	// Terraform knows no order, so whichever it takes first, the plan must not
	// be wrong: it fails with the reference to write, here or in the apply.
	output, code := w.configure(literal("Acme")).tf("apply", "-auto-approve", "-input=false", "-parallelism=1")
	if code != 0 && !strings.Contains(output, "otp_brand.<label>.name") {
		t.Fatalf("no advice in: %s", output)
	}
	w.configure(setup("acme", "Acme", overOctopush)).apply()
	output, code = w.configure(literal("Acme Bank")).tf("plan", "-input=false", "-parallelism=1")
	if code != 0 && !strings.Contains(output, "Terraform does not know the order") {
		t.Fatalf("another failure than that of the order: %s", output)
	}
	if code != 0 && !strings.Contains(output, "write `brand = otp_brand.<label>.name` in the profile") {
		t.Errorf("no advice in: %s", output)
	}
}

func TestAReferenceToNothingFailsAtPlan(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(strings.NewReplacer("otp_brand.acme.name", `"nobody"`).Replace(setup("acme", "Acme", overOctopush)))
	output := w.fails(`The profile "login" refers to the brand "nobody", which is not in the catalog`, "plan", "-input=false")
	if !strings.Contains(output, "brand = otp_brand.<label>.name") {
		t.Errorf("no advice in: %s", output)
	}
	if _, err := os.Stat(strings.TrimPrefix(w.url, "sqlite:")); err == nil {
		t.Error("a plan created the catalog")
	}
}

func TestAReferenceToWhatThisRunDeletesFailsAtPlan(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(setup("acme", "Acme", overOctopush)).apply()
	body := strings.Replace(setup("acme", "Acme", overOctopush), "otp_brand.acme.name", `"acme"`, 1)
	w.configure(body[strings.Index(body, `resource "otp_message_template"`):])
	output, code := w.tf("plan", "-input=false")
	if code == 0 {
		t.Fatalf("the plan keeps a profile on a brand that it deletes: %s", output)
	}
	if !strings.Contains(output, "otp_brand.<label>.name") {
		t.Errorf("no advice in: %s", output)
	}
}

func TestAProfileInAnotherWorkspace(t *testing.T) {
	t.Parallel()
	nouns := newWorkspace(t)
	profiles := nouns.beside()
	body := setup("acme", "Acme", overOctopush)
	split := strings.Index(body, `resource "otp_profile"`)
	nouns.configure(body[:split]).apply()
	profile := strings.NewReplacer("otp_brand.acme.name", `"acme"`, "otp_message_template.login.name", `"login"`, "otp_sender_id.europe.name", `"europe"`).Replace(body[split:])
	profiles.configure(profile).apply()

	// A change here shows as an update there, and not before.
	nouns.configure(strings.Replace(body[:split], `"Acme"`, `"Acme Bank"`, 1)).apply()
	if got := nouns.document("login")["brand"]; got != "Acme" {
		t.Errorf("the other workspace's document was changed: %q", got)
	}
	if nouns.upToDate("login") {
		t.Error("the view says that a document is up to date though its brand has changed")
	}
	if actions := profiles.plans(); actions["otp_profile.login"] != "update" {
		t.Errorf("planned %v", actions)
	}
	profiles.apply()
	if !nouns.upToDate("login") {
		t.Error("the view says that a document is out of date though it was just made")
	}
	if got := nouns.document("login")["brand"]; got != "Acme Bank" {
		t.Errorf("the document has the brand %q", got)
	}

	// A change that breaks a rule there shows as that rule.
	long := strings.Replace(body[:split], "{{brand}}: {{otp}}", "{{otp}} "+strings.Repeat("x", 1230), 1)
	nouns.configure(strings.Replace(long, `"Acme"`, `"Acme Bank"`, 1)).apply()
	profiles.fails("Message is too long for Octopush", "plan", "-input=false")

	// A deletion retires; the next plan there says who and when.
	begin := strings.Index(body, `resource "otp_message_template"`)
	if output := nouns.configure(body[begin:split]).apply(); !strings.Contains(output, `Profile "login" still refers to brand "acme"`) {
		t.Errorf("nothing said who still uses the brand: %s", output)
	}
	nouns.has(catalog.Brand)
	output := profiles.fails(`refers to the brand "acme", which tester@here deleted at`, "plan", "-input=false")
	if !strings.Contains(output, "Object was deleted") {
		t.Errorf("another title: %s", output)
	}
	// Creating the name again revives it.
	nouns.configure(body[:split]).apply()
	profiles.apply()
}

func TestAnIdenticalObjectIsAdopted(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure(setup("acme", "Acme", overOctopush)).apply()
	// What a run leaves behind that was killed before it saved its state.
	if err := os.Remove(filepath.Join(w.folder, "terraform.tfstate")); err != nil {
		t.Fatal(err)
	}
	if output := w.apply(); strings.Count(output, "was there already") == 0 {
		t.Errorf("nothing said that objects were adopted: %s", output)
	}
}

func TestADifferentObjectIsNotOverwritten(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	other := w.beside()
	w.configure(setup("acme", "Acme", overOctopush)).apply()
	output := other.configure("resource \"otp_brand\" \"mine\" {\n  name = \"acme\"\n  display_name = \"Mine\"\n}\n").
		fails("Object exists already", "apply", "-auto-approve", "-input=false")
	for _, part := range []string{"import {", "to = otp_brand.", `id = "acme"`, "tester@here"} {
		if !strings.Contains(output, part) {
			t.Errorf("no %q in: %s", part, output)
		}
	}
}

func TestAnotherOrAnEmptyCatalogIsNoRemoval(t *testing.T) {
	t.Parallel()
	w, empty := newWorkspace(t), newWorld(t)
	w.configure(setup("acme", "Acme", overOctopush)).apply()
	id, err := w.store.ID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	right := w.env
	w.env = append(right, "OTP_CATALOG_URL="+empty.url)
	output := w.fails("Catalog is not the one this configuration was applied to", "plan", "-input=false")
	if !strings.Contains(output, id) {
		t.Errorf("the error does not name the catalog %s: %s", id, output)
	}
	if _, err := os.Stat(strings.TrimPrefix(empty.url, "sqlite:")); err == nil {
		t.Error("a plan created a catalog")
	}
	w.env = right
	w.settled()
}

func TestABrokenCatalogIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	path := strings.TrimPrefix(w.url, "sqlite:")
	garbage := strings.Repeat("this is no database ", 300)
	if err := os.WriteFile(path, []byte(garbage), 0o600); err != nil {
		t.Fatal(err)
	}
	w.configure(setup("acme", "Acme", overOctopush)).fails("not a SQLite database", "apply", "-auto-approve", "-input=false")
	if left, err := os.ReadFile(path); err != nil || string(left) != garbage {
		t.Errorf("the file was changed (%v)", err)
	}
}

func TestACatalogWhoseURLIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	var env []string
	for _, pair := range w.env {
		if !strings.HasPrefix(pair, "OTP_CATALOG_URL=") {
			env = append(env, pair)
		}
	}
	w.env = env
	w.configure("resource \"terraform_data\" \"url\" {\n  input = \"" + w.url + "\"\n}\nprovider \"otp\" {\n  catalog = { url = terraform_data.url.output }\n}\n" +
		setup("acme", "Acme", overOctopush)).apply()
	w.has(catalog.Profile, "login")
	if _, err := os.Stat(filepath.Join(w.folder, "otp-catalog.db")); err == nil {
		t.Error("the default catalog was created though another was meant")
	}
}

func TestTheDefaultCatalogIsAnnouncedOnce(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	var env []string
	for _, pair := range w.env {
		if !strings.HasPrefix(pair, "OTP_CATALOG_URL=") {
			env = append(env, pair)
		}
	}
	w.env = env
	output := w.configure(setup("acme", "Acme", overOctopush)).apply()
	if strings.Count(output, "Catalog file was created") != 1 {
		t.Errorf("the new file was not announced once: %s", output)
	}
	if output := w.configure(setup("acme", "Acme Bank", overOctopush)).apply(); strings.Contains(output, "Catalog file was created") {
		t.Errorf("announced again: %s", output)
	}
}

func TestUnknownValuesAreCheckedWhenTheyAreKnown(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	body := func(display string) string {
		return "resource \"terraform_data\" \"display\" {\n  input = \"" + display + "\"\n}\n" +
			strings.Replace(setup("acme", "X", overMyOTP), `"X"`, "terraform_data.display.output", 1)
	}
	w.configure(body("Acme")).apply()
	w.configure(body("Acme & Sons"))
	if actions := w.plans(); actions["otp_profile.login"] != "update" {
		t.Errorf("planned %v", actions)
	}
	w.fails("MyOTP.App takes 3 to 16", "apply", "-auto-approve", "-input=false")
	if got := w.document("login")["brand"]; got != "Acme" {
		t.Errorf("a document was written that breaks a rule: %q", got)
	}
	w.configure(body("Acme.2")).apply()
}

func TestAResourceRenamedWithoutAMovedBlockLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	body := "resource \"otp_brand\" \"acme\" {\n  name = \"acme\"\n  display_name = \"Acme\"\n}\n"
	w.configure(body).apply()
	// Terraform creates the new one and deletes the old one, in any order.
	w.configure(strings.Replace(body, `"otp_brand" "acme"`, `"otp_brand" "renamed"`, 1)).apply()
	w.has(catalog.Brand, "acme")
}

// A change that leaves the document as it is still renews the record of what
// it was made from, or the view would call it out of date for good.
func TestAChangeThatADocumentDoesNotShow(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	body := setup("acme", "Acme", overMyOTP)
	w.configure(body).apply()
	before := w.get(catalog.Profile, "login").Document
	w.configure(strings.Replace(body, `text = "{{brand}}: {{otp}}"`, `text = "{{otp}} from {{brand}}"`, 1)).apply()
	if w.get(catalog.Profile, "login").Document != before {
		t.Fatal("the document shows the change; this test needs one that it does not show")
	}
	if !w.upToDate("login") {
		t.Error("the view says that the document is not up to date, and no plan would repair that")
	}
}

// An update that leaves the document as it is meets another one that does not.
func TestAReferenceThatChangesBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	body := setup("acme", "Acme", overOctopush)
	w.configure(body).apply()
	w.configure(strings.Replace(body, "allowed_countries", "limits = {}\n  allowed_countries", 1))
	w.plans()
	w.edit(catalog.Brand, "acme", set("display_name", "Somebody"))
	output, _ := w.tf("apply", "-input=false", "saved.plan")
	if strings.Contains(output, "inconsistent") {
		t.Errorf("Terraform blames the provider: %s", output)
	}
	w.apply()
}

func TestAnImportNeedsAKnownCatalog(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.configure("resource \"terraform_data\" \"url\" {\n  input = \""+w.url+"\"\n}\nprovider \"otp\" {\n  catalog = { url = terraform_data.url.output }\n}\n"+
		"import {\n  to = otp_brand.acme\n  id = \"acme\"\n}\nresource \"otp_brand\" \"acme\" {\n  name = \"acme\"\n  display_name = \"Acme\"\n}\n").
		fails("cannot be imported, because the URL of the catalog is still unknown", "plan", "-input=false")
}
