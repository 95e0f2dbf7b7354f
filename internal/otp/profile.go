package otp

import (
	"reflect"
)

// Profile joins a brand, a message template, a code policy and an ordered list
// of routes. A nil member takes its default.
type Profile struct {
	Name             string      `json:"name"`
	Brand            string      `json:"brand"`
	Template         string      `json:"template"`
	Code             *CodePolicy `json:"code,omitempty"`
	ValiditySeconds  *int64      `json:"validity_seconds,omitempty"`
	MaxWrongAttempts *int64      `json:"max_wrong_attempts,omitempty"`
	AllowedCountries []string    `json:"allowed_countries,omitempty"` // sorted; nil: all
	Limits           *Limits     `json:"limits,omitempty"`
	ResendRoute      ResendRoute `json:"resend_route,omitempty"` // empty: ResendSame
	Routes           []Route     `json:"routes"`

	Unknown Fields `json:"-"`
}

// Defaults of a profile.
const (
	DefaultValiditySeconds    = 300
	DefaultMaxWrongAttempts   = 3
	DefaultResendAfterSeconds = 30
	DefaultPerPhoneHour       = 5
	DefaultPerPhoneDay        = 10
	DefaultPerIPHour          = 60

	// MaxWrongAttemptsLimit is the largest max_wrong_attempts.
	MaxWrongAttemptsLimit = 100
	// ManyAttempts is the max_wrong_attempts above which a plan warns.
	ManyAttempts = 10
	// MinValidity is the shortest validity, in seconds.
	MinValidity = 1
	// MaxValidity is the longest validity, in seconds: what an application may
	// keep in 32 bits.
	MaxValidity = 1<<31 - 1
	// ShortValidity is the validity, in seconds, below which a plan warns:
	// somebody may have meant minutes.
	ShortValidity = 60
	// LongValidity is the validity, in seconds, above which a plan warns.
	LongValidity = 900
)

// Limits bounds how many codes may be sent to one phone, on behalf of one
// address of a person, and by the whole profile. The application keeps them; no
// vendor does. PerIPHour and PerProfileHour take 0 for none.
type Limits struct {
	ResendAfterSeconds *int64 `json:"resend_after_seconds,omitempty"`
	PerPhoneHour       *int64 `json:"per_phone_hour,omitempty"`
	PerPhoneDay        *int64 `json:"per_phone_day,omitempty"`
	PerIPHour          *int64 `json:"per_ip_hour,omitempty"`
	PerProfileHour     *int64 `json:"per_profile_hour,omitempty"`
}

// Route is one way to deliver a code: vendor, channel and sender.
type Route struct {
	Vendor          Vendor           `json:"vendor"`
	Channel         Channel          `json:"channel"`
	SenderID        string           `json:"sender_id,omitempty"`
	WhatsAppAccount string           `json:"whatsapp_account,omitempty"`
	Countries       []string         `json:"countries,omitempty"` // sorted; nil: all
	Account         string           `json:"account,omitempty"`
	AndroidAPI      *AndroidAPIRoute `json:"androidapi,omitempty"`
	MyOTP           *MyOTPRoute      `json:"myotp,omitempty"`
	Octopush        *OctopushRoute   `json:"octopush,omitempty"`

	Unknown Fields `json:"-"`
}

// AndroidAPIRoute holds options of a route that only AndroidAPI has.
type AndroidAPIRoute struct {
	Priority *bool `json:"priority,omitempty"`
}

// MyOTPRoute holds options of a route that only MyOTP.App has.
type MyOTPRoute struct {
	// ForceSend lets a resend replace a code that is still valid; default true.
	ForceSend *bool `json:"force_send,omitempty"`
}

// OctopushRoute holds options of a route that only Octopush has.
type OctopushRoute struct {
	BindRecipientIP *bool  `json:"bind_recipient_ip,omitempty"`
	Voice           *Voice `json:"voice,omitempty"`
}

// Voice is how a voice message is read aloud.
type Voice struct {
	Language     string            `json:"language,omitempty"`
	Gender       string            `json:"gender,omitempty"`
	Translations map[string]string `json:"translations,omitzero"` // locale to voice language
}

// Validity is how long a code is good, in seconds.
func (p Profile) Validity() int64 { return value(p.ValiditySeconds, DefaultValiditySeconds) }

func (p Profile) attempts() int64 { return value(p.MaxWrongAttempts, DefaultMaxWrongAttempts) }

func (p Profile) limits() DocumentLimits {
	l := p.Limits
	if l == nil {
		l = &Limits{}
	}
	return DocumentLimits{
		ResendAfterSeconds: value(l.ResendAfterSeconds, DefaultResendAfterSeconds),
		PerPhoneHour:       value(l.PerPhoneHour, DefaultPerPhoneHour),
		PerPhoneDay:        value(l.PerPhoneDay, DefaultPerPhoneDay),
		PerIPHour:          unlessZero(value(l.PerIPHour, DefaultPerIPHour)),
		PerProfileHour:     unlessZero(value(l.PerProfileHour, 0)),
	}
}

// unlessZero is a limit as a document has it: none is null there.
func unlessZero(limit int64) *int64 {
	if limit == 0 {
		return nil
	}
	return &limit
}

// Check applies the rules that need nothing but the profile itself.
func (p Profile) Check() Problems {
	ps := p.checkNames()
	ps = append(ps, p.checkCode()...)
	ps = append(ps, p.checkValidity()...)
	ps = append(ps, p.checkAttempts()...)
	if !p.Unknown.Any("limits") {
		ps = append(ps, p.checkLimits()...)
	}
	if r := p.ResendRoute; !p.Unknown.Any("resend_route") && r != "" && r != ResendSame && r != ResendNext {
		ps.Errorf(At("resend_route"), "Unknown way to serve a resend", "resend_route is %q; write \"same\", to begin at the first route again, or \"next\", to go on to the next one.", r)
	}
	if !p.Unknown.Any("allowed_countries") {
		ps = append(ps, checkCountries(At("allowed_countries"), p.AllowedCountries)...)
	}
	ps = append(ps, p.checkRoutes()...)
	if !ps.Failed() {
		ps = append(ps, p.checkServed()...)
	}
	return ps
}

// checkNames refuses references that no object can have.
func (p Profile) checkNames() Problems {
	var ps Problems
	check := func(known bool, name string, path func() Path) {
		if known && !isSlug(name) {
			ps.Errorf(path(), "Name is not a slug", "%s is %q. %s", path(), name, SlugProblem(name))
		}
	}
	check(!p.Unknown.Any("brand"), p.Brand, func() Path { return At("brand") })
	check(!p.Unknown.Any("template"), p.Template, func() Path { return At("template") })
	if p.Unknown.Any("routes") {
		return ps
	}
	for i, r := range p.Routes {
		check(r.SenderID != "" && !r.Unknown.Any("sender_id"), r.SenderID, func() Path { return routePath(i).Attribute("sender_id") })
		check(r.Account != "" && !r.Unknown.Any("account"), r.Account, func() Path { return routePath(i).Attribute("account") })
	}
	return ps
}

func (p Profile) checkValidity() Problems {
	var ps Problems
	if p.Unknown.Any("validity_seconds") {
		return nil
	}
	path := At("validity_seconds")
	switch v := p.Validity(); {
	case v < MinValidity:
		ps.Errorf(path, "Validity is out of range", "validity_seconds is %d; a code must be good for at least a second.", v)
	case v > MaxValidity:
		ps.Errorf(path, "Validity is out of range", "validity_seconds is %d; documents hold %d at most.", v, MaxValidity)
	case v < ShortValidity:
		ps.Warnf(path, "Codes are valid for seconds", "validity_seconds is %d: seconds, not minutes? Many messages need longer than that to arrive. Five minutes are %d.", v, DefaultValiditySeconds)
	case v > LongValidity:
		ps.Warnf(path, "Codes are valid for long", "validity_seconds is %d; a code that is good for more than %d seconds (15 minutes) is easier to steal.", v, LongValidity)
	}
	if wait := p.limits().ResendAfterSeconds; !p.Unknown.Any("limits") && wait > p.Validity() && p.Validity() >= MinValidity {
		ps.Warnf(At("limits").Attribute("resend_after_seconds"), "Codes expire before another may be asked for", "resend_after_seconds is %d, but a code is good for %d seconds: who misses it can only wait. Set it to %d or less.", wait, p.Validity(), p.Validity())
	}
	return ps
}

func (p Profile) checkAttempts() Problems {
	var ps Problems
	n, path := p.attempts(), At("max_wrong_attempts")
	switch {
	case p.Unknown.Any("max_wrong_attempts"):
	case n < 1 || n > MaxWrongAttemptsLimit:
		ps.Errorf(path, "Number of attempts is out of range", "max_wrong_attempts is %d; allow 1 to %d.", n, MaxWrongAttemptsLimit)
	case p.guessable() > maxGuesses:
		ps.Warnf(path, "Codes are easy to guess", "%d attempts at %.0f different codes succeed more often than once in 100,000. Lower max_wrong_attempts or lengthen the code.", n, p.Code.Resolve().Possible())
	case n > ManyAttempts:
		ps.Warnf(path, "Many attempts are allowed", "max_wrong_attempts is %d. No vendor names a limit, but nobody mistypes a code so often: more than %d help those who guess.", n, ManyAttempts)
	}
	return ps
}

func (p Profile) checkLimits() Problems {
	var ps Problems
	l, path := p.limits(), At("limits")
	positive := func(name string, n, least int64) {
		if n < least {
			ps.Errorf(path.Attribute(name), "Limit is out of range", "%s is %d; it must be %d or more.", name, n, least)
		}
	}
	positive("resend_after_seconds", l.ResendAfterSeconds, 0)
	positive("per_phone_hour", l.PerPhoneHour, 1)
	positive("per_phone_day", l.PerPhoneDay, 1)
	if l.PerPhoneDay < l.PerPhoneHour {
		ps.Errorf(path.Attribute("per_phone_day"), "Daily limit is below the hourly one", "per_phone_day is %d and per_phone_hour is %d; a day holds at least as many as an hour.", l.PerPhoneDay, l.PerPhoneHour)
	}
	orNone := func(name string, limit *int64) {
		if limit != nil && *limit < 0 {
			ps.Errorf(path.Attribute(name), "Limit is out of range", "%s is %d; it must be 1 or more, or 0 for no limit.", name, *limit)
		}
	}
	orNone("per_ip_hour", l.PerIPHour)
	orNone("per_profile_hour", l.PerProfileHour)
	return ps
}

func (p Profile) checkRoutes() Problems {
	var ps Problems
	if p.Unknown.Any("routes") {
		return nil
	}
	if len(p.Routes) == 0 {
		ps.Errorf(At("routes"), "Profile has no route", "Without a route no code can be sent. Add at least one, for example { vendor = \"myotp\", channel = \"sms\" }.")
	}
	for i, r := range p.Routes {
		if !r.Unknown.Any("vendor") && !r.Vendor.Valid() {
			ps.Errorf(routePath(i).Attribute("vendor"), "Unknown vendor", "%q is not a vendor; write %s.", r.Vendor, quoted(Vendors()))
		}
		if !r.Unknown.Any("countries") && r.Countries != nil {
			countries := routePath(i).Attribute("countries")
			ps = append(ps, checkCountries(countries, r.Countries)...)
			ps = append(ps, p.checkRouteCountries(countries, r)...)
		}
		for j := range p.Routes[:i] {
			if len(r.Unknown) == 0 && len(p.Routes[j].Unknown) == 0 && reflect.DeepEqual(&p.Routes[j], &p.Routes[i]) {
				ps.Errorf(routePath(i), "Route is there twice", "routes[%d] and routes[%d] are the same; a second attempt at the same vendor would not help. Remove one.", j, i)
			}
		}
	}
	return ps
}
