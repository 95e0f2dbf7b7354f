// SPDX-License-Identifier: MPL-2.0

package main

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
)

// result is what a command tells.
type result struct {
	Outcome    string   `json:"outcome"`
	Route      *int     `json:"route,omitempty"`
	Vendor     string   `json:"vendor,omitempty"`
	Channel    string   `json:"channel,omitempty"`
	Answer     string   `json:"answer,omitempty"`
	Remaining  *int     `json:"remaining,omitempty"`
	RetryAfter int64    `json:"retry_after_seconds,omitempty"`
	Refused    []result `json:"refused,omitempty"` // by vendors, before another route was tried
}

func named(number int, r route, outcome, answer string) result {
	return result{Outcome: outcome, Route: &number, Vendor: r.Vendor, Channel: r.Channel, Answer: answer}
}

func (c *challenge) verdict(outcome string) result { return named(c.Number, c.Route, outcome, "") }

// session is one command for one phone.
type session struct {
	*options
	keyed
	doc   *document
	store store
	phone string
}

func (s *session) recipient() map[string]string {
	return map[string]string{"phone_e164": s.phone, "phone_digits": s.phone[1:], "recipient_ip": s.ip}
}

// records are the names of what is remembered: the phone's record, the profile's,
// and that of the address where it is known.
func (s *session) records() []string {
	names := []string{s.name(s.doc.Profile, "phone", s.phone), s.name(s.doc.Profile)}
	if s.ip != "" {
		names = append(names, s.name(s.doc.Profile, "ip", network(s.ip)))
	}
	return names
}

// network is what an address counts by: an IPv6 address by its first 64 bits,
// because whoever has one has all of those.
func network(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil || address.Is4() {
		return ip
	}
	return netip.PrefixFrom(address, 64).Masked().String()
}

// country is where the phone is, or "".
func (s *session) country() string {
	for digits := s.phone[1:]; digits != ""; digits = digits[:len(digits)-1] {
		if country, ok := s.doc.CountryPrefixes[digits]; ok {
			return country
		}
	}
	return ""
}

// wait is how many seconds pass until another code may be sent.
func (s *session) wait(records []*record) int64 {
	var wait int64
	if n := len(records[0].Sends); n > 0 {
		wait = records[0].Sends[n-1] + s.doc.Limits.ResendAfterSeconds - s.now
	}
	bound := func(r *record, span int64, most *int) {
		recent := slices.DeleteFunc(slices.Clone(r.Sends), func(at int64) bool { return at <= s.now-span })
		if most != nil && len(recent) >= *most {
			wait = max(wait, recent[len(recent)-*most]+span-s.now)
		}
	}
	bound(records[0], 3600, &s.doc.Limits.PerPhoneHour)
	bound(records[0], day, &s.doc.Limits.PerPhoneDay)
	bound(records[1], 3600, s.doc.Limits.PerProfileHour)
	if len(records) > 2 {
		bound(records[2], 3600, s.doc.Limits.PerIPHour)
	}
	return wait
}

func (s *session) send() (_ result, err error) {
	country := s.country()
	serves := func(countries []string) bool { return countries == nil || slices.Contains(countries, country) }
	var candidates []int
	for number, r := range s.doc.Routes {
		if (s.route == nil || *s.route == number) && !r.Skipped && serves(s.doc.AllowedCountries) && serves(r.Countries) {
			candidates = append(candidates, number)
		}
	}
	if len(candidates) == 0 {
		return result{Outcome: "not_allowed"}, nil
	}
	var wait, serial int64
	last := -1
	err = s.store.change(s.records(), func(records []*record) error {
		if wait = s.wait(records); wait > 0 {
			return nil
		}
		for _, r := range records { // before the call: a send that cannot be counted must not happen
			r.Sends = append(r.Sends, s.now)
		}
		mine := records[0]
		mine.Serial++
		mine.Sending, serial = mine.Serial, mine.Serial
		if mine.Challenge != nil {
			last = mine.Challenge.Number
		}
		return nil
	})
	if err != nil || wait > 0 {
		return result{Outcome: "limited", RetryAfter: wait}, err
	}
	if s.resend && s.doc.ResendRoute == "next" {
		first := max(0, slices.IndexFunc(candidates, func(number int) bool { return number > last }))
		candidates = slices.Concat(candidates[first:], candidates[:first])
	}
	answer, made, err := s.sendBy(candidates)
	settled := s.store.change(s.records(), func(records []*record) error {
		s.settle(records, answer.Outcome, made, serial)
		return nil
	})
	return answer, errors.Join(err, settled)
}

// settle remembers what came of a send, unless a newer one was quicker.
func (s *session) settle(records []*record, outcome string, made *challenge, serial int64) {
	mine, old := records[0], records[0].Challenge
	sent := slices.Contains([]string{"ok", "pending", "unknown"}, outcome)
	if !sent {
		for _, r := range records {
			r.Sends = without(r.Sends, s.now)
		}
	}
	if mine.Sending == serial {
		mine.Sending = 0
	}
	alive, newer := old != nil && old.ExpiresAt > s.now, old != nil && old.Serial > serial
	if made != nil && !newer && (sent || outcome == "already_active" && !alive) {
		made.Serial = serial
		mine.Challenge = made
	}
}

func without(times []int64, at int64) []int64 {
	if i := slices.Index(times, at); i >= 0 {
		return slices.Delete(times, i, i+1)
	}
	return times
}

// sendBy tries one route after the other, until one has not refused.
func (s *session) sendBy(candidates []int) (answer result, made *challenge, err error) {
	var refused []result
	for _, number := range candidates {
		answer, made, err = s.sendThrough(number)
		if err != nil {
			return result{Outcome: "stop"}, nil, err
		}
		if answer.Outcome != "next_route" {
			break
		}
		fmt.Fprintf(os.Stderr, "route %d %s %s: next_route, %s\n", number, answer.Vendor, answer.Channel, answer.Answer)
		refused = append(refused, answer)
		answer = result{Outcome: "next_route"}
	}
	answer.Refused = refused
	return answer, made, nil
}

func (s *session) sendThrough(number int) (result, *challenge, error) {
	r, values := s.doc.Routes[number], s.recipient()
	made := &challenge{Number: number, Route: r, Policy: s.doc.Code, Kept: map[string]kept{}, ExpiresAt: s.now + s.doc.ValiditySeconds}
	if r.must("bind_recipient_ip") && s.ip == "" {
		return result{}, nil, fmt.Errorf("route %d binds the code to the address of the recipient: give --ip", number)
	}
	if r.must("make_code") {
		code, err := s.doc.Code.make()
		if err != nil {
			return result{}, nil, err
		}
		made.Code, values["code"] = s.mac(s.phone, "code", code), code
	}
	reply, err := r.Send.perform(r.Vendor, values, s.locale, s.resend)
	if err != nil {
		return result{}, nil, err
	}
	made.Outcome = reply.rule.Outcome
	if made.Outcome == "already_active" {
		made.Code = "" // this one was not sent
	}
	if made.Outcome == "ok" || made.Outcome == "pending" {
		for name, pointer := range r.Send.Keep {
			if entry, ok := s.keep(s.phone, name, at(reply.answer, pointer)); ok {
				made.Kept[name] = entry
			} else if r.Verify.uses(name, true) || r.Extend.uses(name, true) || r.Status.uses(name, true) {
				made.Outcome = "unknown"
			}
		}
	}
	if s.ip != "" {
		made.IP = s.mac(s.phone, "ip", s.ip)
	}
	return named(number, r, made.Outcome, reply.note), made, nil
}

// latest is the challenge of the phone; nil where there is none, or where another
// send is under way or was cut off.
func (s *session) latest() (made *challenge, err error) {
	err = s.store.change(s.records()[:1], func(records []*record) error {
		if records[0].Sending == 0 {
			made = records[0].Challenge
		}
		return nil
	})
	return made, err
}

// follow makes a later call of the route that sent the code, with what was
// kept of its answer.
func (s *session) follow(made *challenge, c *call, more map[string]string) (result, error) {
	values := map[string]string{}
	for name, entry := range made.Kept {
		values[name] = entry.Value
	}
	maps.Copy(values, s.recipient())
	maps.Copy(values, more)
	reply, err := c.perform(made.Route.Vendor, values, "", false)
	var missing unfilled
	if errors.As(err, &missing) {
		if _, ok := made.Route.Send.Keep[string(missing)]; ok {
			return made.verdict("not_found"), nil // nothing was kept to ask with
		}
	}
	if err != nil {
		return result{}, err
	}
	answer := named(made.Number, made.Route, reply.rule.Outcome, reply.note)
	if answer.Outcome == "next_route" {
		answer.Outcome = "unknown" // a code that was sent has no other route to go to
	}
	if reply.rule.Remaining != nil {
		number, _ := at(reply.answer, *reply.rule.Remaining).(json.Number)
		if left, err := strconv.Atoi(number.String()); err == nil {
			answer.Remaining = &left
		}
	}
	return answer, nil
}

func (s *session) verify(typed string) (answer result, err error) {
	var made *challenge
	var code string
	err = s.store.change(s.records()[:1], func(records []*record) error {
		r := records[0]
		if made = r.Challenge; made == nil || r.Sending != 0 {
			answer = result{Outcome: "not_found"}
			return nil
		}
		var fits bool
		code, fits = made.Policy.normalise(typed)
		answer = s.judge(r, code, fits)
		r.Wrong = append(r.Wrong, s.now) // before the call: of codes that race, no more count than may be tried
		if answer.Outcome != "" {
			s.tried(r, made, code, &answer)
		}
		return nil
	})
	if err != nil || answer.Outcome != "" {
		return answer, err
	}
	answer, err = s.follow(made, made.Route.Verify, map[string]string{"code": code, "recipient_ip": s.ip})
	settled := s.store.change(s.records()[:1], func(records []*record) error {
		s.tried(records[0], made, code, &answer)
		return nil
	})
	return answer, errors.Join(err, settled)
}

// tried counts what came of a code, which counted as wrong until now.
func (s *session) tried(r *record, made *challenge, code string, answer *result) {
	switch answer.Outcome {
	case "wrong_code":
		if left := max(0, s.doc.MaxWrongAttempts-len(r.Wrong)); made.Route.must("max_wrong_attempts") && answer.Remaining == nil {
			answer.Remaining = &left
		}
	case "ok":
		used := s.mac(s.phone, "code", code)
		if _, again := r.Used[used]; again { // somebody was quicker, and a code counts once
			answer.Outcome = "wrong_code"
			return
		}
		r.Used[used], r.Wrong = made.ExpiresAt, nil
		if r.Challenge != nil && r.Challenge.Serial == made.Serial {
			r.Challenge = nil
		}
	default:
		r.Wrong = without(r.Wrong, s.now)
	}
}

// judge applies the duties of the application, then what the document expects.
// No outcome: the vendor has to be asked.
func (s *session) judge(rec *record, code string, fits bool) result {
	made := rec.Challenge
	r, typed := made.Route, s.mac(s.phone, "code", code)
	_, used := rec.Used[typed]
	equal := func(left, right string) bool { return hmac.Equal([]byte(left), []byte(right)) }
	switch {
	case r.must("max_wrong_attempts") && len(rec.Wrong) >= s.doc.MaxWrongAttempts:
		return made.verdict("too_many_attempts")
	case r.must("validity") && made.ExpiresAt <= s.now:
		return made.verdict("expired")
	case !fits,
		r.must("single_use") && used,
		r.must("bind_recipient_ip") && !equal(made.IP, s.mac(s.phone, "ip", s.ip)):
		return made.verdict("wrong_code")
	case r.must("verify_code") && made.Code == "":
		return made.verdict("not_found")
	case r.must("verify_code") && !equal(made.Code, typed):
		return made.verdict("wrong_code")
	case r.Verify == nil:
		return made.verdict("ok")
	}
	values := s.recipient()
	values["code"] = code
	for name, from := range r.Verify.Expect {
		entry, ok := made.Kept[name]
		if !ok {
			return made.verdict("not_found")
		}
		if !s.matches(s.phone, name, entry, values[from], made.Policy.Length) {
			return made.verdict("wrong_code")
		}
	}
	// Found by phone alone, a code might be another profile's: not after an ok
	// without its token.
	own := made.Outcome == "unknown" || made.Outcome == "already_active"
	for name := range r.Send.Keep {
		if _, ok := made.Kept[name]; !ok && !own && r.Verify.uses(name, false) {
			return made.verdict("not_found")
		}
	}
	return result{}
}

var wholeNumber = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

func (s *session) extend(seconds string) (result, error) {
	if !wholeNumber.MatchString(seconds) {
		return result{}, errors.New("SECONDS must be a whole number above 0")
	}
	made, err := s.latest()
	switch {
	case err != nil:
		return result{}, err
	case made == nil:
		return result{Outcome: "not_found"}, nil
	case made.Route.Extend == nil:
		return made.verdict("stop"), nil
	}
	answer, err := s.follow(made, made.Route.Extend, map[string]string{"duration_seconds": seconds})
	if err != nil || answer.Outcome != "ok" {
		return answer, err
	}
	more, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return answer, err
	}
	return answer, s.store.change(s.records()[:1], func(records []*record) error {
		if c := records[0].Challenge; c != nil && c.Serial == made.Serial {
			c.ExpiresAt += more
		}
		return nil
	})
}

func (s *session) status() (result, error) {
	made, err := s.latest()
	switch {
	case err != nil:
		return result{}, err
	case made == nil:
		return result{Outcome: "not_found"}, nil
	case made.Route.Status == nil:
		return made.verdict("unavailable"), nil
	}
	return s.follow(made, made.Route.Status, nil)
}
