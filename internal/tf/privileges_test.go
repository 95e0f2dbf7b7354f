package tf_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

const (
	terraformPassword   = "made-up-terraform-hunter2"
	applicationPassword = "made-up-application-hunter2"
)

// TestTheGrantsOfTheGuideAreEnoughForTerraform runs the real program with the
// roles and the grants of the guide, to the letter, and looks for the password in
// whatever that leaves behind.
func TestTheGrantsOfTheGuideAreEnoughForTerraform(t *testing.T) {
	t.Parallel()
	server, grant, query := pgtest.Guide(t)
	for role, password := range map[string]string{pgtest.Terraform: terraformPassword, pgtest.Application: applicationPassword} {
		server.Run(t, pgtest.Administrator, "postgres", fmt.Sprintf("ALTER ROLE %s PASSWORD '%s'", role, password))
	}
	url := func(user string) string {
		return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?search_path=%s&sslmode=verify-full&sslrootcert=%s",
			user, server.Port, pgtest.GuideDatabase, pgtest.GuideSchema, server.Authority)
	}
	w := providertest.NewWorkspace(t)
	w.World = providertest.WorldAt(t, server.URL(pgtest.Terraform, pgtest.GuideDatabase, "search_path="+pgtest.GuideSchema))
	trace := filepath.Join(w.Folder, "trace.log")
	env := append(slices.Clone(w.Env), "TF_LOG=TRACE", "TF_LOG_PATH="+trace)
	as := func(user, password string) {
		w.Env = append(slices.Clone(env), "OTP_CATALOG_URL="+url(user), "PGPASSWORD="+password)
	}
	var told strings.Builder

	// The whole life of a catalog, the password in the environment.
	as(pgtest.Terraform, terraformPassword)
	told.WriteString(w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush)).Apply())
	grant()
	told.WriteString(w.Configure(providertest.Setup("acme", "Acme Bank", providertest.OverOctopush)).Apply())
	told.WriteString(w.Configure(providertest.Setup("acme-bank", "Acme Bank", providertest.OverOctopush)).Apply())
	w.Has(catalog.Brand, "acme-bank")
	server.Run(t, pgtest.Application, pgtest.GuideDatabase, query)

	// The password in the URL.
	as(pgtest.Terraform+":"+terraformPassword, "")
	told.WriteString(w.Configure(providertest.Setup("acme-bank", "Acme", providertest.OverOctopush)).Apply())
	w.Plans()
	plan, _ := w.TF("show", "-json", "saved.plan")

	// The application's role gets nowhere, and is told why.
	as(pgtest.Application, applicationPassword)
	told.WriteString(w.Fails("the role may not do this", "plan", "-input=false"))
	told.WriteString(w.Fails("Catalog could not be used", "apply", "-auto-approve", "-input=false", "-refresh=false", "-replace=otp_brand.acme", "-target=otp_brand.acme"))
	// A wrong password is not repeated either.
	for _, wrong := range []func(){func() { as(pgtest.Terraform, "wrong-hunter2") }, func() { as(pgtest.Terraform+":wrong-hunter2", "") }} {
		wrong()
		told.WriteString(w.Fails("the server refused the login", "plan", "-input=false"))
	}
	as(pgtest.Terraform, terraformPassword)
	w.Settled()
	output, code := w.TF("destroy", "-auto-approve", "-input=false")
	if code != 0 {
		t.Errorf("destroy: %s", output)
	}
	told.WriteString(output)

	left := map[string][]byte{"output": []byte(told.String()), "plan as JSON": []byte(plan)}
	for _, name := range []string{"trace.log", "terraform.tfstate", "terraform.tfstate.backup", "saved.plan"} {
		content, err := os.ReadFile(filepath.Join(w.Folder, name))
		if err != nil {
			t.Fatal(err)
		}
		left[name] = content
	}
	if !bytes.Contains(left["trace.log"], []byte("tf_rpc")) {
		t.Error("the log holds nothing of the provider, so that it proves nothing")
	}
	for place, content := range left {
		if bytes.Contains(content, []byte("hunter2")) {
			t.Errorf("a password is in the %s", place)
		}
	}
}
