package ledger_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
)

const (
	phone = "+33612345678"
	code  = "482913"
)

var (
	start = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	of    = ledger.Of{Catalog: "id", Profile: "login", Phone: phone}
)

func open(t *testing.T, path string, now *time.Time) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), path, func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func change(t *testing.T, l *ledger.Ledger, of ledger.Of, do func(*ledger.Record, time.Time)) {
	t.Helper()
	err := l.Change(t.Context(), of, func(r *ledger.Record, now time.Time) error {
		do(r, now)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheFileIsItsOwnersAndHoldsNoPersonalData(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "made", "deliveries.db"), start
	l := open(t, path, &now)
	change(t, l, of, func(r *ledger.Record, at time.Time) {
		r.Count(at)
		r.Attempt(at, l.HashCode(of, code), at.Add(time.Hour))
	})
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{phone, phone[1:], code, "login"} {
		if strings.Contains(string(raw), text) {
			t.Errorf("%q is in the file", text)
		}
	}
}

func TestRecordsAreKeptApart(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start
	l := open(t, path, &now)
	change(t, l, of, func(r *ledger.Record, at time.Time) { r.Count(at) })
	for _, other := range []ledger.Of{{Catalog: "other", Profile: "login", Phone: phone}, {Catalog: "id", Profile: "other", Phone: phone}, {Catalog: "id", Profile: "login", Phone: "+33612345679"}} {
		change(t, l, other, func(r *ledger.Record, _ time.Time) {
			if len(r.Sends) != 0 {
				t.Errorf("%+v has the sends of another", other)
			}
		})
	}
	change(t, open(t, path, &now), of, func(r *ledger.Record, _ time.Time) {
		if len(r.Sends) != 1 {
			t.Errorf("another process sees %d sends", len(r.Sends))
		}
	})
}

func TestWhatIsOverIsForgotten(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start
	l := open(t, path, &now)
	change(t, l, of, func(r *ledger.Record, at time.Time) {
		r.Count(at)
		r.Attempt(at, "hash", at.Add(time.Hour))
		r.Challenge = &ledger.Challenge{ExpiresAt: at.Add(time.Hour)}
	})
	rows := func() (n int) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.QueryRowContext(t.Context(), "SELECT count(*) FROM records").Scan(&n), db.Close()); err != nil {
			t.Fatal(err)
		}
		return n
	}
	now = start.Add(24 * time.Hour)
	change(t, l, of, func(r *ledger.Record, _ time.Time) {
		if len(r.Sends)+len(r.Wrong)+len(r.Used) != 0 || r.Challenge == nil {
			t.Errorf("after a day: %+v", r)
		}
	})
	now = start.Add(25 * time.Hour)
	change(t, l, ledger.Of{Catalog: "id", Profile: "other", Phone: phone}, func(*ledger.Record, time.Time) {})
	if n := rows(); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestAChangeThatFailsWritesNothing(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start
	l := open(t, path, &now)
	mine := errors.New("mine")
	err := l.Change(t.Context(), of, func(r *ledger.Record, at time.Time) error {
		r.Count(at)
		return mine
	})
	if !errors.Is(err, mine) {
		t.Error(err)
	}
	change(t, l, of, func(r *ledger.Record, _ time.Time) {
		if len(r.Sends) != 0 {
			t.Error("the send was counted")
		}
	})
}

func TestACancelledContextKeepsNothingFromBeingRemembered(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start
	l := open(t, path, &now)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Change(ctx, of, func(r *ledger.Record, at time.Time) error { r.Count(at); return nil }); err != nil {
		t.Error(err)
	}
}

func TestManyAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			l, err := ledger.Open(t.Context(), path, func() time.Time { return now })
			if err != nil {
				t.Error(err)
				return
			}
			err = l.Change(t.Context(), of, func(r *ledger.Record, at time.Time) error { r.Count(at); return nil })
			if err := errors.Join(err, l.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	change(t, open(t, path, &now), of, func(r *ledger.Record, _ time.Time) {
		if len(r.Sends) != 20 {
			t.Errorf("%d sends are remembered, want 20", len(r.Sends))
		}
	})
}

func TestAFileThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	newer := filepath.Join(folder, "newer.db")
	db, err := sql.Open("sqlite", newer)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "PRAGMA user_version = 2")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	blocked := filepath.Join(folder, "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{newer: "it has version 2, and this release knows 1", filepath.Join(blocked, "below.db"): "not a directory", folder: ""} {
		_, err := ledger.Open(t.Context(), path, nil)
		var ours *ledger.Error
		if !errors.As(err, &ours) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), ledger.Variable) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestWhereTheFileIs(t *testing.T) {
	t.Setenv(ledger.Variable, "here.db")
	if path, err := ledger.Path(); path != "here.db" || err != nil {
		t.Error(path, err)
	}
	t.Setenv(ledger.Variable, "")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	t.Setenv("LocalAppData", "")
	if path, err := ledger.Path(); err == nil || !strings.Contains(err.Error(), ledger.Variable) {
		t.Error(path, err)
	}
	t.Setenv("HOME", t.TempDir())
	path, err := ledger.Path()
	if _, missing := os.Stat(path); err != nil || !strings.HasSuffix(path, filepath.Join("terraform-provider-otp", "deliveries.db")) || !errors.Is(missing, fs.ErrNotExist) {
		t.Error(path, err)
	}
}

func TestARecordSurvivesItsJSONForm(t *testing.T) {
	t.Parallel()
	before := ledger.Record{
		Challenge: &ledger.Challenge{Document: "{}", Route: 1, Outcome: "ok", MessageID: "m", SentAt: start, ExpiresAt: start.Add(time.Hour)},
		Sends:     []time.Time{start.Add(time.Nanosecond)}, Wrong: []time.Time{start}, Used: map[string]time.Time{"hash": start},
	}
	raw, err := json.Marshal(before)
	if err != nil || strings.Contains(string(raw), "verified_at") {
		t.Errorf("%s %v", raw, err)
	}
	var after ledger.Record
	if err := json.Unmarshal(raw, &after); err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("got %+v, %v", after, err)
	}
}

// Another release may keep challenges in another form: limits count on, and
// another code can be sent.
func TestAChallengeThatCannotBeReadIsLeftOut(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "deliveries.db"), start
	l := open(t, path, &now)
	change(t, l, of, func(r *ledger.Record, at time.Time) {
		r.Count(at)
		r.Challenge = &ledger.Challenge{SentAt: at, ExpiresAt: at.Add(time.Hour)}
	})
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `UPDATE records SET record = json_set(record, '$.challenge.kept', json('{"version": 99}'))`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	change(t, l, of, func(r *ledger.Record, _ time.Time) {
		if len(r.Sends) != 1 || r.Challenge != nil {
			t.Errorf("got %+v", r)
		}
	})
}
