// Package consumers_test runs the consumers: all are held to the conformance
// cases, as the provider's own sends are, and work through every
// route against the sandbox, by documents that the compilers make.
package consumers_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/examples/consumers/conformance"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// consumer is the program of a language.
type consumer struct {
	language string
	// process starts it; batch runs it in a process that is there already, which
	// costs a small part.
	process, batch conformance.Run
}

// consumers are those that this machine can run, by language.
var consumers = map[string]*consumer{}

// languages are those of the consumers, in order.
var languages = []string{"go", "node", "php", "python"}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "consumer")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := build(dir, m)
	if err := endBatches(); err != nil {
		fmt.Fprintln(os.Stderr, "ending the batches:", err)
		status = 1
	}
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
	if out, err := exec.CommandContext(context.Background(), "go", "build", "-tags", "batch", "-o", binary, "./go").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the Go consumer: %s\n%s", err, out)
		return 1
	}
	consumers["go"] = &consumer{"go", conformance.Process(binary), batch(binary, "--batch")}
	// What python3 names may be a script of a version manager, which costs more
	// than the program. -S: nothing but the standard library.
	if python, err := exec.CommandContext(context.Background(), "python3", "-S", "-c", "import sys; print(sys.executable)").Output(); err == nil {
		consumers["python"] = python3(strings.TrimSpace(string(python)), "-S", "-X", "pycache_prefix="+dir)
	}
	if node, err := exec.LookPath("node"); err == nil {
		consumers["node"] = &consumer{"node", conformance.Process(node, filepath.Join("node", "consumer.mjs")), batch(node, harness("node.mjs"))}
	}
	if php, err := exec.LookPath("php"); err == nil {
		consumers["php"] = &consumer{"php", conformance.Process(php, filepath.Join("php", "consumer.php")), batch(php, harness("php.php"))}
	}
	return m.Run()
}

// python3 is the Python consumer with an interpreter.
func python3(words ...string) *consumer {
	with := func(file string) []string { return append(slices.Clone(words), file) }
	return &consumer{"python", conformance.Process(with(filepath.Join("python", "consumer.py"))...), batch(with(harness("python.py"))...)}
}

// available is the consumer of a language. Where CI is, a missing one is a
// failure; elsewhere the test says that it did not run.
func available(t *testing.T, language string) *consumer {
	t.Helper()
	c, ok := consumers[language]
	switch {
	case ok:
	case os.Getenv("CI") != "":
		t.Fatalf("%s is not on the PATH, so its consumer cannot be tested", language)
	default:
		t.Skipf("the %s consumer is NOT tested: it is not on the PATH", language)
	}
	return c
}

// each runs a test on every consumer, and says so where one is missing.
func each(t *testing.T, test func(t *testing.T, c *consumer)) {
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
	dir    string
	play   conformance.Run
	env    []string
	later  time.Duration
	output strings.Builder // everything that was printed
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// run runs a consumer and gives its exit code and what it printed.
func (b *bench) run(t *testing.T, arguments ...string) (exit int, stdout, stderr string) {
	t.Helper()
	now := fmt.Sprint(time.Now().Add(b.later).Unix())
	end, err := b.play(t.Context(), append([]string{"--challenges", b.path("challenges.json"), "--now", now}, arguments...), b.env)
	if err != nil {
		t.Fatal(err)
	}
	return end.Code, end.Stdout, end.Stderr
}
