package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/misspelling"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// TestMisspeltNestedArgumentsAreSaidByEveryCommand runs the real program: what
// it drops is only in its own working directory to be seen.
func TestMisspeltNestedArgumentsAreSaidByEveryCommand(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	if err := os.Mkdir(filepath.Join(w.Folder, "child"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.Configure(`
module "codes" {
  source = "./child"
}

resource "otp_brand" "acme" {
  name         = "acme"
  display_name = "Acme"
}
`)
	child := func(member string) {
		w.File("child/main.tf", `
terraform {
  required_providers {
    otp = { source = "otp-as-code/otp" }
  }
}

resource "otp_message_template" "login" {
  name  = "login"
  text  = "{{otp}} is your code."
  myotp = { template_order = 1, `+member+` = 12 }
}
`)
	}
	child("whatsap_template_order")
	if output, code := w.TF("get"); code != 0 {
		t.Fatal(output)
	}
	sentence := `child/main.tf line 11: myotp of otp_message_template.login has no "whatsap_template_order". Did you mean "whatsapp_template_order"?`
	for _, command := range []string{"validate", "plan -input=false", "apply -auto-approve -input=false", "plan -input=false"} {
		output, code := w.TF(strings.Fields(command)...)
		if code != 0 || strings.Count(output, misspelling.Summary) != 1 || strings.Count(output, sentence) != 1 {
			t.Errorf("%s: exit code %d: %s", command, code, output)
		}
	}
	// From another folder.
	inside := w.Folder
	w.Folder = t.TempDir()
	if output, code := w.TF("-chdir="+inside, "validate"); code != 0 || strings.Count(output, sentence) != 1 {
		t.Errorf("-chdir: exit code %d: %s", code, output)
	}
	w.Folder = inside
	child("whatsapp_template_order")
	if output, code := w.TF("validate"); code != 0 || strings.Contains(output, misspelling.Summary) {
		t.Errorf("what is right is blamed: exit code %d: %s", code, output)
	}
}

// TestANameInPlaceOfAReferenceIsSaid: a provider gets "acme" either way, so only
// the configuration tells that Terraform knows no order.
func TestANameInPlaceOfAReferenceIsSaid(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	references := providertest.Setup("acme", "Acme", providertest.OverOctopush)
	w.Configure(strings.Replace(references, "otp_brand.acme.name", `"acme"`, 1))
	said := func(want, code int, command ...string) {
		t.Helper()
		output, got := w.TF(command...)
		if code >= 0 && got != code || strings.Count(output, "Names that are written out") != want ||
			strings.Count(output, `brand of otp_profile.login is "acme", which is the name of otp_brand.acme. Write otp_brand.acme.name.`) != want {
			t.Errorf("%v: exit code %d: %s", command, got, output)
		}
	}
	said(1, 0, "validate")
	said(1, -1, "plan", "-input=false") // its order is luck
	w.Configure(references).Apply()
	said(0, 0, "plan", "-input=false", "-detailed-exitcode")
	w.Configure(strings.Replace(references, "otp_brand.acme.name", `"acme"`, 1))
	said(1, 0, "plan", "-input=false", "-detailed-exitcode")
}
