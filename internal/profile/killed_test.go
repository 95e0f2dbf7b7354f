//go:build unix

package profile_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// TestAKilledApplyLosesNothing kills Terraform and the provider with what they
// have begun; the next apply names what nobody's state knows, and takes it over
// when it is told to.
func TestAKilledApplyLosesNothing(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	w.Configure(providertest.Setup("acme", "Acme", providertest.OverOctopush))
	apply := exec.CommandContext(t.Context(), providertest.TerraformPath(t), "apply", "-auto-approve", "-input=false", "-parallelism=1")
	apply.Dir, apply.Env = w.Folder, w.Env
	apply.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := apply.Start(); err != nil {
		t.Fatal(err)
	}
	// As soon as there is something in the catalog, and before all of it is.
	var committed []catalog.Object
	for deadline := time.Now().Add(time.Minute); len(committed) == 0; {
		snapshot, err := w.Store.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		committed = snapshot.Objects
		if time.Now().After(deadline) {
			t.Fatal("the apply never wrote anything")
		}
	}
	if err := syscall.Kill(-apply.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := apply.Wait(); err == nil {
		t.Log("the apply was over before it was killed")
	}
	for _, object := range committed {
		w.Get(object.Kind, object.Name)
	}
	// A killed Terraform leaves the lock of its state behind, and what it has
	// saved of the state depends on the moment: here, nothing.
	if err := os.Remove(w.Folder + "/terraform.tfstate"); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.Remove(w.Folder + "/.terraform.tfstate.lock.info"); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	output := w.Fails("Object exists already", "apply", "-auto-approve", "-input=false")
	for _, object := range committed {
		if !strings.Contains(output, "The "+object.Ref().String()+" already exists") {
			t.Errorf("%s is not named in: %s", object.Ref(), output)
		}
	}
	for _, object := range committed {
		if diff := cmp.Diff(object, w.Get(object.Kind, object.Name)); diff != "" {
			t.Errorf("the refused apply changed %s:\n%s", object.Ref(), diff)
		}
	}
	settings := w.Env
	w.Env = append(slices.Clone(w.Env), "OTP_CATALOG_ADOPT=identical")
	output = w.Apply()
	for _, object := range committed {
		if title := object.Ref().String()[1:] + " was taken over"; strings.Count(output, title) != 1 {
			t.Errorf("the takeover of %s is not named once in: %s", object.Ref(), output)
		}
	}
	w.Env = settings
	w.Settled()
	w.Has(catalog.Profile, "login")
}
