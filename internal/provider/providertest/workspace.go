package providertest

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
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// Some orders of a plan show only with the real program: aliases run as
// processes of their own, and -target, -replace and saved plans are options of
// the command line.

// TerraformPath is the program that the tests of this package run.
func TerraformPath(t *testing.T) string {
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

// Workspace is a folder with a configuration, its state and a catalog.
type Workspace struct {
	*World
	Folder string
	Env    []string
	CLI    string // The program that is run.
}

// NewWorkspace is an empty one, with a catalog of its own.
func NewWorkspace(t *testing.T) *Workspace {
	t.Helper()
	w := &Workspace{World: NewWorld(t), Folder: t.TempDir(), CLI: TerraformPath(t)}
	rc := filepath.Join(w.Folder, "cli.rc")
	w.File("cli.rc", fmt.Sprintf("provider_installation {\n  dev_overrides { \"otp-as-code/otp\" = %q }\n  direct {}\n}\n", plugin(t)))
	w.Env = append(os.Environ(),
		"TF_CLI_CONFIG_FILE="+rc, "OTP_CATALOG_URL="+w.URL, "OTP_CATALOG_ACTOR=tester@here",
		"CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_DATA_DIR="+filepath.Join(w.Folder, "data"))
	w.File("versions.tf", "terraform {\n  required_providers {\n    otp = { source = \"otp-as-code/otp\" }\n  }\n}\n")
	return w
}

// Beside is a second workspace on the same catalog.
func (w *Workspace) Beside() *Workspace {
	other := NewWorkspace(w.T)
	other.World = w.World
	other.Env = append(other.Env, "OTP_CATALOG_URL="+w.URL, "OTP_CATALOG_ACTOR=other@there")
	return other
}

// File writes a file into the folder, or into one below it.
func (w *Workspace) File(name, content string) {
	w.T.Helper()
	path := filepath.Join(w.Folder, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		w.T.Fatal(err)
	}
}

// Configure writes the configuration.
func (w *Workspace) Configure(body string) *Workspace {
	w.T.Helper()
	w.File("main.tf", body)
	return w
}

// TF runs the program and returns what it printed, with line breaks folded so
// that sentences can be compared, and its exit code.
func (w *Workspace) TF(args ...string) (string, int) {
	w.T.Helper()
	output, code := w.Raw(args...)
	return Fold(output), code
}

// Raw is TF with the lines as they were printed.
func (w *Workspace) Raw(args ...string) (string, int) {
	w.T.Helper()
	command := exec.CommandContext(context.Background(), w.CLI, append(args, "-no-color")...)
	command.Dir, command.Env = w.Folder, w.Env
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.T.Fatal(err)
	}
	return output.String(), command.ProcessState.ExitCode()
}

var boxes = regexp.MustCompile(`[│╷╵\s]+`)

// Fold joins the lines that the program breaks and frames.
func Fold(output string) string { return strings.TrimSpace(boxes.ReplaceAllString(output, " ")) }

// Apply applies and asserts that the next plan is empty.
func (w *Workspace) Apply(options ...string) string {
	w.T.Helper()
	output, code := w.TF(append([]string{"apply", "-auto-approve", "-input=false"}, options...)...)
	if code != 0 {
		w.T.Fatalf("apply failed: %s", output)
	}
	if len(options) == 0 {
		w.Settled()
	}
	return output
}

// Settled asserts that there is nothing left to do.
func (w *Workspace) Settled() {
	w.T.Helper()
	if plan, code := w.TF("plan", "-detailed-exitcode", "-input=false"); code != 0 {
		w.T.Fatalf("the second plan is not empty: %s", plan)
	}
}

// Fails asserts that the command fails with the sentence.
func (w *Workspace) Fails(sentence string, args ...string) string {
	w.T.Helper()
	output, code := w.TF(args...)
	if code == 0 {
		w.T.Fatalf("%v succeeded: %s", args, output)
	}
	if !strings.Contains(output, sentence) {
		w.T.Fatalf("%v failed without %q: %s", args, sentence, output)
	}
	return output
}

// Planned is what a plan wants to do with a resource.
type Planned struct {
	Address string
	Change  struct {
		Actions      []string
		Importing    *struct{}
		Before       map[string]any
		After        map[string]any
		AfterUnknown map[string]any `json:"after_unknown"`
	}
}

// Saves plans into saved.plan.
func (w *Workspace) Saves(options ...string) []Planned {
	w.T.Helper()
	output, code := w.TF(append([]string{"plan", "-input=false", "-out=saved.plan"}, options...)...)
	if code != 0 {
		w.T.Fatalf("plan failed: %s", output)
	}
	command := exec.CommandContext(context.Background(), w.CLI, "show", "-json", "saved.plan")
	command.Dir, command.Env = w.Folder, w.Env
	raw, err := command.Output()
	if err != nil {
		w.T.Fatal(err)
	}
	var plan struct {
		ResourceChanges []Planned `json:"resource_changes"`
	}
	if err := json.Unmarshal(raw, &plan); err != nil {
		w.T.Fatal(err)
	}
	return plan.ResourceChanges
}

// Plans returns the planned actions by address.
func (w *Workspace) Plans(options ...string) map[string]string {
	w.T.Helper()
	actions := map[string]string{}
	for _, c := range w.Saves(options...) {
		actions[c.Address] = strings.Join(c.Change.Actions, ",")
	}
	return actions
}

// Has asserts what the catalog holds of a kind.
func (w *Workspace) Has(kind catalog.Kind, names ...string) {
	w.T.Helper()
	objects, err := w.Store.List(context.Background(), kind)
	if err != nil {
		w.T.Fatal(err)
	}
	var found []string
	for _, object := range objects {
		found = append(found, object.Name)
	}
	if strings.Join(found, " ") != strings.Join(names, " ") {
		w.T.Errorf("the catalog holds the %ss %v, want %v", kind.Title(), found, names)
	}
}
