package catalog

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// backend is one database product: how to reach it, and where its SQL differs.
// Everything else in this package is the same for all of them.
type backend interface {
	// read begins a transaction that cannot write. errNoCatalog: there is
	// nothing to read. It creates nothing.
	read(ctx context.Context) (*transaction, error)
	// write begins a transaction in which each statement sees what others have
	// committed before it. errNoCatalog: there is nothing to write to.
	write(ctx context.Context) (*transaction, error)
	// relations are the names of all tables and views beside those of a catalog.
	relations(ctx context.Context, on querier) (map[string]bool, error)
	// lock is a query that waits until no other transaction holds what it names,
	// and holds it until its own transaction ends; empty if write has excluded
	// all other writers already.
	lock(locks []lock) (query string, args []any)
	// create makes an empty database where there is none.
	create(ctx context.Context) error
	// migrate brings the schema up to date while it keeps other processes from
	// doing the same.
	migrate(ctx context.Context, s schema) error
	// recognise reports whether the tables of a catalog are there.
	recognise(ctx context.Context, on querier) (bool, error)
	// rebind turns the placeholder ? of a query into the product's own.
	rebind(query string) string
	// passing reports whether a transaction that failed with err changed
	// nothing and may succeed when it is run again.
	passing(err error) bool
	// unreachable reports whether err is about the place rather than about what
	// was tried there, so that others will meet it, too.
	unreachable(err error) bool
	// explain says in a sentence what went wrong and what to do next.
	explain(err error) (problem, remedy string)
	close() error
}

// errNoCatalog says that a backend has nothing at its place: no file, or an
// empty one.
var errNoCatalog = errors.New("no catalog here yet")

// fault is an error found by a backend itself rather than by its database.
type fault struct {
	problem string
	remedy  string
	err     error
}

func (f *fault) Error() string { return f.err.Error() }

func (f *fault) Unwrap() error { return f.err }

// undecidedError says that nobody knows whether a transaction was committed: the
// connection broke after the commit was sent and before the answer came.
type undecidedError struct{ err error }

func (e *undecidedError) Error() string { return "no answer to the commit: " + e.err.Error() }

func (e *undecidedError) Unwrap() error { return e.err }

// versionTable is where goose records the migrations that ran.
const versionTable = "otp_schema_version"

//go:embed migrations/*.sql
var embedded embed.FS

// schema is the migrations that a release knows.
type schema struct {
	files  fs.FS
	newest int64
}

// newSchema reads the version of the newest migration in files.
func newSchema(files fs.FS) (schema, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return schema{}, fmt.Errorf("list the migrations of the catalog: %w", err)
	}
	s := schema{files: files}
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return schema{}, fmt.Errorf("read the version of the migration %s: %w", name, err)
		}
		s.newest = max(s.newest, version)
	}
	return s, nil
}

// embeddedSchema is the schema of this release.
func embeddedSchema() (schema, error) {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return schema{}, fmt.Errorf("open the migrations of the catalog: %w", err)
	}
	return newSchema(files)
}

// up runs the migrations that db lacks, each in a transaction of its own.
func (s schema) up(ctx context.Context, dialect goose.Dialect, db *sql.DB) error {
	provider, err := goose.NewProvider(dialect, db, s.files,
		goose.WithTableName(versionTable),
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}
