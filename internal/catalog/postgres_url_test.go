package catalog

import (
	"errors"
	"strings"
	"testing"
)

func TestPostgresURLsAreShownWithoutSecrets(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"postgres://db.internal/otp":                                     "postgres://db.internal/otp",
		"postgresql://otp@db.internal/otp":                               "postgres://otp@db.internal/otp",
		"PostgreSQL://otp@db/otp":                                        "postgres://otp@db/otp",
		"postgres://otp:hunter2@db.internal:5433/otp":                    "postgres://otp@db.internal:5433/otp",
		"postgres://o%40tp:hunt%40er2@db/otp":                            "postgres://o%40tp@db/otp",
		"postgres://otp:hunter2?@db/otp":                                 "postgres://otp@db/otp",
		"postgres://otp:hunter2@a:5432,b:5433,[::1]:5434/otp":            "postgres://otp@a:5432,b:5433,[::1]:5434/otp",
		"postgres://:hunter2@db":                                         "postgres://@db",
		"postgres:///otp?host=/run/postgresql&user=otp&password=hunter2": "postgres:///otp?host=/run/postgresql&user=otp",
		"postgres://db/otp?pass%77ord=hunter2&search_path=production":    "postgres://db/otp?search_path=production",
		"postgres://db/otp?sslpassword=hunter2&sslmode=require":          "postgres://db/otp?sslmode=require",
		"postgres://db/otp?options=-c%20x.secret%3Dhunter2":              "postgres://db/otp",
		"postgres://a,b/otp?target_session_attrs=read-write":             "postgres://a,b/otp?target_session_attrs=read-write",
		"postgres://": "postgres://",
	}
	for url, shown := range tests {
		s, err := Open(url)
		must(t, err)
		equal(t, shown, s.URL())
		must(t, s.Close())
	}
}

func TestOpenRefusesPostgresURLsThatLeadNowhere(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"postgres:otp":                                            "no // after its scheme",
		"postgres:host=db password=hunter2":                       "no // after its scheme",
		"postgres://otp:hunt@er2@db/otp":                          "another @",
		"postgres://otp:hunt/er2@db/otp":                          "another @",
		"postgres://otp:1/hunter2@db/otp":                         "another @",
		"postgres://otp:1/2?hunter2@db/otp":                       "another @",
		"postgres://otp:hunter2":                                  "port that is not a number",
		"postgres://otp:hunter2/otp":                              "port that is not a number",
		"postgres://a:1,b:hunter2/otp":                            "port that is not a number",
		"postgres://[::1]:hunter2/otp":                            "port that is not a number",
		"postgres://db:123456/otp":                                "invalid port",
		"postgres://db/otp?hunter2":                               "not NAME=VALUE",
		"postgres://db/otp?password=hunt=er2":                     "not NAME=VALUE",
		"postgres://otp:hunter2%zz@db/otp":                        "its password",
		"postgres://otp:hunter2@db/otp?sslmode=sometimes":         "sslmode is invalid",
		"postgres://otp:hunter2@db/otp?sslrootcert=missing.crt":   "missing.crt",
		"postgres://otp:hunter2@db/otp?target_session_attrs=best": "unknown target_session_attrs value: best",
		"postgres://otp:hunter2@a,b,c/otp?port=1,2":               "2 port numbers to 3 hosts",
		"postgres://otp:hunter2@db/otp?service=unheard-of":        "service",
		"postgres://otp:hunter2@db/otp?connect_timeout=soon":      "invalid connect_timeout",
	}
	for url, words := range tests {
		_, err := Open(url)
		var wrong *URLError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: got %v, want a *URLError", url, err)
			continue
		}
		mentions(t, err, words, "postgres://USER@HOST:PORT/DATABASE")
		if strings.Contains(err.Error(), "hunt") || strings.Contains(err.Error(), "er2") {
			t.Errorf("%q: the error shows a secret: %v", url, err)
		}
	}
}

func TestOpeningAPostgresCatalogConnectsToNothing(t *testing.T) {
	t.Parallel()
	s, err := Open("postgres://otp@host.invalid/otp")
	must(t, err)
	b := postgresOf(t, s)
	equal(t, 0, b.reader.Stats().OpenConnections+b.writer.Stats().OpenConnections)
	must(t, s.Close())
}

func TestAPostgresURLKeepsItsOwnSettings(t *testing.T) {
	t.Parallel()
	config, _, _, err := parsePostgres("//db/otp?application_name=mine&lock_timeout=3s&connect_timeout=7")
	must(t, err)
	equal(t, []string{"mine", "3s", "7s", "UTF8"}, []string{
		config.RuntimeParams["application_name"], config.RuntimeParams["lock_timeout"],
		config.ConnectTimeout.String(), config.RuntimeParams["client_encoding"],
	})
	config, _, _, err = parsePostgres("//db/otp")
	must(t, err)
	equal(t, []string{"terraform-provider-otp", "10s"}, []string{config.RuntimeParams["application_name"], config.ConnectTimeout.String()})
}
