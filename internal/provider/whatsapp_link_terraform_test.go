package provider_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-version"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

var release = regexp.MustCompile(`^Terraform v(\S+)`)

// terraformWithActions is a Terraform from 1.14, which alone has actions.
func terraformWithActions(t *testing.T) string {
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

// applies runs Terraform with an example in a folder of its own; when it shows a
// code, it calls shown with what can be scanned.
func (l *linking) applies(w *workspace, shown func(sandbox.WhatsAppLink, *os.Process), arguments ...string) (output string, code int) {
	l.t.Helper()
	gate := make(chan struct{})
	// The code's picture is asked for once the code is shown.
	l.must(l.vendor.Fail(sandbox.Fault{Vendor: "androidapi", Operation: "wa_qr", Kind: sandbox.Delay, Gate: gate}))
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute) // and no 10, where an apply goes on after Ctrl-C
	defer cancel()
	command := exec.CommandContext(ctx, terraformWithActions(l.t), append([]string{"apply", "-auto-approve", "-input=false", "-no-color"}, arguments...)...)
	command.Dir, command.Env = w.folder, w.env
	for name, value := range l.vendor.Environment() {
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
		links := l.vendor.WhatsAppLinks()
		shown(links[len(links)-1], command.Process)
		err = <-ended
	case err = <-ended:
		l.t.Fatalf("no QR code was shown (%v): %s", err, text.String())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.t.Fatal(err)
	}
	l.hidden("output", text.String())
	return text.String(), command.ProcessState.ExitCode()
}

// scans is a phone that scans what is shown; say gets what the code says.
func (l *linking) scans(phone string, say *string) func(sandbox.WhatsAppLink, *os.Process) {
	return func(link sandbox.WhatsAppLink, _ *os.Process) {
		*say = link.QR
		l.must(l.vendor.ScanQR(link.Token, phone))
	}
}

func (l *linking) workspace(example string) *workspace {
	l.t.Helper()
	w := newWorkspace(l.t)
	return w.configure(read(l.t, filepath.Join(root, "examples/actions", linkAction, example)))
}

func TestTerraformShowsTheCodeOfAnInvokedAction(t *testing.T) {
	t.Parallel()
	terraformWithActions(t)
	l := newLinking(t, sandbox.AndroidAPISettings{})
	w := l.workspace("action.tf")
	var say string
	output, code := l.applies(w, l.scans(supportLine, &say), "-invoke=action.otp_whatsapp_link.support")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, output)
	}
	for _, background := range []qrtest.Background{qrtest.Dark, qrtest.Light} {
		if got := qrtest.Read(output, background); !slices.Equal(got, []string{say}) {
			t.Errorf("on the background %v the output says %q, want %q", background, got, say)
		}
	}
	if want := "ends in 5566 is linked and connected, as the WhatsApp account " + l.unique(supportLine); !strings.Contains(output, want) {
		t.Errorf("no %q in %s", want, output)
	}
	l.left(seededPhone, supportLine)
}

func TestTerraformLinksThePhoneBeforeItsAccountIsCreatedAndUpdated(t *testing.T) {
	t.Parallel()
	terraformWithActions(t)
	l := newLinking(t, sandbox.AndroidAPISettings{})
	w := l.workspace("action_trigger.tf")
	for _, want := range []string{"1 added", "1 changed"} {
		var say string
		output, code := l.applies(w, l.scans(strayPhone, &say))
		if code != 0 || !strings.Contains(output, want) || !slices.Equal(qrtest.Read(output, qrtest.Dark), []string{say}) {
			t.Fatalf("exit code %d: %s", code, output)
		}
		l.disconnect(strayPhone)
	}
	if calls := requested(l.vendor); calls["wa_link"] != 1 || calls["wa_relink"] != 1 {
		t.Errorf("called %v", calls)
	}
	l.left(seededPhone, strayPhone)
}

// What Ctrl-C ends is an error, and no success: nothing that the action has
// triggered goes on, and the next apply begins anew.
func TestCtrlCEndsAnActionAndWhatItWasTriggeredBy(t *testing.T) {
	t.Parallel()
	terraformWithActions(t)
	for name, arguments := range map[string][]string{"invoked": {"-invoke=action.otp_whatsapp_link.sales"}, "trigger": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinking(t, sandbox.AndroidAPISettings{})
			w := l.workspace("action_trigger.tf")
			logs := filepath.Join(w.folder, "trace.log")
			w.env = append(w.env, "TF_LOG=TRACE", "TF_LOG_PATH="+logs)
			output, code := l.applies(w, func(_ sandbox.WhatsAppLink, p *os.Process) { l.must(p.Signal(os.Interrupt)) }, arguments...)
			// Terraform halts by itself, with words of its own, where the action
			// tells something after Ctrl-C.
			text := fold(output)
			ours := strings.Contains(text, "cancelled while it waited for the QR code to be scanned by the phone whose number ends in 8899. Nothing was linked.")
			if code != 1 || !ours && !strings.Contains(text, "Error: execution halted") {
				t.Errorf("exit code %d: %s", code, text)
			}
			if n := requested(l.vendor)["wa_link"]; n != 1 {
				t.Errorf("%d codes were asked for", n)
			}
			log := read(t, logs)
			if l.hidden("log", log); strings.Contains(log, "███") || !strings.Contains(log, "wa_link") {
				t.Error("the code is in the log, or the log proves nothing")
			}
			l.left(seededPhone)
			var say string
			if output, code := l.applies(w, l.scans(strayPhone, &say), arguments...); code != 0 {
				t.Errorf("exit code %d: %s", code, output)
			}
			l.left(seededPhone, strayPhone)
		})
	}
}
