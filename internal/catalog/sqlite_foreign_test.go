package catalog

import (
	"fmt"
	"path/filepath"
	"testing"
)

func TestTheFileOfAnotherProgramIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ statements, words string }{
		"a table":                   {"CREATE TABLE users (name TEXT)", `it has the table "users"`},
		"a table of a sort of ours": {"CREATE TABLE otp_object (kind TEXT)", `it has the table "otp_object"`},
		"the migrations of another": {"CREATE TABLE goose_db_version (theirs TEXT)", "goose_db_version"},
		"a view":                    {"CREATE VIEW otp_profile_documents AS SELECT 1 AS name", "otp_profile_documents"},
		"a mark":                    {"PRAGMA application_id = 252006675", "its application_id is 252006675"},
		"a mark and our tables":     {"CREATE TABLE otp_schema_version (version_id INTEGER); PRAGMA application_id = 7", "its application_id is 7"},
	} {
		p, path := sqliteFile(t)
		execute(t, p.raw(t), test.statements)
		before := files(t, filepath.Dir(path))
		s := p.open(t)
		for _, do := range calls {
			storageError(t, do(t.Context(), s), "database of another program", "left untouched", "Name another file", test.words)
		}
		if got := files(t, filepath.Dir(path)); fmt.Sprint(got) != fmt.Sprint(before) {
			t.Errorf("%s: the file was touched", name)
		}
	}
}

// Between the look of a write and its migration, another program may begin.
func TestAMigrationLooksAgain(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	execute(t, p.raw(t), "CREATE TABLE users (name TEXT)")
	before := files(t, filepath.Dir(path))
	s := p.open(t)
	mentions(t, backendOf(t, s).migrate(t.Context(), s.schema), "users")
	equal(t, before, files(t, filepath.Dir(path)))
}

func TestACatalogIsMarkedAsOne(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	create(t, p.open(t), plain(acme, "one"))
	equal(t, []string{fmt.Sprint(applicationID)}, rows(t, p.raw(t), "PRAGMA application_id"))
	// One of before the mark is a catalog all the same.
	execute(t, p.raw(t), "PRAGMA application_id = 0")
	s := p.open(t)
	equal(t, spec("one"), get(t, s, acme).Spec)
	update(t, s, plain(acme, "two"), 1)
}
