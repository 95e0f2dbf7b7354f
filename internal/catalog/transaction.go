package catalog

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"
)

// attempts bounds how often a call runs whose transaction the database gave up:
// the connection broke, or transactions waited for each other.
const attempts = 5

// pause waits 50 to 100 ms before the second attempt, and twice as long before
// each further one.
func pause(ctx context.Context, attempt int) error {
	base := 50 * time.Millisecond << (attempt - 1)
	timer := time.NewTimer(base + rand.N(base))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// again waits before the next attempt at a transaction that failed with err. It
// is false if there is to be none. A transaction that may have been committed
// after all is not run again.
func (s *Store) again(ctx context.Context, attempt int, err error) bool {
	var undecided *undecidedError
	return attempt < attempts && !errors.As(err, &undecided) && ctx.Err() == nil &&
		s.backend.passing(err) && s.pause(ctx, attempt) == nil
}

// gaveUp remembers the failure of a call that will not be tried again, if others
// would meet it, too.
func (s *Store) gaveUp(ctx context.Context, in *outage, err error) error {
	if err != nil && ctx.Err() == nil && s.backend.unreachable(err) {
		in.note(err)
	}
	return err
}

// read runs fn in a read transaction and reports whether there is a catalog;
// without one fn does not run. It may run fn more than once. Its queries have to
// work on every schema that this release knows, because a plan may not migrate.
func (s *Store) read(ctx context.Context, operation string, fn func(t *session) error) (found bool, err error) {
	return s.readAs(ctx, &session{operation: operation}, fn)
}

// readAs is read with sessions like the given one.
func (s *Store) readAs(ctx context.Context, like *session, fn func(t *session) error) (found bool, err error) {
	if err := s.reads.refuse(like.operation); err != nil {
		return false, err
	}
	for attempt := 1; ; attempt++ {
		found, err = s.readOnce(ctx, like, fn)
		if err == nil || !s.again(ctx, attempt, err) {
			return found, s.gaveUp(ctx, s.reads, err)
		}
	}
}

func (s *Store) readOnce(ctx context.Context, like *session, fn func(t *session) error) (found bool, err error) {
	own := *like
	t := &own
	t.store = s
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
	if t.id == "" && len(t.present) == 0 {
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
	// origin is the catalog that a new one continues; nil: none.
	origin *origin
}

// origin is the identity of a catalog.
type origin struct {
	id        string
	createdAt time.Time
}

// prepareAttempts bounds how often a write makes or migrates a catalog that
// other processes make, migrate or remove at the same time.
const prepareAttempts = 3

// write runs fn in a write transaction and reports whether there is a catalog.
// It makes and migrates the catalog first where that is needed and allowed. It
// may run fn more than once.
func (s *Store) write(ctx context.Context, want target, fn func(t *session) error) (found bool, err error) {
	if err := s.writes.refuse(want.operation); err != nil {
		return false, err
	}
	failures, prepared := 0, 0
	for {
		t := &session{store: s, operation: want.operation}
		done, err := s.writeOnce(ctx, t, want, fn)
		if err == nil && !done {
			// The transaction is over, and the catalog is missing or has an
			// older schema.
			switch {
			case t.id == "" && want.id != "":
				return false, &WrongCatalogError{Catalog: s.url, Want: want.id}
			case t.id == "" && !want.creates:
				return false, nil
			case prepared == prepareAttempts:
				return false, &StorageError{
					Operation: want.operation, Catalog: s.url, Err: errNoCatalog,
					Problem: "it was removed each time it had been made", Remedy: "Look for another program that removes it, then run again.",
				}
			}
			prepared++
			err = s.prepare(ctx, t)
		}
		if err == nil && done {
			return true, nil
		}
		if err != nil {
			if failures++; !s.again(ctx, failures, err) {
				return false, s.gaveUp(ctx, s.writes, err)
			}
		}
	}
}

// prepare makes and migrates the catalog.
func (s *Store) prepare(ctx context.Context, t *session) error {
	if err := s.backend.create(ctx); err != nil {
		return t.failed(ctx, err)
	}
	if err := s.backend.migrate(ctx, s.schema); err != nil {
		return t.failed(ctx, err)
	}
	return nil
}

// writeOnce runs fn in the transaction that it begins for t, and commits. It
// ends the transaction with done false, and nothing written, when the schema is
// not ready.
func (s *Store) writeOnce(ctx context.Context, t *session, want target, fn func(t *session) error) (done bool, err error) {
	t.tx, err = s.backend.write(ctx)
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
	if t.id != "" && want.id != "" && t.id != want.id {
		return false, &WrongCatalogError{Catalog: s.url, Want: want.id, Got: t.id}
	}
	if t.id != "" && want.origin != nil && t.id != want.origin.id {
		return false, &OccupiedError{Catalog: s.url, ID: t.id, Export: want.origin.id}
	}
	if t.version < s.schema.newest || t.id == "" && (want.id != "" || !want.creates) {
		return false, nil
	}
	t.at, t.actor = s.now(), s.actor()
	if t.id == "" {
		if err := t.begin(ctx, want.origin); err != nil {
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
func rollback(tx interface{ Rollback() error }, err *error) {
	if failure := tx.Rollback(); failure != nil && !errors.Is(failure, sql.ErrTxDone) && *err == nil {
		*err = failure
	}
}
