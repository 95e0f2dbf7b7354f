package ledger

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/fuzztest"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

var fuzzed = Of{Catalog: "c", Profile: "login", Phone: "+33612345678", Address: "192.0.2.7"}

func fuzzedClock() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) }

// sound is the file of a ledger with a send, and the record in it.
func sound(t testing.TB) (file, record []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "deliveries.db")
	l, err := Open(t.Context(), path, fuzzedClock)
	if err != nil {
		t.Fatal(err)
	}
	err = l.Change(t.Context(), fuzzed, func(record *Record, now time.Time) error {
		at := record.Count(now)
		record.Attempt(now, "code", now.Add(time.Minute))
		record.Challenge = &Challenge{Document: "{}", Outcome: otp.OutcomeOK, SentAt: at, ExpiresAt: now.Add(time.Minute)}
		return nil
	})
	if err == nil {
		err = l.db.QueryRowContext(t.Context(), "SELECT record FROM records WHERE name = ?", l.hash("record", fuzzed.Catalog, fuzzed.Profile, fuzzed.Phone)).Scan(&record)
	}
	if err = errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	if file, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return file, record
}

// uses counts a send and asks for the limits. The error has to be an *Error.
func uses(t *testing.T, path string) error {
	t.Helper()
	var broken *Error
	l, err := Open(t.Context(), path, fuzzedClock)
	if err == nil {
		err = l.Change(t.Context(), fuzzed, func(record *Record, now time.Time) error {
			limits := otp.DocumentLimits{ResendAfterSeconds: 30, PerPhoneHour: 5, PerPhoneDay: 10, PerIPHour: new(int64(60))}
			record.Limited(limits, now)
			record.Left(limits, now)
			record.Alive(now)
			record.Count(now)
			return nil
		})
		err = errors.Join(err, l.Close())
	}
	if err != nil && !errors.As(err, &broken) {
		t.Errorf("%v is no *Error", err)
	}
	return err
}

// FuzzLedgers opens whatever a file may be: it is used, or refused in a sentence
// and left as it is.
func FuzzLedgers(f *testing.F) {
	file, _ := sound(f)
	for _, content := range append(fuzztest.Mutants(100, file), nil, []byte("SQLite format 3\x00"), []byte("hello"), file) {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "deliveries.db")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(t.Context(), path, fuzzedClock)
		if err != nil {
			if left, readErr := os.ReadFile(path); readErr != nil || !bytes.Equal(left, content) {
				t.Errorf("the file that is refused (%v) is another one now (%v)", err, readErr)
			}
			return
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		_ = uses(t, path) // of a damaged database the damage may show later
	})
}

// FuzzRecords reads whatever a record may be.
func FuzzRecords(f *testing.F) {
	_, record := sound(f)
	for _, text := range append(fuzztest.Mutants(150, record), nil, []byte("null"), []byte(`{"sends": null}`), []byte(`{"challenge": 7}`), []byte(`{"used": {"": "0001-01-01T00:00:00Z"}}`)) {
		f.Add(string(text))
	}
	path := filepath.Join(f.TempDir(), "deliveries.db")
	file, _ := sound(f)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.ExecContext(t.Context(), "UPDATE records SET record = ?", text)
		if err = errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		if uses(t, path) == nil && uses(t, path) != nil {
			t.Error("what could be written cannot be read")
		}
	})
}
