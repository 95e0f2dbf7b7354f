package vendors_test

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

var update = flag.Bool("update", false, "write the golden files anew; read the difference before you commit it")

// setup is a profile with everything it refers to.
type setup struct {
	brand    otp.Brand
	template otp.MessageTemplate
	sender   otp.SenderID
	profile  otp.Profile
}

// valid is a setup that no rule has anything against; tests change it.
func valid(routes ...otp.Route) *setup {
	return &setup{
		brand: otp.Brand{Name: "acme", DisplayName: "Acme"},
		template: otp.MessageTemplate{
			Name:         "login",
			Text:         "{{brand}}: {{otp}} is your code for {{validity_minutes}} minutes.",
			Translations: map[string]string{"fr": "{{brand}} : {{otp}} est votre code."},
			MyOTP:        &otp.MyOTPTemplate{TemplateOrder: new(int64(1)), WhatsAppTemplateOrder: new(int64(12))},
		},
		sender: otp.SenderID{Name: "europe", Octopush: &otp.OctopushSender{Sender: "ACMEBANK"}},
		profile: otp.Profile{
			Name: "login", Brand: "acme", Template: "login", AllowedCountries: []string{"FR", "IN", "PK"}, Routes: routes,
		},
	}
}

// compile runs every check that a plan runs.
func (s *setup) compile() (otp.Document, bool, otp.Problems) {
	compilers := vendors.Compilers()
	ps := compilers.CheckBrand(s.brand)
	ps = append(ps, compilers.CheckTemplate(s.template)...)
	ps = append(ps, compilers.CheckSender(s.sender)...)
	ps = append(ps, s.profile.Check()...)
	refs := otp.References{Brand: &s.brand, Template: &s.template, Senders: map[string]*otp.SenderID{s.sender.Name: &s.sender}}
	document, complete, found := compilers.Compile(s.profile, refs)
	return document, complete, append(ps, found...)
}

// sentences are the problems as a plan prints them, one a line.
func sentences(ps otp.Problems) []string {
	var lines []string
	for _, p := range ps {
		kind := "error"
		if p.Warning {
			kind = "warning"
		}
		lines = append(lines, kind+" at "+p.Path.String()+": "+p.Summary+". "+p.Detail)
	}
	return lines
}

// golden compares named blocks of lines with a file.
func golden(t *testing.T, file string, blocks map[string][]string) {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(blocks)) {
		b.WriteString(name + "\n")
		for _, line := range blocks[name] {
			b.WriteString("    " + line + "\n")
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func overOctopush() otp.Route {
	return otp.Route{Vendor: otp.Octopush, Channel: otp.SMS, SenderID: "europe"}
}

func overVoice(voice *otp.Voice) otp.Route {
	return otp.Route{Vendor: otp.Octopush, Channel: otp.VoiceSMS, Octopush: &otp.OctopushRoute{Voice: voice}}
}

func overMyOTP(channel otp.Channel) otp.Route {
	return otp.Route{Vendor: otp.MyOTP, Channel: channel}
}
