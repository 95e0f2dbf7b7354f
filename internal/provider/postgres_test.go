package provider_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// TestTwoWorkspacesOnOnePostgreSQLCatalog plays the life of a catalog that a
// team shares, with real runs; the semantics are tested in internal/catalog.
func TestTwoWorkspacesOnOnePostgreSQLCatalog(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.world = newPostgresWorld(t)
	w.env = append(w.env, "OTP_CATALOG_URL="+w.url)
	other := w.beside()

	w.configure(setup("acme", "Acme", overOctopush)).apply()
	w.configure(setup("acme", "Acme Bank", overOctopush)).apply()
	if got := w.document("login")["brand"]; got != "Acme Bank" {
		t.Errorf("the document has the brand %q", got)
	}
	other.configure("resource \"otp_brand\" \"mine\" {\n  name = \"acme\"\n  display_name = \"Mine\"\n}\n").
		fails("Object exists already", "apply", "-auto-approve", "-input=false")
	profile := strings.NewReplacer(`"login"`+"\n  brand", `"other"`+"\n  brand", "otp_brand.acme.name", `"acme"`, "otp_message_template.login.name", `"login"`, "otp_sender_id.europe.name", `"europe"`).
		Replace(setup("acme", "Acme", overOctopush))
	profile = strings.Replace(profile[strings.Index(profile, `resource "otp_profile"`):], `name              = "login"`, `name              = "other"`, 1)
	other.configure(profile).apply()
	w.has(catalog.Profile, "login", "other")

	// What a saved plan did not know of is a conflict, not an overwrite.
	w.configure(setup("acme", "Acme AG", overOctopush))
	w.plans()
	w.edit(catalog.Brand, "acme", set("display_name", "Somebody"))
	w.fails("Object was changed by somebody else", "apply", "-input=false", "saved.plan")

	w.apply()
	if actions := other.plans(); actions["otp_profile.login"] != "update" {
		t.Errorf("the other workspace planned %v", actions)
	}
	if output, code := w.tf("destroy", "-auto-approve", "-input=false"); code != 0 || !strings.Contains(output, `Profile "other" still refers to brand "acme"`) {
		t.Errorf("destroy: %s", output)
	}
	other.fails("or run destroy with -refresh=false", "destroy", "-auto-approve", "-input=false")
	if output, code := other.tf("destroy", "-auto-approve", "-input=false", "-refresh=false"); code != 0 {
		t.Errorf("destroy: %s", output)
	}
	if snapshot, err := w.store.Snapshot(t.Context()); err != nil || len(snapshot.Objects) != 0 {
		t.Errorf("%d objects are left (%v)", len(snapshot.Objects), err)
	}
}
