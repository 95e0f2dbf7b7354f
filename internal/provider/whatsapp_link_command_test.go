package provider_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing/qrtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// The command is the same verb for those who have no actions; the built program
// is what they run, and what a shell sees of it is its exit code.
func TestTheBuiltCommandLinksAPhoneAndEndsOnCtrlC(t *testing.T) {
	t.Parallel()
	folder, err := built()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		shown   func(*linking, sandbox.WhatsAppLink, *os.Process)
		code    int
		outcome string
		says    string
		phones  []string
	}{
		"scanned": {func(l *linking, link sandbox.WhatsAppLink, _ *os.Process) {
			l.must(l.vendor.ScanQR(link.Token, supportLine))
		},
			0, "linked", "The QR code was scanned", []string{seededPhone, supportLine}},
		"cancelled": {func(l *linking, _ sandbox.WhatsAppLink, p *os.Process) { l.must(p.Signal(os.Interrupt)) },
			130, "cancelled", "Error: It was cancelled while it waited for the QR code to be scanned by the phone whose number ends in 5566. Nothing was linked.", []string{seededPhone}},
		"hung up": {func(l *linking, _ sandbox.WhatsAppLink, p *os.Process) { l.must(p.Signal(syscall.SIGHUP)) },
			130, "cancelled", "Error: It was cancelled while it waited for the QR code to be scanned by the phone whose number ends in 5566. Nothing was linked.", []string{seededPhone}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "hung up" && (runtime.GOOS == "windows" || signal.Ignored(syscall.SIGHUP)) {
				t.Skip("nothing can hang up here")
			}
			l := newLinking(t, sandbox.AndroidAPISettings{})
			gate := make(chan struct{})
			l.must(l.vendor.Fail(sandbox.Fault{Vendor: "androidapi", Operation: "wa_qr", Kind: sandbox.Delay, Gate: gate}))
			command := exec.CommandContext(t.Context(), filepath.Join(folder, "terraform-provider-otp"), "whatsapp", "link", "--phone", supportLine, "--qr-file", l.qrFile, "--json")
			command.Env = os.Environ()
			for name, value := range l.vendor.Environment() {
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
				link := l.vendor.WhatsAppLinks()[0]
				code = link.QR
				if got := says(t, l.qrFile); got != code {
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
			l.hidden("output", out.String()+notes.String())
			l.left(test.phones...)
		})
	}
}
