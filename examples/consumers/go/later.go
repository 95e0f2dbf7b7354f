// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"strconv"
)

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
