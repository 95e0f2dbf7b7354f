package ledger

import (
	"maps"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Day is how long sends and wrong codes count: the longest of the limits.
const Day = 24 * time.Hour

// Record is what is remembered of a profile and a phone.
type Record struct {
	// Challenge is the code that is on its way, or was last; nil: none.
	Challenge *Challenge `json:"challenge,omitempty"`
	// Sends are those that count for the limits, oldest first.
	Sends []time.Time `json:"sends,omitempty"`
	// Wrong are the wrong codes since the last right one, over all sends and
	// routes, oldest first.
	Wrong []time.Time `json:"wrong,omitempty"`
	// Used are the codes, as Ledger.HashCode has them, that count no more, and
	// until when that is remembered.
	Used map[string]time.Time `json:"used,omitempty"`

	// address and profile are the sends of the last hour that count for the
	// person's address, where it is known, and for the profile.
	address, profile tally
}

// tally are sends to whatever phones, oldest first.
type tally []time.Time

func (t tally) lasts() time.Time {
	if len(t) == 0 {
		return time.Time{}
	}
	return t[len(t)-1].Add(time.Hour)
}

// Challenge is one send. It holds the document that it was made by, so that a
// new revision does not break a code on its way.
type Challenge struct {
	Document  string        `json:"document"`
	Route     int           `json:"route"`
	Outcome   string        `json:"outcome"`
	Kept      delivery.Kept `json:"kept"`
	MessageID string        `json:"message_id,omitempty"`
	SentAt    time.Time     `json:"sent_at"`
	ExpiresAt time.Time     `json:"expires_at"`
	// VerifiedAt is when the code was verified; zero: it was not.
	VerifiedAt time.Time `json:"verified_at,omitzero"`
}

// prune drops what is over, and credentials when their code is.
func (r *Record) prune(now time.Time) {
	old := func(at time.Time) bool { return !now.Before(at.Add(Day)) }
	r.Sends, r.Wrong = slices.DeleteFunc(r.Sends, old), slices.DeleteFunc(r.Wrong, old)
	hourOld := func(at time.Time) bool { return !now.Before(at.Add(time.Hour)) }
	r.address, r.profile = slices.DeleteFunc(r.address, hourOld), slices.DeleteFunc(r.profile, hourOld)
	maps.DeleteFunc(r.Used, func(_ string, until time.Time) bool { return !now.Before(until) })
	if c := r.Challenge; c != nil && !now.Before(c.ExpiresAt) {
		c.Kept = c.Kept.Expired()
		if old(c.ExpiresAt) {
			r.Challenge = nil
		}
	}
}

// lasts is until when anything of the record counts; the zero time: nothing
// does.
func (r *Record) lasts() time.Time {
	var last time.Time
	later := func(at time.Time) {
		if at.After(last) {
			last = at
		}
	}
	for _, at := range slices.Concat(r.Sends, r.Wrong) {
		later(at.Add(Day))
	}
	for _, until := range r.Used {
		later(until)
	}
	if r.Challenge != nil {
		later(r.Challenge.ExpiresAt.Add(Day))
	}
	return last
}

// Alive reports whether a code is on its way and not over.
func (r *Record) Alive(now time.Time) bool {
	return r.Challenge != nil && r.Challenge.VerifiedAt.IsZero() && now.Before(r.Challenge.ExpiresAt)
}

// Limited is a limit that keeps a phone from being sent a code.
type Limited struct {
	Limit string        // as HCL calls it
	Most  int64         // its value
	Wait  time.Duration // until it no longer does
}

// Limited is the limit that keeps another code back for longest; nil: none
// does. A limit of zero is none.
func (r *Record) Limited(limits otp.DocumentLimits, now time.Time) *Limited {
	var longest *Limited
	by := func(name string, most int64, free time.Time) {
		if wait := free.Sub(now); wait > 0 && (longest == nil || wait > longest.Wait) {
			longest = &Limited{name, most, wait}
		}
	}
	if last := len(r.Sends) - 1; last >= 0 {
		by("resend_after_seconds", limits.ResendAfterSeconds, r.Sends[last].Add(time.Duration(limits.ResendAfterSeconds)*time.Second))
	}
	for _, bound := range r.bounds(limits) {
		if recent := within(bound.sends, bound.span, now); bound.most > 0 && int64(len(recent)) >= bound.most {
			by(bound.name, bound.most, recent[int64(len(recent))-bound.most].Add(bound.span))
		}
	}
	return longest
}

// Left is how many codes may still be sent before a limit other than the wait
// between two keeps them back, and which one. Without a limit it is -1.
func (r *Record) Left(limits otp.DocumentLimits, now time.Time) (left int64, limit string) {
	left = -1
	for _, bound := range r.bounds(limits) {
		if n := max(0, bound.most-int64(len(within(bound.sends, bound.span, now)))); bound.most > 0 && (left < 0 || n < left) {
			left, limit = n, bound.name
		}
	}
	return left, limit
}

type bound struct {
	name  string
	most  int64 // 0: no limit
	sends []time.Time
	span  time.Duration
}

func (r *Record) bounds(limits otp.DocumentLimits) []bound {
	orNone := func(limit *int64) int64 {
		if limit == nil {
			return 0
		}
		return *limit
	}
	return []bound{
		{"per_phone_hour", limits.PerPhoneHour, r.Sends, time.Hour}, {"per_phone_day", limits.PerPhoneDay, r.Sends, Day},
		{"per_ip_hour", orNone(limits.PerIPHour), r.address, time.Hour}, {"per_profile_hour", orNone(limits.PerProfileHour), r.profile, time.Hour},
	}
}

// within are the sends of the last span.
func within(sends []time.Time, span time.Duration, now time.Time) []time.Time {
	first := slices.IndexFunc(sends, func(at time.Time) bool { return now.Before(at.Add(span)) })
	if first < 0 {
		return nil
	}
	return sends[first:]
}

// Count counts a send, before it is tried: one that could not be counted must
// not happen. It gives the moment that the send is known by, which no other has.
func (r *Record) Count(at time.Time) time.Time {
	for slices.ContainsFunc(r.Sends, at.Equal) {
		at = at.Add(time.Nanosecond)
	}
	r.Sends, r.address, r.profile = append(r.Sends, at), append(r.address, at), append(r.profile, at)
	return at
}

// Later reports whether a send was counted after another. The clock may have
// gone back in between.
func (r *Record) Later(send, other time.Time) bool {
	i := slices.IndexFunc(r.Sends, other.Equal)
	return i >= 0 && slices.IndexFunc(r.Sends[i+1:], send.Equal) >= 0
}

// Unanswered is the last send that was counted, if it is not the one of the
// challenge: it is under way, or its program ended before the answer was
// remembered. The zero time: there is none.
func (r *Record) Unanswered() time.Time {
	if len(r.Sends) == 0 {
		return time.Time{}
	}
	last := r.Sends[len(r.Sends)-1]
	if r.Challenge == nil || r.Later(last, r.Challenge.SentAt) {
		return last
	}
	return time.Time{}
}

// Uncount takes back a send that did not happen.
func (r *Record) Uncount(at time.Time) {
	r.Sends, r.address, r.profile = without(r.Sends, at), without(r.address, at), without(r.profile, at)
}

// Attempt counts a code as wrong and as used, before it is tried.
func (r *Record) Attempt(at time.Time, code string, until time.Time) {
	r.Wrong = append(r.Wrong, at)
	if r.Used == nil {
		r.Used = map[string]time.Time{}
	}
	r.Used[code] = until
}

// Unused takes back that a code is used.
func (r *Record) Unused(code string) { delete(r.Used, code) }

// NotWrong takes back that a code was wrong.
func (r *Record) NotWrong(at time.Time) { r.Wrong = without(r.Wrong, at) }

func without[T ~[]time.Time](times T, at time.Time) T {
	if i := slices.IndexFunc(times, at.Equal); i >= 0 {
		return slices.Delete(times, i, i+1)
	}
	return times
}
