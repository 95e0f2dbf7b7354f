// SPDX-License-Identifier: MPL-2.0

package main

import (
	"crypto/hmac"
	"errors"
)

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
