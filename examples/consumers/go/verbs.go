package main

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
	doc   *document
	store *challenges
	phone string
	rec   *record
}

func (s *session) recipient() map[string]string {
	return map[string]string{"phone_e164": s.phone, "phone_digits": s.phone[1:], "recipient_ip": s.ip}
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

// wait is how many seconds pass until this phone may be sent another code.
func (s *session) wait() int64 {
	var wait int64
	if n := len(s.rec.Sends); n > 0 {
		wait = s.rec.Sends[n-1] + s.doc.Limits.ResendAfterSeconds - s.store.now
	}
	for span, most := range map[int64]int{3600: s.doc.Limits.PerPhoneHour, day: s.doc.Limits.PerPhoneDay} {
		recent := slices.DeleteFunc(slices.Clone(s.rec.Sends), func(at int64) bool { return at <= s.store.now-span })
		if most > 0 && len(recent) >= most {
			wait = max(wait, recent[len(recent)-most]+span-s.store.now)
		}
	}
	return wait
}

func (s *session) send() (_ result, err error) {
	country := s.country()
	serves := func(countries []string) bool { return countries == nil || slices.Contains(countries, country) }
	var candidates []int
	for number, r := range s.doc.Routes {
		if (s.route == nil || *s.route == number) && serves(s.doc.AllowedCountries) && serves(r.Countries) {
			candidates = append(candidates, number)
		}
	}
	if len(candidates) == 0 {
		return result{Outcome: "not_allowed"}, nil
	}
	if wait := s.wait(); wait > 0 {
		return result{Outcome: "limited", RetryAfter: wait}, nil
	}
	// Before the call: a send that cannot be counted must not happen.
	s.rec.Sends = append(s.rec.Sends, s.store.now)
	if err := s.store.save(); err != nil {
		return result{}, err
	}
	answer := result{Outcome: "stop"}
	defer func() {
		if err != nil || slices.Contains([]string{"next_route", "stop", "already_active"}, answer.Outcome) {
			s.rec.Sends = s.rec.Sends[:len(s.rec.Sends)-1] // nothing was sent
		}
		err = errors.Join(err, s.store.save())
	}()
	var refused []result
	for _, number := range candidates {
		answer, err = s.sendBy(number)
		if err != nil {
			return result{}, err
		}
		if answer.Outcome != "next_route" {
			break
		}
		fmt.Fprintf(os.Stderr, "route %d %s %s: next_route, %s\n", number, answer.Vendor, answer.Channel, answer.Answer)
		refused = append(refused, answer)
		answer = result{Outcome: "next_route"}
	}
	answer.Refused = refused
	return answer, nil
}

func (s *session) sendBy(number int) (result, error) {
	r, values, code := s.doc.Routes[number], s.recipient(), ""
	if r.must("bind_recipient_ip") && s.ip == "" {
		return result{}, fmt.Errorf("route %d binds the code to the address of the recipient: give --ip", number)
	}
	if r.must("make_code") {
		made, err := s.doc.Code.make()
		if err != nil {
			return result{}, err
		}
		code, values["code"] = s.store.mac(s.phone, "code", made), made
	}
	reply, err := r.Send.perform(r.Vendor, values, s.locale, s.resend)
	if err != nil {
		return result{}, err
	}
	outcome, entries := reply.rule.Outcome, map[string]kept{}
	if outcome == "ok" || outcome == "pending" {
		for name, pointer := range r.Send.Keep {
			if entry, ok := s.store.keep(s.phone, name, at(reply.answer, pointer)); ok {
				entries[name] = entry
			} else if r.Verify.uses(name, true) || r.Extend.uses(name, true) || r.Status.uses(name, true) {
				outcome = "unknown"
			}
		}
	}
	alive := s.rec.Challenge != nil && s.rec.Challenge.ExpiresAt > s.store.now
	if slices.Contains([]string{"ok", "pending", "unknown"}, outcome) || outcome == "already_active" && !alive {
		s.rec.Challenge = &challenge{
			Number: number, Route: r, Policy: s.doc.Code, Outcome: outcome, Kept: entries, Code: code,
			SentAt: s.store.now, ExpiresAt: s.store.now + s.doc.ValiditySeconds,
		}
		if s.ip != "" {
			s.rec.Challenge.IP = s.store.mac(s.phone, "ip", s.ip)
		}
	}
	return named(number, r, outcome, reply.note), nil
}

// follow makes a later call of the route that sent the code, with what was
// kept of its answer.
func (s *session) follow(c *call, more map[string]string) (result, error) {
	made, values := s.rec.Challenge, map[string]string{}
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

func (s *session) verify(typed string) (result, error) {
	made, most := s.rec.Challenge, s.doc.MaxWrongAttempts
	if made == nil {
		return result{Outcome: "not_found"}, nil
	}
	code, ok := made.Policy.normalise(typed)
	answer, err := s.judge(code, ok)
	if err != nil {
		return result{}, err
	}
	switch answer.Outcome {
	case "wrong_code":
		s.rec.Wrong = append(s.rec.Wrong, s.store.now)
		if left := max(0, most-len(s.rec.Wrong)); made.Route.must("max_wrong_attempts") && answer.Remaining == nil {
			answer.Remaining = &left
		}
	case "ok":
		s.rec.Used[s.store.mac(s.phone, "code", code)] = made.ExpiresAt
		s.rec.Challenge, s.rec.Wrong = nil, []int64{}
	}
	return answer, s.store.save()
}

// judge applies the duties of the application, then what the document
// expects, then asks the vendor.
func (s *session) judge(code string, fits bool) (result, error) {
	made := s.rec.Challenge
	r, typed := made.Route, s.store.mac(s.phone, "code", code)
	_, used := s.rec.Used[typed]
	equal := func(left, right string) bool { return hmac.Equal([]byte(left), []byte(right)) }
	switch {
	case r.must("max_wrong_attempts") && len(s.rec.Wrong) >= s.doc.MaxWrongAttempts:
		return made.verdict("too_many_attempts"), nil
	case r.must("validity") && made.ExpiresAt <= s.store.now:
		return made.verdict("expired"), nil
	case !fits,
		r.must("single_use") && used,
		r.must("bind_recipient_ip") && !equal(made.IP, s.store.mac(s.phone, "ip", s.ip)):
		return made.verdict("wrong_code"), nil
	case r.must("verify_code") && made.Code == "":
		return made.verdict("not_found"), nil
	case r.must("verify_code") && !equal(made.Code, typed):
		return made.verdict("wrong_code"), nil
	case r.Verify == nil:
		return made.verdict("ok"), nil
	}
	values := map[string]string{"code": code, "recipient_ip": s.ip}
	for name, from := range r.Verify.Expect {
		entry, ok := made.Kept[name]
		if !ok {
			return made.verdict("not_found"), nil
		}
		if !s.store.matches(s.phone, name, entry, values[from], made.Policy.Length) {
			return made.verdict("wrong_code"), nil
		}
	}
	// Found by phone alone, a code might be another profile's: not after an ok
	// without its token.
	own := made.Outcome == "unknown" || made.Outcome == "already_active"
	for name := range r.Send.Keep {
		if _, ok := made.Kept[name]; !ok && !own && r.Verify.uses(name, false) {
			return made.verdict("not_found"), nil
		}
	}
	return s.follow(r.Verify, values)
}

var wholeNumber = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

func (s *session) extend(seconds string) (result, error) {
	made := s.rec.Challenge
	switch {
	case !wholeNumber.MatchString(seconds):
		return result{}, errors.New("SECONDS must be a whole number above 0")
	case made == nil:
		return result{Outcome: "not_found"}, nil
	case made.Route.Extend == nil:
		return made.verdict("stop"), nil
	}
	answer, err := s.follow(made.Route.Extend, map[string]string{"duration_seconds": seconds})
	if err != nil || answer.Outcome != "ok" {
		return answer, err
	}
	more, err := strconv.ParseInt(seconds, 10, 64)
	made.ExpiresAt += more
	return answer, errors.Join(err, s.store.save())
}

func (s *session) status() (result, error) {
	made := s.rec.Challenge
	switch {
	case made == nil:
		return result{Outcome: "not_found"}, nil
	case made.Route.Status == nil:
		return made.verdict("unavailable"), nil
	}
	return s.follow(made.Route.Status, nil)
}
