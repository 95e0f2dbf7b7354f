package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

func TestOfSeveralHostsTheOneThatMayBeWrittenIsTaken(t *testing.T) {
	t.Parallel()
	p, schema := postgresSchema(t)
	primary, standby := newProxy(t, always), newProxy(t, always)
	standby.Options = map[string]string{"default_transaction_read_only": "on"}
	hosts := fmt.Sprintf("%s,%s,%s", nobody, standby.Address(), primary.Address())
	s, err := Open(fmt.Sprintf("postgres://owner@%s/tests?search_path=%s&sslmode=disable&target_session_attrs=read-write", hosts, schema))
	must(t, err)
	defer func() { must(t, s.Close()) }()
	create(t, s, plain(acme, "one"))
	equal(t, spec("one"), get(t, p.open(t), acme).Spec)
	if standby.Connections() == 0 || primary.Connections() == 0 {
		t.Errorf("%d connections to the standby, %d to the primary; want some to each", standby.Connections(), primary.Connections())
	}
	mentions(t, errors.New(s.URL()), hosts, "target_session_attrs=read-write")
}

func TestAServerThatMayOnlyBeReadIsExplained(t *testing.T) {
	t.Parallel()
	p, schema := postgresSchema(t)
	create(t, p.open(t), plain(acme, "one"))
	standby := newProxy(t, always)
	standby.Options = map[string]string{"default_transaction_read_only": "on"}
	s, err := Open(standby.url(schema))
	must(t, err)
	defer func() { must(t, s.Close()) }()
	equal(t, spec("one"), get(t, s, acme).Spec)
	before := p.state(t)
	_, createErr := s.Create(t.Context(), plain(europe, "two"))
	for _, err := range []error{createErr, calls["Update"](t.Context(), s), calls["Delete"](t.Context(), s)} {
		storageError(t, err, "may only read", "target_session_attrs=read-write")
	}
	equal(t, before, p.state(t))

	picky, err := Open(standby.url(schema) + "&target_session_attrs=read-write")
	must(t, err)
	defer func() { must(t, picky.Close()) }()
	_, err = picky.Get(t.Context(), acme)
	storageError(t, err, "none of its servers is what target_session_attrs asks for")
}

// withPath is a catalog URL with another search_path.
func withPath(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(pgtest.Shared(t).URL(postgresOwner, postgresDatabase, "search_path="+path))
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func TestTheSearchPathTellsCatalogsApart(t *testing.T) {
	t.Parallel()
	one, first := postgresSchema(t)
	two, second := postgresSchema(t)
	a, b := one.open(t), two.open(t)
	create(t, a, plain(acme, "first"))
	id, err := b.ID(t.Context())
	must(t, err)
	equal(t, "", id)
	create(t, b, plain(acme, "second"))
	equal(t, spec("first"), get(t, withPath(t, first+","+second), acme).Spec)
	equal(t, spec("second"), get(t, withPath(t, second+","+first), acme).Spec)
}

// The first schema of a search_path is often one that the catalog is not in.
func TestACatalogLaterInTheSearchPathIsFoundAndMigratedInPlace(t *testing.T) {
	t.Parallel()
	p, schema := postgresSchema(t)
	empty, other := postgresSchema(t)
	create(t, p.open(t), plain(acme, "one"))
	s := withPath(t, "missing,"+other+","+schema)
	nextRelease(t, s)
	equal(t, spec("one"), get(t, s, acme).Spec)
	update(t, s, plain(acme, "two"), 1)
	equal(t, "", empty.state(t))
	execute(t, p.raw(t), "INSERT INTO otp_note VALUES ('there')")
}

func TestASchemaWithAnyNameWorks(t *testing.T) {
	t.Parallel()
	p, schema := postgresSchema(t)
	name := `Quo"ted, o'clock \ ` + schema
	quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	execute(t, p.raw(t), "CREATE SCHEMA "+quoted+" AUTHORIZATION "+postgresOwner)
	path := strings.NewReplacer(`"`, "%22", " ", "%20", ",", "%2C", `'`, "%27", `\`, "%5C").Replace(quoted)
	create(t, withPath(t, path), plain(acme, "one"))
	s := withPath(t, schema+","+path)
	nextRelease(t, s)
	update(t, s, plain(acme, "two"), 1)
	equal(t, "", p.state(t))
}

func TestASearchPathThatLeadsNowhereIsExplained(t *testing.T) {
	t.Parallel()
	s := withPath(t, "missing")
	id, err := s.ID(t.Context())
	must(t, err)
	equal(t, "", id)
	_, err = s.Create(t.Context(), plain(acme, "one"))
	storageError(t, err, `create the brand "acme"`, "no schema of its search_path exists", "create the schema")
}

func TestADatabaseThatCannotSpellACharacterSaysSo(t *testing.T) {
	t.Parallel()
	_, schema := postgresSchema(t)
	database := "latin_" + schema
	execute(t, administer(t, "postgres"), "CREATE DATABASE "+database+" ENCODING 'LATIN1' TEMPLATE template0 OWNER "+postgresOwner)
	s, err := Open(pgtest.Shared(t).URL(postgresOwner, database))
	must(t, err)
	defer func() { must(t, s.Close()) }()
	create(t, s, plain(acme, "é"))
	equal(t, spec("é"), get(t, s, acme).Spec)
	_, err = s.Create(t.Context(), plain(europe, "€ 漢"))
	storageError(t, err, "the encoding of the database cannot spell a character", "UTF8")
}

// A migration waits for writes that are under way, and an older release that
// waited for the migration does not write to what it does not know.
func TestWritesAndMigrationsExcludeEachOther(t *testing.T) {
	t.Parallel()
	p, _ := postgresSchema(t)
	old, next := p.open(t), p.open(t)
	nextRelease(t, next)
	create(t, old, plain(acme, "one"))
	postgresOf(t, next).lockTimeout = time.Millisecond
	w := profile(login, "p", acme)
	w.Compile = func(func(Ref) (Object, error)) (string, error) {
		_, err := next.Create(t.Context(), plain(europe, "x"))
		storageError(t, err, "kept what this write needs locked")
		return "document", nil
	}
	create(t, old, w)

	b := postgresOf(t, next)
	tx, err := b.begin(t.Context(), b.writer, beginMigration)
	must(t, err)
	postgresOf(t, old).lockTimeout = time.Millisecond
	_, err = old.Update(t.Context(), plain(acme, "two"), 1)
	storageError(t, err, "kept what this write needs locked")
	must(t, tx.Rollback())
	create(t, next, plain(europe, "x"))
	var refused *NewerSchemaError
	if _, err = old.Update(t.Context(), plain(acme, "two"), 1); !errors.As(err, &refused) {
		t.Errorf("got %v, want a *NewerSchemaError", err)
	}
}

// Migrations are plain SQL files; PostgreSQL runs the very ones that SQLite runs.
func TestBothDatabasesRunTheSameMigrations(t *testing.T) {
	t.Parallel()
	var names []string
	must(t, fs.WalkDir(embedded, ".", func(path string, entry fs.DirEntry, err error) error {
		if !entry.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	p := postgresPlace(t)
	create(t, p.open(t), plain(acme, "one"))
	versions := rows(t, p.raw(t), "SELECT version_id FROM otp_schema_version WHERE version_id > 0")
	equal(t, len(names), len(versions))
}
