package replay

import (
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Each replays every contract file of a client against what the test expects
// of it, by the file's name. It fails where a file has no expectation, where an
// expectation has no file and where an endpoint has no files. The operations in
// elsewhere have files that another test is about.
func Each[E any](t *testing.T, endpoints []httpapi.Endpoint, expectations map[string]E, check func(E, *testing.T, File), elsewhere ...string) {
	t.Helper()
	covered, skipped := map[string]bool{}, map[string]bool{}
	for _, operation := range elsewhere {
		skipped[operation] = true
	}
	for _, file := range Files(t, "testdata/contract") {
		covered[file.Operation] = true
		if skipped[file.Operation] {
			continue
		}
		want, ok := expectations[file.Name]
		if !ok {
			t.Errorf("%s: the test expects nothing of this contract file; add it", file.Name)
			continue
		}
		delete(expectations, file.Name)
		t.Run(file.Name, func(t *testing.T) {
			t.Parallel()
			check(want, t, file)
		})
	}
	for name := range expectations {
		t.Errorf("%s: there is no such contract file", name)
	}
	for _, endpoint := range endpoints {
		if !covered[endpoint.Operation] {
			t.Errorf("%s has no contract file", endpoint.Operation)
		}
	}
}
