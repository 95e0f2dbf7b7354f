package otp

import "fmt"

// Canonical is the document as text: keys sorted, no insignificant space, no
// HTML escapes. Equal documents give equal bytes.
func (d Document) Canonical() (string, error) {
	w := newWriter()
	defer writers.Put(w)
	w.document(d)
	if w.err != nil {
		return "", fmt.Errorf("document of profile %q: %w", d.Profile, w.err)
	}
	return string(w.text), nil
}

func (w *writer) document(d Document) {
	w.open('{')
	w.key("allowed_countries")
	list(w, d.AllowedCountries)
	w.key("brand")
	w.string(d.Brand)
	w.key("code")
	w.code(d.Code)
	w.key("country_prefixes")
	table(w, d.CountryPrefixes, w.string)
	w.key("limits")
	w.limits(d.Limits)
	w.key("max_wrong_attempts")
	w.int(d.MaxWrongAttempts)
	w.key("profile")
	w.string(d.Profile)
	if len(d.Requires) > 0 {
		w.key("requires")
		list(w, d.Requires)
	}
	w.key("resend_route")
	w.string(string(d.ResendRoute))
	w.key("routes")
	each(w, d.Routes, w.route)
	w.key("schema_version")
	w.int(int64(d.SchemaVersion))
	w.key("validity_seconds")
	w.int(d.ValiditySeconds)
	w.close('}')
}

func (w *writer) code(c DocumentCode) {
	w.open('{')
	w.key("digits")
	w.bool(c.Digits)
	w.key("length")
	w.int(c.Length)
	w.key("lower_case")
	w.bool(c.LowerCase)
	w.key("special_characters")
	w.bool(c.SpecialCharacters)
	w.key("upper_case")
	w.bool(c.UpperCase)
	w.close('}')
}

func (w *writer) limits(l DocumentLimits) {
	w.open('{')
	w.key("per_ip_hour")
	w.limit(l.PerIPHour)
	w.key("per_phone_day")
	w.int(l.PerPhoneDay)
	w.key("per_phone_hour")
	w.int(l.PerPhoneHour)
	w.key("per_profile_hour")
	w.limit(l.PerProfileHour)
	w.key("resend_after_seconds")
	w.int(l.ResendAfterSeconds)
	w.close('}')
}

func (w *writer) route(r DocumentRoute) {
	w.open('{')
	w.key("application_must_enforce")
	list(w, r.ApplicationMustEnforce)
	w.key("channel")
	w.string(string(r.Channel))
	w.key("countries")
	list(w, r.Countries)
	w.key("extend")
	w.call(r.Extend)
	w.key("send")
	w.call(r.Send)
	w.key("status")
	w.call(r.Status)
	w.key("vendor")
	w.string(string(r.Vendor))
	w.key("verify")
	w.call(r.Verify)
	w.close('}')
}

func (w *writer) call(c *Call) {
	if c == nil {
		w.null()
		return
	}
	w.open('{')
	if len(c.ByLocale) > 0 {
		w.key("by_locale")
		table(w, c.ByLocale, func(fields map[string]any) { table(w, fields, w.any) })
	}
	w.key("encoding")
	w.string(string(c.Encoding))
	w.strings("expect", c.Expect)
	w.key("fields")
	table(w, c.Fields, w.any)
	w.strings("headers", c.Headers)
	w.strings("keep", c.Keep)
	w.key("method")
	w.string(c.Method)
	if len(c.OmitIfMissing) > 0 {
		w.key("omit_if_missing")
		list(w, c.OmitIfMissing)
	}
	w.key("outcomes")
	each(w, c.Outcomes, w.outcome)
	if len(c.Requires) > 0 {
		w.key("requires")
		list(w, c.Requires)
	}
	if len(c.Resend) > 0 {
		w.key("resend")
		table(w, c.Resend, w.any)
	}
	w.strings("texts", c.Texts)
	if c.TimeoutSeconds != 0 {
		w.key("timeout_seconds")
		w.int(c.TimeoutSeconds)
	}
	w.key("url")
	w.string(c.URL)
	w.close('}')
}

func (w *writer) outcome(o Outcome) {
	w.open('{')
	w.key("outcome")
	w.string(o.Outcome)
	if o.Remaining != "" {
		w.key("remaining")
		w.string(o.Remaining)
	}
	w.key("when")
	each(w, o.When, w.condition)
	w.close('}')
}

func (w *writer) condition(c Condition) {
	w.open('{')
	if c.Absent {
		w.key("absent")
		w.bool(true)
	}
	if len(c.HTTPStatus) > 0 {
		w.key("http_status")
		each(w, c.HTTPStatus, func(code int) { w.int(int64(code)) })
	}
	if len(c.In) > 0 {
		w.key("in")
		each(w, c.In, w.any)
	}
	if c.Pointer != "" {
		w.key("pointer")
		w.string(c.Pointer)
	}
	if c.Prefix != "" {
		w.key("prefix")
		w.string(c.Prefix)
	}
	w.close('}')
}

// strings writes a member of a call that is left out where it is empty.
func (w *writer) strings(name string, values map[string]string) {
	if len(values) > 0 {
		w.key(name)
		table(w, values, w.string)
	}
}
