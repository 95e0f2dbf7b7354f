// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

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
