package catalog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// writers is how many write at the same time.
const writers = 40

// together runs fn once per writer, with one store for each four of them, as
// runs of Terraform have.
func together(t *testing.T, p place, fn func(s *Store, i int)) {
	t.Helper()
	begin := make(chan struct{})
	var wait sync.WaitGroup
	var s *Store
	for i := range writers {
		if i%4 == 0 {
			s = p.open(t, WithActor(fmt.Sprint("run ", i/4)))
			if _, file := s.backend.(*sqlite); file {
				// However busy the machine is: what is promised is not how long it takes.
				replaceWriter(t, s, "_busy_timeout=600000")
			}
		}
		mine := s
		wait.Go(func() {
			<-begin
			fn(mine, i)
		})
	}
	close(begin)
	wait.Wait()
}

func TestOfWritersWithTheSameRevisionOneWins(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		create(t, p.open(t), plain(acme, "one"))
		var won, lost atomic.Int64
		together(t, p, func(s *Store, i int) {
			_, err := s.Update(t.Context(), plain(acme, fmt.Sprint("of ", i)), 1)
			var conflict *ConflictError
			switch {
			case err == nil:
				won.Add(1)
			case errors.As(err, &conflict):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
		equal(t, []int64{1, writers - 1}, []int64{won.Load(), lost.Load()})
		equal(t, []string{"create 0>1", "update 1>2"}, actions(t, p.open(t), acme))
	})
}

func TestOfWritersThatCreateTheSameNameOneWins(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		var made, refused, catalogs atomic.Int64
		together(t, p, func(s *Store, i int) {
			result, err := s.Create(t.Context(), plain(acme, fmt.Sprint("of ", i)))
			var exists *ExistsError
			switch {
			case err == nil:
				made.Add(1)
			case errors.As(err, &exists):
				refused.Add(1)
			default:
				t.Error(err)
			}
			if result.CreatedCatalog {
				catalogs.Add(1)
			}
		})
		equal(t, []int64{1, writers - 1, 1}, []int64{made.Load(), refused.Load(), catalogs.Load()})
		equal(t, []string{"create 0>1"}, actions(t, p.open(t), acme))
	})
}

func TestWritersOfDifferentObjectsDoNotFailEachOther(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		create(t, p.open(t), plain(acme, "one"))
		var runs atomic.Int64
		together(t, p, func(s *Store, i int) {
			w := profile(Ref{Kind: Profile, Name: fmt.Sprint("profile-", i)}, "p", acme)
			_, err := s.write(t.Context(), target{operation: "write"}, func(session *session) error {
				runs.Add(1)
				_, err := session.put(t.Context(), w, nil, ActionCreate)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		equal(t, int64(writers), runs.Load()) // None had to be repeated.
		consistent(t, p, map[string]int{"create": writers + 1})
	})
}

// Every writer does what comes to its mind to the same few objects.
func TestFortyWritersOfOverlappingObjectsLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		others := []Ref{acme, {Kind: Brand, Name: "other"}, signIn, europe}
		profiles := []Ref{login, {Kind: Profile, Name: "backup"}, {Kind: Profile, Name: "third"}}
		const each = 8
		var mutex sync.Mutex
		recorded, refusals := map[string]int{}, map[string]int{}
		together(t, p, func(s *Store, i int) {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for range each {
				outcome, err := anything(t.Context(), s, random, others, profiles)
				if err != nil {
					outcome = refused(err)
				}
				mutex.Lock()
				if err == nil {
					recorded[outcome]++
				} else {
					refusals[outcome]++
				}
				mutex.Unlock()
				if err != nil && strings.Contains(outcome, " ") && !strings.HasSuffix(outcome, "reference") && outcome != "not found" {
					t.Error(err)
				}
			}
		})
		if refusals["conflict"]+refusals["exists"] == 0 {
			t.Errorf("nobody met anybody: %v", refusals)
		}
		consistent(t, p, recorded)
	})
}

// anything creates, updates or deletes one object, which somebody else may have
// changed since it was read. It gives the action, or "" if there was nothing to
// record.
func anything(ctx context.Context, s *Store, random *rand.Rand, others, profiles []Ref) (string, error) {
	pick := func(refs []Ref) Ref { return refs[random.IntN(len(refs))] }
	text := fmt.Sprint("text ", random.IntN(4))
	w := plain(pick(others), text)
	if random.IntN(2) == 0 {
		w = profile(pick(profiles), text, pick(others[:2]), signIn, europe)
	}
	known, err := s.Get(ctx, w.Ref)
	var missing *NotFoundError
	if err != nil && !errors.As(err, &missing) {
		return "", err
	}
	switch action := random.IntN(5); {
	case action == 0 && err == nil:
		deleted, err := s.Delete(ctx, w.Ref, Expectation{Revision: known.Revision})
		if deleted.Gone || deleted.Retired {
			return "", err // It may have been retired before.
		}
		return "delete", err
	case action <= 2 && err == nil:
		_, err := s.Update(ctx, w, known.Revision)
		return "update", err
	default:
		w.Adopt = random.IntN(2) == 0
		result, err := s.Create(ctx, w)
		switch {
		case result.Revived:
			return "revive", err
		case result.Adopted:
			return "adopt", err
		}
		return "create", err
	}
}

// consistent checks that the history has no gap, leads to what there is, and
// holds what the writers were told.
func consistent(t *testing.T, p place, recorded map[string]int) {
	t.Helper()
	s := p.open(t)
	export, err := s.Export(t.Context())
	must(t, err)
	must(t, export.checkConsistent())
	counted, last := map[string]int{}, map[Ref]ExportedEvent{}
	specs := map[MadeFrom]string{}
	for i, event := range export.History {
		equal(t, int64(i+1), event.Sequence)
		counted[string(event.Action)]++
		before := last[event.Ref]
		if event.OldRevision != before.NewRevision {
			t.Errorf("event %d of the %s starts from revision %d, and the one before ended with %d",
				event.Sequence, event.Ref, event.OldRevision, before.NewRevision)
		}
		specs[MadeFrom{Ref: event.Ref, Revision: max(event.OldRevision, event.NewRevision)}] = event.Spec
		if event.NewRevision != 0 {
			for _, entry := range event.MadeFrom {
				if used := last[entry.Ref]; used.NewRevision != entry.Revision || !strings.Contains(event.Document, specs[entry]) {
					t.Errorf("event %d made a document from revision %d of the %s, which had revision %d", event.Sequence, entry.Revision, entry.Ref, used.NewRevision)
				}
			}
		}
		last[event.Ref] = event
	}
	for _, action := range []Action{ActionCreate, ActionUpdate, ActionAdopt, ActionRevive, ActionDelete} {
		if counted[string(action)] != recorded[string(action)] {
			t.Errorf("the history has %d times %s, and the writers were told so %d times", counted[string(action)], action, recorded[string(action)])
		}
	}
	for _, object := range export.Objects {
		event := last[object.Ref]
		if event.NewRevision != object.Revision || event.Spec != object.Spec || event.Document != object.Document {
			t.Errorf("the %s is not what its last event made", object.Ref)
		}
		delete(last, object.Ref)
	}
	for ref, event := range last {
		if event.NewRevision != 0 {
			t.Errorf("the %s is lost; its last event is %s", ref, event.Action)
		}
	}
	report, err := s.Check(t.Context(), nil)
	must(t, err)
	equal(t, true, report.Sound())
	for _, retired := range report.Retired {
		if len(retired.UsedBy) == 0 {
			t.Errorf("the retired %s outlived its last reference", retired.Ref)
		}
	}
}
