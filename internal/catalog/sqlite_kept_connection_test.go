package catalog

import (
	"os"
	"path/filepath"
	"testing"
)

// looks counts how often a store looks at the schema of its catalog, and its
// queries.
func looks(s *Store) (count, queries *int) {
	count, queries = new(int), new(int)
	s.observe = func(query string, _ int) {
		*queries++
		if query == "recognise" {
			*count++
		}
	}
	return count, queries
}

func TestAWriteLooksAtTheSchemaOncePerFile(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(europe, "made the catalog"), plain(acme, "0"))
	count, queries := looks(s)
	for i := int64(1); i <= 10; i++ {
		update(t, s, plain(acme, string(rune('a'+i))), i)
	}
	equal(t, 0, *count)
	equal(t, 3*10, *queries) // the object, its new row and the event

	// What another process writes is noticed, and so is another file.
	update(t, p.open(t), plain(acme, "theirs"), 11)
	update(t, s, plain(acme, "ours"), 12)
	equal(t, 1, *count)
	content, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path+".new", content, 0o600))
	must(t, os.Rename(path+".new", path))
	update(t, s, plain(acme, "on the new file"), 13)
	equal(t, 2, *count)
	equal(t, spec("on the new file"), get(t, p.open(t), acme).Spec)
	equal(t, 1, len(files(t, filepath.Dir(path))))
}

// A hundred writes open the catalog once, and compile once what they ask.
func TestAHundredWritesOpenTheFileOnce(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "0"))
	update(t, s, plain(acme, "1"), 1)
	first, compiled := backendOf(t, s).kept, len(backendOf(t, s).kept.statements)
	for i := int64(2); i <= 100; i++ {
		update(t, s, plain(acme, string(rune('a'+i%26))), i)
	}
	equal(t, true, first == backendOf(t, s).kept)
	equal(t, 1, first.db.Stats().OpenConnections)
	equal(t, int64(0), first.db.Stats().MaxIdleClosed)
	equal(t, compiled, len(first.statements))
}

// A copy over the file, of the same size and with the same counter of changes, is
// another catalog all the same.
func TestAFileThatIsOverwrittenInPlaceIsNoticed(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	backup, err := os.ReadFile(path)
	must(t, err)
	update(t, s, plain(acme, "two"), 1)
	must(t, os.WriteFile(path, backup, 0o600))
	update(t, s, plain(acme, "three"), 1)
	equal(t, spec("three"), get(t, p.open(t), acme).Spec)
	equal(t, []string{"ok"}, rows(t, p.raw(t), "PRAGMA integrity_check"))
}

func TestAFileThatIsRemovedBetweenTwoWritesIsNoticed(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	must(t, os.Remove(path))
	result, err := s.Create(t.Context(), plain(acme, "two"))
	must(t, err)
	equal(t, true, result.CreatedCatalog)
	equal(t, spec("two"), get(t, p.open(t), acme).Spec)
}

// Between two writes anybody may have the file to himself.
func TestNoLockIsHeldBetweenWrites(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	other, err := openSQLite(1, backendOf(t, s).dsn("_busy_timeout=1", "mode=rw", "_txlock=exclusive"))
	must(t, err)
	tx, err := other.BeginTx(t.Context(), nil)
	must(t, err)
	must(t, tx.Rollback())
	must(t, other.Close())
}

// A failed write leaves nothing for the next one to stumble over.
func TestAWriteAfterAFailedOneBeginsAnew(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	for range 3 {
		_, err := s.Update(t.Context(), plain(acme, "two"), 7)
		mentions(t, err, "was changed in between")
	}
	update(t, s, plain(acme, "two"), 1)
}
