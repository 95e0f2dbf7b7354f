package catalog

import (
	"errors"
	"testing"
	"time"
)

func TestTheFormerOwnerOfAnAdoptedObjectIsToldWhoTookItOver(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		first := create(t, s, plain(acme, "one"))
		at := epoch.Add(time.Hour)
		adopted, err := p.open(t, WithActor("bob@ci"), WithClock(func() time.Time { return at })).Create(t.Context(), adopting(plain(acme, "one")))
		must(t, err)
		if first.Claim == "" || adopted.Object.Claim == first.Claim {
			t.Fatalf("claims %q and %q: an adoption takes a claim of its own", first.Claim, adopted.Object.Claim)
		}
		before := fingerprint(t, p)
		own := plain(acme, "mine")
		own.Claim = first.Claim
		_, updated := s.Update(t.Context(), own, first.Revision)
		_, deleted := s.Delete(t.Context(), acme, Expectation{Revision: first.Revision, Claim: first.Claim})
		for _, err := range []error{updated, deleted} {
			var taken *TakenOverError
			if !errors.As(err, &taken) {
				t.Fatalf("got %v, want a *TakenOverError", err)
			}
			equal(t, "bob@ci", taken.By)
			equal(t, at, taken.At)
		}
		equal(t, before, fingerprint(t, p))

		own.Claim = adopted.Object.Claim
		equal(t, adopted.Object.Claim, update(t, s, own, 1).Claim)
		_, err = s.Delete(t.Context(), acme, Expectation{Revision: 2, Claim: adopted.Object.Claim})
		must(t, err)
	})
}

func TestAnUpdateKeepsTheClaim(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		first := create(t, s, plain(acme, "one"))
		second := update(t, s, plain(acme, "two"), 1)
		if second.Claim != first.Claim || get(t, s, acme).Claim != first.Claim {
			t.Error("an update changed the claim")
		}
		var conflict *ConflictError
		if _, err := s.Delete(t.Context(), acme, Expectation{Revision: 1, Claim: first.Claim}); !errors.As(err, &conflict) {
			t.Errorf("got %v, want a *ConflictError: the claim does not stand for the revision", err)
		}
	})
}

func TestARevivalTakesAClaim(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		first := create(t, s, plain(acme, "one"))
		create(t, s, profile(login, "p", acme))
		remove(t, s, acme, 1)
		revived := create(t, s, plain(acme, "one"))
		if revived.Claim == first.Claim {
			t.Error("the revived object has the claim of the deleted one")
		}
	})
}
