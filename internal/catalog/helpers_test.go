package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// place is where a test keeps a catalog.
type place struct {
	url string
	// raw opens the database behind the store's back.
	raw func(t *testing.T) *sql.DB
	// state is everything that the place holds, to see that nothing was touched.
	state func(t *testing.T) string
}

// backends are the databases that every test of a promise runs on.
var backends = []struct {
	name string
	new  func(t testing.TB) place
}{
	{name: "sqlite", new: func(t testing.TB) place { return sqlitePlace(filepath.Join(t.TempDir(), "catalog.db")) }},
	{name: "postgres", new: postgresPlace},
}

func sqlitePlace(path string) place {
	raw := func(t *testing.T) *sql.DB {
		t.Helper()
		db, err := openSQLite(1, (&sqlite{path: path}).dsn("mode=rwc"))
		must(t, err)
		t.Cleanup(func() { must(t, db.Close()) })
		return db
	}
	return place{url: "sqlite:" + path, raw: raw, state: func(t *testing.T) string {
		t.Helper()
		return fmt.Sprint(files(t, filepath.Dir(path)))
	}}
}

// each runs a test on every backend, on a catalog of its own.
func each(t *testing.T, run func(t *testing.T, p place)) {
	t.Helper()
	every(t, func(t *testing.T, fresh func(t *testing.T) place) { run(t, fresh(t)) })
}

// every runs a test on every backend that may ask for any number of catalogs.
func every(t *testing.T, run func(t *testing.T, fresh func(t *testing.T) place)) {
	t.Helper()
	t.Parallel()
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			run(t, func(t *testing.T) place { t.Helper(); return b.new(t) })
		})
	}
}

// open gives a store whose actor is ann@laptop and whose clock ticks a second
// per write.
func (p place) open(t *testing.T, options ...Option) *Store {
	t.Helper()
	s, err := Open(p.url, append([]Option{WithActor("ann@laptop"), WithClock(ticking())}, options...)...)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

var epoch = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// ticking is a clock that starts one second after epoch and gains one per call.
func ticking() func() time.Time {
	var mutex sync.Mutex
	now := epoch
	return func() time.Time {
		mutex.Lock()
		defer mutex.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

var (
	acme   = Ref{Kind: Brand, Name: "acme"}
	signIn = Ref{Kind: MessageTemplate, Name: "sign-in"}
	europe = Ref{Kind: SenderID, Name: "europe"}
	login  = Ref{Kind: Profile, Name: "login"}
)

func spec(text string) json.RawMessage { return json.RawMessage(`{"text":"` + text + `"}`) }

func plain(ref Ref, text string) Write { return Write{Ref: ref, Spec: spec(text)} }

// profile is a write of a profile whose document quotes its own spec and the
// specs of what it refers to.
func profile(ref Ref, text string, references ...Ref) Write {
	return Write{Ref: ref, Spec: spec(text), References: references, Compile: func(get func(Ref) (Object, error)) (string, error) {
		document := text
		for _, reference := range references {
			object, err := get(reference)
			if err != nil {
				return "", err
			}
			document += "\n" + string(object.Spec)
		}
		return document, nil
	}}
}

// adopting is a write that takes over what is equal.
func adopting(w Write) Write {
	w.Adopt = true
	return w
}

func create(t testing.TB, s *Store, writes ...Write) Object {
	t.Helper()
	var last Object
	for _, w := range writes {
		result, err := s.Create(t.Context(), w)
		must(t, err)
		last = result.Object
	}
	return last
}

func update(t testing.TB, s *Store, w Write, revision int64) Object {
	t.Helper()
	result, err := s.Update(t.Context(), w, revision)
	must(t, err)
	return result.Object
}

func remove(t *testing.T, s *Store, ref Ref, revision int64) Deleted {
	t.Helper()
	deleted, err := s.Delete(t.Context(), ref, Expectation{Revision: revision})
	must(t, err)
	return deleted
}

func get(t *testing.T, s *Store, ref Ref) Object {
	t.Helper()
	object, err := s.Get(t.Context(), ref)
	must(t, err)
	return object
}

// actions is the history of a name as "action old>new by actor".
func actions(t *testing.T, s *Store, ref Ref) []string {
	t.Helper()
	events, err := s.History(t.Context(), ref)
	must(t, err)
	var found []string
	for _, event := range events {
		found = append(found, fmt.Sprintf("%s %d>%d", event.Action, event.OldRevision, event.NewRevision))
	}
	return found
}

// calls is every call of a store on a catalog, by name.
var calls = map[string]func(ctx context.Context, s *Store) error{
	"ID":       func(ctx context.Context, s *Store) error { _, err := s.ID(ctx); return err },
	"Get":      func(ctx context.Context, s *Store) error { _, err := s.Get(ctx, acme); return err },
	"List":     func(ctx context.Context, s *Store) error { _, err := s.List(ctx, Profile); return err },
	"Snapshot": func(ctx context.Context, s *Store) error { _, err := s.Snapshot(ctx); return err },
	"History":  func(ctx context.Context, s *Store) error { _, err := s.History(ctx, acme); return err },
	"Export":   func(ctx context.Context, s *Store) error { _, err := s.Export(ctx); return err },
	"Check":    func(ctx context.Context, s *Store) error { _, err := s.Check(ctx, nil); return err },
	"Create":   func(ctx context.Context, s *Store) error { _, err := s.Create(ctx, plain(acme, "new")); return err },
	"Update":   func(ctx context.Context, s *Store) error { _, err := s.Update(ctx, plain(acme, "new"), 1); return err },
	"Delete": func(ctx context.Context, s *Store) error {
		_, err := s.Delete(ctx, acme, Expectation{Revision: 1})
		return err
	},
}

// fingerprint is the content of the whole catalog, the history included.
func fingerprint(t *testing.T, p place) string {
	t.Helper()
	var all strings.Builder
	for _, table := range []string{"otp_catalog", "otp_object", "otp_reference", "otp_history"} {
		fmt.Fprintln(&all, table, strings.Join(rows(t, p.raw(t), "SELECT * FROM "+table), "\n"))
	}
	return all.String()
}

// rows is what a query finds, a line per row, in an order of their own.
func rows(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	var lines []string
	found, err := db.QueryContext(t.Context(), query)
	must(t, err)
	defer func() { must(t, found.Close()) }()
	columns, err := found.Columns()
	must(t, err)
	for found.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		must(t, found.Scan(targets...))
		lines = append(lines, fmt.Sprint(values...))
	}
	must(t, found.Err())
	sort.Strings(lines)
	return lines
}

// execute changes the database behind the store's back.
func execute(t testing.TB, db *sql.DB, statements string) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), statements)
	must(t, err)
}

// files gives the names and hashes of everything in a directory.
func files(t *testing.T, directory string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(directory)
	must(t, err)
	found := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(directory, entry.Name()))
		must(t, err)
		found[entry.Name()] = fmt.Sprintf("%d bytes, %x", len(content), sha256.Sum256(content))
	}
	return found
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

// equal leaves claims out, which are random; claim_test.go is about them.
func equal(t testing.TB, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Object{}, "Claim")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// mentions checks that an error says each of words.
func mentions(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one that mentions %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error does not mention %q: %v", word, err)
		}
	}
}

// storageError checks the type of an error and what it says.
func storageError(t *testing.T, err error, words ...string) {
	t.Helper()
	var failure *StorageError
	if !errors.As(err, &failure) {
		t.Fatalf("got %v, want a *StorageError", err)
	}
	mentions(t, err, words...)
}
