package catalog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sqliteFile is a SQLite catalog in a directory of its own.
func sqliteFile(t *testing.T) (p place, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "catalog.db")
	return sqlitePlace(path), path
}

func TestTheFirstWriteMakesAPrivateFileAndNothingElse(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"), plain(europe, "two"))
	info, err := os.Stat(path)
	must(t, err)
	equal(t, fs.FileMode(0o600), info.Mode())
	equal(t, 1, len(files(t, filepath.Dir(path))))
}

func TestAnEmptyFileIsNoCatalogYet(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	must(t, os.WriteFile(path, nil, 0o640))
	s := p.open(t)
	before := files(t, filepath.Dir(path))
	id, err := s.ID(t.Context())
	must(t, err)
	equal(t, "", id)
	equal(t, before, files(t, filepath.Dir(path)))
	result, err := s.Create(t.Context(), plain(acme, "one"))
	must(t, err)
	equal(t, true, result.CreatedCatalog)
	info, err := os.Stat(path)
	must(t, err)
	equal(t, fs.FileMode(0o640), info.Mode()) // The owner's choice stays.
}

func TestWhatIsNoSoundDatabaseIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	fill(t, p.open(t), 200)
	sound, err := os.ReadFile(path)
	must(t, err)
	tests := map[string]struct {
		content []byte
		words   string
	}{
		"one byte":           {[]byte("x"), "not a SQLite database"},
		"a short text":       {[]byte("# my catalog\n"), "not a SQLite database"},
		"a long text":        {[]byte(strings.Repeat("otp: true\n", 5000)), "not a SQLite database"},
		"zeros":              {make([]byte, 8192), "not a SQLite database"},
		"cut in the header":  {sound[:60], "cut short"},
		"cut after a page":   {sound[:4096], "cut short"},
		"cut inside a page":  {sound[:len(sound)/2+100], "cut short"},
		"cut one page short": {sound[:len(sound)-4096], "cut short"},
	}
	for name, test := range tests {
		p, path := sqliteFile(t)
		must(t, os.WriteFile(path, test.content, 0o600))
		before := files(t, filepath.Dir(path))
		s := p.open(t)
		for call, do := range calls {
			err := do(t.Context(), s)
			var failure *StorageError
			if !errors.As(err, &failure) || !strings.Contains(err.Error(), test.words) || !strings.Contains(err.Error(), "left untouched") {
				t.Errorf("%s, %s: got %v, want a *StorageError that says %q", name, call, err, test.words)
			}
		}
		equal(t, before, files(t, filepath.Dir(path)))
	}
}

func TestUnusablePlacesAreNamed(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	must(t, os.WriteFile(filepath.Join(directory, "file"), []byte("x"), 0o600))
	must(t, os.Mkdir(filepath.Join(directory, "taken.db"), 0o700))
	tests := []struct {
		path     string
		readable bool
		words    []string
	}{
		{path: filepath.Join(directory, "missing", "catalog.db"), readable: true, words: []string{"directory", filepath.Join(directory, "missing"), "does not exist", "Create the directory"}},
		{path: filepath.Join(directory, "taken.db"), words: []string{"is a directory", "Correct catalog.url"}},
		{path: filepath.Join(directory, "file", "catalog.db"), words: []string{"not a directory"}},
	}
	for _, test := range tests {
		s := sqlitePlace(test.path).open(t)
		_, err := s.Create(t.Context(), plain(acme, "one"))
		storageError(t, err, append(test.words, `create the brand "acme"`, "sqlite:"+test.path)...)
		_, err = s.Snapshot(t.Context())
		if test.readable {
			must(t, err)
			continue
		}
		storageError(t, err, test.words...)
	}
	equal(t, 0, len(files(t, filepath.Join(directory, "taken.db"))))
}

func TestAReplacedFileIsNoticed(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	must(t, os.Remove(path))
	id, err := s.ID(t.Context())
	must(t, err)
	equal(t, "", id)
	result, err := s.Create(t.Context(), plain(acme, "two"))
	must(t, err)
	equal(t, true, result.CreatedCatalog)
}
