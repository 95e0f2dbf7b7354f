package vendors_test

import (
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// What is wrong with a template is wrong for every vendor that takes its text,
// and there is one place to mend it.
func TestATemplateWithoutATextIsRefusedOnceForAllVendors(t *testing.T) {
	t.Parallel()
	s := valid(overOctopush(), otp.Route{Vendor: otp.AndroidAPI, Channel: otp.WhatsApp, WhatsAppAccount: "support"})
	s.template.Text, s.template.Translations = "", nil
	_, _, problems := vendors.Compilers().Compile(s.profile, otp.References{
		Brand: &s.brand, Template: &s.template, Senders: map[string]*otp.SenderID{s.sender.Name: &s.sender},
	})
	said := 0
	for _, p := range problems {
		if p.Summary == "Message template has no text" {
			said++
		}
	}
	if said != 1 {
		t.Errorf("said %d times: %v", said, problems)
	}
}
