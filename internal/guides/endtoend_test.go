package guides

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// understood reads a YAML file of the guide to the sandbox; keys that into does
// not have are an error.
func understood(t *testing.T, name string, into any) {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(providertest.Read(t, filepath.Join(examples, "sandbox", name))))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// The workflow's steps run here as they stand: they install the provider, and run
// the test that applies, lets an application send, and reads the code.
func TestTheLoginsFromEndToEnd(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("%v. The example from end to end is NOT tested.", err)
	}
	var workflow struct {
		Name        string
		On          map[string]any
		Permissions map[string]string
		Defaults    struct {
			Run struct {
				Folder string `yaml:"working-directory"`
			}
		}
		Jobs map[string]struct {
			System  string `yaml:"runs-on"`
			Minutes int    `yaml:"timeout-minutes"`
			Steps   []struct {
				Uses, Name, Run string
				With            map[string]any
			}
		}
	}
	understood(t, "workflow.yml", &workflow)
	w := workspace(t)
	folder := filepath.Join(w.Folder, workflow.Defaults.Run.Folder)
	for _, name := range []string{"main.tf", "test.sh"} {
		w.File(filepath.Join(workflow.Defaults.Run.Folder, name), providertest.Read(t, filepath.Join(examples, "sandbox", name)))
	}
	consumers, err := filepath.Abs("../../examples/consumers")
	if err != nil {
		t.Fatal(err)
	}
	home, programs := t.TempDir(), t.TempDir()
	for _, err := range []error{
		os.Chmod(filepath.Join(folder, "test.sh"), 0o700),
		os.Symlink(consumers, filepath.Join(w.Folder, "examples", "consumers")),
		os.Symlink(w.CLI, filepath.Join(programs, "terraform")), // whichever is tested
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	path := programs + string(os.PathListSeparator) + os.Getenv("PATH")
	ran, last := 0, ""
	for _, step := range workflow.Jobs["logins"].Steps {
		if step.Run == "" {
			continue
		}
		command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", step.Run)
		command.Dir = folder
		command.Env = append(slices.DeleteFunc(slices.Clone(w.Env), func(v string) bool { return strings.HasPrefix(v, "TF_DATA_DIR=") }),
			"HOME="+home, "GITHUB_PATH="+filepath.Join(home, "path"), "PATH="+path)
		command.WaitDelay = time.Minute
		output, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", step.Run, err, output)
		}
		if added, err := os.ReadFile(filepath.Join(home, "path")); err == nil {
			path = strings.TrimSpace(string(added)) + string(os.PathListSeparator) + path
		}
		ran, last = ran+1, string(output)
	}
	if ran != 2 || !strings.Contains(last, "All logins went as they should.") {
		t.Errorf("after %d steps:\n%s", ran, last)
	}
}

// composition is what the guide says about containers.
type composition struct {
	Services map[string]struct {
		Image, Build   string
		Command        []string
		Environment    map[string]string
		Volumes, Ports []string
		HealthCheck    struct {
			Test     []string
			Interval string
		} `yaml:"healthcheck"`
		DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
	}
}

// The sandbox of the composition starts as its container would start it: with a
// token only, known by the name of its service, healthy by its own command; and
// it stops as a container is stopped.
func TestTheSandboxInAComposition(t *testing.T) {
	t.Parallel()
	var c composition
	understood(t, "compose.yaml", &c)
	service, program := c.Services["sandbox"], providertest.Program(t)
	if !slices.Contains(service.Volumes, "./bin:/otp:ro") || service.Command[0] != "/otp/terraform-provider-otp" || len(service.Ports) != 1 {
		t.Fatalf("the service is %+v", service)
	}
	file := filepath.Join(t.TempDir(), "sandbox.env")
	arguments := append(slices.Clone(service.Command[1:]), "--env-file", file)
	arguments[slices.Index(arguments, "0.0.0.0:8484")] = "0.0.0.0:0"
	clean := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "OTP_") })

	without := exec.CommandContext(t.Context(), program, arguments...)
	without.Env = clean
	if output, err := without.CombinedOutput(); err == nil || !strings.Contains(string(output), "--token") {
		t.Fatalf("without a token: %v\n%s", err, output)
	}

	const token = "a-token-for-this-test"
	var complaints bytes.Buffer
	command := exec.CommandContext(t.Context(), program, arguments...)
	command.Env, command.Stderr = slices.Concat(clean, []string{"OTP_SANDBOX_TOKEN=" + token}), &complaints
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		if _, err := os.Stat(file); err == nil {
			break
		}
		select {
		case err := <-ended:
			t.Fatalf("the sandbox ended: %v\n%s", err, &complaints)
		case <-time.After(10 * time.Millisecond):
		}
	}
	environment := map[string]string{}
	for line := range strings.Lines(providertest.Read(t, file)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		environment[name] = value
	}
	own, err := url.Parse(environment["OTP_SANDBOX_URL"])
	if err != nil || own.Hostname() != "sandbox" {
		t.Fatalf("the sandbox calls itself %q: %v", own, err)
	}
	loopback := net.JoinHostPort("127.0.0.1", own.Port())

	ask := func(path, host, token string) *http.Response {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+loopback+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if request.Host = host; token != "" {
			request.SetBasicAuth("anybody", token)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	for _, want := range []struct {
		path, host, token string
		status            int
	}{
		{"/_sandbox/health", own.Host, "", http.StatusOK},
		{"/", own.Host, "", http.StatusUnauthorized},
		{"/", own.Host, token, http.StatusOK},
		{"/_sandbox/messages", loopback, token, http.StatusOK},
		{"/", "elsewhere.example.com", token, http.StatusMisdirectedRequest},
	} {
		answer := ask(want.path, want.host, want.token)
		if err := answer.Body.Close(); err != nil || answer.StatusCode != want.status {
			t.Errorf("%+v: HTTP status %d, %v", want, answer.StatusCode, err)
		}
	}
	for _, given := range []string{token, "another"} {
		health := exec.CommandContext(t.Context(), program, service.HealthCheck.Test[2:]...)
		health.Env = slices.Concat(clean, []string{"OTP_SANDBOX_TOKEN=" + given, "OTP_SANDBOX_URL=http://" + loopback})
		if output, err := health.CombinedOutput(); (err == nil) != (given == token) {
			t.Errorf("the health check with the token %q: %v\n%s", given, err, output)
		}
	}
	for name, value := range c.Services["application"].Environment {
		if got := strings.Replace(environment[name], ":"+own.Port()+"/", ":8484/", 1); got != value {
			t.Errorf("the application has %s=%q, the sandbox says %q", name, value, got)
		}
	}

	// Whoever listens hears the end, and the sandbox ends well.
	events := ask("/_sandbox/events", own.Host, token)
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, events.Body); err != nil {
		t.Errorf("the stream broke off: %v", err)
	}
	if err := errors.Join(events.Body.Close(), <-ended); err != nil || !strings.Contains(complaints.String(), "The sandbox has stopped.") {
		t.Errorf("after SIGTERM: %v\n%s", err, &complaints)
	}
	if sandbox.DefaultAddress != "127.0.0.1:8484" {
		t.Errorf("the composition names the port 8484, the sandbox listens on %s", sandbox.DefaultAddress)
	}
}
