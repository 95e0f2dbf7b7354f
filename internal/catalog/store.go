package catalog

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"os/user"
	"strings"
	"sync"
	"time"
)

// Store is one catalog. It is safe for concurrent use.
type Store struct {
	url     string
	backend backend
	schema  schema
	clock   func() time.Time
	actor   func() string
	// observe sees the text of every query of this package; nil outside tests.
	observe func(query string)
	// beforeCommit runs at the end of every write transaction; nil outside
	// tests.
	beforeCommit func()
}

// Option changes a Store as it is opened.
type Option func(*Store)

// WithClock sets the source of all times; the default is time.Now.
func WithClock(clock func() time.Time) Option {
	return func(s *Store) { s.clock = clock }
}

// WithActor sets the name that the history records for every write. The default
// is the environment variable OTP_CATALOG_ACTOR, or else the user of the
// operating system at its host.
func WithActor(actor string) Option {
	return func(s *Store) { s.actor = func() string { return actor } }
}

// Open prepares the catalog at url, sqlite:PATH. It checks the URL (*URLError)
// and touches nothing: whether there is a catalog shows when it is used.
func Open(url string, options ...Option) (*Store, error) {
	path, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	known, err := embeddedSchema()
	if err != nil {
		return nil, err
	}
	files, err := newSQLite(path)
	if err != nil {
		return nil, err
	}
	s := &Store{url: url, backend: files, schema: known, clock: time.Now, actor: sync.OnceValue(defaultActor)}
	for _, option := range options {
		option(s)
	}
	return s, nil
}

// defaultActor is who the environment or the operating system says is running.
func defaultActor() string {
	if actor := os.Getenv("OTP_CATALOG_ACTOR"); actor != "" {
		return actor
	}
	name, host := "unknown", "unknown"
	if current, err := user.Current(); err == nil && current.Username != "" {
		name = current.Username
	}
	if found, err := os.Hostname(); err == nil && found != "" {
		host = found
	}
	return name + "@" + host
}

// URL is the catalog's URL for messages, without secrets.
func (s *Store) URL() string { return s.url }

// Close releases what the store holds. The store cannot be used afterwards.
func (s *Store) Close() error { return s.backend.close() }

// now is the time of the clock as the catalog stores it.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// newID makes the ID of a new catalog: 26 characters, 130 random bits.
func newID() string { return strings.ToLower(rand.Text()) }

// read runs fn in a read transaction and reports whether there is a catalog;
// without one fn does not run. Its queries have to work on every schema that
// this release knows, because a plan may not migrate.
func (s *Store) read(ctx context.Context, operation string, fn func(t *session) error) (found bool, err error) {
	t := &session{store: s, operation: operation}
	t.tx, err = s.backend.read(ctx)
	if errors.Is(err, errNoCatalog) {
		return false, nil
	}
	if err != nil {
		return false, t.failed(ctx, err)
	}
	defer t.end(ctx, &err)
	if err := t.identify(ctx); err != nil {
		return false, err
	}
	if t.id == "" {
		return false, nil
	}
	return true, fn(t)
}

// target is what a write needs of the catalog it goes to.
type target struct {
	operation string
	// id is the catalog the caller means; empty: any.
	id string
	// creates says that the write makes the catalog where there is none.
	creates bool
}

// prepareAttempts bounds how often a write makes or migrates a catalog that
// other processes make, migrate or remove at the same time.
const prepareAttempts = 3

// write runs fn in a write transaction and reports whether there is a catalog.
// It makes and migrates the catalog first where that is needed and allowed.
func (s *Store) write(ctx context.Context, want target, fn func(t *session) error) (found bool, err error) {
	t := &session{store: s, operation: want.operation}
	for range prepareAttempts {
		t.id = ""
		t.tx, err = s.backend.write(ctx)
		switch {
		case err == nil:
			if done, err := s.writeIn(ctx, t, want, fn); done || err != nil {
				return err == nil, err
			}
		case !errors.Is(err, errNoCatalog):
			return false, t.failed(ctx, err)
		}
		// From here on the transaction is over, and the catalog is missing or
		// has an older schema.
		if t.id == "" && want.id != "" {
			return false, &WrongCatalogError{Catalog: s.url, Want: want.id}
		}
		if t.id == "" && !want.creates {
			return false, nil
		}
		if err := s.backend.create(ctx); err != nil {
			return false, t.failed(ctx, err)
		}
		if err := s.backend.migrate(ctx, s.schema); err != nil {
			return false, t.failed(ctx, err)
		}
	}
	return false, &StorageError{
		Operation: want.operation, Catalog: s.url, Err: errNoCatalog,
		Problem: "it was removed each time it had been made", Remedy: "Look for another program that removes it, then run again.",
	}
}

// writeIn runs fn in the open transaction of t and commits. It ends the
// transaction with done false, and nothing written, when the schema is not
// ready.
func (s *Store) writeIn(ctx context.Context, t *session, want target, fn func(t *session) error) (done bool, err error) {
	defer t.end(ctx, &err)
	if err := t.identify(ctx); err != nil {
		return false, err
	}
	if t.id != "" && want.id != "" && t.id != want.id {
		return false, &WrongCatalogError{Catalog: s.url, Want: want.id, Got: t.id}
	}
	if t.version < s.schema.newest || t.id == "" && (want.id != "" || !want.creates) {
		return false, nil
	}
	t.at, t.actor = s.now(), s.actor()
	if t.id == "" {
		t.id, t.created = newID(), true
		if err := t.exec(ctx, insertCatalog, t.id, formatTime(t.at)); err != nil {
			return false, err
		}
	}
	if err := fn(t); err != nil {
		return false, err
	}
	if s.beforeCommit != nil {
		s.beforeCommit()
	}
	if err := t.tx.Commit(); err != nil {
		return false, t.failed(ctx, err)
	}
	return true, nil
}

// rollback ends a transaction that was not committed. After another failure its
// own is not reported: SQLite has then often rolled back by itself, and "no
// transaction is active" would only hide the cause.
func rollback(tx *sql.Tx, err *error) {
	if failure := tx.Rollback(); failure != nil && !errors.Is(failure, sql.ErrTxDone) && *err == nil {
		*err = failure
	}
}
