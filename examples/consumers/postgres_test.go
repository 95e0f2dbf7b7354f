package consumers_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// The passwords of the roles.
const (
	terraformPassword   = "made-up-terraform-hunter2"
	applicationPassword = "made-up-application-hunter2"
)

// TestAnApplicationReadsItsViewOnPostgreSQLAndNothingElse has the roles and the
// grants of the guide, to the letter: Terraform's role writes the catalog, the
// application's role reads the view, and the Go consumer sends by it.
func TestAnApplicationReadsItsViewOnPostgreSQLAndNothingElse(t *testing.T) {
	t.Parallel()
	server, grant, _ := pgtest.Guide(t)
	for role, password := range map[string]string{pgtest.Terraform: terraformPassword, pgtest.Application: applicationPassword} {
		server.Run(t, pgtest.Administrator, "postgres", fmt.Sprintf("ALTER ROLE %s PASSWORD '%s'", role, password))
	}
	url := func(user string) string {
		return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?search_path=%s", user, server.Port, pgtest.GuideDatabase, pgtest.GuideSchema)
	}
	s := story{ways: []string{"octopush"}, profile: unlimited, env: func(env map[string]string) { env["PGPASSWORD"] = applicationPassword }}
	profile := fill(t, url(pgtest.Terraform+":"+terraformPassword), []story{s})[0]
	vendors := sandbox.StartForTest(t, sandbox.Options{})
	stage := newStage(t, consumers["go"], vendors, url(pgtest.Application), s, profile)

	// The view exists; before the grant it is not the application's.
	stage.play(t, []act{{do: "send", stderr: "does not exist (SQLSTATE 42P01)"}})
	grant()
	octopush, right := ways["octopush"], manners[otp.Octopush].right
	stage.play(t, []act{
		octopush.sends("octopush", "send --locale es-MX"), octopush.mistyped(2), verifies("CODE", right),
	})

	// A password in the URL works, too. In neither place is it ever shown.
	told := stage.output.String()
	run := func(c *consumer, catalog string, more ...string) (exit int, output string) {
		t.Helper()
		b := &bench{dir: stage.dir, play: c.batch, env: append(stage.env, more...)}
		exit, stdout, stderr := b.run(t, "--catalog", catalog, "--profile", profile.Name, "routes")
		told += stdout + stderr
		return exit, stdout + stderr
	}
	if exit, output := run(consumers["go"], url(pgtest.Application+":"+applicationPassword), "PGPASSWORD="); exit != 0 || !strings.Contains(output, "octopush") {
		t.Errorf("exit code %d, %s", exit, output)
	}
	for name, test := range map[string]struct{ catalog, password, problem string }{
		"a wrong password":                  {url(pgtest.Application), "wrong-hunter2", "password authentication failed"},
		"a wrong password in the URL":       {url(pgtest.Application + ":wrong-hunter2"), "", "password authentication failed"},
		"no password":                       {url(pgtest.Application), "", "password authentication failed"},
		"another schema":                    {strings.Replace(url(pgtest.Application), pgtest.GuideSchema, "public", 1), applicationPassword, "does not exist"},
		"a password that looks like a port": {url(pgtest.Application + ":2024/hunter2"), "", "the URL of the database cannot be used"},
		"a password that looks like a host": {url(pgtest.Application + "@hunter2"), "", "the URL of the database cannot be used"},
		"a password that breaks a URL":      {url(pgtest.Application + ":wrong/hunter2%"), "", "the URL of the database cannot be used"},
	} {
		exit, output := run(consumers["go"], test.catalog, "PGPASSWORD="+test.password)
		if exit != 1 || !strings.Contains(output, test.problem) {
			t.Errorf("%s: exit code %d, %s", name, exit, output)
		}
	}
	if php := consumers["php"]; php != nil {
		if exit, output := run(php, url(pgtest.Application+":"+applicationPassword), "PGPASSWORD="); exit != 0 || !strings.Contains(output, "octopush") {
			t.Errorf("the PHP consumer: exit code %d, %s", exit, output)
		}
	}
	if strings.Contains(told, "hunter2") {
		t.Errorf("a password was shown: %s", told)
	}
	behindTheView(t, server)
}

// behindTheView fails the test unless the application's role is kept from the
// tables.
func behindTheView(t *testing.T, server *pgtest.Server) {
	t.Helper()
	db, err := sql.Open("pgx", server.URL(pgtest.Application, pgtest.GuideDatabase, "search_path="+pgtest.GuideSchema))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, statement := range []string{
		"SELECT spec FROM otp_object", "SELECT document FROM otp_history", "SELECT name FROM otp_reference", "SELECT id FROM otp_catalog",
		"UPDATE otp_profile_documents SET document = 'x'", "DELETE FROM otp_profile_documents",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "SQLSTATE 42501") {
			t.Errorf("%s: %v, want an insufficient privilege", statement, err)
		}
	}
}
