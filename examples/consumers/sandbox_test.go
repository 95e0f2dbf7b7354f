package consumers_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// unlimited lets a story send as often as it likes.
func unlimited(p *otp.Profile) {
	p.Limits = &otp.Limits{ResendAfterSeconds: new(int64(0)), PerPhoneHour: new(int64(100)), PerPhoneDay: new(int64(100))}
}

// everyWay makes stories of each route.
func everyWay(stories func(name string, w way, m manner) []story) []story {
	var all []story
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		w := ways[name]
		for _, s := range stories(name, w, manners[w.route.Vendor]) {
			s.name, s.ways = name+": "+s.name, slices.Insert(s.ways, 0, name)
			all = append(all, s)
		}
	}
	return all
}

func TestEveryRouteOfTheSandbox(t *testing.T) {
	t.Parallel()
	perform(t, everyWay(func(name string, w way, m manner) []story {
		sends, resends := w.sends(name, "send"), w.sends(name, "send --resend --locale es-MX")
		resends.later = 31
		stories := []story{
			{name: "a code is right once", acts: []act{
				{do: "verify 123456", want: "not_found"},
				sends, w.mistyped(2), verifies("CODE", m.right), verifies("CODE", seen{"not_found", ""}),
			}},
			{name: "a resend replaces the code", acts: []act{
				sends,
				{do: "send --resend", want: "limited"},
				resends, verifies("OLD", seen{w.mistyped(2).want, m.asked}), verifies("CODE", m.right),
			}},
			{name: "three wrong codes", acts: []act{
				sends, w.mistyped(2), w.mistyped(1), w.mistyped(0), verifies("CODE", m.tooMany),
				resends, verifies("CODE", m.resent),
			}},
			{name: "expiry by every clock", acts: []act{sends, later(301, verifies("CODE", m.expired))}},
		}
		if m.stale != (seen{}) {
			stale := verifies("CODE", m.stale)
			stale.drift = 301
			stories = append(stories, story{name: "expiry by the vendor's clock", acts: []act{sends, stale}})
		}
		return stories
	}))
}

func later(seconds int, a act) act {
	a.later = seconds
	return a
}

// TestLostAnswersOfTheSandbox lets every kind of answer to a send get lost: the
// request is made once, by no other route, and the person may ask again.
func TestLostAnswersOfTheSandbox(t *testing.T) {
	t.Parallel()
	perform(t, everyWay(func(name string, w way, m manner) []story {
		next := "octopush"
		if name == next {
			next = "myotp"
		}
		lost := func(fault sandbox.Fault, want, end, arrives string) act {
			return act{do: "send --resend", given: w.meets(fault), want: want, calls: w.call(end), arrives: arrives}
		}
		return []story{{name: "lost answers", ways: []string{next}, profile: unlimited, acts: []act{
			lost(sandbox.Fault{Kind: sandbox.DropBefore}, "unknown 0 no answer", "lost", ""),
			verifies("000000", m.unsent),
			lost(sandbox.Fault{Kind: sandbox.DropAfter}, "unknown 0 no answer", "200 lost", name),
			verifies("CODE", m.unheard),
			lost(sandbox.Fault{Kind: sandbox.Cut}, "unknown 0 no answer", "200 lost", name),
			lost(sandbox.Fault{Kind: sandbox.Truncate}, "unknown 0 HTTP 200", "200", name),
			lost(sandbox.HTMLPage("", "", 200), "unknown 0 HTTP 200", "200", ""),
			lost(sandbox.HTMLPage("", "", 502), "unknown 0 HTTP 502", "502", ""),
			w.sends(name, "send --resend"),
			verifies("CODE", m.right),
		}}}
	}))
}
