package consumers_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/examples/consumers/conformance"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

const (
	phone  = "+33612345678"
	indian = "+919876543210"
)

// withTable is a consumer that remembers in PostgreSQL, each case in a table of
// its own.
type withTable struct {
	server *pgtest.Server
	run    conformance.Run
	url    string // once the table is there
}

// ddl is the table of the Go consumer's table.go.
const ddl = "CREATE TABLE otp_challenges (name text PRIMARY KEY, record jsonb NOT NULL, stale bigint NOT NULL)"

// Play implements conformance.Player.
func (w *withTable) Play(ctx context.Context, stage conformance.Stage, command []string, now int64) (conformance.Told, error) {
	if w.url == "" {
		if err := w.create(ctx, stage); err != nil {
			return conformance.Told{}, err
		}
	}
	player := conformance.Command{Run: w.run, Challenges: w.url, Environment: map[string]string{"OTP_CHALLENGES_KEY": "a-made-up-key-of-more-than-32-characters"}}
	return player.Play(ctx, stage, command, now)
}

// create makes the table in a schema of its own.
func (w *withTable) create(ctx context.Context, stage conformance.Stage) error {
	name := "case_" + strings.ToLower(filepath.Base(filepath.Dir(filepath.Dir(stage.Folder)))+filepath.Base(filepath.Dir(stage.Folder)))
	schema := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name)
	schema = schema[max(0, len(schema)-60):]
	url := w.server.URL(pgtest.Administrator, "postgres", "search_path="+schema)
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("CREATE SCHEMA %q; %s", schema, ddl))
	w.url = url
	return errors.Join(err, db.Close())
}

// needs skips a test where a program cannot do something; where CI is, it fails.
func needs(t *testing.T, program string, arguments ...string) {
	t.Helper()
	process := exec.CommandContext(t.Context(), program, arguments...)
	process.Dir = "node"
	if out, err := process.CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s %s: %s", program, strings.Join(arguments, " "), out)
		}
		t.Skipf("NOT tested: %s %s fails", program, strings.Join(arguments, " "))
	}
}

// documentOf writes the document of a case.
func documentOf(t *testing.T, path string, c conformance.Case) {
	t.Helper()
	text, err := c.Document()
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestAttemptsThatRaceAreCounted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *consumer) {
		var verified atomic.Int32
		vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := `{"message_id": "3f0c1d2e", "status": "accepted"}`
			if strings.Contains(r.URL.Path, "verify") {
				verified.Add(1)
				answer = `{"status": "failed", "reason": "invalid"}`
			}
			_, _ = io.WriteString(w, answer) // that the consumer has gone is no fault
		}))
		t.Cleanup(vendor.Close)
		b := &bench{dir: t.TempDir(), play: c.process, env: []string{"PATH=" + os.Getenv("PATH"), "OTP_MYOTP_API_KEY=made-up", "OTP_MYOTP_BASE_URL=" + vendor.URL}}
		documentOf(t, b.path("document.json"), conformance.Case{Routes: []string{"myotp"}})
		do := []string{"--document", b.path("document.json"), "--profile", "login", "--json"}
		if exit, _, stderr := b.run(t, append(slices.Clone(do), "send", phone)...); exit != 0 {
			t.Fatalf("exit code %d: %s", exit, stderr)
		}
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() { b.run(t, append(slices.Clone(do), "verify", phone, "111111")...) })
		}
		group.Wait()
		if n := verified.Load(); n != 3 {
			t.Errorf("%d wrong codes reached the vendor at once, want max_wrong_attempts, 3", n)
		}
	})
}

func TestWithoutChallengesNothingIsSent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *consumer) {
		never := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the vendor was asked") }))
		t.Cleanup(never.Close)
		b := &bench{dir: t.TempDir(), play: c.process, env: []string{"PATH=" + os.Getenv("PATH"), "OTP_MYOTP_API_KEY=made-up", "OTP_MYOTP_BASE_URL=" + never.URL}}
		documentOf(t, b.path("document.json"), conformance.Case{Routes: []string{"myotp"}})
		if err := os.WriteFile(b.path("broken.json"), []byte("leak-marker"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, challenges := range []string{b.path("none/challenges.json"), b.path("broken.json"), "postgres://otp:hunter2@127.0.0.1:9/otp"} {
			exit, stdout, stderr := b.run(t, "--document", b.path("document.json"), "--profile", "login", "--challenges", challenges, "send", phone)
			if exit != 1 || stdout != "" || strings.Contains(stderr, "leak-marker") || strings.Contains(stderr, "hunter2") || strings.Contains(stderr, "Traceback") {
				t.Errorf("%s: exit %d, %q, %q", challenges, exit, stdout, stderr)
			}
		}
	})
}

// A catalog whose writer was killed holds a journal that has to be rolled back:
// who may write the file reads on, and nobody changes it otherwise.
func TestAReaderIsLetInAfterAKilledWriter(t *testing.T) {
	t.Parallel()
	text, err := conformance.Case{Routes: []string{"octopush"}}.Document()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do := func(statement string, values ...any) {
		t.Helper()
		_, err := db.ExecContext(t.Context(), statement, values...)
		must(err)
	}
	do("CREATE TABLE store (name TEXT, document TEXT, up_to_date INTEGER)")
	do("CREATE VIEW otp_profile_documents AS SELECT * FROM store")
	do("INSERT INTO store VALUES ('login', ?, 1)", text)
	// A transaction that has reached the file, and whose end never comes.
	do("PRAGMA cache_size = 1")
	do("BEGIN IMMEDIATE")
	do("UPDATE store SET document = 'torn'")
	do("CREATE TABLE more (x TEXT)")
	for range 200 {
		do("INSERT INTO more VALUES (?)", strings.Repeat("x", 4000))
	}
	copied := map[string][]byte{}
	for _, name := range []string{"catalog.db", "catalog.db-journal"} {
		copied[name], err = os.ReadFile(filepath.Join(dir, name))
		must(err)
	}
	do("ROLLBACK")
	must(db.Close())
	each(t, func(t *testing.T, c *consumer) {
		b := &bench{dir: t.TempDir(), play: c.process, env: []string{"PATH=" + os.Getenv("PATH")}}
		if c.language == "node" && exec.CommandContext(t.Context(), "node", "-e", "require('node:sqlite')").Run() != nil {
			if exit, _, stderr := b.run(t, "--catalog", b.path("catalog.db"), "--profile", "login", "routes"); exit != 1 || !strings.Contains(stderr, "use Node 22.13 or newer") {
				t.Errorf("exit code %d: %s", exit, stderr)
			}
			return
		}
		for name, content := range copied {
			must(os.WriteFile(b.path(name), content, 0o600))
		}
		exit, stdout, stderr := b.run(t, "--catalog", b.path("catalog.db"), "--profile", "login", "routes")
		if exit != 0 || !strings.Contains(stdout, "octopush") {
			t.Errorf("exit code %d: %s%s", exit, stdout, stderr)
		}
		exit, _, stderr = b.run(t, "--catalog", b.path("none.db"), "--profile", "login", "routes")
		if _, err := os.Stat(b.path("none.db")); exit != 1 || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a missing catalog: exit code %d, %v, %s", exit, err, stderr)
		}
	})
}

func TestOutputForPeople(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *consumer) {
		b := &bench{dir: t.TempDir(), play: c.process, env: []string{"PATH=" + os.Getenv("PATH"), "OTP_OCTOPUSH_BASE_URL=http://127.0.0.1:9", "OTP_OCTOPUSH_API_KEY=made-up", "OTP_OCTOPUSH_API_LOGIN=x"}}
		documentOf(t, b.path("document.json"), conformance.Case{Routes: []string{"octopush", "way2api", "myotp"}})
		show := func(wantExit int, want, wantError string, arguments ...string) {
			t.Helper()
			exit, stdout, stderr := b.run(t, append([]string{"--document", b.path("document.json"), "--profile", "login"}, arguments...)...)
			if exit != wantExit || !strings.Contains(stderr, wantError) {
				t.Errorf("exit %d, %q; want %d, %q", exit, stderr, wantExit, wantError)
			}
			if diff := cmp.Diff(want, stdout); diff != "" {
				t.Errorf("%v (-want +got):\n%s", arguments, diff)
			}
		}
		show(0, `ROUTE  VENDOR      CHANNEL    COUNTRIES  CALLS
0      octopush    sms        all        send,verify
1      way2api     sms        IN         send
2      myotp       sms        all        send,verify,extend,status
`, "", "routes")
		show(3, "outcome              next_route\n", "route 0 octopush sms: next_route, no connection", "send", phone, "--route", "0")
		show(2, "outcome              not_found\n", "", "verify", phone, "482913")
		show(1, "", "usage: ", "send")
		show(1, "", "international form", "send", "0612345678")
	})
}

// TestNoVendorSpecificLine holds the promise of the consumers: a vendor's name
// occurs in the table of default base URLs, and nowhere else.
func TestNoVendorSpecificLine(t *testing.T) {
	t.Parallel()
	vendors := []string{"androidapi", "myotp", "octopush", "way2api", "zender"}
	defaults := []string{ // the profile document, section Placeholders
		`"androidapi": "https://androidapi.net/api",`, `"myotp": "https://api.myotp.app",`,
		`"octopush": "https://api.octopush.com/v1/public",`, `"way2api": "https://app.way2api.com/api/v1",`,
	}
	for _, pattern := range []string{"go/*.go", "python/*.py", "node/*.mjs", "php/*.php"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v %v", pattern, files, err)
		}
		var named []string
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(source)) {
				if slices.ContainsFunc(vendors, func(v string) bool { return strings.Contains(strings.ToLower(line), v) }) {
					named = append(named, strings.Join(strings.Fields(line), " "))
				}
			}
			if strings.Contains(string(source), "terraform-provider-otp/internal") {
				t.Errorf("%s imports the provider", file)
			}
		}
		for i, line := range named { // as PHP writes it
			named[i] = strings.Replace(line, " =>", ":", 1)
		}
		if diff := cmp.Diff(defaults, named); diff != "" {
			t.Errorf("%s: lines that name a vendor (-want +got):\n%s", pattern, diff)
		}
	}
}
