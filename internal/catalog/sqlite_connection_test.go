package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// backendOf is the backend of a store on SQLite.
func backendOf(t *testing.T, s *Store) *sqlite {
	t.Helper()
	b, ok := s.backend.(*sqlite)
	if !ok {
		t.Fatalf("the backend is a %T", s.backend)
	}
	return b
}

// replaceWriter gives the writing connection other parameters; of a parameter
// that occurs twice, the driver takes the first.
func replaceWriter(t *testing.T, s *Store, parameters ...string) {
	t.Helper()
	b := backendOf(t, s)
	b.drop()
	b.writing = append(parameters, b.writing...)
}

func TestConnectionsAreOpenedAsPromised(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	b := backendOf(t, s)
	read := func() (*transaction, error) { return b.read(t.Context()) }
	tests := map[string]struct {
		begin     func() (*transaction, error)
		queryOnly string
	}{
		"read":  {begin: read, queryOnly: "1"},
		"write": {begin: func() (*transaction, error) { return b.write(t.Context()) }, queryOnly: "0"},
	}
	for name, test := range tests {
		tx, err := test.begin()
		must(t, err)
		for pragma, want := range map[string]string{
			"journal_mode": "delete", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000",
			"locking_mode": "normal", "query_only": test.queryOnly,
		} {
			var got string
			must(t, tx.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
			if got != want {
				t.Errorf("%s: %s is %s, want %s", name, pragma, got, want)
			}
		}
		must(t, tx.Rollback())
	}
	equal(t, 0, b.reader.Stats().OpenConnections)
	equal(t, true, b.kept == nil) // What was rolled back is not gone on with.

	tx, err := read()
	must(t, err)
	_, err = tx.ExecContext(t.Context(), "DELETE FROM otp_object")
	mentions(t, err, "readonly")
	must(t, tx.Rollback())
}

// Between the transactions of two migrations nobody else may start a migration.
func TestMigrationsKeepTheFileLockedAcrossTheirTransactions(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	create(t, p.open(t), plain(acme, "one"))
	b := &sqlite{path: path}
	holder, err := openSQLite(1, b.dsn("mode=rw", "_txlock=exclusive"))
	must(t, err)
	holder.SetMaxIdleConns(1)
	other, err := openSQLite(1, b.dsn("_busy_timeout=1", "mode=rw", "_txlock=exclusive"))
	must(t, err)
	must(t, holdLock(t.Context(), holder))
	_, err = holder.ExecContext(t.Context(), "CREATE TABLE one (x TEXT)")
	must(t, err)
	mentions(t, holdLock(t.Context(), other), "SQLITE_BUSY")
	_, err = holder.ExecContext(t.Context(), "CREATE TABLE two (x TEXT)")
	must(t, err)
	must(t, holder.Close())
	must(t, holdLock(t.Context(), other))
	must(t, other.Close())
	equal(t, 1, len(files(t, filepath.Dir(path)))) // No journal is left behind.
}

func TestAFileThatMayNotBeWrittenIsReadOnly(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	create(t, p.open(t), plain(acme, "one"))
	s := p.open(t)
	b := backendOf(t, s)
	b.writable = func(string) bool { return false }
	must(t, b.reader.Close()) // Only mode=ro is left.
	before := files(t, filepath.Dir(path))
	equal(t, spec("one"), get(t, s, acme).Spec)
	for _, call := range []string{"Create", "Update", "Delete"} {
		storageError(t, calls[call](t.Context(), s), "may not write to the file", "write permission")
	}
	equal(t, before, files(t, filepath.Dir(path)))
}

func TestWritableReadsPermissionsWithoutOpening(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x")
	equal(t, false, writable(path))
	must(t, os.WriteFile(path, nil, 0o600))
	equal(t, true, writable(path))
}

// The file stays writable, as it is for root: SQLite itself refuses.
func TestARefusedWriteIsExplained(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	replaceWriter(t, s, "_query_only=1")
	before := files(t, filepath.Dir(path))
	_, err := s.Update(t.Context(), plain(acme, "two"), 1)
	storageError(t, err, `update the brand "acme"`, p.url, "may not be written", "readonly")
	equal(t, before, files(t, filepath.Dir(path)))
}

func TestAJournalThatCannotBeReadIsExplained(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	must(t, os.Mkdir(path+"-journal", 0o700))
	_, err := s.Update(t.Context(), plain(acme, "two"), 1)
	storageError(t, err, "the disk reported an error", p.url)
	must(t, os.Remove(path+"-journal"))
	equal(t, spec("one"), get(t, s, acme).Spec)
}

func TestAFileThatIsLostMeanwhileIsExplained(t *testing.T) {
	t.Parallel()
	_, path := sqliteFile(t)
	b, err := newSQLite(path)
	must(t, err)
	_, err = b.reader.BeginTx(t.Context(), nil) // After present found it.
	problem, remedy := b.explain(err)
	equal(t, []string{"the file or its journal cannot be opened", "Check that the file exists, and that its directory may be written."}, []string{problem, remedy})
	must(t, b.close())
	equal(t, 0, len(files(t, filepath.Dir(path))))
}

func TestAFullDiskLeavesNothingWritten(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	before := fingerprint(t, p)
	replaceWriter(t, s, "_pragma=max_page_count(40)")
	_, err := s.Update(t.Context(), plain(acme, strings.Repeat("x", 1<<20)), 1)
	storageError(t, err, "the disk is full", "Free some space")
	equal(t, before, fingerprint(t, p))
}

func TestALockedFileIsExplained(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	other, err := p.raw(t).Conn(t.Context())
	must(t, err)
	_, err = other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	must(t, err)
	replaceWriter(t, s, "_busy_timeout=1")
	_, err = s.Update(t.Context(), plain(acme, "two"), 1)
	storageError(t, err, "another process kept the file locked", "SQLITE_BUSY")
	equal(t, spec("one"), get(t, s, acme).Spec) // Reads go on.
	_, err = other.ExecContext(t.Context(), "ROLLBACK")
	must(t, err)
	must(t, other.Close())
	forgive(s)
	update(t, s, plain(acme, "two"), 1)
}
