package catalog

import (
	"context"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestPostgresErrorsAreExplainedAndTold(t *testing.T) {
	t.Parallel()
	server := func(code string) error { return fmt.Errorf("exec: %w", &pgconn.PgError{Severity: "ERROR", Code: code}) }
	tests := []struct {
		err     error
		words   string
		passing bool
	}{
		{server("40001"), "other writers were faster", true},
		{server("40P01"), "other writers were faster", true},
		{server("23505"), "other writers were faster", true},
		{server("57P01"), "shutting down or starting", true},
		{server("57P02"), "shutting down or starting", true},
		{server("57P03"), "shutting down or starting", true},
		{server("53300"), "no connection left", true},
		{server("08006"), "the connection to the server broke", true},
		{server("08P01"), "does not take a parameter", false},
		{server("28P01"), "refused the login", false},
		{server("28000"), "refused the login", false},
		{server("3D000"), "the database does not exist", false},
		{server("3F000"), "no schema of its search_path exists", false},
		{server("42501"), "the role may not do this", false},
		{server("25006"), "may only read", false},
		{server("55P03"), "locked for 10s", false},
		{server("57014"), "cancelled the statement", false},
		{server("53100"), "the disk of the server is full", false},
		{server("22P05"), "encoding of the database", false},
		{server("22021"), "encoding of the database", false},
		{server("23503"), "PostgreSQL refused the operation", false},
		{&lostError{err: io.ErrUnexpectedEOF}, "the connection to the server broke", true},
		{fmt.Errorf("%w: %w", driver.ErrBadConn, io.EOF), "the connection to the server broke", true},
		{connecting(syscall.ECONNREFUSED), "the server cannot be reached", true},
		{connecting(syscall.ENETUNREACH), "the server cannot be reached", false},
		{connecting(&net.DNSError{Err: "no such host"}), "the host of the server is not known", false},
		{connecting(x509.UnknownAuthorityError{}), "certificate is not trusted", false},
		{connecting(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "db"}), "certificate is for another host", false},
		{connecting(pgconn.ErrReadOnlyConnection), "target_session_attrs", false},
		{errors.New("something else"), "the database cannot be used", false},
	}
	b := &postgres{lockTimeout: lockTimeout}
	for _, test := range tests {
		problem, remedy := b.explain(test.err)
		mentions(t, errors.New(problem), test.words)
		if remedy == "" {
			t.Errorf("%v: no remedy", test.err)
		}
		if got := b.passing(test.err); got != test.passing {
			t.Errorf("%v: passing is %t, want %t", test.err, got, test.passing)
		}
	}
}

// connecting is an error of a connection that could not be made.
func connecting(err error) error { return &connectError{err} }

type connectError struct{ err error }

func (e *connectError) Error() string { return e.err.Error() }

func (e *connectError) Unwrap() error { return e.err }

// As passes for pgconn's own type, whose cause only pgconn can set.
func (e *connectError) As(target any) bool {
	refused, ok := target.(**pgconn.ConnectError)
	if ok {
		*refused = &pgconn.ConnectError{}
	}
	return ok
}

// Not even an error that else passes lets a write be repeated that may have been
// committed.
func TestAnUndecidedCommitIsExplainedAndNotRepeated(t *testing.T) {
	t.Parallel()
	s := &Store{url: "postgres://db/otp", backend: &postgres{}, pause: func(context.Context, int) error { return nil }}
	shutdown := &pgconn.PgError{Severity: "FATAL", Code: codeAdminShutdown}
	fail := func(err error) error {
		return (&session{store: s, operation: "create the brand \"acme\""}).failed(t.Context(), err)
	}
	equal(t, true, s.again(t.Context(), 1, fail(shutdown)))
	undecided := fail(&undecidedError{err: shutdown})
	storageError(t, undecided, "not known whether it was", "Plan again", "57P01")
	equal(t, false, s.again(t.Context(), 1, undecided))
}
