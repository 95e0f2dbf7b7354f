package catalog

import (
	"errors"
	"testing"
)

func TestAnAdoptedObjectIsNotDeletedByItsFormerOwner(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		first := create(t, s, plain(acme, "one"))
		adopted, err := s.Create(t.Context(), plain(acme, "one"))
		must(t, err)
		if first.Claim == "" || adopted.Object.Claim == first.Claim {
			t.Fatalf("claims %q and %q: an adoption takes a claim of its own", first.Claim, adopted.Object.Claim)
		}
		deleted, err := s.Delete(t.Context(), acme, Expectation{Revision: first.Revision, Claim: first.Claim})
		must(t, err)
		equal(t, Deleted{Taken: true}, deleted)
		equal(t, adopted.Object, get(t, s, acme))

		deleted, err = s.Delete(t.Context(), acme, Expectation{Revision: first.Revision, Claim: adopted.Object.Claim})
		must(t, err)
		equal(t, Deleted{}, deleted)
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
