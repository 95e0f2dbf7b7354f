package consumers_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// ofWays makes stories about some routes, each on its own or with others behind
// it.
func ofWays(names []string, stories func(name string, w way, m manner) []story) []story {
	var all []story
	for _, name := range names {
		w := ways[name]
		for _, s := range stories(name, w, manners[w.route.Vendor]) {
			s.name, s.ways = name+": "+s.name, slices.Insert(s.ways, 0, name)
			all = append(all, s)
		}
	}
	return all
}

// ofVendors makes stories about one route of each vendor.
func ofVendors(stories func(name string, w way, m manner) []story) []story {
	return ofWays([]string{"octopush", "myotp", "device", "way2api"}, stories)
}

func later(seconds int, a act) act {
	a.later = seconds
	return a
}

func TestEveryRouteOfTheSandbox(t *testing.T) {
	t.Parallel()
	perform(t, ofWays(slices.Sorted(maps.Keys(ways)), func(name string, w way, m manner) []story {
		lost := act{
			do: "send --resend", given: w.meets(sandbox.Fault{Kind: sandbox.DropAfter}),
			want: "unknown 0 no answer", calls: w.call("200 lost"), arrives: name,
		}
		left := 1
		if m.byCode {
			left = 2
		}
		return []story{{
			name: "sent, sent again, right once, lost, expired", ways: []string{behind(name)},
			acts: []act{
				w.sends(name, "send"), w.mistyped(2),
				later(31, w.sends(name, "send --resend --locale es-MX")),
				verifies("OLD", w.mistyped(left).seen()), verifies("CODE", m.right), verifies("CODE", seen{"not_found", ""}),
				later(31, lost), verifies("CODE", m.unheard),
				later(31, w.sends(name, "send --resend")), later(301, verifies("CODE", m.expired)),
			},
		}}
	}))
}

// behind is a route for the second place, which must not be taken.
func behind(name string) string {
	if name == "octopush" {
		return "myotp"
	}
	return "octopush"
}

func TestAttemptsAndClocksOfTheSandbox(t *testing.T) {
	t.Parallel()
	perform(t, ofVendors(func(name string, w way, m manner) []story {
		sends := w.sends(name, "send")
		resent := m.tooMany
		if m.byCode {
			resent = m.right
		}
		stories := []story{{name: "three wrong codes", profile: patient, acts: []act{
			sends, {do: "send --resend", want: "limited"},
			w.mistyped(2), w.mistyped(1), w.mistyped(0), verifies("CODE", m.tooMany),
			later(201, w.sends(name, "send --resend")), verifies("CODE", resent),
		}}}
		if m.stale != (seen{}) {
			stale := verifies("CODE", m.stale)
			stale.drift = 301
			stories = append(stories, story{name: "expiry by the vendor's clock", acts: []act{sends, stale}})
		}
		return stories
	}))
}

// patient is long enough a limit for a slow machine.
func patient(p *otp.Profile) { p.Limits = &otp.Limits{ResendAfterSeconds: new(int64(200))} }

// unlimited lets a story send as often as it likes.
func unlimited(p *otp.Profile) {
	p.Limits = &otp.Limits{ResendAfterSeconds: new(int64(0)), PerPhoneHour: new(int64(100)), PerPhoneDay: new(int64(100))}
}

// TestLostAnswersOfTheSandbox lets every kind of answer to a send get lost: the
// request is made once, by no other route, and the person may ask again.
func TestLostAnswersOfTheSandbox(t *testing.T) {
	t.Parallel()
	perform(t, ofVendors(func(name string, w way, m manner) []story {
		lost := func(fault sandbox.Fault, want, end, arrives string) act {
			return act{do: "send --resend", given: w.meets(fault), want: want, calls: w.call(end), arrives: arrives}
		}
		return []story{{name: "lost answers", ways: []string{behind(name)}, profile: unlimited, acts: []act{
			lost(sandbox.Fault{Kind: sandbox.DropBefore}, "unknown 0 no answer", "lost", ""),
			verifies("000000", m.unsent),
			lost(sandbox.Fault{Kind: sandbox.Cut}, "unknown 0 no answer", "200 lost", name),
			lost(sandbox.Fault{Kind: sandbox.Truncate}, "unknown 0 HTTP 200", "200", name),
			lost(sandbox.HTMLPage("", "", 200), "unknown 0 HTTP 200", "200", ""),
			lost(sandbox.HTMLPage("", "", 502), "unknown 0 HTTP 502", "502", ""),
			lost(answers(307, ""), "unknown 0 HTTP 307", "307", ""),
			w.sends(name, "send --resend"),
			verifies("CODE", m.right),
		}}}
	}))
}

// TestLostVerificationsOfTheSandbox lets the answers to verifications get lost:
// that is no attempt, and a code that was used up at the vendor is not found.
func TestLostVerificationsOfTheSandbox(t *testing.T) {
	t.Parallel()
	gone := map[string]seen{
		"octopush": {"not_found 0 HTTP 400", "octopush otp_validate 400"},
		"myotp":    {"not_found 0 HTTP 200", "myotp verify_otp 200"},
		"device":   {"wrong_code 0 HTTP 200, 2 left", "androidapi get_otp 200"}, // "invalid or expired"
	}
	operations := map[string]string{"octopush": "otp_validate", "myotp": "verify_otp", "device": "get_otp"}
	perform(t, ofWays(slices.Sorted(maps.Keys(gone)), func(name string, w way, m manner) []story {
		vendor, operation := string(w.route.Vendor), operations[name]
		lost := func(fault sandbox.Fault, want, end string) act {
			fault.Vendor, fault.Operation = vendor, operation
			return act{do: "verify CODE", given: fails(fault), want: want, calls: vendor + " " + operation + " " + end}
		}
		return []story{{name: "lost verifications", acts: []act{
			w.sends(name, "send"),
			lost(sandbox.Fault{Kind: sandbox.DropBefore}, "unknown 0 no answer", "lost"),
			lost(sandbox.HTMLPage("", "", 502), "stop 0 HTTP 502", "502"),
			lost(answers(401, `{"status": 401}`), "stop 0 HTTP 401", "401"),
			lost(answers(429, "Too Many Requests"), "stop 0 HTTP 429", "429"),
			lost(sandbox.Fault{Kind: sandbox.DropAfter}, "unknown 0 no answer", "200 lost"),
			verifies("CODE", gone[name]),
			later(31, w.sends(name, "send --resend")),
			lost(sandbox.Fault{Kind: sandbox.Truncate}, "stop 0 HTTP 200", "200"),
		}}}
	}))
}
