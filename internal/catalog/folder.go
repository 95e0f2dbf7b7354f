package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// CheckPlace refuses a catalog that no write could ever make, because the folder
// of its file is not there. It looks and touches nothing, so a plan can ask
// before it promises anything. The error is a *URLError. Of a database server it
// asks nothing.
func (s *Store) CheckPlace() error {
	files, ok := s.backend.(*sqlite)
	if !ok {
		return nil
	}
	folder := filepath.Dir(files.path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &URLError{
			Problem: fmt.Sprintf("The catalog %s cannot be made: its folder %q does not exist%s.", s.url, folder, lookedIn(folder)),
			Remedy:  "Make the folder, or correct catalog.url (OTP_CATALOG_URL).",
		}
	case err == nil && !info.IsDir():
		return &URLError{
			Problem: fmt.Sprintf("The catalog %s cannot be made: %q is no folder%s.", s.url, folder, lookedIn(folder)),
			Remedy:  "Correct catalog.url (OTP_CATALOG_URL).",
		}
	case errors.Is(err, syscall.ENOTDIR):
		return &URLError{
			Problem: fmt.Sprintf("The catalog %s cannot be made: a part of %q is no folder%s.", s.url, folder, lookedIn(folder)),
			Remedy:  "Correct catalog.url (OTP_CATALOG_URL).",
		}
	}
	return nil // What else is wrong with it, the first read or write says better.
}

// lookedIn says where a relative path leads from.
func lookedIn(path string) string {
	if filepath.IsAbs(path) {
		return ""
	}
	working, err := os.Getwd()
	if err != nil {
		return ""
	}
	return " in " + working
}
