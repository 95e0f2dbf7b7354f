package androidapi

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// setup is a profile with one route through AndroidAPI and all that it refers
// to.
type setup struct {
	brand    *otp.Brand
	template *otp.MessageTemplate
	sender   *otp.SenderID
	profile  otp.Profile
}

func (s *setup) route() *otp.Route { return &s.profile.Routes[0] }

// bySMS is a setup that no rule has anything against.
func bySMS() *setup {
	return &setup{
		brand:    &otp.Brand{Name: "acme", DisplayName: "Acme"},
		template: &otp.MessageTemplate{Name: "login", Text: "{{brand}}: {{otp}} is your code for {{validity_minutes}} minutes."},
		sender: &otp.SenderID{
			Name: "counter-phone", AndroidAPI: &otp.AndroidAPISender{Device: deviceHandle, SIM: new(int64(1))},
		},
		profile: otp.Profile{
			Name: "login", Brand: "acme", Template: "login", AllowedCountries: []string{"IN", "PK"},
			Routes: []otp.Route{{Vendor: otp.AndroidAPI, Channel: otp.SMS, SenderID: "counter-phone"}},
		},
	}
}

// byWhatsApp is a setup that no rule has anything against.
func byWhatsApp() *setup {
	s := bySMS()
	s.profile.Routes[0] = otp.Route{Vendor: otp.AndroidAPI, Channel: otp.WhatsApp, WhatsAppAccount: accountHandle}
	return s
}

// compile runs the checks of a plan that concern sender ID and profile.
func (s *setup) compile() (otp.Document, bool, otp.Problems) {
	compilers := otp.Compilers{otp.AndroidAPI: Compiler{}}
	var ps otp.Problems
	if s.sender != nil {
		ps = compilers.CheckSender(*s.sender)
	}
	if s.template != nil {
		ps = append(ps, compilers.CheckTemplate(*s.template)...)
	}
	document, complete, found := compilers.Compile(s.profile, otp.References{
		Brand: s.brand, Template: s.template, Senders: map[string]*otp.SenderID{"counter-phone": s.sender},
	})
	return document, complete, append(ps, found...)
}

// lines are problems without their details.
func lines(ps otp.Problems) []string {
	found := []string{}
	for _, p := range ps {
		kind := "error"
		if p.Warning {
			kind = "warning"
		}
		found = append(found, kind+" at "+p.Path.String()+": "+p.Summary)
	}
	return found
}

// expect compares problems with lines; a detail must hold the words.
func expect(t *testing.T, ps otp.Problems, words string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), lines(ps)); diff != "" {
		t.Errorf("problems (-want +got):\n%s%s", diff, ps.Error())
		return
	}
	if len(ps) > 0 {
		if text := ps[0].Detail; words == "" || !strings.Contains(text, words) {
			t.Errorf("the detail is %q, want %q in it", text, words)
		}
	}
}
