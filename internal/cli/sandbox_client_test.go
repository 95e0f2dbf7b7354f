package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// A script's view: the commands and nothing else.
func TestSandboxCommandsDriveARunningSandbox(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	s := sandbox.StartForTest(t, sandbox.Options{Token: "let-me-in", Clock: func() time.Time { return start }})
	run := func(args ...string) (string, error) {
		command := root("test")
		var out strings.Builder
		command.SetOut(&out)
		command.SetArgs(append(append([]string{"sandbox"}, args...), "--url", s.URL(), "--token", "let-me-in"))
		err := command.ExecuteContext(t.Context())
		return out.String(), err
	}
	ask := func() int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/myotp/generate_otp", strings.NewReader(`{"phone_number":"33612345678"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-API-Key", s.Environment()["OTP_MYOTP_API_KEY"])
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
		return answer.StatusCode
	}
	if out, err := run("messages", "--code"); err == nil || out != "" {
		t.Errorf("a code before there is one: %q, %v", out, err)
	}
	if _, err := run("fault", "myotp", "generate_otp", "--status", "503"); err != nil {
		t.Fatal(err)
	}
	if status := ask(); status != http.StatusServiceUnavailable || len(s.Messages()) != 0 {
		t.Errorf("HTTP status %d, %d messages", status, len(s.Messages()))
	}
	if status := ask(); status != http.StatusOK {
		t.Errorf("HTTP status %d", status)
	}
	if out, err := run("messages", "--phone", "+33612345678", "--code", "--wait", "5s"); err != nil || out != s.Messages()[0].Code+"\n" {
		t.Errorf("the code: %q, %v", out, err)
	}
	if out, err := run("messages"); err != nil || !strings.Contains(out, "myotp sms  to +33612345678") {
		t.Errorf("the messages: %q, %v", out, err)
	}
	if out, err := run("clock", "+10m"); err != nil || out != "2026-10-01T09:10:00Z\n" {
		t.Errorf("the clock: %q, %v", out, err)
	}
	for _, wrong := range [][]string{{"clock", "soon"}, {"clock", "+-5m"}, {"scan", "+923007778899"}, {"fault", "octopus", "--kind", "cut"}, {"messages", "--wait", "2h"}} {
		if _, err := run(wrong...); err == nil || len(err.Error()) < 20 {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if _, err := run("reset"); err != nil || len(s.Messages()) != 0 || !s.Now().Equal(start) {
		t.Errorf("after a reset: %v, %d messages, %s", err, len(s.Messages()), s.Now())
	}
	command := root("test")
	command.SetArgs([]string{"sandbox", "clock", "--url", s.URL(), "--token", "wrong"})
	if err := command.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("with another token: %v", err)
	}
}
