package catalog

import (
	"context"
	"database/sql"
)

// transaction is a transaction of the database behind a catalog.
type transaction struct {
	*sql.Tx
	// seen is what an earlier transaction has found, and what cannot have changed
	// since; nil: nothing.
	seen *seen
	// short says that the tables have been there, so that one query is enough to
	// look again.
	short bool
	// saw takes what this one has found; nil: nobody wants to know.
	saw func(seen)
	// statement gives a query that was compiled before; nil: none was.
	statement func(query string) *sql.Stmt
	// end runs once, when the transaction is over; nil: nothing to do.
	end func(committed bool)
}

// seen is what an earlier transaction found out about a catalog, so that the next
// one need not ask.
type seen struct {
	version int64
	id      string
}

// QueryContext runs a query, by its prepared statement where there is one.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := t.compiled(query); s != nil {
		return t.StmtContext(ctx, s).QueryContext(ctx, args...) //nolint:sqlclosecheck // the statement closes with the transaction, the rows are the caller's
	}
	return t.Tx.QueryContext(ctx, query, args...)
}

// ExecContext runs a statement, by its prepared form where there is one.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := t.compiled(query); s != nil {
		return t.StmtContext(ctx, s).ExecContext(ctx, args...) //nolint:sqlclosecheck // the statement closes with the transaction
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

func (t *transaction) compiled(query string) *sql.Stmt {
	if t.statement == nil {
		return nil
	}
	return t.statement(query)
}

// Commit ends the transaction.
func (t *transaction) Commit() error {
	err := t.Tx.Commit()
	t.over(err == nil)
	return err
}

// Rollback ends the transaction, unless it is over.
func (t *transaction) Rollback() error {
	err := t.Tx.Rollback()
	t.over(false)
	return err
}

func (t *transaction) over(committed bool) {
	if end := t.end; end != nil {
		t.end = nil
		end(committed)
	}
}
