package catalog

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const urlForms = "Write sqlite:PATH, for example sqlite:otp-catalog.db or sqlite:/var/lib/otp/catalog.db."

var schemePattern = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*$`)

// parseURL gives the path of a SQLite catalog. Errors never quote the URL.
func parseURL(url string) (string, error) {
	scheme, path, found := strings.Cut(url, ":")
	if !found || !schemePattern.MatchString(scheme) {
		return "", &URLError{Problem: "The catalog URL has no scheme.", Remedy: urlForms}
	}
	switch strings.ToLower(scheme) {
	case "sqlite":
		return path, checkPath(path)
	case "postgres", "postgresql":
		return "", &URLError{
			Problem: "PostgreSQL catalogs are not supported by this release yet.",
			Remedy:  urlForms,
		}
	default:
		return "", &URLError{Problem: fmt.Sprintf("The catalog URL has the unknown scheme %q.", scheme), Remedy: urlForms}
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
