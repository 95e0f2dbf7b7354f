package providertest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-version"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// Config is a configuration of one WhatsApp account for the real program.
func (l *Linking) Config(phone, more string) string {
	return l.block() + "resource \"otp_whatsapp_account\" \"support\" {\n  phone   = \"" + phone + "\"\n  qr_file = \"" + filepath.ToSlash(l.QRFile) + "\"\n" + more + "}\n"
}

var release = regexp.MustCompile(`^Terraform v(\S+)`)

// TerraformWithActions is a Terraform from 1.14, which alone has actions.
func TerraformWithActions(t *testing.T) string {
	t.Helper()
	for _, candidate := range []string{os.Getenv("OTP_TEST_TERRAFORM"), os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"} {
		output, err := exec.CommandContext(t.Context(), candidate, "version").Output()
		match := release.FindSubmatch(output)
		if err != nil || match == nil {
			continue
		}
		if found, err := version.NewVersion(string(match[1])); err == nil && found.Core().GreaterThanOrEqual(version.Must(version.NewVersion("1.14.0"))) {
			return candidate
		}
	}
	t.Skip("no Terraform 1.14 or later is at hand; OTP_TEST_TERRAFORM may name one. What it would do is tested in process")
	return ""
}

// Applies runs Terraform with an example in a folder of its own; when it shows a
// code, it calls shown with what can be scanned.
func (l *Linking) Applies(w *Workspace, shown func(androidapi.WhatsAppLink, *os.Process), arguments ...string) (output string, code int) {
	l.t.Helper()
	gate := make(chan struct{})
	// The code's picture is asked for once the code is shown.
	l.Must(l.Vendor.Fail(sandbox.Fault{Vendor: "androidapi", Operation: "wa_qr", Kind: sandbox.Delay, Gate: gate}))
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute) // and no 10, where an apply goes on after Ctrl-C
	defer cancel()
	command := exec.CommandContext(ctx, TerraformWithActions(l.t), append([]string{"apply", "-auto-approve", "-input=false", "-no-color"}, arguments...)...)
	command.Dir, command.Env = w.Folder, w.Env
	for name, value := range l.Vendor.Environment() {
		command.Env = append(command.Env, name+"="+value)
	}
	var text strings.Builder
	command.Stdout, command.Stderr = &text, &text
	if err := command.Start(); err != nil {
		l.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	var err error
	select {
	case gate <- struct{}{}:
		links := androidapi.At(l.Vendor).WhatsAppLinks()
		shown(links[len(links)-1], command.Process)
		err = <-ended
	case err = <-ended:
		l.t.Fatalf("no QR code was shown (%v): %s", err, text.String())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.t.Fatal(err)
	}
	l.Hidden("output", text.String())
	return text.String(), command.ProcessState.ExitCode()
}

// Scans is a phone that scans what is shown; say gets what the code says.
func (l *Linking) Scans(phone string, say *string) func(androidapi.WhatsAppLink, *os.Process) {
	return func(link androidapi.WhatsAppLink, _ *os.Process) {
		*say = link.QR
		l.Must(androidapi.At(l.Vendor).ScanQR(link.Token, phone))
	}
}

// Workspace is a workspace with an example of the action.
func (l *Linking) Workspace(example string) *Workspace {
	l.t.Helper()
	w := NewWorkspace(l.t)
	return w.Configure(Read(l.t, filepath.Join(Root, "examples/actions", LinkAction, example)))
}
