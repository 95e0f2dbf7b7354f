package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command is in the guide, and explains itself: what it does, with an
// example.
func TestEveryCommandIsInTheGuideAndExplainsItself(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../templates/guides/command-line.md")
	if err != nil {
		t.Fatal(err)
	}
	var visit func(command *cobra.Command)
	visit = func(command *cobra.Command) {
		for _, child := range command.Commands() {
			if child.Name() == "help" || child.Name() == "completion" {
				continue
			}
			visit(child)
			if child.HasSubCommands() {
				continue
			}
			use := strings.TrimPrefix(child.UseLine(), "terraform-provider-otp ")
			use = strings.TrimSuffix(use, " [flags]")
			if !strings.Contains(string(guide), "| `"+use+"` |") {
				t.Errorf("the guide does not have `%s`", use)
			}
			if child.Short == "" || child.Example == "" || child.Long == "" {
				t.Errorf("`%s` has no description, or no example", use)
			}
		}
	}
	visit(root("test"))
}

// The help of the sandbox says which calls are served, of every vendor.
func TestTheSandboxSaysWhatItServes(t *testing.T) {
	t.Parallel()
	help := sandboxCommand().Long
	for _, path := range []string{"androidapi", "/send/otp", "myotp", "/generate_otp", "octopush", "/service/otp/generate", "way2api", "/aws/send_otp-pin", "Not served"} {
		if !strings.Contains(help, path) {
			t.Errorf("no %s in %s", path, help)
		}
	}
}
