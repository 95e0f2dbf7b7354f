package catalog

import (
	"errors"
	"testing"
	"time"
)

func TestDeleteRemovesWhatNobodyRefersTo(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"))
		equal(t, Deleted{}, remove(t, s, acme, 1))
		_, err := s.Get(t.Context(), acme)
		var missing *NotFoundError
		if !errors.As(err, &missing) {
			t.Errorf("got %v, want a *NotFoundError", err)
		}
		events, err := s.History(t.Context(), acme)
		must(t, err)
		equal(t, Event{
			Ref: acme, Sequence: 2, At: epoch.Add(2 * time.Second), Actor: "ann@laptop",
			Action: ActionDelete, OldRevision: 1, Spec: spec("one"),
		}, events[1])
	})
}

func TestDeleteOfWhatIsGoneSucceeds(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		equal(t, Deleted{Gone: true}, remove(t, s, acme, 1))
		create(t, s, plain(europe, "one"))
		before := fingerprint(t, p)
		equal(t, Deleted{Gone: true}, remove(t, s, acme, 7))
		equal(t, before, fingerprint(t, p))
	})
}

func TestDeleteNeedsTheRevisionItStartedFrom(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), profile(login, "p", acme))
		update(t, s, plain(acme, "two"), 1)
		before := fingerprint(t, p)
		for _, ref := range []Ref{acme, login} {
			_, err := s.Delete(t.Context(), ref, Expectation{Revision: 9})
			var conflict *ConflictError
			if !errors.As(err, &conflict) {
				t.Fatalf("%s: got %v, want a *ConflictError", ref, err)
			}
			equal(t, int64(9), conflict.Expected)
		}
		equal(t, before, fingerprint(t, p))
	})
}

func TestDeleteOfWhatAProfileRefersToRetiresIt(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		second := Ref{Kind: Profile, Name: "backup"}
		brand := create(t, s, plain(acme, "one"))
		made := create(t, s, profile(login, "p", acme))
		create(t, s, profile(second, "q", acme))
		want := Deleted{Retired: true, UsedBy: []Ref{second, login}}
		equal(t, want, remove(t, s, acme, 1))

		at := epoch.Add(4 * time.Second)
		brand.RetiredAt, brand.RetiredBy = &at, "ann@laptop"
		equal(t, brand, get(t, s, acme))
		equal(t, made, get(t, s, login))
		live, err := s.List(t.Context(), Brand)
		must(t, err)
		equal(t, 0, len(live))
		snapshot, err := s.Snapshot(t.Context())
		must(t, err)
		equal(t, 0, len(snapshot.List(Brand)))
		equal(t, []Ref{second, login}, snapshot.UsedBy(acme))

		before := fingerprint(t, p)
		equal(t, want, remove(t, s, acme, 1))
		equal(t, before, fingerprint(t, p))
		equal(t, []string{"create 0>1", "retire 1>1"}, actions(t, s, acme))
	})
}

func TestNothingNewMayReferToARetiredObject(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), profile(login, "p", acme))
		remove(t, s, acme, 1)
		before := fingerprint(t, p)
		writes := map[string]func() error{
			"new profile": func() error {
				_, err := s.Create(t.Context(), profile(Ref{Kind: Profile, Name: "other"}, "p", acme))
				return err
			},
			"new version of a profile that did": func() error {
				_, err := s.Update(t.Context(), profile(login, "changed", acme), 1)
				return err
			},
		}
		for name, write := range writes {
			var retired *RetiredReferenceError
			err := write()
			if !errors.As(err, &retired) {
				t.Fatalf("%s: got %v, want a *RetiredReferenceError", name, err)
			}
			equal(t, acme, retired.Ref)
			equal(t, "ann@laptop", retired.By)
			equal(t, epoch.Add(3*time.Second), retired.At)
			mentions(t, err, "ann@laptop", "2026-03-04T05:06:10Z", `brand "acme"`)
		}
		equal(t, before, fingerprint(t, p))
	})
}

func TestCreateRevivesARetiredObject(t *testing.T) {
	tests := map[string]struct {
		text     string
		revision int64
		actions  []string
	}{
		"same spec keeps the revision":    {text: "one", revision: 1, actions: []string{"create 0>1", "retire 1>1", "revive 1>1"}},
		"another spec makes the next one": {text: "two", revision: 2, actions: []string{"create 0>1", "retire 1>1", "revive 1>2"}},
	}
	each(t, func(t *testing.T, p place) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				s := p.open(t)
				brand := Ref{Kind: Brand, Name: "brand-" + test.text}
				user := Ref{Kind: Profile, Name: "profile-" + test.text}
				create(t, s, plain(brand, "one"), profile(user, "p", brand))
				remove(t, s, brand, 1)
				result, err := s.Create(t.Context(), plain(brand, test.text))
				must(t, err)
				equal(t, []bool{true, false}, []bool{result.Revived, result.Adopted})
				equal(t, Object{
					Kind: Brand, Name: brand.Name, Spec: spec(test.text), Revision: test.revision,
					UpdatedAt: epoch.Add(4 * time.Second), UpdatedBy: "ann@laptop",
				}, get(t, s, brand))
				equal(t, get(t, s, brand), result.Object)
				equal(t, test.actions, actions(t, s, brand))
			})
		}
	})
}

func TestARetiredObjectGoesWithItsLastReference(t *testing.T) {
	last := map[string]func(t *testing.T, s *Store){
		"profile is deleted":            func(t *testing.T, s *Store) { remove(t, s, login, 1) },
		"profile refers elsewhere":      func(t *testing.T, s *Store) { update(t, s, profile(login, "p", europe), 1) },
		"profile refers to nothing now": func(t *testing.T, s *Store) { update(t, s, profile(login, "p"), 1) },
	}
	for name, drop := range last {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, p place) {
				s := p.open(t)
				second := Ref{Kind: Profile, Name: "backup"}
				create(t, s, plain(acme, "one"), plain(signIn, "two"), plain(europe, "three"))
				create(t, s, profile(login, "p", acme, signIn), profile(second, "q", acme))
				remove(t, s, acme, 1)
				remove(t, s, second, 1)
				equal(t, "retire 1>1", actions(t, s, acme)[1])

				drop(t, s)
				var missing *NotFoundError
				if _, err := s.Get(t.Context(), acme); !errors.As(err, &missing) {
					t.Errorf("got %v, want a *NotFoundError", err)
				}
				events, err := s.History(t.Context(), acme)
				must(t, err)
				equal(t, []string{"create 0>1", "retire 1>1", "purge 1>0"}, actions(t, s, acme))
				equal(t, spec("one"), events[2].Spec)
				get(t, s, signIn) // Live objects stay, referred to or not.
				get(t, s, europe)
			})
		})
	}
}

// Terraform deletes before it updates: a renamed brand is first deleted, then
// made under its new name, then the profile is pointed at it.
func TestRenameOfAReferredObjectConverges(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		renamed := Ref{Kind: Brand, Name: "acme-bank"}
		create(t, s, plain(acme, "one"), profile(login, "p", acme))
		equal(t, true, remove(t, s, acme, 1).Retired)
		create(t, s, plain(renamed, "one"))
		updated := update(t, s, profile(login, "p", renamed), 1)
		equal(t, []MadeFrom{{Ref: renamed, Revision: 1}}, updated.MadeFrom)
		live, err := s.List(t.Context(), Brand)
		must(t, err)
		equal(t, 1, len(live))
	})
}
