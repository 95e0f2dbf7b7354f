package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// session is one transaction on the catalog.
type session struct {
	store     *Store
	tx        *transaction
	operation string

	version int64  // The schema version; 0: there are no tables yet.
	id      string // The ID of the catalog; empty: there is none yet.

	// checking goes on where something is missing. present is what there is.
	checking bool
	present  map[string]bool
	// raw leaves names of people as they are stored; else they are cleaned, for
	// older catalogs took anything.
	raw bool

	// Of write transactions only:
	created bool      // The catalog began with this transaction.
	at      time.Time // The time of everything written.
	actor   string    // Who writes.
	// recording says that the history is locked.
	recording bool
	purged    []Ref // What went with its last reference.
}

// begin gives a catalog that has none its ID: a new one, or that of the catalog
// it continues.
func (t *session) begin(ctx context.Context, from *origin) error {
	if from == nil {
		from = &origin{id: newID(), createdAt: t.at}
	}
	t.id, t.created = from.id, true
	return t.exec(ctx, insertCatalog, from.id, formatTime(from.createdAt))
}

// identify finds out the schema version and the ID of the catalog, and refuses
// one that a newer release has written before looking at anything else in it.
func (t *session) identify(ctx context.Context) error {
	t.version, t.id = 0, ""
	if s := t.tx.seen; s != nil && !t.checking {
		t.version, t.id = s.version, s.id
		return nil
	}
	if err := t.look(ctx); err != nil {
		return err
	}
	if t.version > t.store.schema.newest {
		return &NewerSchemaError{Catalog: t.store.url, Version: t.version, Supported: t.store.schema.newest}
	}
	if t.tx.saw != nil && t.id != "" {
		t.tx.saw(seen{version: t.version, id: t.id})
	}
	return nil
}

// look reads the schema version and the ID.
func (t *session) look(ctx context.Context) error {
	if t.tx.short && !t.checking {
		return t.query(ctx, selectIdentity, nil, func(rows *sql.Rows) error { return rows.Scan(&t.version, &t.id) })
	}
	exists, err := t.store.backend.recognise(ctx, t.tx)
	t.store.observe("recognise", 1)
	if err != nil {
		return t.failed(ctx, err)
	}
	if !exists {
		return nil
	}
	if err := t.query(ctx, selectVersion, nil, func(rows *sql.Rows) error { return rows.Scan(&t.version) }); err != nil {
		return err
	}
	if t.version == 0 || t.version > t.store.schema.newest {
		return nil
	}
	if t.checking {
		t.present, err = t.store.backend.relations(ctx, t.tx)
		if err != nil {
			return t.failed(ctx, err)
		}
		if !t.present["otp_catalog"] {
			return nil
		}
	}
	return t.query(ctx, selectCatalog, nil, func(rows *sql.Rows) error { return rows.Scan(&t.id) })
}

// person is the name of somebody who wrote to the catalog, to be shown.
func (t *session) person(name string) string {
	if t.raw {
		return name
	}
	return otp.Shown(name)
}

// end rolls the transaction back unless it was committed.
func (t *session) end(ctx context.Context, err *error) {
	before := *err
	rollback(t.tx, err)
	if before == nil && *err != nil {
		*err = t.failed(ctx, *err)
	}
}

// query calls scan for each row. Errors are *StorageError.
func (t *session) query(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) (err error) {
	count := 0
	defer func() { t.store.observe(query, count) }()
	rows, err := t.tx.QueryContext(ctx, t.store.backend.rebind(query), args...)
	if err != nil {
		return t.failed(ctx, err)
	}
	defer func() {
		if failure := rows.Close(); failure != nil && err == nil {
			err = t.failed(ctx, failure)
		}
	}()
	for rows.Next() {
		count++
		if err := scan(rows); err != nil {
			return t.failed(ctx, err)
		}
	}
	if err := rows.Err(); err != nil {
		return t.failed(ctx, err)
	}
	return nil
}

// exec runs a statement. Errors are *StorageError.
func (t *session) exec(ctx context.Context, query string, args ...any) error {
	defer t.store.observe(query, 0)
	if _, err := t.tx.ExecContext(ctx, t.store.backend.rebind(query), args...); err != nil {
		return t.failed(ctx, err)
	}
	return nil
}

// failed turns an error of the database into a *StorageError.
func (t *session) failed(ctx context.Context, err error) error {
	failure := &StorageError{Operation: t.operation, Catalog: t.store.url, Err: err}
	var own *fault
	var undecided *undecidedError
	switch {
	case errors.As(err, &undecided):
		failure.Problem = "the connection broke while the change was being committed, so it is not known whether it was"
		failure.Remedy = "Plan again: that shows what the catalog holds."
	case errors.As(err, &own):
		failure.Problem, failure.Remedy = own.problem, own.remedy
	case ctx.Err() != nil:
		// Interrupted, the driver may report a code of its own instead.
		failure.Problem, failure.Remedy = "the run was interrupted", "Nothing was written. Run again."
		if !errors.Is(err, ctx.Err()) {
			failure.Err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	default:
		failure.Problem, failure.Remedy = t.store.backend.explain(err)
	}
	return failure
}

// timeLayout is RFC 3339 with a fixed number of digits, so that times sort as
// text.
const timeLayout = "2006-01-02T15:04:05.000000Z07:00"

func formatTime(at time.Time) string { return at.Format(timeLayout) }

func parseTime(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("a time in the catalog cannot be read: %w", err)
	}
	return at.UTC(), nil
}
