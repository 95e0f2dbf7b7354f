package tf_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// TestTwoWorkspacesOnOnePostgreSQLCatalog plays the life of a catalog that a
// team shares, with real runs; the semantics are tested in internal/catalog.
func TestTwoWorkspacesOnOnePostgreSQLCatalog(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.World = providertest.NewPostgresWorld(t)
	w.Env = append(w.Env, "OTP_CATALOG_URL="+w.URL)
	other := w.Beside()

	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply()
	w.Configure(providertest.Setup("acme", "Acme Bank", providertest.OverOctopush)).Apply()
	if got := w.Document("login")["brand"]; got != "Acme Bank" {
		t.Errorf("the document has the brand %q", got)
	}
	other.Configure("resource \"otp_brand\" \"mine\" {\n  name = \"acme\"\n  display_name = \"Mine\"\n}\n").
		Fails("Object exists already", "apply", "-auto-approve", "-input=false")
	profile := strings.NewReplacer(`"login"`+"\n  brand", `"other"`+"\n  brand", "otp_brand.acme.name", `"acme"`, "otp_message_template.login.name", `"login"`, "otp_sender_id.europe.name", `"europe"`).
		Replace(providertest.Setup("acme", "Acme", providertest.OverOctopush))
	_, profile, _ = strings.Cut(profile, `resource "otp_profile"`)
	profile = strings.Replace(`resource "otp_profile"`+profile, `name              = "login"`, `name              = "other"`, 1)
	other.Configure(profile).Apply()
	w.Has(catalog.Profile, "login", "other")

	// What a saved plan did not know of is a conflict, not an overwrite.
	w.Configure(providertest.Setup("acme", "Acme AG", providertest.OverOctopush))
	w.Plans()
	w.Edit(catalog.Brand, "acme", providertest.Set("display_name", "Somebody"))
	w.Fails("Object was changed by somebody else", "apply", "-input=false", "saved.plan")

	w.Apply()
	if actions := other.Plans(); actions["otp_profile.login"] != "update" {
		t.Errorf("the other workspace planned %v", actions)
	}
	if output, code := w.TF("destroy", "-auto-approve", "-input=false"); code != 0 || !strings.Contains(output, `Profile "other" still refers to brand "acme"`) {
		t.Errorf("destroy: %s", output)
	}
	other.Fails("or run destroy with -refresh=false", "destroy", "-auto-approve", "-input=false")
	if output, code := other.TF("destroy", "-auto-approve", "-input=false", "-refresh=false"); code != 0 {
		t.Errorf("destroy: %s", output)
	}
	if snapshot, err := w.Store.Snapshot(t.Context()); err != nil || len(snapshot.Objects) != 0 {
		t.Errorf("%d objects are left (%v)", len(snapshot.Objects), err)
	}
}
