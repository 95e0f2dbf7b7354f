package way2api

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

var update = flag.Bool("update", false, "write the golden files anew; read the difference before you commit it")

type setup struct {
	brand    *otp.Brand
	template *otp.MessageTemplate
	profile  otp.Profile
}

func (s *setup) route() *otp.Route { return &s.profile.Routes[0] }

// valid is a setup that no rule has anything against.
func valid() *setup {
	return &setup{
		brand: &otp.Brand{Name: "acme", DisplayName: "Acme"},
		template: &otp.MessageTemplate{
			Name: "login", Way2API: &otp.Way2APITemplate{Content: "OTP", Purpose: "login", ShareWith: "no_one"},
		},
		profile: otp.Profile{
			Name: "login", Brand: "acme", Template: "login", AllowedCountries: []string{"FR", "IN"},
			Routes: []otp.Route{{Vendor: otp.Way2API, Channel: otp.SMS, Countries: []string{"IN"}}},
		},
	}
}

func (s *setup) compile() (otp.Document, bool, otp.Problems) {
	compilers := otp.Compilers{otp.Way2API: Compiler{}}
	var ps otp.Problems
	if s.template != nil {
		ps = compilers.CheckTemplate(*s.template)
	}
	document, complete, found := compilers.Compile(s.profile, otp.References{Brand: s.brand, Template: s.template})
	return document, complete, append(ps, found...)
}

func lines(ps otp.Problems) []string {
	found := []string{}
	for _, p := range ps {
		found = append(found, p.Path.String()+": "+p.Summary)
	}
	return found
}

// The other vendors are known in a process that has them.
func init() { otp.Introduce(otp.AndroidAPI, "AndroidAPI") }

func TestRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(*setup)
		words string // in the first detail
		want  []string
	}{
		"nothing wrong":          {spoil: func(*setup) {}},
		"India allowed only":     {spoil: func(s *setup) { s.profile.AllowedCountries, s.route().Countries = []string{"IN"}, nil }},
		"India both times":       {spoil: func(s *setup) { s.profile.AllowedCountries = []string{"IN"} }},
		"all allowed, one India": {spoil: func(s *setup) { s.profile.AllowedCountries = nil }},
		"4 digits":               {spoil: func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(4))} }},
		"8 digits":               {spoil: func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(8))} }},
		"every country": {
			func(s *setup) { s.profile.AllowedCountries, s.route().Countries = nil, nil }, `is open to other countries than India. Way2API's service page says worldwide; its newer documentation (request, number: only +91) sells India only, so other numbers may be refused. To send only there, set countries = ["IN"] in the route.`,
			[]string{"routes[0].countries: Way2API may serve India only"},
		},
		"several allowed": {
			func(s *setup) { s.route().Countries = nil }, `set countries = ["IN"] in the route.`,
			[]string{"routes[0].countries: Way2API may serve India only"},
		},
		"India and another": {
			func(s *setup) { s.route().Countries = []string{"FR", "IN"} }, `set countries = ["IN"]`,
			[]string{"routes[0].countries: Way2API may serve India only"},
		},
		"India not allowed": {
			func(s *setup) { s.profile.AllowedCountries, s.route().Countries = []string{"FR"}, nil }, `Try it with a test send, and keep a route of another vendor behind it.`,
			[]string{"routes[0].countries: Way2API may serve India only"},
		},
		"channel whatsapp": {
			func(s *setup) { s.route().Channel = otp.WhatsApp }, `Write one of "sms"`,
			[]string{"routes[0].channel: Vendor does not serve this channel"},
		},
		"sender ID": {
			func(s *setup) { s.route().SenderID = "europe" }, "Way2API sends under a name of its own and takes none in a request. Remove sender_id.",
			[]string{"routes[0].sender_id: Route takes no sender ID"},
		},
		"9 digits": {
			func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(9))} }, "Way2API sends codes of 4 to 8 digits, and routes[0] sends through it",
			[]string{"code.length: Code length is out of range for Way2API"},
		},
		"3 digits": {
			func(s *setup) { s.profile.Code = &otp.CodePolicy{Length: new(int64(3))} }, "length is 3",
			[]string{"code.length: Code length is out of range for Way2API"},
		},
		"letters": {
			func(s *setup) { s.profile.Code = &otp.CodePolicy{UpperCase: new(true)} }, "Keep digits and remove upper_case",
			[]string{"code: Way2API sends codes of digits only"},
		},
		"no look-alikes": {
			func(s *setup) { s.profile.Code = &otp.CodePolicy{ExcludeConfusing: new(true)} }, "the application makes the code, and a document cannot tell it so",
			[]string{"code.exclude_confusing: Confusing characters cannot be left out for Way2API"},
		},
		"template for others": {
			func(s *setup) { s.template = &otp.MessageTemplate{Name: "login", Text: "{{otp}}"} }, `message template "login" has no way2api part. Add way2api = {`,
			[]string{"template: Message template has no words for Way2API"},
		},
		"content in lower case": {
			func(s *setup) { s.template.Way2API.Content = "otp" }, `way2api.content is "otp", which Way2API would refuse. Write "OTP".`,
			[]string{"way2api.content: Way2API does not know this word"},
		},
		"unknown content": {
			func(s *setup) { s.template.Way2API.Content = "TOTP" }, `Write "OTP" or "PIN".`,
			[]string{"way2api.content: Way2API does not know this word"},
		},
		"purpose with a hyphen": {
			func(s *setup) { s.template.Way2API.Purpose = "Password-Reset" }, `Write "password_reset".`,
			[]string{"way2api.purpose: Way2API does not know this word"},
		},
		"unknown purpose": {
			func(s *setup) { s.template.Way2API.Purpose = "marketing" }, `Write "login", "registration", "password_reset", "transaction", "account_verification", "two_factor_auth", "payment_confirmation", "order_confirmation", "profile_update" or "withdrawal".`,
			[]string{"way2api.purpose: Way2API does not know this word"},
		},
		"unknown share_with": {
			func(s *setup) { s.template.Way2API.ShareWith = "everyone" }, `Write "no_one", "executive", "manager", "support_team" or "admin".`,
			[]string{"way2api.share_with: Way2API does not know this word"},
		},
		"no words at all": {
			func(s *setup) { s.template.Way2API = &otp.Way2APITemplate{} }, `way2api.content is ""`,
			[]string{
				"way2api.content: Way2API does not know this word", "way2api.purpose: Way2API does not know this word",
				"way2api.share_with: Way2API does not know this word",
			},
		},
		"options of another vendor": {
			func(s *setup) { s.route().AndroidAPI = &otp.AndroidAPIRoute{} }, "options of AndroidAPI have no effect",
			[]string{"routes[0].androidapi: Options of another vendor"},
		},
		"WhatsApp account": {
			func(s *setup) { s.route().WhatsAppAccount = "abc" }, "Remove whatsapp_account",
			[]string{"routes[0].whatsapp_account: Route takes no WhatsApp account"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := valid()
			test.spoil(s)
			_, _, ps := s.compile()
			if diff := cmp.Diff(append([]string{}, test.want...), lines(ps)); diff != "" {
				t.Fatalf("problems (-want +got):\n%s%s", diff, ps.Error())
			}
			if len(ps) > 0 && (ps[0].Warning != strings.Contains(ps[0].Summary, "may") || !strings.Contains(ps[0].Detail, test.words)) {
				t.Errorf("the detail is %q, want %q in it", ps[0].Detail, test.words)
			}
		})
	}
}

func TestEveryWordIsTaken(t *testing.T) {
	t.Parallel()
	count := 0
	for _, content := range vocabulary[0].values {
		for _, purpose := range vocabulary[1].values {
			for _, share := range vocabulary[2].values {
				count++
				template := otp.MessageTemplate{Way2API: &otp.Way2APITemplate{Content: content, Purpose: purpose, ShareWith: share}}
				if ps := (Compiler{}).CheckTemplate(template); len(ps) > 0 {
					t.Errorf("%v: %q", template.Way2API, lines(ps))
				}
			}
		}
	}
	if count != 2*10*5 {
		t.Errorf("%d combinations, want 100", count)
	}
	if ps := (Compiler{}).CheckTemplate(otp.MessageTemplate{Text: "{{otp}}"}); len(ps) > 0 {
		t.Errorf("a template for others: %q", lines(ps))
	}
	if ps := (Compiler{}).CheckSender(otp.SenderID{Octopush: &otp.OctopushSender{Sender: "!"}}); len(ps) > 0 {
		t.Errorf("a sender ID of others: %q", lines(ps))
	}
}

func TestWhatIsNotKnownYetIsNotChecked(t *testing.T) {
	t.Parallel()
	for name, unsettle := range map[string]func(*setup){
		"channel":   func(s *setup) { s.route().Channel, s.route().Unknown = "", otp.Fields{"channel": true} },
		"sender_id": func(s *setup) { s.route().SenderID, s.route().Unknown = "x", otp.Fields{"sender_id": true} },
		"countries": func(s *setup) { s.route().Countries, s.route().Unknown = nil, otp.Fields{"countries": true} },
		"allowed": func(s *setup) {
			s.route().Countries, s.profile.AllowedCountries, s.profile.Unknown = nil, nil, otp.Fields{"allowed_countries": true}
		},
		"template": func(s *setup) { s.template = nil },
		"words": func(s *setup) {
			s.template.Way2API, s.template.Unknown = nil, otp.Fields{"way2api": true}
		},
		"some words": func(s *setup) {
			s.template.Way2API.Purpose, s.template.Unknown = "", otp.Fields{"way2api": true}
		},
		"code": func(s *setup) {
			s.profile.Code, s.profile.Unknown = &otp.CodePolicy{Length: new(int64(9))}, otp.Fields{"code": true}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := valid()
			unsettle(s)
			_, complete, ps := s.compile()
			if complete || len(ps) > 0 {
				t.Errorf("complete: %t, problems: %q", complete, lines(ps))
			}
		})
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	for name, adapt := range map[string]func(*setup){
		"otp": func(*setup) {},
		"pin": func(s *setup) {
			s.template.Way2API = &otp.Way2APITemplate{Content: "PIN", Purpose: "withdrawal", ShareWith: "support_team"}
			s.profile.Code = &otp.CodePolicy{Length: new(int64(4))}
		},
		"second-account": func(s *setup) { s.route().Account = "india-2" },
		"india-only":     func(s *setup) { s.profile.AllowedCountries, s.route().Countries = []string{"IN"}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := valid()
			adapt(s)
			document, complete, ps := s.compile()
			if !complete || ps.Failed() {
				t.Fatalf("complete: %t, problems: %q", complete, lines(ps))
			}
			text, err := document.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, []byte(text), "", "  "); err != nil {
				t.Fatal(err)
			}
			pretty.WriteByte('\n')
			file := filepath.Join("testdata", "documents", name+".json")
			if *update {
				if err := os.WriteFile(file, pretty.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(pretty.String(), "\n")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// TestCompilingTwiceSharesNothing: a caller may change a document without
// changing the next one.
func TestCompilingTwiceSharesNothing(t *testing.T) {
	t.Parallel()
	first, _, _ := valid().compile()
	want, err := first.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	for _, outcome := range first.Routes[0].Send.Outcomes {
		for _, condition := range outcome.When {
			for i := range condition.HTTPStatus {
				condition.HTTPStatus[i] = 0
			}
		}
	}
	second, _, _ := valid().compile()
	if got, err := second.Canonical(); err != nil || got != want {
		t.Errorf("the second document differs (%v):\n%s", err, cmp.Diff(want, got))
	}
}
