// SPDX-License-Identifier: MPL-2.0

package main

import (
	"net/netip"
	"slices"
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
