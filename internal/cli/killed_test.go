package cli_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// A program that is killed while it sends, or stopped by Ctrl-C while it follows
// what it has sent, has sent once, and the next one knows.
func TestABuiltCommandThatIsKilledHasSentOnce(t *testing.T) {
	t.Parallel()
	program := providertest.Program(t)
	for name, test := range map[string]struct {
		operation string // that it is in the middle of
		end       os.Signal
		code      int
		outcome   string // that it still tells
	}{
		"killed while it sends":     {"generate_otp", os.Kill, -1, ""},
		"stopped while it sends":    {"generate_otp", os.Interrupt, 4, "unknown"},
		"killed while it follows":   {"check_otp_status", os.Kill, -1, ""},
		"stopped while it follows":  {"check_otp_status", os.Interrupt, 130, "ok"},
		"killed while it verifies":  {"verify_otp", os.Kill, -1, ""},
		"stopped while it verifies": {"verify_otp", os.Interrupt, 4, "ok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := providertest.NewDeliveries(t, providertest.OverMyOTP)
			send := func(arguments ...string) *exec.Cmd {
				command := exec.CommandContext(t.Context(), program,
					append([]string{"send", "login", providertest.RecipientPhone, "--json", "--url", d.URL}, arguments...)...)
				command.Env = append(os.Environ(), "OTP_DELIVERIES_FILE="+d.File)
				for name, value := range d.Vendor.Environment() {
					command.Env = append(command.Env, name+"="+value)
				}
				return command
			}
			gate := make(chan struct{})
			d.Must(d.Vendor.Fail(sandbox.Fault{Vendor: "myotp", Operation: test.operation, Kind: sandbox.Delay, Gate: gate}))
			var out strings.Builder
			first := send("--verify")
			first.Stdout = &out
			d.Must(first.Start())
			for providertest.Requested(d.Vendor)[test.operation] == 0 { // the request has arrived, and waits at the gate
				time.Sleep(time.Millisecond)
			}
			d.Must(first.Process.Signal(test.end))
			_ = first.Wait() // the exit code is checked below
			close(gate)
			if got := first.ProcessState.ExitCode(); got != test.code {
				t.Errorf("exit code %d, want %d", got, test.code)
			}
			var result struct{ Outcome string }
			if err := json.Unmarshal([]byte(out.String()), &result); (err == nil) != (test.outcome != "") || result.Outcome != test.outcome {
				t.Errorf("told %q, want %q", out.String(), test.outcome)
			}
			if test.operation == "generate_otp" && test.end == os.Kill {
				verify := send()
				verify.Args = append([]string{verify.Path, "verify", "login", providertest.RecipientPhone, "482913"}, verify.Args[4:]...)
				if told, err := verify.Output(); err == nil || !strings.Contains(string(told), "was interrupted before its answer was remembered") {
					t.Errorf("verify told %s", told)
				}
			}
			again, err := send().Output()
			if err == nil || !strings.Contains(string(again), `"outcome":"limited"`) {
				t.Errorf("the next one told %s", again)
			}
			if n := providertest.Requested(d.Vendor)["generate_otp"]; n != 1 {
				t.Errorf("%d sends", n)
			}
		})
	}
}
