package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenTouchesNothing(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	for _, path := range []string{"catalog.db", "missing/catalog.db"} {
		s, err := Open("sqlite:" + filepath.Join(directory, path))
		must(t, err)
		must(t, s.Close())
	}
	equal(t, 0, len(files(t, directory)))
}

func TestOpenRefusesURLsThatLeadNowhere(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                                  "no scheme",
		"otp-catalog.db":                    "no scheme",
		"host=db password=hunter2":          "NAME=VALUE settings, which is not supported",
		"otp catalog:hunter2":               "no scheme",
		"sqlite:":                           "names no file",
		"sqlite::memory:":                   "in memory",
		"sqlite:file:x.db":                  "repeats a scheme",
		"sqlite:x.db?mode=memory":           "no parameters",
		"sqlite:x\x00.db":                   "no parameters",
		"sqlite://x.db":                     "would name a host",
		"sqlite:dir/":                       "a directory",
		"sqlite:.":                          "a directory",
		"sqlite:a/..":                       "a directory",
		"host=db password=hunter2 port=1:2": "NAME=VALUE settings, which is not supported",
		"mysql://otp:hunter2@db/otp":        "mysql",
	}
	for url, words := range tests {
		_, err := Open(url)
		var wrong *URLError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: got %v, want a *URLError", url, err)
			continue
		}
		mentions(t, err, words, "sqlite:otp-catalog.db")
		if strings.Contains(err.Error(), "hunt") {
			t.Errorf("%q: the error shows a secret: %v", url, err)
		}
	}
}

func TestPathsMayHoldWhatFileSystemsAllow(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"with space.db", "50%.db", "a#b.db", "é&=+@:.db", "%2F.db", "quo'te\".db"} {
		directory := t.TempDir()
		s := sqlitePlace(filepath.Join(directory, name)).open(t)
		equal(t, "sqlite:"+filepath.Join(directory, name), s.URL())
		create(t, s, plain(acme, "one"))
		entries, err := os.ReadDir(directory)
		must(t, err)
		equal(t, 1, len(entries))
		equal(t, name, entries[0].Name())
		equal(t, spec("one"), get(t, s, acme).Spec)
	}
}

// Many write sqlite:///path by habit.
func TestThreeSlashesAreAnAbsolutePath(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "catalog.db")
	create(t, sqlitePlace("//"+path).open(t), plain(acme, "one"))
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestRelativePaths(t *testing.T) {
	directory := t.TempDir()
	t.Chdir(directory)
	create(t, sqlitePlace("catalog.db").open(t), plain(acme, "one"))
	if _, err := os.Stat(filepath.Join(directory, "catalog.db")); err != nil {
		t.Error(err)
	}
}

func TestActor(t *testing.T) {
	t.Setenv("OTP_CATALOG_ACTOR", "")
	by := func(options ...Option) string {
		s, err := Open("sqlite:"+filepath.Join(t.TempDir(), "catalog.db"), options...)
		must(t, err)
		defer func() { must(t, s.Close()) }()
		return create(t, s, plain(acme, "one")).UpdatedBy
	}
	host, err := os.Hostname()
	must(t, err)
	if got := by(); !strings.HasSuffix(got, "@"+host) || strings.HasPrefix(got, "@") {
		t.Errorf("the default actor is %q, want somebody at %s", got, host)
	}
	t.Setenv("OTP_CATALOG_ACTOR", "pipeline-7")
	equal(t, "pipeline-7", by())
	equal(t, "ann", by(WithActor("ann")))
}
