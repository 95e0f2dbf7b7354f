package pairing

import (
	"math/rand/v2"
	"slices"
	"testing"
)

var (
	allPhases = []phase{asking, showing, renewing, scanned, listed, connected, refused}
	allEvents = []event{codeMade, codeExpired, accountLinked, accountListed, accountWorks, accountLost}
)

// Whatever a vendor tells in whatever order: a link that is over stays over, an
// account is forgotten only where it is lost, and no code is shown beside one.
func TestAPhaseIsLeftOnlyAsTheTableSays(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	reached := map[phase]int{}
	for range 10_000 {
		p := asking
		for range 12 {
			e := allEvents[random.IntN(len(allEvents))]
			next := p.after(e)
			switch {
			case !slices.Contains(allPhases, next):
				t.Fatalf("%s leads from %s to %q", e, p, next)
			case (p == connected || p == refused) && next != p:
				t.Fatalf("%s leads from %s, which is an end, to %s", e, p, next)
			case p.hasAccount() && !next.hasAccount() && e != accountLost:
				t.Fatalf("%s at %s forgets the account", e, p)
			case p.isListed() && next == scanned:
				t.Fatalf("%s at %s forgets that the account was listed", e, p)
			case next.hasAccount() && next.hasCode():
				t.Fatalf("%s has a code beside an account", next)
			case !p.hasAccount() && next.hasAccount() && e != accountLinked && e != accountWorks:
				t.Fatalf("%s at %s gives an account", e, p)
			}
			p = next
			reached[p]++
		}
	}
	for _, p := range allPhases {
		if reached[p] == 0 {
			t.Errorf("nothing leads to %s", p)
		}
	}
}
