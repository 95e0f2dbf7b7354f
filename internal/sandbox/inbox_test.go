package sandbox_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

// A list without anything is a list, for programs that iterate over it.
func TestWhatIsEmptyIsAListAndNotNull(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	for _, path := range []string{"/_sandbox/messages", "/_sandbox/requests", "/_sandbox/faults"} {
		if got := strings.TrimSpace(sandboxtest.Get(t, s, path).Raw); got != "[]" {
			t.Errorf("%s is %s", path, got)
		}
	}
}
