package application_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// Whatever people, processes and faults do in whatever order: limits hold, a
// code is right once and only if it is the last one, nothing is sent twice, and
// no more wrong codes are tried than the profile allows.
func TestRulesHoldInEveryOrder(t *testing.T) {
	t.Parallel()
	document := compile(t, func(p *otp.Profile) {
		p.Limits = &otp.Limits{ResendAfterSeconds: new(int64(30)), PerPhoneHour: new(int64(4)), PerPhoneDay: new(int64(6))}
	}, overMyOTP, overDevice, overOctopush)
	s := newStage(t, document)
	ledgerNumber := 0
	rapid.Check(t, func(r *rapid.T) {
		// A run of its own: vendors and memory begin anew.
		s.ClearFaults()
		s.must(s.Reset())
		ledgerNumber++
		s.options.Ledger = fmt.Sprintf("%s/%d.db", t.TempDir(), ledgerNumber)
		s.application = s.open()
		model := play{stage: s, r: r}
		r.Repeat(map[string]func(*rapid.T){
			"send": model.send, "verify the last": model.verifyLast, "verify another": model.verifyOther,
			"time passes": model.wait, "another process": func(*rapid.T) { s.application = s.open() },
			"a fault is coming": model.fault, "": model.check,
		})
	})
}

// play is what has to be true, kept apart from what remembers it.
type play struct {
	*stage
	r       *rapid.T
	sends   []time.Time // that may have reached somebody
	last    string      // the code that is to be verified; empty: none, or it has been
	lasts   time.Time   // until when
	unclear bool        // whether the last send was
	wrong   []time.Time // codes since the last right one
}

var to = delivery.Recipient{Phone: french}

func (p *play) send(r *rapid.T) {
	request := application.Request{Profile: "login", To: to, Resend: rapid.Bool().Draw(r, "resend")}
	if n := rapid.IntRange(-1, 2).Draw(r, "route"); n >= 0 {
		request.Route = &n
	}
	before := len(p.Messages())
	var results []application.Result
	if err := p.application.Send(p.t.Context(), request, func(result application.Result) { results = append(results, result) }); err != nil {
		r.Fatal(err)
	}
	if len(results) != 1 {
		r.Fatalf("%d results", len(results))
	}
	made := p.Messages()[before:]
	if len(made) > 1 {
		r.Fatalf("%d messages by one send", len(made))
	}
	switch results[0].Outcome {
	case otp.OutcomeOK, otp.OutcomePending:
		p.sends = append(p.sends, p.Now())
		p.last, p.lasts, p.unclear = made[0].Code, p.Now().Add(5*time.Minute), false
	case otp.OutcomeUnknown:
		p.sends = append(p.sends, p.Now())
		p.unclear = true
	case otp.OutcomeAlreadyActive:
		if len(made) > 0 {
			r.Fatal("a message was sent, and called already active")
		}
		p.unclear = p.unclear || p.last == "" || !p.Now().Before(p.lasts)
	default:
		if len(made) > 0 {
			r.Fatalf("a message was sent, and called %s", results[0].Outcome)
		}
	}
}

func (p *play) verifyLast(r *rapid.T) {
	if p.last == "" || p.unclear {
		r.Skip("nobody knows a code")
	}
	if p.tried() >= 3 {
		r.Skip("Octopush counts the wrong codes of one send only")
	}
	p.verify(r, p.last, p.Now().Before(p.lasts))
}

func (p *play) verifyOther(r *rapid.T) {
	codes := []string{rapid.StringMatching("[0-9]{6}").Draw(r, "code"), "letters", ""}
	for _, message := range p.Messages() {
		codes = append(codes, message.Code)
	}
	code := rapid.SampledFrom(codes).Draw(r, "which")
	if code == p.last || p.unclear {
		r.Skip("it may be right")
	}
	p.verify(r, code, false)
}

func (p *play) verify(r *rapid.T, code string, right bool) {
	faulty := len(p.Faults()) > 0
	result, err := p.application.Verify(p.t.Context(), "login", to, code)
	if err != nil {
		r.Fatal(err)
	}
	switch {
	case result.Outcome == otp.OutcomeOK && !right:
		r.Fatalf("%q was right", code)
	case result.Outcome == otp.OutcomeOK:
		p.last, p.wrong = "", nil
	case faulty && len(p.Faults()) == 0:
		p.unclear = true // the vendor may have taken the code
	case right:
		r.Fatalf("%q was %s: %s", code, result.Outcome, result.Reason)
	case result.Outcome == otp.OutcomeWrongCode:
		if p.tried() >= 3 && result.Vendor != otp.Octopush {
			r.Fatalf("a wrong code was tried after %d others", p.tried())
		}
		p.wrong = append(p.wrong, p.Now())
	}
}

// tried is how many wrong codes count: those of a day.
func (p *play) tried() int {
	p.wrong = slices.DeleteFunc(p.wrong, func(at time.Time) bool { return !p.Now().Before(at.Add(24 * time.Hour)) })
	return len(p.wrong)
}

func (p *play) wait(r *rapid.T) {
	pause := rapid.SampledFrom([]time.Duration{time.Second, 29 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, time.Hour}).Draw(r, "pause")
	p.must(p.Advance(pause))
}

func (p *play) fault(r *rapid.T) {
	if len(p.Faults()) > 0 {
		r.Skip("one is coming already")
	}
	p.must(p.Fail(sandbox.Fault{
		Kind: rapid.SampledFrom([]sandbox.Kind{sandbox.DropBefore, sandbox.DropAfter, sandbox.Cut, sandbox.Truncate}).Draw(r, "kind"),
	}))
}

// check looks at the limits.
func (p *play) check(r *rapid.T) {
	for _, limit := range []struct {
		most int
		span time.Duration
	}{{1, 30 * time.Second}, {4, time.Hour}, {6, 24 * time.Hour}} {
		recent := slices.DeleteFunc(slices.Clone(p.sends), func(at time.Time) bool { return !p.Now().Before(at.Add(limit.span)) })
		if len(recent) > limit.most {
			r.Fatalf("%d sends within %s, of %d", len(recent), limit.span, limit.most)
		}
	}
}
