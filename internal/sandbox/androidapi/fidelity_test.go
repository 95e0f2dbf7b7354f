package androidapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

// What is not served is answered in the vendor's shape, as to a key without the
// permission: never as a page. So is a path with a slash at its end, because the
// reference shows no client that writes one.
func TestAndroidAPIAnswersInItsShapeWhatIsNotServed(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	for _, call := range []string{
		"GET /get/nothing", "POST /send/sms", "GET /get/contacts", "GET /get/devices/", "POST /send/otp/", "GET /", "GET /get/../etc/passwd", "DELETE /get/nothing",
	} {
		method, path, _ := strings.Cut(call, " ")
		got, err := sandboxtest.Send(t, method, s.URL()+"/androidapi/api"+path+"?secret="+androidapi.Secret, nil, nil)
		sandboxtest.Must(t, err)
		if got.Status != http.StatusOK || got.Verdict() != http.StatusForbidden || got.Text("message") != "Access denied!" || !strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: HTTP status %d, %s: %s", call, got.Status, got.Header.Get("Content-Type"), got.Raw)
		}
	}
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}
