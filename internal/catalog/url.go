package catalog

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// DefaultURL is the catalog of somebody who has not chosen one.
const DefaultURL = "sqlite:otp-catalog.db"

const urlForms = "Write sqlite:PATH, for example sqlite:otp-catalog.db or sqlite:/var/lib/otp/catalog.db, " +
	"or postgres://USER@HOST:PORT/DATABASE."

var schemePattern = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*$`)

// openURL prepares the backend that a URL names. shown is the URL for messages,
// and warnings are sentences about what of it is ignored. Errors never quote the
// URL.
func openURL(url string) (b backend, shown string, warnings []string, err error) {
	scheme, rest, found := strings.Cut(url, ":")
	if !found || !schemePattern.MatchString(scheme) {
		problem := "The catalog URL has no scheme."
		if strings.Contains(url, "=") {
			problem = "The catalog URL is a list of NAME=VALUE settings, which is not supported."
		}
		return nil, "", nil, &URLError{Problem: problem, Remedy: urlForms}
	}
	switch strings.ToLower(scheme) {
	case "sqlite":
		if err := checkPath(rest); err != nil {
			return nil, "", nil, err
		}
		files, err := newSQLite(rest)
		if err != nil {
			return nil, "", nil, err
		}
		return files, url, nil, nil
	case "postgres", "postgresql":
		config, shown, warnings, err := parsePostgres(rest)
		if err != nil {
			return nil, "", nil, err
		}
		return newPostgres(config), shown, warnings, nil
	default:
		return nil, "", nil, &URLError{Problem: fmt.Sprintf("The catalog URL has the unknown scheme %q.", scheme), Remedy: urlForms}
	}
}

func checkPath(path string) error {
	problem := ""
	switch {
	case path == "":
		problem = "The catalog URL sqlite: names no file."
	case strings.HasPrefix(path, ":memory:"):
		problem = "A catalog cannot live in memory: it has to outlast the run."
	case strings.HasPrefix(path, "file:"):
		problem = "The catalog URL repeats a scheme: after sqlite: comes a plain path."
	case strings.ContainsAny(path, "?\x00"):
		problem = "The catalog URL sqlite:PATH takes no parameters, and its path no question mark."
	case strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///"):
		problem = "The catalog URL starts with sqlite://, which would name a host."
	case os.IsPathSeparator(path[len(path)-1]) || filepath.Base(path) == "." || filepath.Base(path) == "..":
		problem = "The catalog URL names a directory; it has to name a file."
	default:
		return nil
	}
	return &URLError{Problem: problem, Remedy: urlForms}
}
