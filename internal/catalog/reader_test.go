package catalog

import (
	"path/filepath"
	"testing"
)

// An application that opens the file as the guide "The catalog" says is let in
// after a writer was killed; one that may only read is told why not.
func TestAnApplicationRollsAKilledWritersJournalBack(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	create(t, p.open(t), plain(acme, "one"), profile(login, "p", acme))
	whole := files(t, filepath.Dir(path))
	document := "SELECT document FROM otp_profile_documents WHERE name = 'login'"
	open := func(parameters ...string) (found string, err error) {
		db, err := openSQLite(1, (&sqlite{path: path}).dsn(parameters...))
		must(t, err)
		defer func() { must(t, db.Close()) }()
		err = db.QueryRowContext(t.Context(), document).Scan(&found)
		return found, err
	}
	start(t, "hang", p.url).kill(t)
	torn := files(t, filepath.Dir(path))

	_, err := open("mode=ro")
	mentions(t, err, "attempt to write a readonly database")
	equal(t, torn, files(t, filepath.Dir(path)))

	found, err := open("mode=rw", "_query_only=1")
	must(t, err)
	equal(t, "p\n"+string(spec("one")), found)
	equal(t, whole, files(t, filepath.Dir(path)))
	found, err = open("mode=ro")
	must(t, err)
	equal(t, "p\n"+string(spec("one")), found)
}

func TestAnApplicationThatForbidsItselfToWriteCannot(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	create(t, p.open(t), plain(acme, "one"))
	before := files(t, filepath.Dir(path))
	db, err := openSQLite(1, (&sqlite{path: path}).dsn("mode=rw", "_query_only=1"))
	must(t, err)
	_, err = db.ExecContext(t.Context(), "DELETE FROM otp_object")
	mentions(t, err, "readonly")
	must(t, db.Close())
	equal(t, before, files(t, filepath.Dir(path)))
}
