package provider_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	emulated "github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
)

// canaries are credentials that must turn up nowhere.
var canaries = map[string]string{
	"OTP_ANDROIDAPI_SECRET":  "canary-androidapi-secret-7f3a",
	"OTP_MYOTP_API_KEY":      "canary_myotp_key_7f3a_0123456789",
	"OTP_OCTOPUSH_API_LOGIN": "canary-login-7f3a@octopush.test",
	"OTP_OCTOPUSH_API_KEY":   "canary-octopush-key-7f3a",
	"OTP_WAY2API_API_KEY":    "canary-way2api-key-7f3a",
}

// TestSecretsTurnUpNowhere applies, fails and plans with every log on, and
// looks for the credentials in whatever that leaves behind.
func TestSecretsTurnUpNowhere(t *testing.T) {
	t.Parallel()
	w := providertest.NewWorkspace(t)
	logs := filepath.Join(w.Folder, "trace.log")
	w.Env = append(w.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+logs)
	for name, value := range canaries {
		w.Env = append(w.Env, name+"="+value)
	}
	// Nothing listens there: a refused connection is where URLs get into errors.
	for _, vendor := range []string{"ANDROIDAPI", "MYOTP", "OCTOPUSH", "WAY2API"} {
		w.Env = append(w.Env, "OTP_"+vendor+"_BASE_URL=http://127.0.0.1:1")
	}
	body := providertest.Setup("acme", "Acme", providertest.OverOctopush+", "+providertest.OverMyOTP)
	output := w.Configure(body).Apply()
	w.Plans()
	plan, _ := w.TF("show", "-json", "saved.plan")
	failed := w.Configure(body+`
provider "otp" { http = { max_retries = 0 } }
data "otp_transactions" "all" {
  start_date = "2026-10-01"
  end_date   = "2026-10-01"
}
data "otp_devices" "all" {}
data "otp_balances" "all" {}
`).Fails("could not", "plan", "-input=false")

	found := map[string][]byte{"output": []byte(output), "plan": []byte(plan), "error": []byte(failed)}
	for _, file := range []string{logs, filepath.Join(w.Folder, "terraform.tfstate"), filepath.Join(w.Folder, "saved.plan"), strings.TrimPrefix(w.URL, "sqlite:")} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found[file] = raw
	}
	if !bytes.Contains(found[logs], []byte("provider_rpc")) && !bytes.Contains(found[logs], []byte("tf_rpc")) {
		t.Error("the log holds nothing of the provider, so that it proves nothing")
	}
	for place, content := range found {
		for name, secret := range canaries {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s is in %s", name, place)
			}
		}
	}
}

// TestPersonalDataIsMaskedInTheState sends nothing, but reads what was sent.
func TestPersonalDataIsMaskedInTheState(t *testing.T) {
	t.Parallel()
	server := providertest.NewSandbox(t)
	if err := emulated.At(server).AddTransactions(30); err != nil {
		t.Fatal(err)
	}
	w := providertest.NewWorkspace(t)
	logs := filepath.Join(w.Folder, "trace.log")
	w.Env = append(w.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+logs)
	for name, value := range server.Environment() {
		w.Env = append(w.Env, name+"="+value)
	}
	w.Configure("provider \"otp\" {}\n" + providertest.Transactions("start_date = \"2026-09-01\"\nend_date = \"2026-10-01\"\nvendors = [\"myotp\"]")).Apply()
	phones := map[string]bool{}
	for _, request := range rawTransactions(t, server) {
		phones[request] = true
	}
	if len(phones) == 0 {
		t.Fatal("no phone number to look for")
	}
	for _, file := range []string{logs, filepath.Join(w.Folder, "terraform.tfstate")} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for phone := range phones {
			if bytes.Contains(raw, []byte(phone)) {
				t.Errorf("the phone number %s is in %s", phone, filepath.Base(file))
			}
		}
	}
}

// rawTransactions are the phone numbers that the sandbox reports.
func rawTransactions(t *testing.T, server *sandbox.Server) []string {
	t.Helper()
	environment := server.Environment()
	client, err := newMyOTP(environment["OTP_MYOTP_BASE_URL"], environment["OTP_MYOTP_API_KEY"])
	if err != nil {
		t.Fatal(err)
	}
	var phones []string
	for transaction, err := range client.ReportAll(t.Context(), server.Now().AddDate(0, 0, -30), server.Now()) {
		if err != nil {
			t.Fatal(err)
		}
		phones = append(phones, transaction.PhoneNumber)
	}
	return phones
}

func newMyOTP(address, key string) (*myotp.Client, error) {
	return myotp.New(httpapi.Account{Credentials: map[string]string{"API_KEY": key}, BaseURL: address}, httpapi.NewTransport(httpapi.DefaultOptions(), ""))
}
