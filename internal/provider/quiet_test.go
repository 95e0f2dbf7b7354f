package provider

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// asPlugin tells the test below that it is the process of a plugin.
const asPlugin = "OTP_TEST_AS_PLUGIN"

// TestWhatNobodyReadsIsNotLogged runs itself as the process of a plugin: what the
// plugin libraries write is written where the process began to write.
func TestWhatNobodyReadsIsNotLogged(t *testing.T) {
	t.Parallel()
	if os.Getenv(asPlugin) != "" {
		if err := quiet(); err != nil {
			t.Fatal(err)
		}
		made, err := NewServer(New("test")())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tf6server.New(Address, made).GetMetadata(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		return
	}
	for variable, logs := range map[string]bool{"OTHER=1": false, "TF_LOG=TRACE": true, "TF_LOG_PROVIDER=DEBUG": true, "TF_LOG_PROVIDER_OTP=TRACE": true, "TF_LOG_SDK_PROTO=TRACE": true} {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		for _, kept := range os.Environ() {
			if !strings.HasPrefix(kept, "TF_") {
				command.Env = append(command.Env, kept)
			}
		}
		command.Env = append(command.Env, asPlugin+"=1", variable)
		var stderr strings.Builder
		command.Stderr = &stderr
		if output, err := command.Output(); err != nil {
			t.Fatalf("%s: %v\n%s%s", variable, err, output, stderr.String())
		}
		if got := strings.Contains(stderr.String(), "Served request"); got != logs || !logs && stderr.Len() > 0 {
			t.Errorf("with %s requests are logged: %t; want %t\n%s", variable, got, logs, stderr.String())
		}
	}
}
