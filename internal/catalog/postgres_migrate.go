package catalog

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// beginner is a pool or one connection of it.
type beginner interface {
	BeginTx(ctx context.Context, options *sql.TxOptions) (*sql.Tx, error)
}

// migrate runs the migrations in the very transaction that holds the lock. A
// second connection would never be had from a pooler that has given all of its
// own to writers, which wait for the lock.
func (b *postgres) migrate(ctx context.Context, s schema) (err error) {
	conn, err := b.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	tx, err := b.begin(ctx, conn, beginMigration)
	if err != nil {
		return err
	}
	defer rollback(tx, &err)
	var name string
	var first bool
	switch err := tx.QueryRowContext(ctx, selectSchema).Scan(&name, &first); {
	case errors.Is(err, sql.ErrNoRows):
		return &fault{
			problem: "no schema of its search_path exists",
			remedy:  "Have an administrator create the schema for the role that runs Terraform, or correct search_path.",
			err:     err,
		}
	case err != nil:
		return err
	case !first:
		// Goose looks for its table in the first schema only, and would begin
		// another catalog there.
		if _, err := tx.ExecContext(ctx, "SET LOCAL search_path = "+pgx.Identifier{name}.Sanitize()); err != nil {
			return err
		}
	}
	var failure error
	err = conn.Raw(func(raw any) error {
		inner, ok := raw.(*postgresConn)
		if !ok {
			return fmt.Errorf("the connection is a %T", raw)
		}
		db := sql.OpenDB(&within{conn: inner})
		db.SetMaxOpenConns(1)
		failure = inner.broken(ctx, errors.Join(s.up(ctx, goose.DialectPostgres, db), db.Close()))
		// Of a bad connection Raw would wait for the transaction, which is ours
		// to end.
		return nil
	})
	if err = errors.Join(err, failure); err != nil {
		return err
	}
	return tx.Commit()
}

// within is a database that is one connection in the middle of a transaction:
// transactions there are parts of that one.
type within struct{ conn *postgresConn }

// Connect gives the connection.
func (w *within) Connect(context.Context) (driver.Conn, error) { return &withinConn{w.conn.Conn}, nil }

// Driver is that of the connection.
func (w *within) Driver() driver.Driver { return stdlib.GetDefaultDriver() }

type withinConn struct{ *stdlib.Conn }

var (
	_ driver.ConnBeginTx     = (*withinConn)(nil)
	_ driver.SessionResetter = (*withinConn)(nil)
)

// Close leaves the connection to whom it belongs.
func (c *withinConn) Close() error { return nil }

// ResetSession leaves the transaction alone.
func (c *withinConn) ResetSession(context.Context) error { return nil }

// BeginTx begins a part of the transaction.
func (c *withinConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	_, err := c.ExecContext(ctx, "SAVEPOINT migration", nil)
	return &withinTx{ctx: ctx, conn: c}, err
}

// withinTx is a part of a transaction.
type withinTx struct {
	ctx  context.Context
	conn *withinConn
}

// Commit keeps the part, if the whole is committed.
func (t *withinTx) Commit() error {
	_, err := t.conn.ExecContext(t.ctx, "RELEASE SAVEPOINT migration", nil)
	return err
}

// Rollback undoes the part.
func (t *withinTx) Rollback() error {
	_, err := t.conn.ExecContext(t.ctx, "ROLLBACK TO SAVEPOINT migration", nil)
	return err
}
