package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// A pooler in transaction mode gives a connection of the server to one
// transaction after another. So nothing may be expected of a connection outside
// of a transaction, or left there.
func TestSettingsOfTheURLHoldForTransactionsAndNotForConnections(t *testing.T) {
	t.Parallel()
	p, schema := postgresSchema(t)
	s := place{url: p.url + "&lock_timeout=1234ms"}.open(t)
	create(t, s, plain(acme, "one"))
	b := postgresOf(t, s)
	show := func(q interface {
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}) string {
		var path, timeout string
		must(t, q.QueryRowContext(t.Context(), "SELECT current_setting('search_path'), current_setting('lock_timeout')").Scan(&path, &timeout))
		return path + ", " + timeout
	}
	for name, begin := range map[string]func(context.Context) (*transaction, error){"read": b.read, "write": b.write} {
		tx, err := begin(t.Context())
		must(t, err)
		if got := show(tx); got != schema+", 1234ms" {
			t.Errorf("a %s has the settings %s", name, got)
		}
		must(t, tx.Rollback())
	}
	for name, pool := range map[string]*sql.DB{"reading": b.reader, "writing": b.writer} {
		if got := show(pool); got != `"$user", public, 0` {
			t.Errorf("a connection for %s has the settings %s", name, got)
		}
		if prepared := rows(t, pool, "SELECT statement FROM pg_prepared_statements"); len(prepared) != 0 {
			t.Errorf("a connection for %s keeps prepared statements: %v", name, prepared)
		}
	}
}

func TestASettingThatTheServerRefusesIsExplained(t *testing.T) {
	t.Parallel()
	s := place{url: postgresPlace(t).url + "&lock_timeout=soon"}.open(t)
	for _, do := range calls {
		pauses := hurry(s)
		storageError(t, do(t.Context(), s), "a setting has a value that it cannot have", `invalid value for parameter "lock_timeout": "soon"`)
		equal(t, int64(0), pauses.Load())
	}
}

// With a second connection, a write would wait for itself behind a pooler that
// has none to spare.
func TestAWriteThatMakesTheCatalogNeedsOneConnection(t *testing.T) {
	t.Parallel()
	p, schema := postgresSchema(t)
	lonely := "lonely_" + schema
	execute(t, administer(t, "postgres"), "CREATE ROLE "+lonely+" LOGIN CONNECTION LIMIT 1")
	execute(t, p.raw(t), "GRANT USAGE, CREATE ON SCHEMA "+schema+" TO "+lonely)
	s := place{url: pgtest.Shared(t).URL(lonely, postgresDatabase, "search_path="+schema)}.open(t)
	pauses := hurry(s)
	create(t, s, plain(acme, "one"))
	update(t, s, plain(acme, "two"), 1)
	equal(t, int64(0), pauses.Load())
}

// A migration is all or nothing, like every other write.
func TestAMigrationThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	p, schema := postgresSchema(t)
	execute(t, p.raw(t), fmt.Sprintf("CREATE TABLE otp_history (x TEXT); ALTER TABLE otp_history OWNER TO %s", postgresOwner))
	before := rows(t, p.raw(t), "SELECT tablename FROM pg_tables WHERE schemaname = '"+schema+"'")
	s := p.open(t)
	_, err := s.Create(t.Context(), plain(acme, "one"))
	storageError(t, err, `create the brand "acme"`, "PostgreSQL refused the operation", "otp_history")
	equal(t, before, rows(t, p.raw(t), "SELECT tablename FROM pg_tables WHERE schemaname = '"+schema+"'"))
	execute(t, p.raw(t), "DROP TABLE otp_history")
	create(t, s, plain(acme, "one"))
}

func TestAMigrationWhoseConnectionBreaksIsRepeated(t *testing.T) {
	t.Parallel()
	for _, fate := range []pgtest.Fate{pgtest.Lose, pgtest.LoseAnswer} {
		for _, statement := range []string{"SAVEPOINT migration", "CREATE TABLE otp_object", "RELEASE SAVEPOINT migration"} {
			p, schema := postgresSchema(t)
			s := place{url: newProxy(t, times(t, 1, statement, fate)).url(schema)}.open(t)
			pauses := hurry(s)
			create(t, s, plain(acme, "one"))
			equal(t, int64(1), pauses.Load())
			equal(t, spec("one"), get(t, p.open(t), acme).Spec)
		}
	}
}
