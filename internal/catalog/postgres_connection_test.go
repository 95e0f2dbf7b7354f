package catalog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// behind is a catalog whose second store is behind a proxy.
func behind(t *testing.T, decide func(statement string) pgtest.Fate) (direct, indirect *Store, p place) {
	t.Helper()
	t.Parallel()
	p, schema := postgresSchema(t)
	direct = p.open(t)
	create(t, direct, plain(acme, "one"))
	indirect, err := Open(newProxy(t, decide).url(schema), WithActor("bob@ci"))
	must(t, err)
	t.Cleanup(func() { must(t, indirect.Close()) })
	return direct, indirect, p
}

func TestAReadWhoseConnectionBreaksIsRepeated(t *testing.T) {
	for name, statement := range map[string]string{"at the begin": "BEGIN", "in the middle": "SELECT kind", "at the end": "ROLLBACK"} {
		t.Run(name, func(t *testing.T) {
			_, s, _ := behind(t, times(t, 2, statement, pgtest.Lose))
			hurry(s)
			events, err := s.History(t.Context(), acme)
			must(t, err)
			equal(t, 1, len(events))
			equal(t, spec("one"), get(t, s, acme).Spec)
		})
	}
}

func TestAReadIsRepeatedABoundedNumberOfTimes(t *testing.T) {
	_, s, _ := behind(t, times(t, 1000, "SELECT kind", pgtest.Lose))
	pauses := hurry(s)
	_, err := s.Get(t.Context(), acme)
	storageError(t, err, `read the brand "acme"`, "the connection to the server broke", "Nothing was written", "run again")
	equal(t, int64(attempts-1), pauses.Load())
}

func TestAWriteWhoseConnectionBreaksBeforeTheCommitIsRepeated(t *testing.T) {
	for _, what := range []pgtest.Fate{pgtest.Lose, pgtest.LoseAnswer} {
		t.Run(fmt.Sprint(what), func(t *testing.T) {
			direct, s, _ := behind(t, times(t, 2, "INSERT INTO otp_history", what))
			pauses := hurry(s)
			equal(t, int64(2), update(t, s, plain(acme, "two"), 1).Revision)
			equal(t, int64(2), pauses.Load())
			equal(t, []string{"create 0>1", "update 1>2"}, actions(t, direct, acme))
		})
	}
}

func TestAWriteWhoseCommitHasNoAnswerIsNotRepeated(t *testing.T) {
	tests := map[string]struct {
		fate    pgtest.Fate
		actions []string
	}{
		"it did not arrive":  {fate: pgtest.Lose, actions: []string{"create 0>1"}},
		"it was carried out": {fate: pgtest.LoseAnswer, actions: []string{"create 0>1", "update 1>2"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			// A read commits nothing, so the first commit is that of the write.
			direct, s, _ := behind(t, times(t, 1, "COMMIT", test.fate))
			pauses := hurry(s)
			_, err := s.Update(t.Context(), plain(acme, "two"), 1)
			storageError(t, err, `update the brand "acme"`, "it is not known whether", "Plan again")
			equal(t, int64(0), pauses.Load())
			// The server notices the loss by itself; this write waits for it.
			create(t, direct, adopting(plain(acme, map[pgtest.Fate]string{pgtest.Lose: "one", pgtest.LoseAnswer: "two"}[test.fate])))
			equal(t, append(test.actions, "adopt "+map[pgtest.Fate]string{pgtest.Lose: "1>1", pgtest.LoseAnswer: "2>2"}[test.fate]), actions(t, direct, acme))
		})
	}
}

// An answer of the server is an answer, also to a commit.
func TestARefusedCommitIsKnownNotToHaveCommitted(t *testing.T) {
	t.Parallel()
	p := postgresPlace(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	execute(t, p.raw(t), `CREATE SEQUENCE failures;
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN IF nextval('failures') <= 2 THEN RAISE 'at the end' USING ERRCODE = '40001'; END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER fail AFTER UPDATE ON otp_object DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`)
	pauses := hurry(s)
	equal(t, int64(2), update(t, s, plain(acme, "two"), 1).Revision)
	equal(t, int64(2), pauses.Load())
}

func TestSerializationFailuresAreRepeatedABoundedNumberOfTimes(t *testing.T) {
	t.Parallel()
	p := postgresPlace(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	execute(t, p.raw(t), `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE 'could not serialize' USING ERRCODE = CASE WHEN new.name = 'acme' THEN '40001' ELSE '40P01' END; END $$;
CREATE TRIGGER fail BEFORE INSERT OR UPDATE ON otp_object FOR EACH ROW EXECUTE FUNCTION fail()`)
	before := fingerprint(t, p)
	for _, ref := range []Ref{acme, europe} {
		pauses := hurry(s)
		var err error
		if ref == acme {
			_, err = s.Update(t.Context(), plain(acme, "two"), 1)
		} else {
			_, err = s.Create(t.Context(), plain(europe, "two"))
		}
		storageError(t, err, ref.String(), fmt.Sprintf("other writers were faster %d times", attempts), "Nothing was written")
		equal(t, int64(attempts-1), pauses.Load())
	}
	equal(t, before, fingerprint(t, p))
}

func TestAPauseGrowsAndEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	must(t, pause(ctx, 1))
	cancel()
	if err := pause(ctx, 4); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestAConnectionThatBrokeWhileItWasIdleIsReplaced(t *testing.T) {
	t.Parallel()
	p, schema := postgresSchema(t)
	p.url += "&application_name=" + schema
	s := p.open(t)
	pauses := hurry(s)
	create(t, s, plain(acme, "one"))
	get(t, s, acme)
	execute(t, p.raw(t), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '"+schema+"'")
	for sessions(t, p.raw(t), schema) > 0 {
		continue // Until the server has ended them.
	}
	get(t, s, acme)
	update(t, s, plain(acme, "two"), 1)
	equal(t, int64(0), pauses.Load())
}

func TestFewConnectionsServeManyCallsAndCloseEndsThem(t *testing.T) {
	t.Parallel()
	p, schema := postgresSchema(t)
	p.url += "&application_name=" + schema
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	most := 0
	var mutex sync.Mutex
	s.beforeCommit = func() {
		mutex.Lock()
		defer mutex.Unlock()
		most = max(most, sessions(t, p.raw(t), schema))
	}
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			w := profile(Ref{Kind: Profile, Name: fmt.Sprint("profile-", i)}, "p", acme)
			w.Compile = func(func(Ref) (Object, error)) (string, error) {
				object, err := s.Get(t.Context(), acme) // A read in a write waits for no write.
				return string(object.Spec), err
			}
			if _, err := s.Create(t.Context(), w); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if most == 0 || most > postgresReaders+postgresWriters {
		t.Errorf("%d connections, want at most %d", most, postgresReaders+postgresWriters)
	}
	must(t, s.Close())
	for sessions(t, p.raw(t), schema) > 0 {
		continue // Until the server has noticed.
	}
	_, err := s.Get(t.Context(), acme)
	storageError(t, err, "closed")
}

func TestAServerThatIsNotThereIsExplained(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		url   string
		words []string
		again int64
	}{
		"nobody listens": {"postgres://otp:hunter2@" + nobody + "/otp", []string{"the server cannot be reached", "Check that the server runs"}, attempts - 1},
		"no such host":   {"postgres://otp:hunter2@host.invalid/otp", []string{"the host of the server is not known", "Correct catalog.url"}, 0},
		"no such socket": {"postgres://otp:hunter2@/otp?host=/nowhere", []string{"the server cannot be reached"}, 0},
	}
	for name, test := range tests {
		s, err := Open(test.url)
		must(t, err)
		for call, do := range calls {
			pauses := hurry(s)
			err := do(t.Context(), s)
			storageError(t, err, append(test.words, s.URL())...)
			if pauses.Load() != test.again {
				t.Errorf("%s, %s: %d pauses, want %d", name, call, pauses.Load(), test.again)
			}
		}
		must(t, s.Close())
	}
}

func TestALockedObjectIsExplained(t *testing.T) {
	t.Parallel()
	p := postgresPlace(t)
	s, other := p.open(t), p.open(t)
	create(t, s, plain(acme, "one"), plain(europe, "two"))
	postgresOf(t, other).lockTimeout = time.Millisecond
	w := profile(login, "p", acme)
	w.Compile = func(func(Ref) (Object, error)) (string, error) {
		_, err := other.Update(t.Context(), plain(acme, "two"), 1)
		storageError(t, err, `update the brand "acme"`, "kept what this write needs locked for 1ms", "Nothing was written")
		return "document", nil
	}
	create(t, s, w)
	update(t, other, plain(acme, "two"), 1)
}
