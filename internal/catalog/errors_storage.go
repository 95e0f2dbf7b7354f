package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// StorageError says that the database failed. It wraps the database's own error.
type StorageError struct {
	Operation string // What was tried, such as: create the brand "acme".
	Catalog   string
	Problem   string
	Remedy    string
	Err       error
}

// Error says what was tried, where, what went wrong and what to do next.
func (e *StorageError) Error() string {
	said := fmt.Sprintf("Could not %s in the catalog %s: %s. %s", e.Operation, e.Catalog, e.Problem, e.Remedy)
	if e.Err != nil {
		said += " Cause: " + cause(e.Err)
	}
	return said
}

// cause is what the database said, each line once: a driver that tries a server
// with TLS and without says twice what is true of both.
func cause(err error) string {
	var said []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(said, line) {
			said = append(said, line)
		}
	}
	return strings.ReplaceAll(strings.Join(said, "; "), ":; ", ": ")
}

// Unwrap gives the database's own error.
func (e *StorageError) Unwrap() error { return e.Err }
