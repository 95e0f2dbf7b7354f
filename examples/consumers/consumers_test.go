// Package consumers_test runs the consumers as processes: all are held to the
// conformance cases, as the provider's own sends are, and work through every
// route against the sandbox, by documents that the compilers make.
package consumers_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// consumers are the commands to run, by language.
var consumers = map[string][]string{}

// languages are those of the consumers, in order.
var languages = []string{"go", "node", "php", "python"}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "consumer")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := build(dir, m)
	if err := pgtest.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

func build(dir string, m *testing.M) int {
	binary := filepath.Join(dir, "consumer")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, "./go").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the Go consumer: %s\n%s", err, out)
		return 1
	}
	consumers["go"] = []string{binary}
	// What python3 names may be a script of a version manager, which costs more
	// than the program. -S: nothing but the standard library.
	if python, err := exec.Command("python3", "-S", "-c", "import sys; print(sys.executable)").Output(); err == nil {
		consumers["python"] = []string{strings.TrimSpace(string(python)), "-S", "-X", "pycache_prefix=" + dir, filepath.Join("python", "consumer.py")}
	}
	if node, err := exec.LookPath("node"); err == nil {
		consumers["node"] = []string{node, filepath.Join("node", "consumer.mjs")}
	}
	if php, err := exec.LookPath("php"); err == nil {
		consumers["php"] = []string{php, filepath.Join("php", "consumer.php")}
	}
	return m.Run()
}

// available is the command of a consumer. Where CI is, a missing one is a
// failure; elsewhere the test says that it did not run.
func available(t *testing.T, language string) []string {
	t.Helper()
	command, ok := consumers[language]
	switch {
	case ok:
	case os.Getenv("CI") != "":
		t.Fatalf("%s is not on the PATH, so its consumer cannot be tested", language)
	default:
		t.Skipf("the %s consumer is NOT tested: it is not on the PATH", language)
	}
	return command
}

// each runs a test on every consumer, and says so where one is missing.
func each(t *testing.T, test func(t *testing.T, command []string)) {
	t.Helper()
	for _, language := range languages {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			test(t, available(t, language))
		})
	}
}

// bench is a folder in which a consumer runs, at a time of its own.
type bench struct {
	dir     string
	command []string
	env     []string
	later   time.Duration
	output  strings.Builder // everything that was printed
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// run starts a consumer and gives its exit code and what it printed.
func (b *bench) run(t *testing.T, arguments ...string) (exit int, stdout, stderr string) {
	t.Helper()
	now := fmt.Sprint(time.Now().Add(b.later).Unix())
	arguments = append([]string{"--challenges", b.path("challenges.json"), "--now", now}, arguments...)
	process := exec.CommandContext(t.Context(), b.command[0], append(slices.Clone(b.command[1:]), arguments...)...)
	var out, err bytes.Buffer
	process.Env, process.Stdout, process.Stderr = b.env, &out, &err
	var failed *exec.ExitError
	if e := process.Run(); e != nil && !errors.As(e, &failed) {
		t.Fatal(e)
	}
	return process.ProcessState.ExitCode(), out.String(), err.String()
}
