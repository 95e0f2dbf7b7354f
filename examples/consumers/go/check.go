// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	// placeholder is ${VARIABLE}, {{name}} or {{name:number}}. Other braces are
	// the vendor's own.
	placeholder = regexp.MustCompile(`\$\{([^}]*)\}|\{\{([a-z][a-z0-9_]*)(:number)?\}\}`)
	headerName  = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	fieldName   = regexp.MustCompile(`^[A-Za-z0-9_.\[\]-]{1,128}$`)
	keptName    = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	profileName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	vendorName  = regexp.MustCompile(`^[a-z0-9]+$`)
	channelName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	countryCode = regexp.MustCompile(`^[A-Z]{2}$`)
	phonePrefix = regexp.MustCompile(`^[1-9][0-9]{0,14}$`)
	pointerForm = regexp.MustCompile(`^(/([^~/]|~[01])*)+$`)
	// segment is one of a path, and not only dots.
	segment = `[A-Za-z0-9._~-]*[A-Za-z0-9_~-][A-Za-z0-9._~-]*`

	verbs = map[string][]string{
		"send":   {"ok", "pending", "already_active", "next_route", "unknown", "stop"},
		"verify": {"ok", "wrong_code", "expired", "not_found", "too_many_attempts", "stop", "unknown"},
		"extend": {"ok", "not_found", "stop", "unknown"},
		"status": {"delivered", "pending", "failed", "not_found", "unavailable", "unknown"},
	}
	duties = []string{
		"make_code", "verify_code", "validity", "max_wrong_attempts", "bind_phone", "single_use",
		"bind_recipient_ip", "allowed_countries", "send_limits",
	}
	ofRecipient = []string{"phone_e164", "phone_digits", "recipient_ip"}
	taken       = append([]string{"text", "code", "duration_seconds"}, ofRecipient...)
	// ownHeaders say where a request goes and where it ends.
	ownHeaders = []string{
		"host", "content-length", "content-type", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
	}
)

// check refuses what does not keep the contract, before anything is sent.
func (d *document) check(profile string, skipped []int) error {
	ip, all := d.Limits.PerIPHour, d.Limits.PerProfileHour
	switch {
	case d.SchemaVersion != 1:
		return errors.New("this program reads schema_version 1 only")
	case d.Profile != profile || !profileName.MatchString(profile):
		return errors.New("it belongs to another profile")
	case d.Code.Length < 3 || d.Code.Length > 32 || d.Code.alphabet() == "":
		return errors.New("its code policy allows no code")
	case d.ValiditySeconds < 1 || d.MaxWrongAttempts < 1 || d.MaxWrongAttempts > 100:
		return errors.New("validity_seconds, or max_wrong_attempts")
	case d.Limits.ResendAfterSeconds < 0 || d.Limits.PerPhoneHour < 1 || d.Limits.PerPhoneDay < 1 || ip != nil && *ip < 1 || all != nil && *all < 1:
		return errors.New("limits")
	case d.ResendRoute != "same" && d.ResendRoute != "next":
		return errors.New("resend_route")
	case !areCountries(d.AllowedCountries):
		return errors.New("allowed_countries")
	case len(d.Routes) == 0:
		return errors.New("it has no route")
	}
	for digits, country := range d.CountryPrefixes {
		if !phonePrefix.MatchString(digits) || !countryCode.MatchString(country) {
			return errors.New("country_prefixes")
		}
	}
	for number := range d.Routes {
		d.Routes[number].Skipped = slices.Contains(skipped, number)
		if err := d.Routes[number].check(); err != nil {
			return fmt.Errorf("route %d: %w", number, err)
		}
	}
	return nil
}

func areCountries(countries []string) bool {
	return countries == nil || len(countries) > 0 && !slices.ContainsFunc(countries, func(c string) bool { return !countryCode.MatchString(c) })
}

func (r route) check() error {
	switch {
	case r.Skipped:
		return nil
	case !vendorName.MatchString(r.Vendor) || !channelName.MatchString(r.Channel) || !areCountries(r.Countries):
		return errors.New("vendor, channel or countries")
	case slices.ContainsFunc(r.Duties, func(duty string) bool { return !slices.Contains(duties, duty) }):
		return errors.New("a duty that this program does not know") // to ignore one is insecure
	case r.Verify == nil && !r.must("verify_code"):
		return errors.New("nobody verifies its codes")
	case r.must("verify_code") && !r.must("make_code"):
		return errors.New("verify_code without make_code")
	}
	for verb, c := range r.calls() {
		if c != nil {
			if err := c.check(r, verb); err != nil {
				return fmt.Errorf("%s: %w", verb, err)
			}
		}
	}
	return nil
}

// check looks at a call of a route.
func (c *call) check(r route, verb string) error {
	known := slices.Clone(ofRecipient)
	if len(c.Texts) > 0 {
		known = append(known, "text")
	}
	if verb == "verify" || verb == "send" && r.must("make_code") {
		known = append(known, "code")
	}
	if verb == "extend" {
		known = append(known, "duration_seconds")
	}
	if verb != "send" {
		known = slices.AppendSeq(known, maps.Keys(r.Send.Keep))
	}
	variable := "OTP_" + strings.ToUpper(r.Vendor) + "(_[A-Z0-9]([A-Z0-9_]*[A-Z0-9])?)?_" // the vendor's own, of any account
	// A path has to follow the variable, so that nothing can be added to the
	// host name.
	base := regexp.MustCompile(`^\$\{` + variable + `BASE_URL\}(/(` + segment + `|\{\{[a-z][a-z0-9_]*\}\}))+$`)
	secret := regexp.MustCompile("^" + variable + "(SECRET|API_KEY|API_LOGIN)$")
	_, hasDefault := c.Texts[""]
	switch {
	case !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, c.Method):
		return errors.New("method")
	case !slices.Contains([]string{"json", "multipart", "form", "query"}, c.Encoding):
		return errors.New("encoding")
	case c.TimeoutSeconds != nil && *c.TimeoutSeconds < 1:
		return errors.New("timeout_seconds")
	case !base.MatchString(c.URL):
		return errors.New("url is not a base URL of this vendor and a path")
	case c.Texts != nil && !hasDefault:
		return errors.New("texts")
	}
	template := func(text string, number bool) error {
		if strings.Contains(placeholder.ReplaceAllLiteralString(text, ""), "${") {
			return errors.New("variable without end")
		}
		for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
			never := match[0] != text || slices.Contains([]string{"code", "phone_e164", "phone_digits"}, match[2])
			switch {
			case match[2] == "" && !secret.MatchString(match[1]), match[2] != "" && !slices.Contains(known, match[2]):
				return fmt.Errorf("nobody fills in %s", match[0])
			case match[3] != "" && (!number || never):
				return fmt.Errorf("%s cannot be a number", match[0])
			}
		}
		return nil
	}
	if err := template(c.path(), false); err != nil {
		return err
	}
	var seen []string
	for name, value := range c.Headers {
		usual := strings.ToLower(name)
		if !headerName.MatchString(name) || slices.Contains(ownHeaders, usual) || slices.Contains(seen, usual) || strings.ContainsFunc(value, isControl) {
			return fmt.Errorf("header %q", name)
		}
		seen = append(seen, usual)
		if err := template(value, false); err != nil {
			return err
		}
	}
	for _, fields := range c.fieldSets() {
		for name, value := range fields {
			if _, isText := value.(string); !fieldName.MatchString(name) || !plainField(value) || !isText && c.Encoding != "json" {
				return fmt.Errorf("field %q", name)
			}
			for _, text := range textsOf(value) {
				if err := template(text, c.Encoding == "json"); err != nil {
					return err
				}
			}
		}
	}
	for name, pointer := range c.Keep {
		if !keptName.MatchString(name) || slices.Contains(taken, name) || !pointerForm.MatchString(pointer) {
			return fmt.Errorf("keep %q", name)
		}
	}
	for name, against := range c.Expect {
		if _, kept := r.Send.Keep[name]; !kept || verb != "verify" || !slices.Contains(known, against) {
			return fmt.Errorf("expect %q", name)
		}
	}
	return checkOutcomes(verb, c.Outcomes)
}

func checkOutcomes(verb string, rules []rule) error {
	last := len(rules) - 1
	if last < 0 || verb == "verify" && rules[last].Outcome == "ok" {
		return errors.New("the last outcome is ok, or there is none")
	}
	for number, r := range rules {
		if !slices.Contains(verbs[verb], r.Outcome) || (len(r.When) == 0) != (number == last) || r.Remaining != nil && !pointerForm.MatchString(*r.Remaining) {
			return fmt.Errorf("outcome %q, or its conditions", r.Outcome)
		}
		for _, w := range r.When {
			if !w.whole() {
				return fmt.Errorf("a condition of outcome %q", r.Outcome)
			}
		}
	}
	return nil
}

// whole demands exactly one form: what is not understood must not pass for what
// holds.
func (w condition) whole() bool {
	forms := 0
	for _, set := range []bool{w.HTTPStatus != nil, w.In != nil, w.Prefix != nil, w.Absent != nil} {
		if set {
			forms++
		}
	}
	return forms == 1 && (w.Pointer == nil) == (w.HTTPStatus != nil) && (w.Pointer == nil || pointerForm.MatchString(*w.Pointer)) &&
		(w.HTTPStatus == nil || len(w.HTTPStatus) > 0 && slices.Min(w.HTTPStatus) >= 100 && slices.Max(w.HTTPStatus) <= 599) &&
		(w.In == nil || len(w.In) > 0 && !slices.ContainsFunc(w.In, func(v any) bool { return !isScalar(v) })) &&
		(w.Prefix == nil || *w.Prefix != "") && (w.Absent == nil || *w.Absent)
}
