package provider_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/clock/clocktest"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

const (
	accountType = "otp_whatsapp_account"
	supportLine = "+923004445566"
	strayPhone  = "+923007778899"
	// The account that a new sandbox has.
	seededAccount = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"
	seededPhone   = "+923001112233"
)

// linking is a vendor, a folder, and a clock whose waits are over at once.
type linking struct {
	*clocktest.Steps
	t      *testing.T
	vendor *sandbox.Server
	folder string
	qrFile string

	state *tracked // what Terraform would have
}

// tracked is a resource as Terraform keeps it between two runs.
type tracked struct {
	state    *tfprotov6.DynamicValue
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

func newLinking(t *testing.T, settings sandbox.AndroidAPISettings) *linking {
	t.Helper()
	l := &linking{Steps: clocktest.NewSteps(), t: t, folder: t.TempDir()}
	l.qrFile = filepath.Join(l.folder, "qr.png")
	l.vendor = sandbox.StartForTest(t, sandbox.Options{Clock: l.Now, Settings: sandbox.Settings{AndroidAPI: settings}})
	return l
}

// during lets something happen during a wait from now on, counted from 1.
func (l *linking) during(wait int, event func()) *linking {
	l.During(wait, event)
	return l
}

// scanning has a phone scan every code during the waits to come.
func (l *linking) scanning(phone string) {
	l.Always(func() {
		for _, link := range l.vendor.WhatsAppLinks() {
			if !link.Expired {
				l.must(l.vendor.ScanQR(link.Token, phone))
			}
		}
	})
}

// scan is one scan of the newest code.
func (l *linking) scan(phone string) func() {
	return func() { l.must(l.vendor.ScanNewestQR(phone)) }
}

func (l *linking) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Error(err)
	}
}

func (l *linking) disconnect(phone string) {
	l.t.Helper()
	l.must(l.vendor.DisconnectWhatsApp(l.unique(phone)))
}

func (l *linking) update(change func(*sandbox.AndroidAPIAccount)) {
	l.t.Helper()
	l.must(l.vendor.UpdateAndroidAPI(change))
}

// remove deletes an account outside of Terraform.
func (l *linking) remove(phone string) {
	l.t.Helper()
	l.update(func(a *sandbox.AndroidAPIAccount) {
		a.WhatsApp = slices.DeleteFunc(a.WhatsApp, func(w sandbox.WhatsAppAccount) bool { return w.Phone == phone })
	})
}

// fail lets calls of an operation be answered by a gateway's page; below 0:
// all of them.
func (l *linking) fail(operation string, times int) {
	l.t.Helper()
	fault := sandbox.HTMLPage("androidapi", operation, 200)
	fault.Times = times
	l.must(l.vendor.Fail(fault))
}

func (l *linking) unique(phone string) string {
	for _, account := range l.vendor.WhatsAppAccounts() {
		if account.Phone == phone {
			return account.Unique
		}
	}
	return ""
}

// left fails the test unless the vendor has exactly the accounts of these
// numbers, and the QR code is gone.
func (l *linking) left(phones ...string) {
	l.t.Helper()
	var found []string
	for _, account := range l.vendor.WhatsAppAccounts() {
		found = append(found, account.Phone)
	}
	if !slices.Equal(found, phones) {
		l.t.Errorf("the vendor has accounts of %v, want %v", found, phones)
	}
	if _, err := os.Stat(l.qrFile); !errors.Is(err, fs.ErrNotExist) {
		l.t.Errorf("the QR code was left behind (%v)", err)
	}
}

// called fails the test where other requests were made than these.
func (l *linking) called(want map[string]int) {
	l.t.Helper()
	if got := requested(l.vendor); !maps.Equal(got, want) {
		l.t.Errorf("called %v, want %v", got, want)
	}
}

// hidden fails the test where a text shows what nobody may see.
func (l *linking) hidden(place, text string) {
	l.t.Helper()
	secrets := []string{l.vendor.Environment()["OTP_ANDROIDAPI_SECRET"]}
	for _, link := range l.vendor.WhatsAppLinks() {
		secrets = append(secrets, link.Token, link.QR)
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			l.t.Errorf("%q is in the %s: %s", secret, place, text)
		}
	}
}

// factory makes the provider with the clock of the test.
func (l *linking) factory() (tfprotov6.ProviderServer, error) {
	return provider.NewServer(provider.New("test", provider.WithClock(l))())
}

// block is the provider block.
func (l *linking) block() string {
	environment := l.vendor.Environment()
	return fmt.Sprintf("provider \"otp\" {\n  androidapi = { base_url = %q, secret = %q }\n  http       = { max_retries = 0, max_requests_per_second = 100000 }\n}\n",
		environment["OTP_ANDROIDAPI_BASE_URL"], environment["OTP_ANDROIDAPI_SECRET"])
}

// walk configures a provider, as every plan and every apply does.
func (l *linking) walk() *walk {
	l.t.Helper()
	return l.walkWith(l.credentials())
}

// credentials are the account at the vendor in the provider block.
func (l *linking) credentials() map[string]any {
	environment := l.vendor.Environment()
	return map[string]any{"base_url": environment["OTP_ANDROIDAPI_BASE_URL"], "secret": environment["OTP_ANDROIDAPI_SECRET"]}
}

func (l *linking) walkWith(account any) *walk {
	l.t.Helper()
	raw, err := l.factory()
	if err != nil {
		l.t.Fatal(err)
	}
	return l.configured(raw, account)
}

// configured is a walk with a provider of its own.
func (l *linking) configured(raw tfprotov6.ProviderServer, account any) *walk {
	l.t.Helper()
	var err error
	w := &walk{&server{ProviderServer: raw, t: l.t}}
	if w.schema, err = raw.GetProviderSchema(l.t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		l.t.Fatal(err)
	}
	config := map[string]any{"androidapi": account, "http": map[string]any{"max_retries": 0, "max_requests_per_second": 100000}}
	response, err := raw.ConfigureProvider(l.t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: w.dynamic(w.object(w.schema.Provider.ValueType(), config)),
	})
	if err != nil {
		l.t.Fatal(err)
	}
	w.none(response.Diagnostics)
	return w
}

func (w *walk) accountType() tftypes.Type { return w.schema.ResourceSchemas[accountType].ValueType() }

// account is a value of the resource as plain data, unknown values as "?".
func (w *walk) account(d *tfprotov6.DynamicValue) map[string]any {
	w.t.Helper()
	value, err := d.Unmarshal(w.accountType())
	if err != nil {
		w.t.Fatal(err)
	}
	if value.IsNull() {
		return nil
	}
	known, err := tftypes.Transform(value, func(_ *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if !v.IsKnown() {
			return tftypes.NewValue(tftypes.String, "?"), nil
		}
		return v, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	account, ok := w.plain(known).(map[string]any)
	if !ok {
		w.t.Fatalf("no object: %s", value)
	}
	return account
}
