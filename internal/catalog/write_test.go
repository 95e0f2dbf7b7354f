package catalog

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func TestCreateWritesAnObjectAtRevisionOne(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		w := Write{Ref: acme, Spec: json.RawMessage(`{ "b": 1,  "a": "é" }`)}
		result, err := s.Create(t.Context(), w)
		must(t, err)
		want := Object{
			Kind: Brand, Name: "acme", Spec: w.Spec, Revision: 1,
			UpdatedAt: epoch.Add(time.Second), UpdatedBy: "ann@laptop",
		}
		equal(t, want, result.Object)
		equal(t, want, get(t, s, acme))
		equal(t, Result{Object: want, CatalogID: result.CatalogID, CreatedCatalog: true}, result)
		events, err := s.History(t.Context(), acme)
		must(t, err)
		equal(t, []Event{{
			Ref: acme, Sequence: 1, At: epoch.Add(time.Second), Actor: "ann@laptop",
			Action: ActionCreate, NewRevision: 1, Spec: w.Spec,
		}}, events)
	})
}

func TestNamesAreUniquePerKind(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "brand"), plain(Ref{Kind: SenderID, Name: "acme"}, "sender"))
		equal(t, spec("brand"), get(t, s, acme).Spec)
		equal(t, spec("sender"), get(t, s, Ref{Kind: SenderID, Name: "acme"}).Spec)
	})
}

func TestTimesAreStoredInUTC(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		zone := time.FixedZone("five", 5*60*60)
		at := time.Date(2026, 1, 1, 2, 0, 0, 123456789, zone)
		s := p.open(t, WithClock(func() time.Time { return at }))
		created := create(t, s, plain(acme, "x"))
		want := time.Date(2025, 12, 31, 21, 0, 0, 123456000, time.UTC)
		equal(t, want.String(), created.UpdatedAt.String())
		equal(t, want.String(), get(t, s, acme).UpdatedAt.String())
	})
}

func TestCreateAdoptsTheSameSpecWhenItIsTold(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		first := create(t, s, Write{Ref: acme, Spec: json.RawMessage(`{"a":1,"b":[true,null]}`)})
		other := p.open(t, WithActor("bob@ci"))
		same := Write{Ref: acme, Spec: json.RawMessage(`{ "b": [true, null], "a": 1.0 }`)}
		before := fingerprint(t, p)
		var exists *ExistsError
		if _, err := other.Create(t.Context(), same); !errors.As(err, &exists) || !exists.Same {
			t.Fatalf("got %v, want an *ExistsError about the same content", err)
		}
		equal(t, before, fingerprint(t, p))
		same.Adopt = true
		result, err := other.Create(t.Context(), same)
		must(t, err)
		equal(t, first, result.Object)
		equal(t, first, *result.Former)
		equal(t, []bool{true, false, false}, []bool{result.Adopted, result.Revived, result.CreatedCatalog})
		equal(t, first, get(t, s, acme))
		equal(t, []string{"create 0>1", "adopt 1>1"}, actions(t, s, acme))
		events, err := s.History(t.Context(), acme)
		must(t, err)
		equal(t, "bob@ci", events[1].Actor)
	})
}

func TestCreateRefusesAnotherSpec(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "old"))
		update(t, s, plain(acme, "newer"), 1)
		before := fingerprint(t, p)
		_, err := s.Create(t.Context(), plain(acme, "other"))
		var exists *ExistsError
		if !errors.As(err, &exists) {
			t.Fatalf("got %v, want an *ExistsError", err)
		}
		equal(t, &ExistsError{Ref: acme, Catalog: p.url, Revision: 2, By: "ann@laptop", At: epoch.Add(2 * time.Second)}, exists)
		mentions(t, err, "import {\n  to = otp_brand.<label>\n  id = \"acme\"\n}")
		equal(t, before, fingerprint(t, p))
	})
}

func TestUpdateNeedsTheRevisionItStartedFrom(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"))
		updated := update(t, p.open(t, WithActor("bob@ci")), plain(acme, "two"), 1)
		equal(t, int64(2), updated.Revision)
		before := fingerprint(t, p)
		for _, revision := range []int64{0, 1, 3} {
			_, err := s.Update(t.Context(), plain(acme, "three"), revision)
			var conflict *ConflictError
			if !errors.As(err, &conflict) {
				t.Fatalf("revision %d: got %v, want a *ConflictError", revision, err)
			}
			equal(t, &ConflictError{Ref: acme, Expected: revision, Actual: 2, By: "bob@ci", At: updated.UpdatedAt}, conflict)
		}
		equal(t, before, fingerprint(t, p))
		equal(t, int64(3), update(t, s, plain(acme, "three"), 2).Revision)
		equal(t, []string{"create 0>1", "update 1>2", "update 2>3"}, actions(t, s, acme))
	})
}

func TestUpdateThatChangesNothingKeepsTheRevision(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		first := create(t, s, plain(acme, "one"))
		equal(t, first, update(t, s, Write{Ref: acme, Spec: json.RawMessage(`{ "text" : "one" }`)}, 1))
		equal(t, first, get(t, s, acme))
		equal(t, []string{"create 0>1", "update 1>1"}, actions(t, s, acme))
	})
}

func TestUpdateOfWhatIsGoneIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"))
		remove(t, s, acme, 1)
		_, err := s.Update(t.Context(), plain(acme, "two"), 1)
		var missing *NotFoundError
		if !errors.As(err, &missing) {
			t.Fatalf("got %v, want a *NotFoundError", err)
		}
		equal(t, &NotFoundError{Ref: acme, Catalog: p.url}, missing)
	})
}

func TestUpdateOfARetiredObjectSaysSo(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), profile(login, "p", acme))
		remove(t, s, acme, 1)
		_, err := s.Update(t.Context(), plain(acme, "two"), 1)
		var retired *RetiredError
		if !errors.As(err, &retired) {
			t.Fatalf("got %v, want a *RetiredError", err)
		}
		equal(t, &RetiredError{Ref: acme, By: "ann@laptop", At: epoch.Add(3 * time.Second)}, retired)
	})
}

// A revision that came back with another spec would let a stale state overwrite
// it.
func TestRevisionsGoOnAfterDeletion(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"))
		update(t, s, plain(acme, "two"), 1)
		remove(t, s, acme, 2)
		equal(t, int64(3), create(t, s, plain(acme, "three")).Revision)
		equal(t, []string{"create 0>1", "update 1>2", "delete 2>0", "create 0>3"}, actions(t, s, acme))
	})
}

func TestWritesNeedTheCatalogTheyWereMeantFor(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"))
		id, err := s.ID(t.Context())
		must(t, err)
		before := fingerprint(t, p)
		stale := Write{Ref: acme, Spec: spec("two"), CatalogID: "elsewhere"}
		_, createErr := s.Create(t.Context(), stale)
		_, updateErr := s.Update(t.Context(), stale, 1)
		_, deleteErr := s.Delete(t.Context(), acme, Expectation{CatalogID: "elsewhere", Revision: 1})
		_, goneErr := s.Delete(t.Context(), europe, Expectation{CatalogID: "elsewhere", Revision: 1})
		for _, err := range []error{createErr, updateErr, deleteErr, goneErr} {
			var wrong *WrongCatalogError
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v, want a *WrongCatalogError", err)
			}
			equal(t, &WrongCatalogError{Catalog: p.url, Want: "elsewhere", Got: id}, wrong)
			mentions(t, err, "elsewhere", id, p.url)
		}
		equal(t, before, fingerprint(t, p))
		stale.CatalogID = id
		equal(t, int64(2), update(t, s, stale, 1).Revision)
	})
}

func TestWritesThatBreakTheContractAreRefused(t *testing.T) {
	compiled := profile(login, "p").Compile
	tests := map[string]Write{
		"unknown kind":               {Ref: Ref{Kind: "route", Name: "x"}, Spec: spec("x")},
		"no name":                    {Ref: Ref{Kind: Brand}, Spec: spec("x")},
		"no spec":                    {Ref: acme},
		"spec that is not JSON":      {Ref: acme, Spec: json.RawMessage(`{"text":`)},
		"spec that is not UTF-8":     {Ref: acme, Spec: json.RawMessage("\"\xff\"")},
		"name with a NUL":            {Ref: Ref{Kind: Brand, Name: "a\x00"}, Spec: spec("x")},
		"profile without a document": {Ref: login, Spec: spec("x")},
		"brand with a document":      {Ref: acme, Spec: spec("x"), Compile: compiled},
		"brand with a reference":     {Ref: acme, Spec: spec("x"), References: []Ref{signIn}},
		"profile of a profile":       {Ref: login, Spec: spec("x"), Compile: compiled, References: []Ref{login}},
	}
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		for name, w := range tests {
			_, createErr := s.Create(t.Context(), w)
			_, updateErr := s.Update(t.Context(), w, 1)
			for _, err := range []error{createErr, updateErr} {
				var invalid *InvalidWriteError
				if !errors.As(err, &invalid) {
					t.Errorf("%s: got %v, want an *InvalidWriteError", name, err)
				}
			}
		}
		id, err := s.ID(t.Context())
		must(t, err)
		equal(t, "", id)
	})
}
