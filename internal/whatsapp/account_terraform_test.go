package whatsapp_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// TestTheLifeOfAWhatsAppAccount goes through a real Terraform, whose second
// plan is empty after every step.
func TestTheLifeOfAWhatsAppAccount(t *testing.T) {
	t.Parallel()
	const address = "otp_whatsapp_account.support"
	status, id := tfjsonpath.New("status"), tfjsonpath.New("id")
	l := providertest.NewLinking(t, androidapi.Settings{RotateQR: true})
	l.Scanning(providertest.SupportLine)
	same, planned := statecheck.CompareValue(compare.ValuesSame()), func(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
	}
	connected := statecheck.ExpectKnownValue(address, status, knownvalue.StringExact("connected"))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){"otp": l.Factory},
		Steps: []resource.TestStep{
			{ // created
				Config:            l.Config(providertest.SupportLine, "  timeouts = { create = \"15m\", delete = \"1m\" }\n"),
				ConfigStateChecks: []statecheck.StateCheck{connected, same.AddStateValue(address, id)},
			},
			{ // imported by its number, and by its handle
				ResourceName: address, ImportState: true, ImportStateId: providertest.SupportLine, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"qr_file", "timeouts"},
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"qr_file", "timeouts"},
			},
			{ // arguments change in place
				Config:            l.Config(providertest.SupportLine, "  server_id      = \"2\"\n  adopt_existing = true\n"),
				ConfigPlanChecks:  planned(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{connected, same.AddStateValue(address, id)},
			},
			{ // disconnected, and linked again
				PreConfig: func() { l.Disconnect(providertest.SupportLine) },
				Config:    l.Config(providertest.SupportLine, ""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
					plancheck.ExpectKnownValue(address, status, knownvalue.StringExact("connected")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{connected, same.AddStateValue(address, id)},
			},
			{ // another number
				PreConfig:         func() { l.Scanning(providertest.StrayPhone) },
				Config:            l.Config(providertest.StrayPhone, ""),
				ConfigPlanChecks:  planned(plancheck.ResourceActionDestroyBeforeCreate),
				ConfigStateChecks: []statecheck.StateCheck{connected},
			},
			{ // deleted elsewhere
				PreConfig:         func() { l.Left(providertest.SeededPhone, providertest.StrayPhone); l.Remove(providertest.StrayPhone) },
				Config:            l.Config(providertest.StrayPhone, ""),
				ConfigPlanChecks:  planned(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{connected},
			},
			{ // refused
				Config:      l.Config(providertest.SeededPhone, ""),
				ExpectError: regexp.MustCompile(`(?s)Phone is linked already.*import \{\s+to = otp_whatsapp_account\.<label>\s+id = "` + providertest.SeededAccount + `"`),
			},
		},
	})
	l.Left(providertest.SeededPhone)
}

// TestCtrlCEndsAWaitAtOnce presses it while the built provider waits for a scan
// with every log on.
func TestCtrlCEndsAWaitAtOnce(t *testing.T) {
	t.Parallel()
	l, w := providertest.NewLinking(t, androidapi.Settings{}), providertest.NewWorkspace(t)
	logs := filepath.Join(w.Folder, "trace.log")
	w.Env = append(w.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+logs)
	w.Configure(l.Config(providertest.SupportLine, ""))
	gate := make(chan struct{})
	l.Must(l.Vendor.Fail(sandbox.Fault{Vendor: "androidapi", Operation: "wa_qr", Kind: sandbox.Delay, Gate: gate}))
	command := exec.CommandContext(t.Context(), providertest.TerraformPath(t), "apply", "-auto-approve", "-input=false", "-no-color")
	command.Dir, command.Env = w.Folder, w.Env
	var output strings.Builder
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	select { // the code's picture is asked for once the code is shown
	case gate <- struct{}{}:
	case <-time.After(time.Minute):
		t.Fatalf("no QR code was ever shown: %s", output.String())
	}
	shown := providertest.Says(t, l.QRFile)
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err == nil {
		t.Error("the apply succeeded")
	}
	if text := providertest.Fold(output.String()); !strings.Contains(text, "cancelled while it waited for the QR code to be scanned") {
		t.Errorf("got %s", text)
	}
	l.Left(providertest.SeededPhone)
	if actions := w.Plans(); actions["otp_whatsapp_account.support"] != "create" {
		t.Errorf("planned %v", actions)
	}
	found := map[string]string{"output": output.String()}
	for _, file := range []string{logs, filepath.Join(w.Folder, "saved.plan")} {
		found[file] = providertest.Read(t, file)
	}
	if raw, err := os.ReadFile(filepath.Join(w.Folder, "terraform.tfstate")); err == nil {
		found["state"] = string(raw)
	}
	if !strings.Contains(found[logs], "wa_link") {
		t.Error("the log holds nothing of the link, so that it proves nothing")
	}
	for place, text := range found {
		l.Hidden(place, text)
		if strings.Contains(text, shown) {
			t.Errorf("the code's text is in the %s", place)
		}
	}
}
