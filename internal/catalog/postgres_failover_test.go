package catalog

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// A primary and a standby that follows it, as a team has that cannot be without
// its catalog.
func TestOfAPrimaryAndItsStandbyTheOneThatTakesWritesGetsThem(t *testing.T) {
	t.Parallel()
	primary := pgtest.New(t)
	administer := func(server *pgtest.Server, database string) *sql.DB {
		return connect(t, server.URL(pgtest.Administrator, database))
	}
	execute(t, administer(primary, "postgres"), "CREATE ROLE "+postgresOwner+" LOGIN PASSWORD '"+postgresPassword+"'")
	execute(t, administer(primary, "postgres"), "CREATE DATABASE "+postgresDatabase+" OWNER "+postgresOwner)
	standby := primary.Standby(t)
	onPrimary, onStandby := administer(primary, postgresDatabase), administer(standby, postgresDatabase)
	// caughtUp waits until the standby has what the primary has.
	caughtUp := func() {
		var position string
		execute(t, onPrimary, "CHECKPOINT") // The servers of tests answer a commit before they have written it.
		must(t, onPrimary.QueryRowContext(t.Context(), "SELECT pg_current_wal_lsn()").Scan(&position))
		for has := false; !has; {
			must(t, onStandby.QueryRowContext(t.Context(), "SELECT pg_last_wal_replay_lsn() >= '"+position+"'").Scan(&has))
		}
	}
	equal(t, []string{"f"}, recovering(t, onPrimary))
	equal(t, []string{"t"}, recovering(t, onStandby))

	url := func(servers ...*pgtest.Server) string {
		return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d,127.0.0.1:%d/%s?target_session_attrs=read-write",
			postgresOwner, postgresPassword, servers[0].Port, servers[1].Port, postgresDatabase)
	}
	open := func(url string) *Store { return place{url: url}.open(t) }
	first, second := open(url(primary, standby)), open(url(standby, primary))
	create(t, first, plain(acme, "one"))
	update(t, second, plain(acme, "two"), 1)
	caughtUp()

	// Without the parameter the first host is taken, and a standby says so.
	careless := open(fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d,127.0.0.1:%d/%s",
		postgresOwner, postgresPassword, standby.Port, primary.Port, postgresDatabase))
	equal(t, spec("two"), get(t, careless, acme).Spec)
	_, err := careless.Update(t.Context(), plain(acme, "nowhere"), 2)
	storageError(t, err, "may only read", "target_session_attrs=read-write")

	must(t, primary.Halt())
	for _, s := range []*Store{first, second} {
		hurry(s)
		_, err := s.Update(t.Context(), plain(acme, "too early"), 2)
		storageError(t, err, "none of its servers is what target_session_attrs asks for")
	}
	must(t, standby.Promote())

	// Stores that were open all the while find the way, and new ones do.
	forgive(first)
	forgive(second)
	update(t, first, plain(acme, "three"), 2)
	update(t, second, plain(acme, "four"), 3)
	update(t, open(url(primary, standby)), plain(acme, "five"), 4)
	update(t, open(url(standby, primary)), plain(acme, "six"), 5)
	equal(t, []string{"f"}, recovering(t, onStandby))
	equal(t, []string{"create 0>1", "update 1>2", "update 2>3", "update 3>4", "update 4>5", "update 5>6"},
		actions(t, open(url(standby, primary)), acme))
}

// recovering says whether a server is a standby, as PostgreSQL writes it.
func recovering(t *testing.T, db *sql.DB) []string {
	t.Helper()
	return rows(t, db, "SELECT pg_is_in_recovery()::text::char")
}
