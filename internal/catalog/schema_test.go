package catalog

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

func TestAPlanCreatesNothing(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		before := p.state(t)
		for name, do := range calls {
			if name == "Create" {
				continue
			}
			var missing *NotFoundError
			var none *NoCatalogError
			err := do(t.Context(), s)
			found := ""
			switch {
			case errors.As(err, &missing):
				found = "not found"
			case errors.As(err, &none):
				found = "no catalog"
			case err != nil:
				found = err.Error()
			}
			want := map[string]string{"Get": "not found", "Update": "not found", "Export": "no catalog", "Check": "no catalog"}
			if found != want[name] {
				t.Errorf("%s: got %q, want %q", name, found, want[name])
			}
		}
		equal(t, before, p.state(t))
	})
}

func TestAWriteMeantForALostCatalogCreatesNothing(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		before := p.state(t)
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
		equal(t, before, p.state(t))
	})
}

func TestTheFirstWriteMakesTheCatalogWithAnIDOfItsOwn(t *testing.T) {
	ids := map[string]bool{}
	var mutex sync.Mutex
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		first, err := s.Create(t.Context(), plain(acme, "one"))
		must(t, err)
		second, err := s.Create(t.Context(), plain(europe, "two"))
		must(t, err)
		equal(t, []bool{true, false}, []bool{first.CreatedCatalog, second.CreatedCatalog})
		id, err := p.open(t).ID(t.Context())
		must(t, err)
		equal(t, []string{id, id}, []string{first.CatalogID, second.CatalogID})
		if len(id) != 26 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") != "" {
			t.Errorf("the ID %q is not 26 characters of lower-case base32", id)
		}
		mutex.Lock()
		defer mutex.Unlock()
		if ids[id] {
			t.Error("two catalogs have the same ID")
		}
		ids[id] = true
	})
}

// A schema of PostgreSQL may be shared; for a file, see sqlite_foreign_test.go.
func TestASchemaWithoutOurTablesIsNoCatalogYet(t *testing.T) {
	t.Parallel()
	p := postgresPlace(t)
	execute(t, p.raw(t), "CREATE TABLE goose_db_version (theirs TEXT)")
	s := p.open(t)
	id, err := s.ID(t.Context())
	must(t, err)
	equal(t, "", id)
	create(t, s, plain(acme, "one"))
	equal(t, spec("one"), get(t, s, acme).Spec)
}

func TestANewerCatalogIsRefusedUntouched(t *testing.T) {
	newer := map[string]string{
		"one more migration": "INSERT INTO otp_schema_version (version_id, is_applied) VALUES (2, TRUE)",
		"other tables":       "INSERT INTO otp_schema_version (version_id, is_applied) VALUES (2, TRUE); DROP TABLE otp_catalog",
	}
	for name, statements := range newer {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, p place) {
				s := p.open(t)
				create(t, s, plain(acme, "one"))
				exported, err := s.Export(t.Context())
				must(t, err)
				execute(t, p.raw(t), statements)
				before := p.state(t)
				refusals := map[string]error{"Import": s.Import(t.Context(), exported)}
				for call, do := range calls {
					refusals[call] = do(t.Context(), s)
				}
				for call, err := range refusals {
					var refused *NewerSchemaError
					if !errors.As(err, &refused) {
						t.Fatalf("%s: got %v, want a *NewerSchemaError", call, err)
					}
					equal(t, &NewerSchemaError{Catalog: p.url, Version: 2, Supported: 1}, refused)
				}
				equal(t, before, p.state(t))
			})
		})
	}
}

// nextRelease gives a store the schema of a release that knows one migration
// more.
func nextRelease(t *testing.T, s *Store) {
	t.Helper()
	known, err := fs.ReadFile(embedded, "migrations/00001_catalog.sql")
	must(t, err)
	s.schema, err = newSchema(fstest.MapFS{
		"00001_catalog.sql": {Data: known},
		"00002_note.sql":    {Data: []byte("-- +goose Up\nCREATE TABLE otp_note (text TEXT);")},
	})
	must(t, err)
}

func TestOnlyAWriteMigratesAnOlderCatalog(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		old := p.open(t)
		first, err := old.Create(t.Context(), plain(acme, "one"))
		must(t, err)
		exported, err := old.Export(t.Context())
		must(t, err)

		next := p.open(t)
		nextRelease(t, next)
		before := p.state(t)
		equal(t, spec("one"), get(t, next, acme).Spec)
		_, err = next.Create(t.Context(), Write{Ref: europe, Spec: spec("x"), CatalogID: "elsewhere"})
		var wrong *WrongCatalogError
		if !errors.As(err, &wrong) {
			t.Fatalf("got %v, want a *WrongCatalogError", err)
		}
		exported.CatalogID = "elsewhere"
		var occupied *OccupiedError
		if err := next.Import(t.Context(), exported); !errors.As(err, &occupied) {
			t.Fatalf("got %v, want an *OccupiedError", err)
		}
		equal(t, before, p.state(t))

		result, err := next.Update(t.Context(), plain(acme, "two"), 1)
		must(t, err)
		equal(t, Result{Object: result.Object, CatalogID: first.CatalogID}, result)
		execute(t, p.raw(t), "INSERT INTO otp_note VALUES ('there')")
		_, err = old.ID(t.Context())
		var refused *NewerSchemaError
		if !errors.As(err, &refused) {
			t.Errorf("got %v, want a *NewerSchemaError", err)
		}
	})
}

func TestAFailedMigrationLeavesTheCatalogAsItWas(t *testing.T) {
	each(t, func(t *testing.T, p place) {
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
	})
}

func TestStoresOfOneProcessMakeTheCatalogTogether(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		var wait sync.WaitGroup
		var mutex sync.Mutex
		ids := map[string]int{}
		created := 0
		for range 2 {
			s := p.open(t)
			for i := range 6 {
				wait.Go(func() {
					result, err := s.Create(t.Context(), adopting(plain(Ref{Kind: Brand, Name: string(rune('a' + i))}, "same")))
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
	})
}

func TestAnInterruptedCallSaysSoAndWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"))
		before := fingerprint(t, p)
		ctx, cancel := context.WithCancel(t.Context())
		w := profile(login, "p", acme)
		w.Compile = func(func(Ref) (Object, error)) (string, error) {
			cancel()
			return "document", nil
		}
		_, err := s.Create(ctx, w)
		interrupted := []error{err}
		for name, do := range calls {
			if name != "Create" {
				interrupted = append(interrupted, do(ctx, s))
			}
		}
		for _, err := range interrupted {
			storageError(t, err, "interrupted")
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v is not context.Canceled", err)
			}
		}
		equal(t, before, fingerprint(t, p))
		create(t, s, profile(login, "p", acme))
	})
}

// The database itself keeps what documents refer to, should this package ever
// forget.
func TestTheTablesKeepWhatIsReferredTo(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		create(t, p.open(t), plain(acme, "one"), profile(login, "p", acme))
		for _, statement := range []string{
			"DELETE FROM otp_object WHERE kind = 'brand'",
			"DELETE FROM otp_object WHERE kind = 'profile'",
			"INSERT INTO otp_catalog (singleton, id, created_at) VALUES (2, 'second', '')",
			"UPDATE otp_object SET document = 'x' WHERE kind = 'brand'",
		} {
			_, err := p.raw(t).ExecContext(t.Context(), statement)
			mentions(t, err, "constraint")
		}
	})
}
