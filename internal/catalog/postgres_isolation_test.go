package catalog

import (
	"strings"
	"testing"
	"time"
)

// The isolation of a write is as strong as it needs, and no stronger.
func TestAWriteOfAProfileHoldsWhatItDependsOn(t *testing.T) {
	steps := map[string]struct {
		waits bool
		step  func(t *testing.T, other *Store) error
	}{
		"itself": {true, func(t *testing.T, other *Store) error {
			_, err := other.Update(t.Context(), profile(login, "r", acme), 1)
			return err
		}},
		"what it refers to": {true, func(t *testing.T, other *Store) error {
			_, err := other.Update(t.Context(), plain(acme, "changed"), 1)
			return err
		}},
		"what it refers to from deletion": {true, func(t *testing.T, other *Store) error {
			_, err := other.Delete(t.Context(), acme, Expectation{Revision: 1})
			return err
		}},
		"what it ceases to refer to": {true, func(t *testing.T, other *Store) error {
			_, err := other.Delete(t.Context(), europe, Expectation{Revision: 1})
			return err
		}},
		"no other object": {false, func(t *testing.T, other *Store) error {
			_, err := other.Update(t.Context(), plain(signIn, "changed"), 1)
			return err
		}},
		"no new object": {false, func(t *testing.T, other *Store) error {
			_, err := other.Create(t.Context(), plain(Ref{Kind: Brand, Name: "new"}, "x"))
			return err
		}},
		"no other profile of the same brand": {false, func(t *testing.T, other *Store) error {
			_, err := other.Create(t.Context(), profile(Ref{Kind: Profile, Name: "backup"}, "x", acme))
			return err
		}},
		"no read": {false, func(t *testing.T, other *Store) error {
			snapshot, err := other.Snapshot(t.Context())
			must(t, err)
			equal(t, []Ref{login}, snapshot.UsedBy(europe))
			return nil
		}},
	}
	for name, test := range steps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inside(t, postgresPlace(t), func(t *testing.T, other *Store) {
				if test.waits {
					postgresOf(t, other).lockTimeout = time.Millisecond
				}
				err := test.step(t, other)
				if !test.waits {
					must(t, err)
					return
				}
				storageError(t, err, "another process kept what this write needs locked")
			})
		})
	}
}

// With the last reference a retired object goes, so nobody may retire it while
// that reference is going.
func TestADeletionOfAProfileHoldsWhatItReferredTo(t *testing.T) {
	t.Parallel()
	p := postgresPlace(t)
	s, other := p.open(t), p.open(t)
	create(t, s, plain(acme, "one"), profile(login, "p", acme))
	limit := postgresOf(t, other).lockTimeout
	s.observe = func(query string, _ int) {
		if !strings.HasPrefix(query, "DELETE FROM otp_object") {
			return
		}
		postgresOf(t, other).lockTimeout = time.Millisecond
		_, err := other.Delete(t.Context(), acme, Expectation{Revision: 1})
		storageError(t, err, "another process kept what this write needs locked")
	}
	remove(t, s, login, 1)
	postgresOf(t, other).lockTimeout = limit
	equal(t, Deleted{}, remove(t, other, acme, 1))
}

// inside runs a step while a write of a profile is under way, which refers to
// acme, and referred to europe before.
func inside(t *testing.T, p place, step func(t *testing.T, other *Store)) {
	t.Helper()
	s, other := p.open(t), p.open(t)
	create(t, s, plain(acme, "one"), plain(europe, "two"), plain(signIn, "three"), profile(login, "p", europe))
	w := profile(login, "q", acme)
	w.Compile = func(func(Ref) (Object, error)) (string, error) {
		step(t, other)
		return "document", nil
	}
	update(t, s, w, 1)
}

// All queries of a read see one moment, whatever is written between them.
func TestAReadSeesOneMoment(t *testing.T) {
	t.Parallel()
	p := postgresPlace(t)
	s, other := p.open(t), p.open(t)
	create(t, s, plain(acme, "one"), profile(login, "p", acme))
	looked := false
	s.observe = func(query string, _ int) {
		if query == selectIdentity { // Before it reads the objects.
			looked = true
			create(t, other, plain(europe, "two"))
			update(t, other, profile(login, "p", acme, europe), 1)
		}
	}
	snapshot, err := s.Snapshot(t.Context())
	must(t, err)
	equal(t, 2, len(snapshot.Objects))
	equal(t, 0, len(snapshot.UsedBy(europe)))
	equal(t, true, looked)
}

// A server may have a default that is too strong, or one that is too weak.
func TestTheServersDefaultIsolationDoesNotMatter(t *testing.T) {
	t.Parallel()
	for _, level := range []string{"serializable", "read uncommitted"} {
		p, schema := postgresSchema(t)
		x := newProxy(t, always)
		x.Options = map[string]string{"default_transaction_isolation": level}
		p.url = x.url(schema)
		create(t, p.open(t), plain(acme, "one"), profile(login, "p", acme))
		s := p.open(t)
		for want, begin := range map[string]func() (string, error){
			"repeatable read": func() (found string, err error) {
				_, err = s.read(t.Context(), "look", func(session *session) error {
					return session.tx.QueryRowContext(t.Context(), "SHOW transaction_isolation").Scan(&found)
				})
				return found, err
			},
			"read committed": func() (found string, err error) {
				_, err = s.write(t.Context(), target{operation: "look"}, func(session *session) error {
					return session.tx.QueryRowContext(t.Context(), "SHOW transaction_isolation").Scan(&found)
				})
				return found, err
			},
		} {
			found, err := begin()
			must(t, err)
			equal(t, want, found)
		}
	}
}
