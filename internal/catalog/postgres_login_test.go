package catalog

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// overTCP is the address of the server where it asks for a password.
func overTCP(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("127.0.0.1:%d", pgtest.Shared(t).Port)
}

// writeFile makes a file that only this user may read.
func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestThePasswordComesFromWhereLibpqLooks(t *testing.T) {
	_, schema := postgresSchema(t)
	host, port, err := net.SplitHostPort(overTCP(t))
	must(t, err)
	bare := fmt.Sprintf("postgres://%s@%s:%s/%s?search_path=%s", postgresOwner, host, port, postgresDatabase, schema)
	service := fmt.Sprintf("[production]\nhost=%s\nport=%s\nuser=%s\ndbname=%s\npassword=%s\nsearch_path=%s\n",
		host, port, postgresOwner, postgresDatabase, postgresPassword, schema)
	tests := map[string]struct {
		url       string
		shown     string
		variables map[string]string
	}{
		"URL": {
			url:   fmt.Sprintf("postgres://%s:%s@%s:%s/%s?search_path=%s", postgresOwner, postgresPassword, host, port, postgresDatabase, schema),
			shown: bare,
		},
		"parameter of the URL": {url: bare + "&password=" + postgresPassword, shown: bare},
		"PGPASSWORD":           {url: bare, shown: bare, variables: map[string]string{"PGPASSWORD": postgresPassword}},
		".pgpass": {url: bare, shown: bare, variables: map[string]string{
			"PGPASSFILE": writeFile(t, ".pgpass", strings.Join([]string{host, port, "*", postgresOwner, postgresPassword}, ":")+"\n"),
		}},
		"PGSERVICE": {url: "postgres://", shown: "postgres://", variables: map[string]string{
			"PGSERVICE": "production", "PGSERVICEFILE": writeFile(t, "pg_service.conf", service),
		}},
		"service of the URL": {url: "postgres:///?service=production", shown: "postgres:///?service=production", variables: map[string]string{
			"PGSERVICEFILE": writeFile(t, "pg_service.conf", service),
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for variable, value := range test.variables {
				t.Setenv(variable, value)
			}
			s, err := Open(test.url)
			must(t, err)
			defer func() { must(t, s.Close()) }()
			create(t, s, adopting(plain(acme, "one")))
			equal(t, test.shown, s.URL())
			_, err = s.Get(t.Context(), europe)
			mentions(t, err, test.shown)
			silent(t, err)
		})
	}
}

// silent checks that an error keeps the password of the tests to itself.
func silent(t *testing.T, err error) {
	t.Helper()
	if strings.Contains(fmt.Sprintf("%v %+v %s", err, err, err), "hunter2") {
		t.Errorf("the error shows a secret: %v", err)
	}
}

func TestRefusedLoginsAreExplainedWithoutThePassword(t *testing.T) {
	t.Parallel()
	_, schema := postgresSchema(t)
	address := overTCP(t)
	stranger := "stranger_to_" + schema
	execute(t, administer(t, "postgres"), "CREATE ROLE "+stranger+" LOGIN PASSWORD 'wrong-hunter2'")
	private := "private_" + schema
	execute(t, administer(t, "postgres"), "CREATE DATABASE "+private)
	execute(t, administer(t, "postgres"), "REVOKE ALL ON DATABASE "+private+" FROM PUBLIC")
	tests := map[string]struct {
		url   string
		words []string
	}{
		"wrong password": {"postgres://owner:wrong-hunter2@" + address + "/tests", []string{"the server refused the login", "PGPASSWORD", "28P01"}},
		"no password":    {"postgres://owner@" + address + "/tests", []string{"the server refused the login", "28P01"}},
		"no such role":   {"postgres://nobody:wrong-hunter2@" + address + "/tests", []string{"the server refused the login"}},
		"no such database": {
			"postgres://owner:made-up-hunter2@" + address + "/missing",
			[]string{"the database does not exist", "Have an administrator create it"},
		},
		"no right to the database": {"postgres://" + stranger + ":wrong-hunter2@" + address + "/" + private, []string{"the role may not do this", "Grant"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := Open(test.url)
			must(t, err)
			defer func() { must(t, s.Close()) }()
			for _, do := range calls {
				pauses := hurry(s)
				err := do(t.Context(), s)
				storageError(t, err, append(test.words, s.URL())...)
				silent(t, err)
				equal(t, int64(0), pauses.Load())
			}
		})
	}
}

func TestTheTLSOptionsOfTheURLWork(t *testing.T) {
	t.Parallel()
	server := pgtest.Shared(t)
	_, schema := postgresSchema(t)
	execute(t, administer(t, "tests", "search_path="+schema), fmt.Sprintf(`DO $$ BEGIN
IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%[1]s') THEN CREATE ROLE %[1]s LOGIN; END IF; END $$;
GRANT USAGE, CREATE ON SCHEMA %[2]s TO %[1]s`, pgtest.Certified, schema))
	foreign := server.ClientCertificate // A certificate that has signed nothing.
	password := "owner:" + postgresPassword
	certificate := "&sslcert=" + server.ClientCertificate + "&sslkey=" + server.ClientKey
	tests := map[string]struct {
		user, host, parameters string
		encrypted              bool
		words                  []string
	}{
		"disable":                       {user: password, host: "127.0.0.1", parameters: "sslmode=disable"},
		"prefer is the default":         {user: password, host: "127.0.0.1", encrypted: true},
		"require":                       {user: password, host: "127.0.0.1", parameters: "sslmode=require", encrypted: true},
		"verify-full":                   {user: password, host: "localhost", parameters: "sslmode=verify-full&sslrootcert=" + server.Authority, encrypted: true},
		"verify-ca":                     {user: password, host: "127.0.0.1", parameters: "sslmode=verify-ca&sslrootcert=" + server.Authority, encrypted: true},
		"a client certificate":          {user: pgtest.Certified, host: "127.0.0.1", parameters: "sslmode=require" + certificate, encrypted: true},
		"no client certificate":         {user: pgtest.Certified, host: "127.0.0.1", parameters: "sslmode=require", words: []string{"the server refused the login"}},
		"verify-full without authority": {user: password, host: "localhost", parameters: "sslmode=verify-full", words: []string{"certificate is not trusted", "sslrootcert"}},
		"verify-full with another":      {user: password, host: "localhost", parameters: "sslmode=verify-full&sslrootcert=" + foreign, words: []string{"certificate is not trusted", "sslrootcert"}},
		"verify-ca with another":        {user: password, host: "localhost", parameters: "sslmode=verify-ca&sslrootcert=" + foreign, words: []string{"certificate is not trusted"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			url := fmt.Sprintf("postgres://%s@%s:%d/tests?search_path=%s&%s", test.user, test.host, server.Port, schema, test.parameters)
			s, err := Open(strings.TrimSuffix(url, "&"))
			must(t, err)
			defer func() { must(t, s.Close()) }()
			hurry(s)
			if test.words != nil {
				_, err := s.ID(t.Context())
				storageError(t, err, test.words...)
				silent(t, err)
				return
			}
			_, err = s.ID(t.Context())
			must(t, err)
			encrypted := false
			query := "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
			must(t, postgresOf(t, s).reader.QueryRowContext(t.Context(), query).Scan(&encrypted))
			equal(t, test.encrypted, encrypted)
		})
	}
}

func TestAServerWithoutTLSIsExplained(t *testing.T) {
	t.Parallel()
	// A proxy passes the request for TLS on to a socket, where there is none.
	url := newProxy(t, always).url("public")
	s, err := Open(strings.Replace(url, "sslmode=disable", "sslmode=require", 1))
	must(t, err)
	defer func() { must(t, s.Close()) }()
	_, err = s.ID(t.Context())
	storageError(t, err, "the server offers no TLS", "sslmode=disable")
}
