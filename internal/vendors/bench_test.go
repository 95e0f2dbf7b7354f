package vendors_test

import (
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// fiveRoutes is the profile of the measurements: every vendor, five routes.
func fiveRoutes(b testing.TB) (otp.Profile, otp.References) {
	b.Helper()
	s := valid(
		otp.Route{Vendor: otp.Octopush, Channel: "sms", SenderID: "europe", Countries: []string{"FR"}},
		otp.Route{Vendor: otp.Octopush, Channel: "sms", SenderID: "europe", Countries: []string{"PK"}},
		otp.Route{Vendor: otp.MyOTP, Channel: "sms"},
		otp.Route{Vendor: otp.MyOTP, Channel: "whatsapp"},
		otp.Route{Vendor: otp.Way2API, Channel: "sms", Countries: []string{"IN"}},
	)
	s.template.Way2API = &otp.Way2APITemplate{Content: "OTP", Purpose: "login", ShareWith: "no_one"}
	refs := otp.References{Brand: &s.brand, Template: &s.template, Senders: map[string]*otp.SenderID{s.sender.Name: &s.sender}}
	if _, complete, problems := vendors.Compilers().Compile(s.profile, refs); !complete || problems.Failed() {
		b.Fatal(problems)
	}
	return s.profile, refs
}

// TestCompilingAProfileMakesFewThings holds the number of allocations, which is the
// same on every machine. It runs alone, because it counts for the whole process.
func TestCompilingAProfileMakesFewThings(t *testing.T) {
	profile, refs := fiveRoutes(t)
	compilers := vendors.Compilers()
	made := testing.AllocsPerRun(20, func() {
		document, _, _ := compilers.Compile(profile, refs)
		if _, err := document.Canonical(); err != nil {
			t.Error(err)
		}
	})
	if made > 300 {
		t.Errorf("a document of five routes takes %.0f allocations, of which 300 are allowed", made)
	}
}

func BenchmarkCompile(b *testing.B) {
	profile, refs := fiveRoutes(b)
	compilers := vendors.Compilers()
	b.ReportAllocs()
	for b.Loop() {
		document, complete, problems := compilers.Compile(profile, refs)
		if !complete || problems.Failed() {
			b.Fatal(problems)
		}
		if _, err := document.Canonical(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRules(b *testing.B) {
	profile, refs := fiveRoutes(b)
	compilers := vendors.Compilers()
	b.ReportAllocs()
	for b.Loop() {
		if compilers.CheckBrand(*refs.Brand).Failed() || compilers.CheckTemplate(*refs.Template).Failed() || profile.Check().Failed() {
			b.Fatal("the profile is refused")
		}
	}
}
