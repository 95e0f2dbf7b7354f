// Package consumers_test runs both consumers as processes, on the same tables of
// cases: against scripted vendors they are shown to agree with the contract of
// the profile document and with each other, and against the sandbox to work
// through every route, by documents that the compilers make.
package consumers_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// The recipient and the code of most cases.
const (
	phone = "+33612345678"
	code  = "482913"
)

// consumers are the commands to run, by language.
var consumers = map[string][]string{}

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
	return m.Run()
}

// scenario is a document and what happens with it, step by step.
type scenario struct {
	name   string
	routes []string           // files of testdata
	edit   func(doc document) // changes the document before it is stored
	env    map[string]string
	steps  []step
}

// step is one run of a consumer.
type step struct {
	later   int    // seconds that pass before
	do      string // the command; "_" stands for a space and MADE for the code that the application made
	answers []string
	calls   []string // the requests that are made, exactly these
	exit    int
	want    string // the JSON on standard output
	stderr  string // a part of it
}

// document is a profile document as the tests edit it.
type document map[string]any

func (d document) route(n int) document   { return as[map[string]any](as[[]any](d["routes"])[n]) }
func (d document) at(key string) document { return as[map[string]any](d[key]) }

// as is a type assertion that says what is wrong with a fixture.
func as[T any](value any) T {
	typed, ok := value.(T)
	if !ok {
		panic(fmt.Sprintf("%v is a %T, want a %T", value, value, typed))
	}
	return typed
}

func read(t *testing.T, name string) document {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatalf("%s: %s", name, err)
	}
	return doc
}

// catalog makes a database with the view that applications read.
func catalog(t *testing.T, path string, doc document, upToDate bool) {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `
		CREATE TABLE store (name TEXT, revision INTEGER, document TEXT, up_to_date INTEGER, updated_at TEXT);
		CREATE VIEW otp_profile_documents AS SELECT name, revision, document, up_to_date, updated_at FROM store;
		INSERT INTO store VALUES ('login', 1, ?, ?, '2026-10-01T09:00:00Z')`, string(text), upToDate)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// each runs a test on every consumer, and says so where one is missing.
func each(t *testing.T, test func(t *testing.T, command []string)) {
	t.Helper()
	for _, language := range []string{"go", "python"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			command, ok := consumers[language]
			if !ok {
				t.Skipf("the %s consumer is NOT tested: python3 is not on the PATH", language)
			}
			test(t, command)
		})
	}
}

// bench is where one scenario runs: a catalog, challenges, vendors.
type bench struct {
	dir     string
	command []string
	vendor  *vendor
	env     []string
	output  strings.Builder // everything that was printed
}

var credentials = map[string]string{
	"OTP_OCTOPUSH_API_KEY": "made-up-octopush-key", "OTP_OCTOPUSH_API_LOGIN": "ops@acme.example",
	"OTP_OCTOPUSH_EU_API_KEY": "made-up-eu-key",
	"OTP_MYOTP_API_KEY":       "made-up-myotp-key", "OTP_ANDROIDAPI_SECRET": "made+up/androidapi&secret",
	"OTP_WAY2API_API_KEY": "made-up-way2api-key",
}

func newBench(t *testing.T, command []string, doc document, env map[string]string) *bench {
	t.Helper()
	b := &bench{dir: t.TempDir(), command: command, vendor: newVendor(t)}
	catalog(t, filepath.Join(b.dir, "catalog.db"), doc, true)
	all := map[string]string{"PATH": os.Getenv("PATH"), "HTTP_PROXY": "http://127.0.0.1:9", "SYSTEMROOT": os.Getenv("SYSTEMROOT")}
	for name, value := range credentials {
		all[name] = value
	}
	for _, name := range []string{"OCTOPUSH", "OCTOPUSH_EU", "MYOTP", "ANDROIDAPI", "WAY2API"} {
		all["OTP_"+name+"_BASE_URL"] = b.vendor.URL + "/" + strings.ToLower(name)
	}
	for name, value := range env {
		all[name] = strings.ReplaceAll(value, "VENDOR", b.vendor.URL)
	}
	for name, value := range all {
		b.env = append(b.env, name+"="+value)
	}
	return b
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// run starts a consumer and gives its exit code and what it printed.
func (b *bench) run(t *testing.T, arguments ...string) (exit int, stdout, stderr string) {
	t.Helper()
	arguments = append([]string{"--catalog", b.path("catalog.db"), "--profile", "login", "--challenges", b.path("challenges.json")}, arguments...)
	process := exec.CommandContext(t.Context(), b.command[0], append(slices.Clone(b.command[1:]), arguments...)...)
	var out, err bytes.Buffer
	process.Env, process.Stdout, process.Stderr = b.env, &out, &err
	var failed *exec.ExitError
	if e := process.Run(); e != nil && !errors.As(e, &failed) {
		t.Fatal(e)
	}
	return process.ProcessState.ExitCode(), out.String(), err.String()
}

// step runs one step and compares everything that can be seen.
func (b *bench) step(t *testing.T, s step) {
	t.Helper()
	if s.later > 0 {
		b.pass(t, s.later)
	}
	b.vendor.expect(s.answers)
	arguments := []string{"--json"}
	for _, word := range strings.Split(s.do, " ") {
		word = strings.ReplaceAll(word, "_", " ")
		arguments = append(arguments, strings.ReplaceAll(word, "MADE", b.vendor.code()))
	}
	exit, stdout, stderr := b.run(t, arguments...)
	b.output.WriteString(stdout + stderr)
	if strings.Contains(stderr, "Traceback") || strings.Contains(stderr, "panic:") {
		t.Errorf("%s: it broke:\n%s", s.do, stderr)
	}
	if exit != s.exit {
		t.Errorf("%s: exit code %d, want %d\n%s%s", s.do, exit, s.exit, stdout, stderr)
	}
	if diff := cmp.Diff(s.calls, b.vendor.take()); diff != "" {
		t.Errorf("%s: requests (-want +got):\n%s", s.do, diff)
	}
	got := decode(t, stdout)
	if answer, ok := got.(map[string]any); ok && answer["retry_after_seconds"] != nil {
		// The clock ran on since the send: up to the next hundred.
		answer["retry_after_seconds"] = math.Ceil(as[float64](answer["retry_after_seconds"])/100) * 100
	}
	if diff := cmp.Diff(decode(t, s.want), got); diff != "" {
		t.Errorf("%s: result (-want +got):\n%s%s", s.do, diff, stderr)
	}
	if !strings.Contains(stderr, s.stderr) {
		t.Errorf("%s: standard error is %q, want %q in it", s.do, stderr, s.stderr)
	}
}

func decode(t *testing.T, text string) (value any) {
	t.Helper()
	if strings.TrimSpace(text) != "" {
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatalf("%s: %q", err, text)
		}
	}
	return value
}

// pass lets time pass: it moves everything the challenges remember back.
func (b *bench) pass(t *testing.T, seconds int) {
	t.Helper()
	text, err := os.ReadFile(b.path("challenges.json"))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var records map[string]map[string]any
	if err := decoder.Decode(&records); err != nil {
		t.Fatal(err)
	}
	earlier := func(value any) int64 {
		at, err := as[json.Number](value).Int64()
		if err != nil {
			t.Fatal(err)
		}
		return at - int64(seconds)
	}
	for _, record := range records {
		for _, list := range []any{record["sends"], record["wrong"]} {
			times := as[[]any](list)
			for i, at := range times {
				times[i] = earlier(at)
			}
		}
		used := as[map[string]any](record["used"])
		for mac, at := range used {
			used[mac] = earlier(at)
		}
		if challenge, ok := record["challenge"].(map[string]any); ok {
			challenge["sent_at"], challenge["expires_at"] = earlier(challenge["sent_at"]), earlier(challenge["expires_at"])
		}
	}
	if text, err = json.Marshal(records); err == nil {
		err = os.WriteFile(b.path("challenges.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// keepsSecrets checks that no credential, code or answer was printed or stored.
func (b *bench) keepsSecrets(t *testing.T) {
	t.Helper()
	stored, err := os.ReadFile(b.path("challenges.json"))
	if errors.Is(err, os.ErrNotExist) {
		stored, err = nil, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	private := []string{code, "leak-marker"}
	if made := b.vendor.code(); made != "" {
		private = append(private, made)
	}
	for name, value := range credentials {
		if name != "OTP_OCTOPUSH_API_LOGIN" {
			private = append(private, value)
		}
	}
	for _, secret := range private {
		if strings.Contains(b.output.String(), secret) {
			t.Errorf("%q was printed", secret)
		}
		if strings.Contains(string(stored), secret) {
			t.Errorf("%q was stored", secret)
		}
	}
	for _, name := range []string{"challenges.json", "challenges.json.key"} {
		info, err := os.Stat(b.path(name))
		if err == nil && runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", name, info.Mode().Perm())
		}
	}
}

// play runs scenarios on both consumers.
func play(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, command []string) {
				b := newBench(t, command, sc.document(t), sc.env)
				for _, s := range sc.steps {
					b.step(t, s)
				}
				b.keepsSecrets(t)
			})
		})
	}
}

func (sc scenario) document(t *testing.T) document {
	t.Helper()
	doc := read(t, "login")
	routes := []any{}
	for _, name := range sc.routes {
		routes = append(routes, map[string]any(read(t, name)))
	}
	doc["routes"] = routes
	if sc.edit != nil {
		sc.edit(doc)
	}
	return doc
}
