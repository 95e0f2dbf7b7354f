package ledger_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
)

// What is forgotten is not left in free pages of the file.
func TestWhatIsForgottenIsGoneFromTheFile(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start
	l := open(t, path, &now)
	other := ledger.Of{Catalog: "id", Profile: "other", Phone: phone}
	change(t, l, other, func(r *ledger.Record, at time.Time) { r.Count(at.Add(48 * time.Hour)) })
	long := strings.Repeat("{}", 3000) // takes pages of its own
	change(t, l, of, func(r *ledger.Record, at time.Time) {
		r.Attempt(at, l.HashCode(of, code), at.Add(time.Hour))
		r.Challenge = &ledger.Challenge{Document: long, ExpiresAt: at.Add(time.Hour)}
	})
	hash := []byte(l.HashCode(of, code))
	now = start.Add(30 * time.Hour)
	change(t, l, other, func(*ledger.Record, time.Time) {})
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, hash) || bytes.Contains(raw, []byte(long[:200])) {
		t.Error("what was forgotten is still in the file")
	}
}

// A database of somebody else, such as a catalog, is left as it is.
func TestADatabaseOfSomebodyElseIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "catalog.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "CREATE TABLE theirs (a TEXT)")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), path, nil)
	if err == nil {
		t.Error("it was opened", l.Close())
	} else if !strings.Contains(err.Error(), "another program") {
		t.Error(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Error("it was changed", err)
	}
}

// A file that others can read is told, with what to do, and nothing is sent on
// its account; once it is its owner's alone, it is used as before.
func TestALedgerThatOthersCanUseIsRefused(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there are no such modes")
	}
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start
	l := open(t, path, &now)
	change(t, l, of, func(r *ledger.Record, at time.Time) { r.Count(at) })
	for _, mode := range []fs.FileMode{0o644, 0o640, 0o604, 0o660, 0o601} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := ledger.Open(t.Context(), path, nil)
		var refused *ledger.Error
		if err == nil {
			t.Errorf("%04o: it was opened (%v)", mode, opened.Close())
		} else if !errors.As(err, &refused) || !strings.Contains(err.Error(), "chmod 600 '"+path+"'") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%04o: %v", mode, err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%04o: it was changed (%v)", mode, err)
		}
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	change(t, open(t, path, &now), of, func(r *ledger.Record, _ time.Time) {
		if len(r.Sends) != 1 {
			t.Errorf("%d sends, want the one that was counted", len(r.Sends))
		}
	})
}

// What another file holds has another key, and a file that is gone is not made
// anew without the limits it held.
func TestAFileThatIsReplacedIsNoticed(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start
	first := open(t, path, &now)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	var ours *ledger.Error
	if err := first.Change(t.Context(), of, func(*ledger.Record, time.Time) error { return nil }); !errors.As(err, &ours) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file was made anew: %v", err)
	}
	open(t, path, &now)
	err := first.Change(t.Context(), of, func(*ledger.Record, time.Time) error { return nil })
	if !errors.As(err, &ours) || !strings.Contains(err.Error(), "replaced while it was in use") {
		t.Errorf("got %v", err)
	}
}

// SQLite takes a write back by itself when the disk is full, for example.
func TestAnErrorIsToldWithoutNoise(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start
	l := open(t, path, &now)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "CREATE TRIGGER full BEFORE INSERT ON records BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	err = l.Change(t.Context(), of, func(r *ledger.Record, at time.Time) error { r.Count(at); return nil })
	if err == nil || !strings.Contains(err.Error(), "the disk is full") || strings.Contains(err.Error(), "rollback") || strings.Contains(err.Error(), "\n") {
		t.Error(err)
	}
}

// Time is kept to the nanosecond: a limit holds to its end.
func TestNothingIsForgottenEarly(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start.Add(900*time.Millisecond)
	l := open(t, path, &now)
	change(t, l, of, func(r *ledger.Record, at time.Time) { r.Count(at) })
	now = start.Add(24*time.Hour + 100*time.Millisecond)
	change(t, l, ledger.Of{Catalog: "id", Profile: "other", Phone: phone}, func(*ledger.Record, time.Time) {})
	change(t, l, of, func(r *ledger.Record, _ time.Time) {
		if len(r.Sends) != 1 {
			t.Error("a send of less than a day ago is forgotten")
		}
	})
}
