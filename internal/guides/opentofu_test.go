package guides

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// The state that the guide to OpenTofu encrypts is encrypted, and a second plan
// reads it.
func TestTheStateOfTheGuideToOpenTofuIsEncrypted(t *testing.T) {
	t.Parallel()
	w := workspace(t)
	if !strings.Contains(filepath.Base(w.CLI), "tofu") {
		t.Skip("Terraform encrypts no state. make testcli with TF_ACC_TERRAFORM_PATH=.tools/tofu runs this.")
	}
	w.Env = append(w.Env, "TF_VAR_passphrase=correct horse battery staple")
	w.File("encryption.tofu", providertest.Read(t, filepath.Join(examples, "opentofu", "encryption.tofu")))
	w.Configure(providertest.Read(t, filepath.Join(examples, "getting-started", "main.tf")))
	if output, code := w.TF("init"); code != 0 {
		t.Fatal(output)
	}
	w.Apply()
	if state := providertest.Read(t, filepath.Join(w.Folder, "terraform.tfstate")); strings.Contains(state, "Acme") || !strings.Contains(state, "encrypted_data") {
		t.Errorf("the state is %.300s", state)
	}
}
