package message_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// terraformOn is a workspace for a Terraform that has actions, with the
// sandbox's accounts and a phone for the examples.
func terraformOn(t *testing.T) (w *providertest.Workspace, vendor *sandbox.Server, run func(arguments ...string) (string, int)) {
	t.Helper()
	cli := providertest.TerraformWithActions(t)
	// The binary waits by the machine's clock, and so do codes.
	vendor = sandbox.StartForTest(t, sandbox.Options{Clock: time.Now})
	w = providertest.NewWorkspace(t)
	for name, value := range vendor.Environment() {
		w.Env = append(w.Env, name+"="+value)
	}
	w.Env = append(w.Env, "TF_VAR_test_phone="+providertest.RecipientPhone, "OTP_DELIVERIES_FILE="+filepath.Join(w.Folder, "deliveries.db"))
	return w, vendor, func(arguments ...string) (string, int) {
		t.Helper()
		command := exec.CommandContext(t.Context(), cli, append(arguments, "-input=false", "-no-color")...)
		command.Dir, command.Env = w.Folder, w.Env
		output, err := command.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		for _, message := range vendor.Messages() {
			if strings.Contains(string(output), message.Code) {
				t.Errorf("the code is in the output: %s", output)
			}
		}
		if strings.Contains(string(output), providertest.RecipientPhone[1:]) {
			t.Errorf("the phone number is in the output: %s", output)
		}
		return string(output), command.ProcessState.ExitCode()
	}
}

func TestTerraformInvokesATestDelivery(t *testing.T) {
	t.Parallel()
	w, vendor, run := terraformOn(t)
	w.Configure(providertest.Read(t, filepath.Join(providertest.Root, "examples/actions/otp_verify/action.tf")))
	if output, code := run("apply", "-auto-approve"); code != 0 {
		t.Fatal(output)
	}
	if output, code := run("apply", "-auto-approve", "-invoke=action.otp_test_delivery.login"); code != 0 || !strings.Contains(providertest.Fold(output), "outcome ok, message") || !strings.Contains(output, "status delivered") {
		t.Fatalf("exit code %d: %s", code, output)
	}
	if output, code := run("apply", "-auto-approve", "-invoke=action.otp_test_delivery.login"); code != 1 || !strings.Contains(providertest.Fold(output), "Limit of the profile is reached") {
		t.Errorf("exit code %d: %s", code, output)
	}
	code := vendor.Messages()[0].Code
	if output, exit := run("apply", "-auto-approve", "-invoke=action.otp_verify.login", "-var=code=000000"); exit != 1 || !strings.Contains(providertest.Fold(output), "Code is wrong") {
		t.Errorf("exit code %d: %s", exit, output)
	}
	if output, exit := run("apply", "-auto-approve", "-invoke=action.otp_verify.login", "-var=code="+code); exit != 0 || !strings.Contains(providertest.Fold(output), "The code is right") {
		t.Errorf("exit code %d: %s", exit, output)
	}
	if output, exit := run("plan", "-detailed-exitcode"); exit != 0 {
		t.Errorf("the plan is not empty: %s", output)
	}
	if n := len(vendor.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestTerraformTestsAProfileThatWasCreatedOrChanged(t *testing.T) {
	t.Parallel()
	w, vendor, run := terraformOn(t)
	// One route: between two, the binary would really wait.
	example := strings.Replace(providertest.Read(t, filepath.Join(providertest.Root, "examples/actions/otp_test_delivery/action_trigger.tf")), "every_route = true", "route = 1", 1)
	w.Configure(example)
	if output, code := run("apply", "-auto-approve"); code != 0 || !strings.Contains(providertest.Fold(output), "routes[1] (MyOTP.App, sms), outcome ok") {
		t.Fatalf("exit code %d: %s", code, output)
	}
	if output, exit := run("plan", "-detailed-exitcode"); exit != 0 {
		t.Errorf("the plan is not empty: %s", output)
	}
	// The document changes, and so the profile does.
	w.Configure(strings.Replace(example, `"Acme"`, `"AcmeBank"`, 1))
	output, code := run("apply", "-auto-approve")
	if code != 1 || !strings.Contains(providertest.Fold(output), "Limit of the profile is reached") {
		t.Errorf("exit code %d: %s", code, output)
	}
	if got := w.Document("login")["brand"]; got != "AcmeBank" {
		t.Errorf("the document has the brand %q: an action after the update does not undo it", got)
	}
	if n := len(vendor.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}
