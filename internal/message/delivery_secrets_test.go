package message_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// What is sent is in no log, neither in the catalog nor in what this machine
// remembers: not the code, not the phone, not the vendors' credentials.
func TestASendLeavesNoSecretBehind(t *testing.T) {
	t.Setenv("TF_LOG", "TRACE")
	counter := "{ vendor = \"androidapi\", channel = \"sms\", sender_id = otp_sender_id.counter.name }\n  ]\n}\n\n" +
		"resource \"otp_sender_id\" \"counter\" {\n  name = \"counter\"\n  androidapi = { device = \"00000000-0000-0000-aaaa-bbbbccccdddd\", sim = 1 }\n  }\n\nlocals {\n  unused = [1"
	d := providertest.NewDeliveries(t, providertest.OverOctopush, providertest.OverMyOTP, counter)
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	invoke := func(action string, config map[string]any) {
		t.Helper()
		config["profile"], config["phone"] = "login", providertest.RecipientPhone
		s := d.Again()
		s.InvokeAction(ctx, action, s.Configuring(action, config), nil)
	}
	// AndroidAPI's credential and the code travel in the query of a URL, which
	// the errors of a connection quote.
	d.Must(d.Vendor.Fail(sandbox.Fault{Vendor: "androidapi", Operation: "get_otp", Kind: sandbox.DropBefore}))
	invoke("otp_test_delivery", map[string]any{"every_route": true, "wait": "1s"})
	d.Must(d.Vendor.Advance(time.Minute))
	d.Must(d.Vendor.Fail(sandbox.Fault{Vendor: "octopush", Operation: "otp_generate", Kind: sandbox.Cut}))
	invoke("otp_test_delivery", map[string]any{"route": 0})
	invoke("otp_verify", map[string]any{"code": "482913"})
	if n := len(d.Vendor.Messages()); n != 4 {
		t.Fatalf("%d messages", n)
	}
	if !bytes.Contains(log.Bytes(), []byte(`/get/otp`)) {
		t.Fatalf("this log proves nothing: %s", log.String())
	}
	secrets := []string{providertest.RecipientPhone[1:]}
	for _, message := range d.Vendor.Messages() {
		secrets = append(secrets, message.Code)
	}
	for name, value := range d.Vendor.Environment() {
		if !strings.HasSuffix(name, "_URL") {
			secrets = append(secrets, value)
		}
	}
	places := map[string][]byte{"log": log.Bytes()}
	for name, path := range map[string]string{"catalog": strings.TrimPrefix(d.URL, "sqlite:"), "ledger": d.File} {
		content, err := os.ReadFile(path)
		d.Must(err)
		places[name] = content
	}
	for place, content := range places {
		for _, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%q is in the %s", secret, place)
			}
		}
	}
}
