package browser_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/browser"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

// worksBesideTerraform is an afternoon with the page open: an apply waits for a
// scan, a message arrives, a vendor fails.
func worksBesideTerraform(t *testing.T, b *browser.Browser) {
	box := sandbox.StartForTest(t, sandbox.Options{})
	w := providertest.NewWorkspace(t)
	for name, value := range box.Environment() {
		w.Env = append(w.Env, name+"="+value)
	}
	quickstart, err := os.ReadFile(filepath.Join(providertest.Root, "examples", "quickstart", "main.tf"))
	sandboxtest.Must(t, err)
	account, err := os.ReadFile(filepath.Join(providertest.Root, "examples", "resources", "otp_whatsapp_account", "resource.tf"))
	sandboxtest.Must(t, err)
	w.File("versions.tf", "")
	w.Configure(string(quickstart) + "\n" + string(account))
	p := open(t, b, desk, box, "/")
	sandboxtest.Must(t, p.Script("window.loaded = 'once'", nil))

	// A scan on the page finishes an apply that waits for it.
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // and not for ever, where the scan fails
	defer cancel()
	apply := exec.CommandContext(ctx, w.CLI, "apply", "-auto-approve", "-input=false", "-no-color")
	apply.Dir, apply.Env = w.Folder, w.Env
	var output bytes.Buffer
	apply.Stdout, apply.Stderr = &output, &output
	sandboxtest.Must(t, apply.Start())
	ended := make(chan error, 1)
	go func() { ended <- apply.Wait() }()
	shown := make(chan error, 1)
	go func() { shown <- p.Wait(`document.querySelector("#links .qr")?.complete`) }()
	select {
	case err := <-ended:
		t.Fatalf("the apply did not wait for a scan (%v):\n%s", err, &output)
	case err := <-shown:
		sandboxtest.Must(t, err)
	}
	p.fill("#links input", "+923004445566") // as the configuration has it
	p.click("#links [type=submit]")
	if err := <-ended; err != nil {
		t.Fatalf("the apply failed: %v\n%s", err, &output)
	}
	p.has(0, "#links li")
	p.shows("#phones", "+923004445566 connected")
	w.Settled()

	// A message that is sent through a profile appears.
	send := command(t, w, "send", "login", "+33612345678", "--locale", "fr")
	p.has(1, "#list > li")
	code := sandboxtest.Last(t, box.Messages()).Code
	p.shows("#list > li", "Acme : "+code+" est votre code de connexion, valable 5 minutes.")
	p.shows("#list > li", "ACMEBANK")
	if !strings.Contains(send, "Octopush") || strings.Contains(send, code) {
		t.Errorf("the command says: %s", send)
	}
	command(t, w, "verify", "login", "+33612345678", code)
	p.shows("#list > li", "verified")

	// A fault that is switched on shows in the next plan, and is gone with it.
	p.choose("#fault-vendor", "androidapi")
	p.choose("#fault-kind", "an HTML page, HTTP 200")
	p.choose("#fault-times", "-1")
	p.click("#fault [type=submit]")
	p.has(1, "#faults button")
	w.Fails("Maintenance", "plan", "-input=false")
	p.click("#faults button")
	p.has(0, "#faults button")
	w.Settled()
	if eval[string](p, "window.loaded") != "once" {
		t.Error("the page was loaded again")
	}
}

// command runs the provider's command line in a workspace.
func command(t *testing.T, w *providertest.Workspace, arguments ...string) string {
	t.Helper()
	self, err := os.Executable()
	sandboxtest.Must(t, err)
	command := exec.CommandContext(t.Context(), self, arguments...)
	command.Dir, command.Env = w.Folder, append(slices.Clone(w.Env), commandVariable+"=1")
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v\n%s", arguments, err, output)
	}
	return string(output)
}
