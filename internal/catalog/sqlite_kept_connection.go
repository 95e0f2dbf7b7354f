package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
)

// kept is the writing connection of a SQLite catalog between two calls. It holds
// a descriptor of the file and no lock. It serves the next call if the file is
// the very one that it has left behind; otherwise a new one is opened.
type kept struct {
	db         *sql.DB
	statements map[string]*sql.Stmt
	file       fs.FileInfo // as it was after the last transaction; nil: none yet
	version    int64       // PRAGMA data_version of the last transaction
	seen       *seen       // of the last transaction
}

// keepsConnection is false where an open file could not be moved or replaced.
const keepsConnection = runtime.GOOS != "windows"

// replacedAttempts bounds how often a write begins anew because the file was
// replaced or written to as it began.
const replacedAttempts = 5

// begin begins a write and holds the turn of this process until it ends: SQLite
// has one writer at a time, and waits for others better than for itself.
func (b *sqlite) begin(ctx context.Context) (*transaction, error) {
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	tx, err := b.beginKept(ctx)
	if err != nil {
		b.drop()
		<-b.turn
		return nil, err
	}
	return tx, nil
}

func (b *sqlite) beginKept(ctx context.Context) (*transaction, error) {
	// Who has waited for the turn may know by now that the file is locked.
	if err := b.admit(); err != nil {
		return nil, err
	}
	for range replacedAttempts {
		before, err := os.Stat(b.path)
		if err != nil {
			return nil, err
		}
		if b.kept != nil && !sameFile(b.kept.file, before) {
			b.drop()
		}
		if b.kept == nil {
			db, err := openSQLite(1, b.dsn(b.writing...))
			if err != nil {
				return nil, err
			}
			db.SetMaxIdleConns(1)
			b.kept = &kept{db: db, statements: map[string]*sql.Stmt{}}
		}
		tx, err := b.kept.db.BeginTx(ctx, nil)
		if err != nil {
			return nil, err
		}
		// Now the file is locked. Is it still the one at the path, and is it as
		// this connection knows it?
		after, err := os.Stat(b.path)
		if err == nil && os.SameFile(before, after) && (b.kept.file == nil || sameFile(b.kept.file, after)) {
			return b.hold(ctx, tx)
		}
		b.drop()
		if err := errors.Join(tx.Rollback(), err); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return nil, &fault{
		problem: "the file was replaced each time it had been opened",
		remedy:  "Look for another program that replaces it, then run again. Nothing was written.",
		err:     fmt.Errorf("%s: replaced %d times", b.path, replacedAttempts),
	}
}

// hold makes a transaction of the kept connection, which knows what an earlier
// one has seen if no other connection has written since.
func (b *sqlite) hold(ctx context.Context, tx *sql.Tx) (*transaction, error) {
	k := b.kept
	var version int64
	if err := tx.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	if k.version != version {
		k.seen = nil
	}
	k.version = version
	return &transaction{
		Tx: tx, seen: k.seen, statement: k.statement,
		saw: func(s seen) { k.seen = &s },
		end: func(committed bool) {
			if !committed || !keepsConnection || k.settle(ctx, b.path) != nil {
				b.drop()
			}
			<-b.turn
		},
	}, nil
}

// statement gives a query that was compiled before; nil: it was not.
func (k *kept) statement(query string) *sql.Stmt {
	const most = 64
	if known, found := k.statements[query]; found || len(k.statements) >= most {
		return known
	}
	k.statements[query] = nil // for settle
	return nil
}

// settle notes how a transaction has left the file, and compiles what it asked,
// for the next ones.
func (k *kept) settle(ctx context.Context, path string) (err error) {
	if k.file, err = os.Stat(path); err != nil {
		return err
	}
	for query, statement := range k.statements {
		if statement != nil {
			continue
		}
		if k.statements[query], err = k.db.PrepareContext(ctx, query); err != nil { //nolint:sqlclosecheck // it is kept, and closes with the connection
			return err
		}
	}
	return nil
}

// drop closes the kept connection. Whoever calls it has the turn.
func (b *sqlite) drop() {
	if b.kept == nil {
		return
	}
	// What was committed is on the disk; that nothing is left open is all that
	// could fail here.
	_ = b.kept.db.Close()
	b.kept = nil
}

// sameFile reports whether a file is the same one and nobody has written to it.
func sameFile(known, now fs.FileInfo) bool {
	return known != nil && os.SameFile(known, now) && known.Size() == now.Size() && known.ModTime().Equal(now.ModTime())
}
