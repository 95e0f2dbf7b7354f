package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestACatalogInAFolderThatIsNotThereIsRefusedAndNothingIsMade(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	must(t, os.WriteFile(filepath.Join(root, "file"), nil, 0o600))
	for path, words := range map[string][]string{
		"missing/folder/x.db": {"missing/folder", "does not exist", "Make the folder"},
		"missing/x.db":        {"does not exist"},
		"file/x.db":           {"is no folder"},
		"file/deeper/x.db":    {"is no folder"},
		"x.db":                nil,
	} {
		s, err := Open("sqlite:" + filepath.Join(root, path))
		must(t, err)
		err = s.CheckPlace()
		if words == nil {
			must(t, err)
			continue
		}
		var refused *URLError
		if !errors.As(err, &refused) {
			t.Errorf("%s: got %v, want a *URLError", path, err)
			continue
		}
		mentions(t, err, words...)
	}
	if found := files(t, root+"/"); len(found) != 1 {
		t.Errorf("something was made: %v", found)
	}
}

func TestTheWorkingDirectoryIsNamedForARelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	working, err := os.Getwd()
	must(t, err)
	s, err := Open("sqlite:missing/x.db")
	must(t, err)
	mentions(t, s.CheckPlace(), `"missing"`, " in "+working)
}
