package catalog

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Ends of transactions take no context of the caller: a commit that is under way
// is waited for, because breaking it off would leave its outcome unknown.
const (
	commitTimeout   = 30 * time.Second
	rollbackTimeout = 5 * time.Second
)

// lostError says that the connection broke. What its transaction did is gone.
type lostError struct{ err error }

func (e *lostError) Error() string { return "the connection broke: " + e.err.Error() }

func (e *lostError) Unwrap() error { return e.err }

// openPostgres prepares a pool; it connects to nothing. settings is what each
// transaction does first; empty: nothing.
func openPostgres(connections int, config *pgx.ConnConfig, settings string) *sql.DB {
	db := sql.OpenDB(&postgresConnector{Connector: stdlib.GetConnector(*config), settings: settings})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(idleTimeout)
	return db
}

// postgresConnector is pgx for database/sql, with connections that tell more of
// what became of a transaction.
type postgresConnector struct {
	driver.Connector
	settings string
}

func (c *postgresConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := inner.(*stdlib.Conn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("pgx gave a connection of the type %T", inner), inner.Close())
	}
	return &postgresConn{Conn: conn, settings: c.settings}, nil
}

// firstQuery is the key of what a transaction does first of all, in a context:
// database/sql has no other way to say it.
type firstQuery struct{}

// postgresConn is one connection.
type postgresConn struct {
	*stdlib.Conn
	settings string // What each transaction does first.
}

var (
	_ driver.ConnBeginTx     = (*postgresConn)(nil)
	_ driver.QueryerContext  = (*postgresConn)(nil)
	_ driver.ExecerContext   = (*postgresConn)(nil)
	_ driver.SessionResetter = (*postgresConn)(nil)
	_ driver.Validator       = (*postgresConn)(nil)
)

// IsValid keeps a connection that broke from going back to its pool.
func (c *postgresConn) IsValid() bool { return !c.Conn.Conn().IsClosed() }

// BeginTx says that the connection is bad if it broke: it may have been idle for
// long, nothing was done on it yet, and database/sql then takes another one.
func (c *postgresConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	begin := "BEGIN ISOLATION LEVEL READ COMMITTED"
	if options.ReadOnly {
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	begin += c.settings
	if first, given := ctx.Value(firstQuery{}).(string); given {
		begin += "; " + first
	}
	tx, err := c.Conn.Conn().BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		var lost *lostError
		var answer *pgconn.PgError
		if errors.As(err, &answer) && answer.SeverityUnlocalized == "ERROR" {
			return nil, err // A setting or lock was refused, and pgx closes the connection.
		}
		if err = c.broken(ctx, err); errors.As(err, &lost) {
			return nil, fmt.Errorf("%w: %w", driver.ErrBadConn, err)
		}
		return nil, err
	}
	return &postgresTx{tx: tx, conn: c}, nil
}

// QueryContext tells a broken connection from a refused query.
func (c *postgresConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.Conn.QueryContext(ctx, query, args)
	return rows, c.broken(ctx, err)
}

// ExecContext tells a broken connection from a refused statement.
func (c *postgresConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.Conn.ExecContext(ctx, query, args)
	return result, c.broken(ctx, err)
}

// broken marks an error that ended the connection, other than an interruption.
func (c *postgresConn) broken(ctx context.Context, err error) error {
	if err != nil && !c.IsValid() && ctx.Err() == nil {
		return &lostError{err: err}
	}
	return err
}

// postgresTx is a transaction on conn.
type postgresTx struct {
	tx   pgx.Tx
	conn *postgresConn
}

// Commit gives an *undecidedError where the server may have committed without
// being able to say so. It does not ask pgconn.SafeToRetry, which takes an answer
// that was lost for a statement that was never sent.
func (t *postgresTx) Commit() error {
	if !t.conn.IsValid() {
		return &lostError{err: pgconn.ErrConnClosed} // So nothing was sent.
	}
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	err := t.tx.Commit(ctx)
	var answer *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, pgx.ErrTxCommitRollback):
		return err
	case errors.As(err, &answer) && answer.SeverityUnlocalized == "ERROR":
		return err
	default:
		return &undecidedError{err: err}
	}
}

// Rollback of a broken connection succeeds: the server does it.
func (t *postgresTx) Rollback() error {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	if err := t.tx.Rollback(ctx); err != nil && t.conn.IsValid() {
		return err
	}
	return nil
}
