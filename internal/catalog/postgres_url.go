package catalog

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	postgresURLForm = "Write postgres://USER@HOST:PORT/DATABASE, with the password in PGPASSWORD or .pgpass."
	escapes         = "In a user name or password, write %40 for @, %2F for / and %3A for a colon. "
)

// connectTimeout bounds how long one host may take to answer, unless the URL or
// PGCONNECT_TIMEOUT says otherwise.
const connectTimeout = 10 * time.Second

// shownParameters are the parameters of a PostgreSQL URL that messages repeat:
// those that tell catalogs apart, and none that may hold a secret.
var shownParameters = []string{
	"application_name", "dbname", "host", "port", "search_path", "service", "sslmode", "target_session_attrs", "user",
}

// postgresURL is a catalog URL without its password. Its structure is that of
// libpq, which net/url does not read: it may list several hosts, each with a
// port. See https://www.postgresql.org/docs/current/libpq-connect.html.
type postgresURL struct {
	user       string   // As written, with the @ that ends it.
	place      string   // Hosts, ports and path, as written.
	parameters []string // NAME=VALUE, as written; secrets are among them.
}

// splitPostgresURL takes a URL without its scheme. It refuses what would make a
// part of the password pass for something else.
func splitPostgresURL(rest string) (postgresURL, error) {
	refuse := func(problem string) (postgresURL, error) {
		return postgresURL{}, &URLError{Problem: problem, Remedy: escapes + postgresURLForm}
	}
	rest, slashes := strings.CutPrefix(rest, "//")
	if !slashes {
		return refuse("The catalog URL has no // after its scheme.")
	}
	var parts postgresURL
	if end := strings.IndexAny(rest, "@/"); end >= 0 && rest[end] == '@' {
		parts.user, _, _ = strings.Cut(rest[:end], ":")
		parts.user += "@"
		rest = rest[end+1:]
	}
	if strings.Contains(rest, "@") {
		return refuse("The catalog URL has another @ than the one before the host.")
	}
	place, query, _ := strings.Cut(rest, "?")
	if !numericPorts(place) {
		return refuse("The catalog URL has a port that is not a number.")
	}
	parts.place = place
	if query == "" {
		return parts, nil
	}
	parts.parameters = strings.Split(query, "&")
	for _, parameter := range parts.parameters {
		if strings.Count(parameter, "=") != 1 {
			return refuse("The catalog URL has a parameter that is not NAME=VALUE.")
		}
	}
	return parts, nil
}

// numericPorts looks at a list of HOST:PORT with a path behind it.
func numericPorts(place string) bool {
	hosts, _, _ := strings.Cut(place, "/")
	for host := range strings.SplitSeq(hosts, ",") {
		if end := strings.LastIndex(host, "]"); end >= 0 {
			host = host[end:]
		}
		if _, port, _ := strings.Cut(host, ":"); strings.Trim(port, "0123456789") != "" {
			return false
		}
	}
	return true
}

// text puts the URL together with the parameters that keep wants.
func (u postgresURL) text(keep func(name string) bool) string {
	text, separator := "postgres://"+u.user+u.place, "?"
	for _, parameter := range u.parameters {
		name, _, _ := strings.Cut(parameter, "=")
		if name, err := url.PathUnescape(name); err != nil || !keep(name) {
			continue
		}
		text += separator + parameter
		separator = "&"
	}
	return text
}

// parsePostgres reads a URL without its scheme, and what libpq would read: the
// PG variables, the service file and .pgpass. shown is the URL for messages;
// warnings are sentences about parameters that are ignored.
func parsePostgres(rest string) (config *pgx.ConnConfig, shown string, warnings []string, err error) {
	parts, err := splitPostgresURL(rest)
	if err != nil {
		return nil, "", nil, err
	}
	config, err = pgx.ParseConfig("postgres:" + rest)
	if err != nil {
		return nil, "", nil, unusablePostgresURL(parts)
	}
	if warnings, err = applyClientSide(config); err != nil {
		return nil, "", nil, &URLError{Problem: "The catalog URL cannot be used: its parameter " + err.Error() + ".", Remedy: postgresURLForm}
	}
	// No prepared statements: one round trip per query, and nothing that a pooler
	// between here and the server could lose.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	// A server with another encoding would else take our bytes for its own.
	config.RuntimeParams["client_encoding"] = "UTF8"
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "terraform-provider-otp"
	}
	return config, parts.text(func(name string) bool { return slices.Contains(shownParameters, name) }), warnings, nil
}

// unusablePostgresURL explains why a URL was refused, from the same URL without
// its secrets, so that the explanation cannot repeat them.
func unusablePostgresURL(parts postgresURL) error {
	reason := "its password, or the password of its client key, cannot be used"
	harmless := parts.text(func(name string) bool { return name != "password" && name != "sslpassword" })
	if _, err := pgx.ParseConfig(harmless); err != nil {
		reason = err.Error()
		// Before the reason, pgconn quotes the URL.
		if end := strings.LastIndex(reason, "`: "); end >= 0 {
			reason = reason[end+len("`: "):]
		}
	}
	return &URLError{Problem: "The catalog URL cannot be used: " + reason + ".", Remedy: postgresURLForm}
}
