package whatsapp_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

func TestTerraformShowsTheCodeOfAnInvokedAction(t *testing.T) {
	t.Parallel()
	providertest.TerraformWithActions(t)
	l := providertest.NewLinking(t, androidapi.Settings{})
	w := l.Workspace("action.tf")
	var say string
	output, code := l.Applies(w, l.Scans(providertest.SupportLine, &say), "-invoke=action.otp_whatsapp_link.support")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, output)
	}
	for _, background := range []qrtest.Background{qrtest.Dark, qrtest.Light} {
		if got := qrtest.Read(output, background); !slices.Equal(got, []string{say}) {
			t.Errorf("on the background %v the output says %q, want %q", background, got, say)
		}
	}
	if want := "ends in 5566 is linked and connected, as the WhatsApp account " + l.Unique(providertest.SupportLine); !strings.Contains(output, want) {
		t.Errorf("no %q in %s", want, output)
	}
	l.Left(providertest.SeededPhone, providertest.SupportLine)
}

func TestTerraformLinksThePhoneBeforeItsAccountIsCreatedAndUpdated(t *testing.T) {
	t.Parallel()
	providertest.TerraformWithActions(t)
	l := providertest.NewLinking(t, androidapi.Settings{})
	w := l.Workspace("action_trigger.tf")
	for _, want := range []string{"1 added", "1 changed"} {
		var say string
		output, code := l.Applies(w, l.Scans(providertest.StrayPhone, &say))
		if code != 0 || !strings.Contains(output, want) || !slices.Equal(qrtest.Read(output, qrtest.Dark), []string{say}) {
			t.Fatalf("exit code %d: %s", code, output)
		}
		l.Disconnect(providertest.StrayPhone)
	}
	if calls := providertest.Requested(l.Vendor); calls["wa_link"] != 1 || calls["wa_relink"] != 1 {
		t.Errorf("called %v", calls)
	}
	l.Left(providertest.SeededPhone, providertest.StrayPhone)
}

// What Ctrl-C ends is an error, and no success: nothing that the action has
// triggered goes on, and the next apply begins anew.
func TestCtrlCEndsAnActionAndWhatItWasTriggeredBy(t *testing.T) {
	t.Parallel()
	providertest.TerraformWithActions(t)
	for name, arguments := range map[string][]string{"invoked": {"-invoke=action.otp_whatsapp_link.sales"}, "trigger": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := providertest.NewLinking(t, androidapi.Settings{})
			w := l.Workspace("action_trigger.tf")
			logs := filepath.Join(w.Folder, "trace.log")
			w.Env = append(w.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+logs)
			output, code := l.Applies(w, func(_ androidapi.WhatsAppLink, p *os.Process) { l.Must(p.Signal(os.Interrupt)) }, arguments...)
			// Terraform halts by itself, with words of its own, where the action
			// tells something after Ctrl-C.
			text := providertest.Fold(output)
			ours := strings.Contains(text, "cancelled while it waited for the QR code to be scanned by the phone whose number ends in 8899. Nothing was linked.")
			if code != 1 || !ours && !strings.Contains(text, "Error: execution halted") {
				t.Errorf("exit code %d: %s", code, text)
			}
			if n := providertest.Requested(l.Vendor)["wa_link"]; n != 1 {
				t.Errorf("%d codes were asked for", n)
			}
			log := providertest.Read(t, logs)
			if l.Hidden("log", log); strings.Contains(log, "███") || !strings.Contains(log, "wa_link") {
				t.Error("the code is in the log, or the log proves nothing")
			}
			l.Left(providertest.SeededPhone)
			var say string
			if output, code := l.Applies(w, l.Scans(providertest.StrayPhone, &say), arguments...); code != 0 {
				t.Errorf("exit code %d: %s", code, output)
			}
			l.Left(providertest.SeededPhone, providertest.StrayPhone)
		})
	}
}
