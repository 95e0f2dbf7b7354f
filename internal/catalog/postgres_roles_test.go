package catalog

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// This follows the guide to the letter.
func TestTheGrantsOfTheGuideAreEnoughAndNoMore(t *testing.T) {
	t.Parallel()
	server, grant, query := pgtest.Guide(t)
	as := func(role, database string) *sql.DB { return connect(t, server.URL(role, database)) }

	s, err := Open(server.URL("otp_terraform", "otp", "search_path=production"))
	must(t, err)
	defer func() { must(t, s.Close()) }()
	create(t, s, plain(acme, "secret of the tables"), profile(login, "p", acme))
	update(t, s, plain(acme, "changed"), 1)
	grant()

	application := as("otp_application", "otp")
	document := ""
	must(t, application.QueryRowContext(t.Context(), query).Scan(&document))
	equal(t, "p\n"+`{"text":"secret of the tables"}`, document)
	equal(t, 1, len(rows(t, application, "SELECT * FROM production.otp_profile_documents WHERE NOT up_to_date")))
	for _, statement := range forbidden {
		_, err := application.ExecContext(t.Context(), statement)
		if err == nil {
			t.Errorf("the application may %s", statement)
			continue
		}
		mentions(t, err, "SQLSTATE 42501") // Insufficient privilege.
	}
	equal(t, []string{"production.otp_profile_documents"}, rights(t, as(pgtest.Administrator, "otp"), "otp_application"))

	// A function so cheap that the server would ask it first does not see the
	// rows that the view leaves out.
	execute(t, as(pgtest.Administrator, "otp"), `CREATE FUNCTION production.tell(name text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$
BEGIN IF name <> 'login' THEN RAISE 'there is %', name; END IF; RETURN true; END $$`)
	cunning := connect(t, server.URL("otp_application", "otp", "enable_indexscan=off", "enable_bitmapscan=off"))
	equal(t, 1, len(rows(t, cunning, "SELECT * FROM production.otp_profile_documents WHERE production.tell(name)")))

	for call, do := range calls {
		reader, err := Open(server.URL("otp_application", "otp", "search_path=production"))
		must(t, err)
		err = do(t.Context(), reader)
		storageError(t, err, "the role may not do this", "PostgreSQL", "42501")
		if err := reader.Close(); err != nil {
			t.Errorf("%s: %v", call, err)
		}
	}
	stranger := as("otp_terraform", "otp")
	_, err = stranger.ExecContext(t.Context(), "CREATE SCHEMA mine")
	mentions(t, err, "SQLSTATE 42501")

	// The administrator may do what the owner may.
	administrator, err := Open(server.URL("otp_administrator", "otp", "search_path=production"))
	must(t, err)
	defer func() { must(t, administrator.Close()) }()
	report, err := administrator.Check(t.Context(), nil)
	must(t, err)
	equal(t, 2, report.Objects)
}

// forbidden is what an application must not be able to do.
var forbidden = []string{
	"SELECT * FROM production.otp_object",
	"SELECT * FROM production.otp_reference",
	"SELECT * FROM production.otp_history",
	"SELECT * FROM production.otp_catalog",
	"SELECT * FROM production.otp_schema_version",
	"INSERT INTO production.otp_profile_documents (name, revision, document, updated_at) VALUES ('x', 1, 'x', 'x')",
	"UPDATE production.otp_profile_documents SET document = 'x'",
	"DELETE FROM production.otp_profile_documents",
	"DROP VIEW production.otp_profile_documents",
	"CREATE TABLE production.mine (x TEXT)",
	"CREATE FUNCTION production.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
	"CREATE TABLE public.mine (x TEXT)",
	"CREATE TEMPORARY TABLE mine (x TEXT)",
	"CREATE SCHEMA mine",
	"CREATE ROLE mine",
	"SET ROLE otp_terraform",
	"COPY production.otp_profile_documents TO PROGRAM 'true'",
}

// rights lists what a role may do anything with, outside PostgreSQL's own
// schemas.
func rights(t *testing.T, db *sql.DB, role string) []string {
	t.Helper()
	found := rows(t, db, fmt.Sprintf(`SELECT relnamespace::regnamespace || '.' || relname FROM pg_class
WHERE relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND relkind IN ('r', 'v', 'm', 'p', 'f')
AND has_table_privilege('%s', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')`, role))
	slices.Sort(found)
	return found
}
