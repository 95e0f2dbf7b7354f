package profile_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
)

// The check blocks that the pages show say nothing where all is well, and each
// says its own where something is wrong.
func TestTheCheckBlocksOfThePagesFail(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	if err := myotp.At(s).AddTransactions(3); err != nil { // which cost 3 credits, this week
		t.Fatal(err)
	}
	w := providertest.NewWorkspace(t)
	for name, value := range s.Environment() {
		w.Env = append(w.Env, name+"="+value)
	}
	var config strings.Builder
	for _, file := range []string{"otp_balances/week.tf", "otp_devices/check.tf", "otp_rates/check.tf", "otp_whatsapp_accounts/check.tf"} {
		config.WriteString(providertest.Read(t, filepath.Join(providertest.Root, "examples/data-sources", file)) + "\n")
	}
	// The sandbox's clock is not this machine's, by which a week without dates ends today.
	w.Configure(strings.Replace(config.String(), `"week" {`, "\"week\" {\n  start_date = \"2026-09-24\"\n  end_date = \"2026-10-01\"", 1))
	if output, code := w.TF("plan", "-input=false"); code != 0 || strings.Contains(output, "assertion failed") {
		t.Fatalf("something is wrong where all is well: %s", output)
	}
	if err := myotp.At(s).Update(func(a *myotp.Account) { a.Balance = 2 }); err != nil {
		t.Fatal(err)
	}
	if err := androidapi.At(s).Update(func(a *androidapi.Account) { a.Devices, a.Partners[0].Status = nil, "offline" }); err != nil {
		t.Fatal(err)
	}
	if err := androidapi.At(s).DisconnectWhatsApp(androidapi.At(s).WhatsAppAccounts()[0].Unique); err != nil {
		t.Fatal(err)
	}
	output, code := w.TF("plan", "-input=false")
	output = strings.Join(strings.Fields(strings.ReplaceAll(output, "│", " ")), " ")
	for _, sentence := range []string{
		"A balance is lower than what the last seven days have cost", "The counter phone is not linked any more", "A partner device is offline", "A WhatsApp account is disconnected",
	} {
		if code != 0 || !strings.Contains(output, sentence) {
			t.Errorf("%d: no %q in %s", code, sentence, output)
		}
	}
}
