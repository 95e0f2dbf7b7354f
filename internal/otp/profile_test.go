package otp

import "testing"

func TestWarningsOfAProfile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Profile)
		want   string
	}{
		"usual":                              {func(*Profile) {}, ""},
		"five digits":                        {func(p *Profile) { p.Code = &CodePolicy{Length: new(int64(5))} }, "Codes are easy to guess"},
		"no confusing digits":                {func(p *Profile) { p.Code = &CodePolicy{ExcludeConfusing: new(true)} }, "Codes are easy to guess"},
		"five letters":                       {func(p *Profile) { p.Code = &CodePolicy{Length: new(int64(5)), UpperCase: new(true)} }, ""},
		"eleven attempts at a million codes": {func(p *Profile) { p.MaxWrongAttempts = new(int64(11)) }, "Codes are easy to guess"},
		"eleven attempts": {func(p *Profile) {
			p.Code, p.MaxWrongAttempts = &CodePolicy{Length: new(int64(8))}, new(int64(11))
		}, "Many attempts are allowed"},
		"a hundred attempts": {func(p *Profile) {
			p.Code, p.MaxWrongAttempts = &CodePolicy{Length: new(int64(8))}, new(int64(100))
		}, "Many attempts are allowed"},
		"a minute":       {func(p *Profile) { p.ValiditySeconds = new(int64(60)) }, ""},
		"less than that": {func(p *Profile) { p.ValiditySeconds = new(int64(59)) }, "Codes are valid for seconds"},
		"five, in seconds": {func(p *Profile) {
			p.ValiditySeconds, p.Limits = new(int64(5)), &Limits{ResendAfterSeconds: new(int64(5))}
		}, "Codes are valid for seconds"},
		"another code only when this has expired": {func(p *Profile) { p.Limits = &Limits{ResendAfterSeconds: new(int64(301))} }, "Codes expire before another may be asked for"},
		"another code just when this expires":     {func(p *Profile) { p.Limits = &Limits{ResendAfterSeconds: new(int64(300))} }, ""},
		"a country without a route":               {func(p *Profile) { p.AllowedCountries, p.Routes[0].Countries = []string{"DE", "FR"}, []string{"FR"} }, "Countries are allowed that no route serves"},
		"a route for each country": {func(p *Profile) {
			p.AllowedCountries = []string{"DE", "FR"}
			p.Routes = []Route{{Vendor: MyOTP, Channel: SMS, Countries: []string{"FR"}}, {Vendor: MyOTP, Channel: WhatsApp, Countries: []string{"DE"}}}
		}, ""},
		"every country, few served":     {func(p *Profile) { p.AllowedCountries, p.Routes[0].Countries = nil, []string{"FR"} }, "Countries are allowed that no route serves"},
		"countries not known yet":       {func(p *Profile) { p.Routes[0].Unknown = Fields{"countries": true} }, ""},
		"every country, routes unknown": {func(p *Profile) { p.AllowedCountries, p.Routes, p.Unknown = nil, nil, Fields{"routes": true} }, "Codes may be sent to every country"},
		"ten attempts":                  {func(p *Profile) { p.MaxWrongAttempts = new(int64(10)) }, ""},
		"a quarter of an hour":          {func(p *Profile) { p.ValiditySeconds = new(int64(900)) }, ""},
		"more than that":                {func(p *Profile) { p.ValiditySeconds = new(int64(901)) }, "Codes are valid for long"},
		"every country":                 {func(p *Profile) { p.AllowedCountries = nil }, "Codes may be sent to every country"},
		"not known yet":                 {func(p *Profile) { p.AllowedCountries, p.Unknown = nil, Fields{"allowed_countries": true} }, ""},
		"an unknown route part":         {func(p *Profile) { p.Routes[0].Unknown = Fields{"vendor": true} }, ""},
	} {
		p := Profile{Name: "x", Brand: "x", Template: "x", AllowedCountries: []string{"FR"}, Routes: []Route{{Vendor: MyOTP, Channel: SMS}}}
		test.change(&p)
		ps := p.Check()
		if ps.Failed() || test.want == "" && len(ps) > 0 || test.want != "" && (len(ps) != 1 || ps[0].Summary != test.want) {
			t.Errorf("%s: %v", name, ps)
		}
	}
}
