package catalog

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// Few connections, however many resources Terraform works on at a time: the
// others wait here. A write may read in between, so reads have connections of
// their own and never wait for a write.
const (
	postgresReaders = 2
	postgresWriters = 3
	// idleTimeout closes what a provider that does something else does not use.
	idleTimeout = 30 * time.Second
)

// lockTimeout is how long a write waits for others, unless the URL has a
// lock_timeout of its own.
const lockTimeout = 10 * time.Second

// postgres is a catalog in one schema of a PostgreSQL database: the first of the
// search_path that has the tables, or else the first that exists.
//
// A read is one REPEATABLE READ transaction, so that all its queries see one
// moment. A write is a READ COMMITTED transaction that takes the locks of
// lock.go before it reads what it depends on. Stronger isolation would fail
// writes that have nothing to do with each other, because all of them append to
// one history.
type postgres struct {
	lockTimeout time.Duration // 0: that of the session.
	reader      *sql.DB
	writer      *sql.DB
	// tables says that this process has seen the tables of the catalog.
	tables atomic.Bool
}

var _ backend = (*postgres)(nil)

func newPostgres(config *pgx.ConnConfig) *postgres {
	b := &postgres{lockTimeout: lockTimeout}
	if config.RuntimeParams["lock_timeout"] != "" {
		b.lockTimeout = 0
	}
	config, settings := perTransaction(config)
	b.reader = openPostgres(postgresReaders, config, settings)
	b.writer = openPostgres(postgresWriters, config, settings)
	return b
}

// perTransaction takes settings out of those of a connection, for each
// transaction to set: a pooler that gives a connection of the server to one
// transaction after another takes them from nobody who connects.
func perTransaction(config *pgx.ConnConfig) (rest *pgx.ConnConfig, settings string) {
	rest = config.Copy()
	for _, name := range []string{"lock_timeout", "search_path"} {
		if value, given := rest.RuntimeParams[name]; given {
			quoted := strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(value)
			settings += "; SELECT set_config('" + name + "', E'" + quoted + "', true)"
			delete(rest.RuntimeParams, name)
		}
	}
	return rest, settings
}

func (b *postgres) read(ctx context.Context) (*transaction, error) {
	return b.begun(b.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}))
}

func (b *postgres) begun(tx *sql.Tx, err error) (*transaction, error) {
	return &transaction{Tx: tx, short: b.tables.Load(), saw: func(seen) { b.tables.Store(true) }}, err
}

const (
	// schemaOID is the schema that the tables are in, or will be.
	schemaOID = `COALESCE(
    (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('` + versionTable + `')),
    (SELECT oid FROM pg_namespace WHERE nspname = current_schema()))`

	selectSchema = `SELECT nspname, nspname = current_schema() FROM pg_namespace WHERE oid = ` + schemaOID

	// schemaLock is the lock of a schema: "otp" in ASCII and a number. The locks
	// of pairs do not clash with those of single numbers, which lock.go takes.
	schemaLock = `7304304, (` + schemaOID + `)::int4`

	// Writers share the lock of their schema, migrations exclude them.
	beginWrite     = `SELECT pg_advisory_xact_lock_shared(` + schemaLock + `)`
	beginMigration = `SELECT pg_advisory_xact_lock(` + schemaLock + `)`
)

func (b *postgres) write(ctx context.Context) (*transaction, error) {
	return b.begun(b.begin(ctx, b.writer, beginWrite))
}

// begin begins a transaction with a lock, in one round trip.
func (b *postgres) begin(ctx context.Context, on beginner, query string) (*sql.Tx, error) {
	if b.lockTimeout > 0 {
		query = "SET LOCAL lock_timeout = " + strconv.FormatInt(b.lockTimeout.Milliseconds(), 10) + "; " + query
	}
	return on.BeginTx(context.WithValue(ctx, firstQuery{}, query), nil)
}

// create makes nothing: databases and schemas belong to their administrator.
func (b *postgres) create(context.Context) error { return nil }

// lock takes the locks one by one, in their order.
func (b *postgres) lock(locks []lock) (query string, args []any) {
	keys, shared := make([]string, len(locks)), make([]string, len(locks))
	for i, l := range locks {
		keys[i], shared[i] = strconv.FormatInt(l.key, 10), strconv.FormatBool(l.shared)
	}
	return `SELECT CASE WHEN shared THEN pg_advisory_xact_lock_shared(key) ELSE pg_advisory_xact_lock(key) END
FROM unnest(?::bigint[], ?::boolean[]) AS name (key, shared)`,
		[]any{"{" + strings.Join(keys, ",") + "}", "{" + strings.Join(shared, ",") + "}"}
}

func (b *postgres) recognise(ctx context.Context, on querier) (tables bool, err error) {
	rows, err := on.QueryContext(ctx, "SELECT 1 WHERE to_regclass($1) IS NOT NULL", versionTable)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	return rows.Next(), rows.Err()
}

func (b *postgres) relations(ctx context.Context, on querier) (map[string]bool, error) {
	return names(on.QueryContext(ctx, "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v') AND relnamespace = "+schemaOID))
}

// rebind numbers the placeholders. No query of this package has a question mark
// that is none.
func (b *postgres) rebind(query string) string {
	var numbered strings.Builder
	for i, part := range strings.Split(query, "?") {
		if i > 0 {
			numbered.WriteString("$" + strconv.Itoa(i))
		}
		numbered.WriteString(part)
	}
	return numbered.String()
}

func (b *postgres) close() error { return errors.Join(b.reader.Close(), b.writer.Close()) }
