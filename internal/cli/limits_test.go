package cli

import (
	"path/filepath"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

func TestLimitsOfAnAddressAndOfAProfileHoldOnTheCommandLine(t *testing.T) {
	f := newField(t)
	url := "sqlite:" + filepath.Join(t.TempDir(), "limited.db")
	t.Setenv("OTP_CATALOG_URL", url)
	f.writes(url, otp.Profile{
		Name: "login", Brand: "acme", Template: "login", Routes: []otp.Route{{Vendor: otp.MyOTP, Channel: otp.SMS}},
		Limits: &otp.Limits{PerIPHour: new(int64(1)), PerProfileHour: new(int64(2))},
	}, otp.References{
		Brand:    &otp.Brand{Name: "acme", DisplayName: "Acme"},
		Template: &otp.MessageTemplate{Name: "login", Text: "{{brand}}: {{otp}}", MyOTP: &otp.MyOTPTemplate{TemplateOrder: new(int64(1))}},
	})
	send := func(phone, address string) ran { return f.runs("", "send", "login", phone, "--recipient-ip", address) }
	send(testPhone, "203.0.113.7").ends(0, "outcome     ok")
	send("+33698765433", "203.0.113.7").ends(exitPerson, "limited", "limits.per_ip_hour")
	send("+33698765433", "203.0.113.8").ends(0, "outcome     ok")
	send("+33698765434", "203.0.113.9").ends(exitPerson, "limited", "limits.per_profile_hour")
	if n := len(f.Messages()); n != 2 {
		t.Errorf("%d messages were sent, want 2", n)
	}
}
