package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// Some orders of a plan show only with the real program: aliases run as
// processes of their own, and -target, -replace and saved plans are options of
// the command line.

// isBuilt says that a test has asked for the binary.
var isBuilt atomic.Bool

// built is the folder with the provider's binary, made once a test run.
var built = sync.OnceValues(func() (string, error) {
	isBuilt.Store(true)
	folder, err := os.MkdirTemp("", "terraform-provider-otp-test-")
	if err != nil {
		return "", err
	}
	output, err := exec.Command("go", "build", "-o", filepath.Join(folder, "terraform-provider-otp"), "../..").CombinedOutput()
	if err != nil {
		return folder, fmt.Errorf("%w: %s", err, output)
	}
	return folder, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if err := pgtest.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if !isBuilt.Load() {
		os.Exit(code)
	}
	if folder, err := built(); err == nil {
		if err := os.RemoveAll(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// terraformPath is the program that the tests of this package run.
func terraformPath(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("neither terraform nor tofu is on PATH; `make test` installs one")
	return ""
}

// workspace is a folder with a configuration, its state and a catalog.
type workspace struct {
	*world
	folder string
	env    []string
	cli    string // The program that is run.
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	provider, err := built()
	if err != nil {
		t.Fatal(err)
	}
	w := &workspace{world: newWorld(t), folder: t.TempDir(), cli: terraformPath(t)}
	rc := filepath.Join(w.folder, "cli.rc")
	w.file("cli.rc", fmt.Sprintf("provider_installation {\n  dev_overrides { \"otp-as-code/otp\" = %q }\n  direct {}\n}\n", provider))
	w.env = append(os.Environ(),
		"TF_CLI_CONFIG_FILE="+rc, "OTP_CATALOG_URL="+w.url, "OTP_CATALOG_ACTOR=tester@here",
		"CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_DATA_DIR="+filepath.Join(w.folder, "data"))
	w.file("versions.tf", "terraform {\n  required_providers {\n    otp = { source = \"otp-as-code/otp\" }\n  }\n}\n")
	return w
}

// beside is a second workspace on the same catalog.
func (w *workspace) beside() *workspace {
	other := newWorkspace(w.t)
	other.world = w.world
	other.env = append(other.env, "OTP_CATALOG_URL="+w.url, "OTP_CATALOG_ACTOR=other@there")
	return other
}

func (w *workspace) file(name, content string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.folder, name), []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// configure writes the configuration.
func (w *workspace) configure(body string) *workspace {
	w.t.Helper()
	w.file("main.tf", body)
	return w
}

// tf runs the program and returns what it printed, with line breaks folded so
// that sentences can be compared, and its exit code.
func (w *workspace) tf(args ...string) (string, int) {
	w.t.Helper()
	command := exec.CommandContext(context.Background(), w.cli, append(args, "-no-color")...)
	command.Dir, command.Env = w.folder, w.env
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return fold(output.String()), command.ProcessState.ExitCode()
}

var boxes = regexp.MustCompile(`[│╷╵\s]+`)

// fold joins the lines that the program breaks and frames.
func fold(output string) string { return strings.TrimSpace(boxes.ReplaceAllString(output, " ")) }

// apply applies and asserts that the next plan is empty.
func (w *workspace) apply(options ...string) string {
	w.t.Helper()
	output, code := w.tf(append([]string{"apply", "-auto-approve", "-input=false"}, options...)...)
	if code != 0 {
		w.t.Fatalf("apply failed: %s", output)
	}
	if len(options) == 0 {
		w.settled()
	}
	return output
}

// settled asserts that there is nothing left to do.
func (w *workspace) settled() {
	w.t.Helper()
	if plan, code := w.tf("plan", "-detailed-exitcode", "-input=false"); code != 0 {
		w.t.Fatalf("the second plan is not empty: %s", plan)
	}
}

// fails asserts that the command fails with the sentence.
func (w *workspace) fails(sentence string, args ...string) string {
	w.t.Helper()
	output, code := w.tf(args...)
	if code == 0 {
		w.t.Fatalf("%v succeeded: %s", args, output)
	}
	if !strings.Contains(output, sentence) {
		w.t.Fatalf("%v failed without %q: %s", args, sentence, output)
	}
	return output
}

// planned is what a plan wants to do with a resource.
type planned struct {
	Address string
	Change  struct {
		Actions   []string
		Importing *struct{}
	}
}

// saves plans into saved.plan.
func (w *workspace) saves(options ...string) []planned {
	w.t.Helper()
	output, code := w.tf(append([]string{"plan", "-input=false", "-out=saved.plan"}, options...)...)
	if code != 0 {
		w.t.Fatalf("plan failed: %s", output)
	}
	command := exec.CommandContext(context.Background(), w.cli, "show", "-json", "saved.plan")
	command.Dir, command.Env = w.folder, w.env
	raw, err := command.Output()
	if err != nil {
		w.t.Fatal(err)
	}
	var plan struct {
		ResourceChanges []planned `json:"resource_changes"`
	}
	if err := json.Unmarshal(raw, &plan); err != nil {
		w.t.Fatal(err)
	}
	return plan.ResourceChanges
}

// plans returns the planned actions by address.
func (w *workspace) plans(options ...string) map[string]string {
	w.t.Helper()
	actions := map[string]string{}
	for _, c := range w.saves(options...) {
		actions[c.Address] = strings.Join(c.Change.Actions, ",")
	}
	return actions
}

// has asserts what the catalog holds of a kind.
func (w *workspace) has(kind catalog.Kind, names ...string) {
	w.t.Helper()
	objects, err := w.store.List(context.Background(), kind)
	if err != nil {
		w.t.Fatal(err)
	}
	var found []string
	for _, object := range objects {
		found = append(found, object.Name)
	}
	if strings.Join(found, " ") != strings.Join(names, " ") {
		w.t.Errorf("the catalog holds the %ss %v, want %v", kind.Title(), found, names)
	}
}
