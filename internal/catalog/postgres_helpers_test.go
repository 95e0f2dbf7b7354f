package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// nobody is an address where nobody listens: the system hands this port to no
// test, as it may a port that was just closed.
const nobody = "127.0.0.1:1"

// The database of the tests and the role that owns the schemas in it, as an
// administrator makes them.
const (
	postgresDatabase = "tests"
	postgresOwner    = "owner"
	postgresPassword = "made-up-hunter2"
)

var (
	postgresReady  sync.Once
	postgresPlaces atomic.Int64
)

// postgresPlace is a schema of its own, reached as the role that owns it.
func postgresPlace(t testing.TB) place {
	t.Helper()
	p, _ := postgresSchema(t)
	return p
}

// postgresSchema is a postgresPlace and the name of its schema.
func postgresSchema(t testing.TB) (p place, schema string) {
	t.Helper()
	server := pgtest.Shared(t)
	postgresReady.Do(func() {
		administrator := administer(t, "postgres")
		execute(t, administrator, "CREATE ROLE "+postgresOwner+" LOGIN PASSWORD '"+postgresPassword+"'")
		execute(t, administrator, "CREATE DATABASE "+postgresDatabase)
	})
	schema = fmt.Sprint("test_", postgresPlaces.Add(1))
	administrator := sync.OnceValue(func() *sql.DB { return administer(t, postgresDatabase, "search_path="+schema) })
	execute(t, administrator(), "CREATE SCHEMA "+schema+" AUTHORIZATION "+postgresOwner)
	p = place{
		url: server.URL(postgresOwner, postgresDatabase, "search_path="+schema),
		raw: func(*testing.T) *sql.DB { return administrator() },
	}
	p.state = func(t *testing.T) string {
		t.Helper()
		var all strings.Builder
		tables := rows(t, p.raw(t), "SELECT tablename FROM pg_tables WHERE schemaname = '"+schema+"'")
		for _, table := range tables {
			fmt.Fprintln(&all, table, strings.Join(rows(t, p.raw(t), "SELECT * FROM "+table), "\n"))
		}
		return all.String()
	}
	return p, schema
}

// administer opens a database as the superuser until the test ends.
func administer(t testing.TB, database string, parameters ...string) *sql.DB {
	t.Helper()
	return connect(t, pgtest.Shared(t).URL(pgtest.Administrator, database, parameters...))
}

// connect opens a database by its URL until the test ends.
func connect(t testing.TB, url string) *sql.DB {
	t.Helper()
	config, _, _, err := parsePostgres(strings.TrimPrefix(url, "postgres:"))
	must(t, err)
	db := openPostgres(2, config, "")
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// postgresOf is the backend of a store on PostgreSQL.
func postgresOf(t *testing.T, s *Store) *postgres {
	t.Helper()
	b, ok := s.backend.(*postgres)
	if !ok {
		t.Fatalf("the backend is a %T", s.backend)
	}
	return b
}

// hurry lets a store go on at once after a failure, and counts how often it did.
// It has forgotten earlier failures.
func hurry(s *Store) *atomic.Int64 {
	forgive(s)
	pauses := &atomic.Int64{}
	s.pause = func(context.Context, int) error {
		pauses.Add(1)
		return nil
	}
	return pauses
}

// sessions counts the connections that carry an application_name.
func sessions(t *testing.T, db *sql.DB, name string) int {
	t.Helper()
	count := 0
	query := "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + name + "'"
	must(t, db.QueryRowContext(t.Context(), query).Scan(&count))
	return count
}

// forgive lets a store try again what has failed a moment ago.
func forgive(s *Store) { s.reads.failure, s.writes.failure = nil, nil }
