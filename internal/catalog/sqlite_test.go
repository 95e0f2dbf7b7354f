package catalog

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// calls is every call of a store on a catalog, by name.
var calls = map[string]func(ctx context.Context, s *Store) error{
	"ID":       func(ctx context.Context, s *Store) error { _, err := s.ID(ctx); return err },
	"Get":      func(ctx context.Context, s *Store) error { _, err := s.Get(ctx, acme); return err },
	"List":     func(ctx context.Context, s *Store) error { _, err := s.List(ctx, Profile); return err },
	"Snapshot": func(ctx context.Context, s *Store) error { _, err := s.Snapshot(ctx); return err },
	"History":  func(ctx context.Context, s *Store) error { _, err := s.History(ctx, acme); return err },
	"Create":   func(ctx context.Context, s *Store) error { _, err := s.Create(ctx, plain(acme, "new")); return err },
	"Update":   func(ctx context.Context, s *Store) error { _, err := s.Update(ctx, plain(acme, "new"), 1); return err },
	"Delete": func(ctx context.Context, s *Store) error {
		_, err := s.Delete(ctx, acme, Expectation{Revision: 1})
		return err
	},
}

// sqliteFile is a SQLite catalog in a directory of its own.
func sqliteFile(t *testing.T) (p place, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "catalog.db")
	return sqlitePlace(path), path
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

func TestPlanCreatesNoFile(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	for _, name := range []string{"ID", "Get", "List", "Snapshot", "History", "Update", "Delete"} {
		err := calls[name](t.Context(), s)
		var missing *NotFoundError
		if wantMissing := name == "Get" || name == "Update"; wantMissing != errors.As(err, &missing) || !wantMissing && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	equal(t, 0, len(files(t, filepath.Dir(path))))
}

func TestAWriteMeantForALostCatalogCreatesNoFile(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	w := Write{Ref: acme, Spec: spec("x"), CatalogID: "lost"}
	_, createErr := s.Create(t.Context(), w)
	_, updateErr := s.Update(t.Context(), w, 1)
	_, deleteErr := s.Delete(t.Context(), acme, Expectation{CatalogID: "lost", Revision: 1})
	for _, err := range []error{createErr, updateErr, deleteErr} {
		var wrong *WrongCatalogError
		if !errors.As(err, &wrong) {
			t.Fatalf("got %v, want a *WrongCatalogError", err)
		}
		equal(t, &WrongCatalogError{Catalog: p.url, Want: "lost"}, wrong)
		mentions(t, err, "There is no catalog at "+p.url, "lost")
	}
	equal(t, 0, len(files(t, filepath.Dir(path))))
}

func TestTheFirstWriteMakesAPrivateFileAndNothingElse(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	first, err := s.Create(t.Context(), plain(acme, "one"))
	must(t, err)
	second, err := s.Create(t.Context(), plain(europe, "two"))
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	equal(t, fs.FileMode(0o600), info.Mode())
	equal(t, 1, len(files(t, filepath.Dir(path))))
	equal(t, []bool{true, false}, []bool{first.CreatedCatalog, second.CreatedCatalog})
	id, err := s.ID(t.Context())
	must(t, err)
	equal(t, []string{id, id}, []string{first.CatalogID, second.CatalogID})
	if len(id) != 26 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		t.Errorf("the ID %q is not 26 characters of lower-case base32", id)
	}
	other, _ := sqliteFile(t)
	result, err := other.open(t).Create(t.Context(), plain(acme, "one"))
	must(t, err)
	if result.CatalogID == id {
		t.Error("two catalogs have the same ID")
	}
}

func TestAnEmptyFileIsNoCatalogYet(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	must(t, os.WriteFile(path, nil, 0o640))
	s := p.open(t)
	before := files(t, filepath.Dir(path))
	id, err := s.ID(t.Context())
	must(t, err)
	equal(t, "", id)
	equal(t, before, files(t, filepath.Dir(path)))
	result, err := s.Create(t.Context(), plain(acme, "one"))
	must(t, err)
	equal(t, true, result.CreatedCatalog)
	info, err := os.Stat(path)
	must(t, err)
	equal(t, fs.FileMode(0o640), info.Mode()) // The owner's choice stays.
}

func TestADatabaseWithoutOurTablesIsNoCatalogYet(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	must(t, os.WriteFile(path, nil, 0o600))
	_, err := p.raw(t).ExecContext(t.Context(), "CREATE TABLE goose_db_version (theirs TEXT)")
	must(t, err)
	s := p.open(t)
	id, err := s.ID(t.Context())
	must(t, err)
	equal(t, "", id)
	create(t, s, plain(acme, "one"))
	equal(t, spec("one"), get(t, s, acme).Spec)
}

func TestWhatIsNoSoundDatabaseIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	fill(t, p.open(t), 200)
	sound, err := os.ReadFile(path)
	must(t, err)
	tests := map[string]struct {
		content []byte
		words   string
	}{
		"one byte":           {[]byte("x"), "not a SQLite database"},
		"a short text":       {[]byte("# my catalog\n"), "not a SQLite database"},
		"a long text":        {[]byte(strings.Repeat("otp: true\n", 5000)), "not a SQLite database"},
		"zeros":              {make([]byte, 8192), "not a SQLite database"},
		"cut in the header":  {sound[:60], "cut short"},
		"cut after a page":   {sound[:4096], "cut short"},
		"cut inside a page":  {sound[:len(sound)/2+100], "cut short"},
		"cut one page short": {sound[:len(sound)-4096], "cut short"},
	}
	for name, test := range tests {
		p, path := sqliteFile(t)
		must(t, os.WriteFile(path, test.content, 0o600))
		before := files(t, filepath.Dir(path))
		s := p.open(t)
		for call, do := range calls {
			err := do(t.Context(), s)
			var failure *StorageError
			if !errors.As(err, &failure) || !strings.Contains(err.Error(), test.words) || !strings.Contains(err.Error(), "left untouched") {
				t.Errorf("%s, %s: got %v, want a *StorageError that says %q", name, call, err, test.words)
			}
		}
		equal(t, before, files(t, filepath.Dir(path)))
	}
}

func TestANewerCatalogIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	newer := map[string]string{
		"one more migration": "INSERT INTO otp_schema_version (version_id, is_applied) VALUES (2, 1)",
		"other tables":       "INSERT INTO otp_schema_version (version_id, is_applied) VALUES (2, 1); DROP TABLE otp_catalog",
	}
	for name, statements := range newer {
		p, path := sqliteFile(t)
		s := p.open(t)
		create(t, s, plain(acme, "one"))
		_, err := p.raw(t).ExecContext(t.Context(), statements)
		must(t, err)
		before := files(t, filepath.Dir(path))
		for call, do := range calls {
			err := do(t.Context(), s)
			var refused *NewerSchemaError
			if !errors.As(err, &refused) {
				t.Fatalf("%s, %s: got %v, want a *NewerSchemaError", name, call, err)
			}
			equal(t, &NewerSchemaError{Catalog: p.url, Version: 2, Supported: 1}, refused)
		}
		equal(t, before, files(t, filepath.Dir(path)))
	}
}

func TestOnlyAWriteMigratesAnOlderCatalog(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	old := p.open(t)
	first, err := old.Create(t.Context(), plain(acme, "one"))
	must(t, err)

	known, err := fs.ReadFile(embedded, "migrations/00001_catalog.sql")
	must(t, err)
	next := p.open(t)
	next.schema, err = newSchema(fstest.MapFS{
		"00001_catalog.sql": {Data: known},
		"00002_note.sql":    {Data: []byte("-- +goose Up\nCREATE TABLE otp_note (text TEXT);")},
	})
	must(t, err)
	before := files(t, filepath.Dir(path))
	equal(t, spec("one"), get(t, next, acme).Spec)
	_, err = next.Create(t.Context(), Write{Ref: europe, Spec: spec("x"), CatalogID: "elsewhere"})
	var wrong *WrongCatalogError
	if !errors.As(err, &wrong) {
		t.Fatalf("got %v, want a *WrongCatalogError", err)
	}
	equal(t, before, files(t, filepath.Dir(path)))

	result, err := next.Update(t.Context(), plain(acme, "two"), 1)
	must(t, err)
	equal(t, Result{Object: result.Object, CatalogID: first.CatalogID}, result)
	_, err = p.raw(t).ExecContext(t.Context(), "INSERT INTO otp_note VALUES ('there')")
	must(t, err)
	_, err = old.ID(t.Context())
	var refused *NewerSchemaError
	if !errors.As(err, &refused) {
		t.Errorf("got %v, want a *NewerSchemaError", err)
	}
}

func TestAFailedMigrationLeavesTheCatalogAsItWas(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	s := p.open(t)
	var err error
	s.schema, err = newSchema(fstest.MapFS{"00001_broken.sql": {Data: []byte("-- +goose Up\nCREATE TABLE otp_catalog (id TEXT);\nCREATE NONSENSE;")}})
	must(t, err)
	_, err = s.Create(t.Context(), plain(acme, "one"))
	storageError(t, err, `create the brand "acme"`, p.url, "NONSENSE")
	healthy := p.open(t)
	id, err := healthy.ID(t.Context())
	must(t, err)
	equal(t, "", id)
	create(t, healthy, plain(acme, "one"))
}

func TestUnusablePlacesAreNamed(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	must(t, os.WriteFile(filepath.Join(directory, "file"), []byte("x"), 0o600))
	must(t, os.Mkdir(filepath.Join(directory, "taken.db"), 0o700))
	tests := []struct {
		path     string
		readable bool
		words    []string
	}{
		{path: filepath.Join(directory, "missing", "catalog.db"), readable: true, words: []string{"directory", filepath.Join(directory, "missing"), "does not exist", "Create the directory"}},
		{path: filepath.Join(directory, "taken.db"), words: []string{"is a directory", "Correct catalog.url"}},
		{path: filepath.Join(directory, "file", "catalog.db"), words: []string{"not a directory"}},
	}
	for _, test := range tests {
		s := sqlitePlace(test.path).open(t)
		_, err := s.Create(t.Context(), plain(acme, "one"))
		storageError(t, err, append(test.words, `create the brand "acme"`, "sqlite:"+test.path)...)
		_, err = s.Snapshot(t.Context())
		if test.readable {
			must(t, err)
			continue
		}
		storageError(t, err, test.words...)
	}
	equal(t, 0, len(files(t, filepath.Join(directory, "taken.db"))))
}

func TestAReplacedFileIsNoticed(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	must(t, os.Remove(path))
	id, err := s.ID(t.Context())
	must(t, err)
	equal(t, "", id)
	result, err := s.Create(t.Context(), plain(acme, "two"))
	must(t, err)
	equal(t, true, result.CreatedCatalog)
}

func TestStoresOfOneProcessMakeTheCatalogTogether(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	var wait sync.WaitGroup
	var mutex sync.Mutex
	ids := map[string]int{}
	created := 0
	for range 2 {
		s := p.open(t)
		for i := range 6 {
			wait.Go(func() {
				result, err := s.Create(t.Context(), plain(Ref{Kind: Brand, Name: string(rune('a' + i))}, "same"))
				if err != nil {
					t.Error(err)
				}
				mutex.Lock()
				defer mutex.Unlock()
				ids[result.CatalogID]++
				if result.CreatedCatalog {
					created++
				}
			})
		}
	}
	wait.Wait()
	equal(t, 1, created)
	equal(t, 1, len(ids))
	live, err := p.open(t).List(t.Context(), Brand)
	must(t, err)
	equal(t, 6, len(live))
}
