package cli

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// sandboxed runs the sandbox command until its environment file is there and
// do has run, and returns what it printed.
func sandboxed(t *testing.T, state string, do func(environment map[string]string)) (out, notes string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sandbox.env")
	ctx, stop := context.WithCancel(t.Context())
	var stdout, stderr bytes.Buffer
	command := root("test")
	command.SetArgs([]string{"sandbox", "--address", "127.0.0.1:0", "--state", state, "--env-file", file})
	command.SetOut(&stdout)
	command.SetErr(&stderr)
	done := make(chan error, 1)
	go func() { done <- command.ExecuteContext(ctx) }()
	for {
		raw, err := os.ReadFile(file)
		if err == nil {
			do(parse(string(raw)))
			break
		}
		select {
		case err := <-done:
			t.Fatalf("the sandbox ended by itself: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String()
}

func parse(lines string) map[string]string {
	environment := map[string]string{}
	for line := range strings.Lines(lines) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		environment[name] = value
	}
	return environment
}

func TestSandboxPrintsTheEnvironmentAndStops(t *testing.T) {
	var environment map[string]string
	out, notes := sandboxed(t, "", func(e map[string]string) { environment = e })
	for name, value := range parse(out) {
		if environment[name] != value {
			t.Errorf("%s is %q on standard output and %q in the file", name, value, environment[name])
		}
	}
	for _, name := range []string{"OTP_ANDROIDAPI_SECRET", "OTP_MYOTP_BASE_URL", "OTP_OCTOPUSH_API_LOGIN", "OTP_WAY2API_API_KEY"} {
		if environment[name] == "" {
			t.Errorf("no %s", name)
		}
	}
	for _, sentence := range []string{"its page is at http://127.0.0.1:", "The sandbox has stopped."} {
		if !strings.Contains(notes, sentence) {
			t.Errorf("no %q in %q", sentence, notes)
		}
	}
}

func TestSandboxGoesOnWhereItStopped(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state.json")
	sandboxed(t, state, func(e map[string]string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e["OTP_MYOTP_BASE_URL"]+"/generate_otp", strings.NewReader(`{"phone_number":"33639980001"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-API-Key", e["OTP_MYOTP_API_KEY"])
		request.Header.Set("Content-Type", "application/json")
		if got := answer(t, request); !strings.Contains(got, "accepted") {
			t.Fatal(got)
		}
	})
	sandboxed(t, state, func(e map[string]string) {
		address := strings.TrimSuffix(e["OTP_MYOTP_BASE_URL"], "/myotp") + "/_sandbox/messages"
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := answer(t, request); !strings.Contains(got, "+33639980001") {
			t.Errorf("the message is gone: %s", got)
		}
	})
}

func answer(t *testing.T, request *http.Request) string {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	_, err = body.ReadFrom(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return body.String()
}

func TestSandboxTakesTheOlderReading(t *testing.T) {
	folder := t.TempDir()
	older, wrong := filepath.Join(folder, "older.json"), filepath.Join(folder, "wrong.json")
	for file, content := range map[string]string{older: `{"myotp": {"unknown_id_404": true}}`, wrong: `{"myotp": {"unknown": true}}`} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var settings sandbox.Settings
	if err := readSettings(older, &settings); err != nil || !settings.MyOTP.UnknownID404 {
		t.Errorf("%v: %+v", err, settings.MyOTP)
	}
	for _, file := range []string{wrong, filepath.Join(folder, "none.json")} {
		if err := readSettings(file, &settings); err == nil || !strings.Contains(err.Error(), "the settings of the sandbox") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestWrongCommandsAreErrorsWithARemedy(t *testing.T) {
	for arguments, want := range map[string]string{
		"sandbox --state= --address 0.0.0.0:8484": "loopback",
		"sandbox --state= --address nonsense":     "127.0.0.1:8484",
		"sandbox --state= extra":                  "extra",
		"sandbx":                                  "sandbox",
		"sandbox --state /nonexistent/folder/st.json --address 127.0.0.1:0 --env-file /nonexistent/x": "nonexistent",
	} {
		var stdout, stderr bytes.Buffer
		command := root("test")
		command.SetArgs(strings.Fields(arguments))
		command.SetOut(&stdout)
		command.SetErr(&stderr)
		if err := command.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", arguments, err)
		}
	}
}
