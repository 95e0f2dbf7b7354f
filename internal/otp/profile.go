package otp

import (
	"reflect"
	"slices"
	"strings"
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
	MaxWrongAttemptsLimit = 10
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
	Translations map[string]string `json:"translations,omitempty"` // locale to voice language
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
	ps := p.checkCode()
	if !p.Unknown.Any("validity_seconds") {
		switch v := p.Validity(); {
		case v < 1:
			ps.Errorf(At("validity_seconds"), "Validity is out of range", "validity_seconds is %d; a code must be good for at least a second.", v)
		case v > LongValidity:
			ps.Warnf(At("validity_seconds"), "Codes are valid for long", "validity_seconds is %d; a code that is good for more than %d seconds (15 minutes) is easier to steal.", v, LongValidity)
		}
	}
	if n := p.attempts(); !p.Unknown.Any("max_wrong_attempts") && (n < 1 || n > MaxWrongAttemptsLimit) {
		ps.Errorf(At("max_wrong_attempts"), "Number of attempts is out of range", "max_wrong_attempts is %d; allow 1 to %d.", n, MaxWrongAttemptsLimit)
	}
	if !p.Unknown.Any("limits") {
		ps = append(ps, p.checkLimits()...)
	}
	if r := p.ResendRoute; !p.Unknown.Any("resend_route") && r != "" && r != ResendSame && r != ResendNext {
		ps.Errorf(At("resend_route"), "Unknown way to serve a resend", "resend_route is %q; write \"same\", to begin at the first route again, or \"next\", to go on to the next one.", r)
	}
	if !p.Unknown.Any("allowed_countries") {
		ps = append(ps, checkCountries(At("allowed_countries"), p.AllowedCountries)...)
		if p.AllowedCountries == nil {
			ps.Warnf(At("allowed_countries"), "Codes may be sent to every country", "Without allowed_countries anybody can make you pay for messages to expensive numbers (SMS pumping). List the countries your users are in.")
		}
	}
	return append(ps, p.checkRoutes()...)
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
		ps.Errorf(At("routes"), "Profile has no route", "Without a route no code can be sent. Add at least one, for example { vendor = \"octopush\", channel = \"sms\" }.")
	}
	for i, r := range p.Routes {
		path := At("routes").Index(i)
		if !r.Unknown.Any("vendor") && !r.Vendor.Valid() {
			ps.Errorf(path.Attribute("vendor"), "Unknown vendor", "%q is not a vendor; write %s.", r.Vendor, quoted(Vendors()))
		}
		if !r.Unknown.Any("account") && r.Account != "" {
			if sentence := SlugProblem(r.Account); sentence != "" {
				ps.Errorf(path.Attribute("account"), "Account is not a slug", "account is %q. %s It becomes a part of environment variables.", r.Account, sentence)
			}
		}
		if !r.Unknown.Any("countries") {
			ps = append(ps, checkCountries(path.Attribute("countries"), r.Countries)...)
			ps = append(ps, p.checkRouteCountries(path.Attribute("countries"), r)...)
		}
		for j, earlier := range p.Routes[:i] {
			if len(r.Unknown) == 0 && len(earlier.Unknown) == 0 && reflect.DeepEqual(earlier, r) {
				ps.Errorf(path, "Route is there twice", "routes[%d] and routes[%d] are the same; a second attempt at the same vendor would not help. Remove one.", j, i)
			}
		}
	}
	return ps
}

func (p Profile) checkRouteCountries(path Path, r Route) Problems {
	var ps Problems
	if p.Unknown.Any("allowed_countries") || p.AllowedCountries == nil {
		return nil
	}
	for _, country := range r.Countries {
		if !slices.Contains(p.AllowedCountries, country) {
			ps.Errorf(path, "Route serves a country the profile does not allow", "%s is in the route's countries but not in allowed_countries %v. Add it there or remove it here.", country, p.AllowedCountries)
		}
	}
	return ps
}

func checkCountries(path Path, countries []string) Problems {
	var ps Problems
	if countries != nil && len(countries) == 0 {
		ps.Errorf(path, "List of countries is empty", "An empty set would allow no country at all. Leave the attribute out to allow all, or list some.")
	}
	for _, country := range countries {
		if !IsCountry(country) {
			ps.Errorf(path, "Unknown country", "%q is not an ISO 3166 alpha-2 country code in upper case, such as \"FR\" or \"IN\".%s", country, meant(country))
		}
	}
	return ps
}

// meant proposes the country somebody most likely meant.
func meant(country string) string {
	code := strings.ToUpper(strings.TrimSpace(country))
	if other := map[string]string{"UK": "GB", "EL": "GR"}[code]; other != "" {
		code = other
	}
	if !IsCountry(code) {
		return ""
	}
	return " Write \"" + code + "\"."
}
