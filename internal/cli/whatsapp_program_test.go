package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// The command is the same verb for those who have no actions; the built program
// is what they run, and what a shell sees of it is its exit code.
func TestTheBuiltCommandLinksAPhoneAndEndsOnCtrlC(t *testing.T) {
	t.Parallel()
	program := providertest.Program(t)
	for name, test := range map[string]struct {
		shown   func(*providertest.Linking, androidapi.WhatsAppLink, *os.Process)
		code    int
		outcome string
		says    string
		phones  []string
	}{
		"scanned": {func(l *providertest.Linking, link androidapi.WhatsAppLink, _ *os.Process) {
			l.Must(androidapi.At(l.Vendor).ScanQR(link.Token, providertest.SupportLine))
		},
			0, "linked", "The QR code was scanned", []string{providertest.SeededPhone, providertest.SupportLine}},
		"cancelled": {func(l *providertest.Linking, _ androidapi.WhatsAppLink, p *os.Process) {
			l.Must(p.Signal(os.Interrupt))
		},
			130, "cancelled", "Error: It was cancelled while it waited for the QR code to be scanned by the phone whose number ends in 5566. Nothing was linked.", []string{providertest.SeededPhone}},
		"hung up": {func(l *providertest.Linking, _ androidapi.WhatsAppLink, p *os.Process) {
			l.Must(p.Signal(syscall.SIGHUP))
		},
			130, "cancelled", "Error: It was cancelled while it waited for the QR code to be scanned by the phone whose number ends in 5566. Nothing was linked.", []string{providertest.SeededPhone}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "hung up" && (runtime.GOOS == "windows" || signal.Ignored(syscall.SIGHUP)) {
				t.Skip("nothing can hang up here")
			}
			l := providertest.NewLinking(t, androidapi.Settings{})
			gate := make(chan struct{})
			l.Must(l.Vendor.Fail(sandbox.Fault{Vendor: "androidapi", Operation: "wa_qr", Kind: sandbox.Delay, Gate: gate}))
			command := exec.CommandContext(t.Context(), program, "whatsapp", "link", "--phone", providertest.SupportLine, "--qr-file", l.QRFile, "--json")
			command.Env = os.Environ()
			for name, value := range l.Vendor.Environment() {
				command.Env = append(command.Env, name+"="+value)
			}
			var out, notes bytes.Buffer
			command.Stdout, command.Stderr = &out, &notes
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			var code string
			select { // the code's picture is asked for once the code is shown
			case gate <- struct{}{}:
				link := androidapi.At(l.Vendor).WhatsAppLinks()[0]
				code = link.QR
				if got := providertest.Says(t, l.QRFile); got != code {
					t.Errorf("the file says %q, want %q", got, code)
				}
				test.shown(l, link, command.Process)
			case <-time.After(time.Minute):
				t.Fatal("no QR code was ever shown")
			}
			_ = command.Wait() // the exit code is checked below
			var answer map[string]any
			if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
				t.Errorf("%v in %q", err, out.String())
			}
			if got := command.ProcessState.ExitCode(); got != test.code || answer["outcome"] != test.outcome || !strings.Contains(notes.String(), test.says) {
				t.Errorf("exit code %d, %v, %s", got, answer, notes.String())
			}
			if got := qrtest.Read(notes.String(), qrtest.Dark); !slices.Equal(got, []string{code}) {
				t.Errorf("the code says %q, want %q", got, code)
			}
			l.Hidden("output", out.String()+notes.String())
			l.Left(test.phones...)
		})
	}
}
