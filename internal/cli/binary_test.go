package cli_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// A person who runs the binary learns what it is.
func TestTheBinaryExplainsItself(t *testing.T) {
	t.Parallel()
	program := providertest.Program(t)
	for arguments, want := range map[string]struct {
		code     int
		sentence string
	}{
		"":          {1, "This is the otp provider"},
		"--help":    {0, "sandbox"},
		"--version": {0, "terraform-provider-otp version"},
		"sandbx":    {1, "sandbox"},
	} {
		command := exec.CommandContext(t.Context(), program, strings.Fields(arguments)...)
		output, _ := command.CombinedOutput() // the exit code is checked below
		if got := command.ProcessState.ExitCode(); got != want.code || !strings.Contains(string(output), want.sentence) {
			t.Errorf("%q: exit code %d, %s", arguments, got, output)
		}
	}
}
