package profile_test

import (
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

func TestAProfileWarnsOfADisconnectedWhatsAppAccount(t *testing.T) {
	t.Parallel()
	server := providertest.NewSandbox(t)
	accounts := androidapi.At(server).WhatsAppAccounts()
	if len(accounts) == 0 {
		t.Fatal("the sandbox has no WhatsApp account")
	}
	unique := accounts[0].Unique
	if err := androidapi.At(server).DisconnectWhatsApp(unique); err != nil {
		t.Fatal(err)
	}
	w := providertest.NewWorkspace(t)
	w.Configure(providertest.Setup("acme", "Acme", `{ vendor = "androidapi", channel = "whatsapp", whatsapp_account = "`+unique+`" }`))
	if output, code := w.TF("plan", "-input=false"); code != 0 || strings.Contains(output, "disconnected") {
		t.Fatalf("without an account nobody can know: %s", output)
	}
	for name, value := range server.Environment() {
		w.Env = append(w.Env, name+"="+value)
	}
	output, code := w.TF("plan", "-input=false")
	if code != 0 || !strings.Contains(output, "WhatsApp account is disconnected") || !strings.Contains(output, "routes[0].whatsapp_account: AndroidAPI says") {
		t.Errorf("no warning: %s", output)
	}
	w.Apply()
}
