package providertest

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
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// What the worlds of linking hold.
const (
	AccountType = "otp_whatsapp_account"
	SupportLine = "+923004445566"
	StrayPhone  = "+923007778899"
	// SeededAccount is what a new sandbox has.
	SeededAccount = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"
	SeededPhone   = "+923001112233"
)

// Linking is a vendor, a folder, and a clock whose waits are over at once.
type Linking struct {
	*clocktest.Steps
	t      *testing.T
	Vendor *sandbox.Server
	Folder string
	QRFile string

	State *Tracked // what Terraform would have
}

// Tracked is a resource as Terraform keeps it between two runs.
type Tracked struct {
	State    *tfprotov6.DynamicValue
	Private  []byte
	Identity *tfprotov6.ResourceIdentityData
}

// NewLinking is a vendor with these settings.
func NewLinking(t *testing.T, settings androidapi.Settings) *Linking {
	t.Helper()
	l := &Linking{Steps: clocktest.NewSteps(), t: t, Folder: t.TempDir()}
	l.QRFile = filepath.Join(l.Folder, "qr.png")
	l.Vendor = sandbox.StartForTest(t, sandbox.Options{Clock: l.Now, Settings: sandbox.Settings{AndroidAPI: settings}})
	return l
}

// During lets something happen during a wait from now on, counted from 1.
func (l *Linking) During(wait int, event func()) *Linking {
	l.Steps.During(wait, event)
	return l
}

// Scanning has a phone scan every code during the waits to come.
func (l *Linking) Scanning(phone string) {
	l.Always(func() {
		for _, link := range androidapi.At(l.Vendor).WhatsAppLinks() {
			if !link.Expired {
				l.Must(androidapi.At(l.Vendor).ScanQR(link.Token, phone))
			}
		}
	})
}

// Scan is one scan of the newest code.
func (l *Linking) Scan(phone string) func() {
	return func() { l.Must(androidapi.At(l.Vendor).ScanNewestQR(phone)) }
}

// Must fails the test where the vendor could not be told something.
func (l *Linking) Must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Error(err)
	}
}

// Disconnect has a phone log the account out.
func (l *Linking) Disconnect(phone string) {
	l.t.Helper()
	l.Must(androidapi.At(l.Vendor).DisconnectWhatsApp(l.Unique(phone)))
}

// Update changes what the vendor knows of the account.
func (l *Linking) Update(change func(*androidapi.Account)) {
	l.t.Helper()
	l.Must(androidapi.At(l.Vendor).Update(change))
}

// Remove deletes an account outside of Terraform.
func (l *Linking) Remove(phone string) {
	l.t.Helper()
	l.Update(func(a *androidapi.Account) {
		a.WhatsApp = slices.DeleteFunc(a.WhatsApp, func(w androidapi.WhatsAppAccount) bool { return w.Phone == phone })
	})
}

// Fail lets calls of an operation be answered by a gateway's page; below 0:
// all of them.
func (l *Linking) Fail(operation string, times int) {
	l.t.Helper()
	fault := sandbox.HTMLPage("androidapi", operation, 200)
	fault.Times = times
	l.Must(l.Vendor.Fail(fault))
}

// Unique is the vendor's handle of a phone's account, or empty.
func (l *Linking) Unique(phone string) string {
	for _, account := range androidapi.At(l.Vendor).WhatsAppAccounts() {
		if account.Phone == phone {
			return account.Unique
		}
	}
	return ""
}

// Left fails the test unless the vendor has exactly the accounts of these
// numbers, and the QR code is gone.
func (l *Linking) Left(phones ...string) {
	l.t.Helper()
	var found []string
	for _, account := range androidapi.At(l.Vendor).WhatsAppAccounts() {
		found = append(found, account.Phone)
	}
	if !slices.Equal(found, phones) {
		l.t.Errorf("the vendor has accounts of %v, want %v", found, phones)
	}
	if _, err := os.Stat(l.QRFile); !errors.Is(err, fs.ErrNotExist) {
		l.t.Errorf("the QR code was left behind (%v)", err)
	}
}

// Called fails the test where other requests were made than these.
func (l *Linking) Called(want map[string]int) {
	l.t.Helper()
	if got := Requested(l.Vendor); !maps.Equal(got, want) {
		l.t.Errorf("called %v, want %v", got, want)
	}
}

// Hidden fails the test where a text shows what nobody may see.
func (l *Linking) Hidden(place, text string) {
	l.t.Helper()
	secrets := []string{l.Vendor.Environment()["OTP_ANDROIDAPI_SECRET"]}
	for _, link := range androidapi.At(l.Vendor).WhatsAppLinks() {
		secrets = append(secrets, link.Token, link.QR)
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			l.t.Errorf("%q is in the %s: %s", secret, place, text)
		}
	}
}

// Factory makes the provider with the clock of the test.
func (l *Linking) Factory() (tfprotov6.ProviderServer, error) {
	return provider.NewServer(provider.New("test", provider.WithClock(l))())
}

// block is the provider block.
func (l *Linking) block() string {
	environment := l.Vendor.Environment()
	return fmt.Sprintf("provider \"otp\" {\n  androidapi = { base_url = %q, secret = %q }\n  http       = { max_retries = 0, max_requests_per_second = 100000 }\n}\n",
		environment["OTP_ANDROIDAPI_BASE_URL"], environment["OTP_ANDROIDAPI_SECRET"])
}

// Walk configures a provider, as every plan and every apply does.
func (l *Linking) Walk() *Walk {
	l.t.Helper()
	return l.WalkWith(l.Credentials())
}

// Credentials are the account at the vendor in the provider block.
func (l *Linking) Credentials() map[string]any {
	environment := l.Vendor.Environment()
	return map[string]any{"base_url": environment["OTP_ANDROIDAPI_BASE_URL"], "secret": environment["OTP_ANDROIDAPI_SECRET"]}
}

// WalkWith is Walk with another block of the vendor.
func (l *Linking) WalkWith(account any) *Walk {
	l.t.Helper()
	raw, err := l.Factory()
	if err != nil {
		l.t.Fatal(err)
	}
	return l.Configured(raw, account)
}

// Configured is a walk with a provider of its own.
func (l *Linking) Configured(raw tfprotov6.ProviderServer, account any) *Walk {
	l.t.Helper()
	var err error
	w := &Walk{&Server{ProviderServer: raw, T: l.t}}
	if w.Schema, err = raw.GetProviderSchema(l.t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		l.t.Fatal(err)
	}
	config := map[string]any{"androidapi": account, "http": map[string]any{"max_retries": 0, "max_requests_per_second": 100000}}
	response, err := raw.ConfigureProvider(l.t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: w.Dynamic(w.Object(w.Schema.Provider.ValueType(), config)),
	})
	if err != nil {
		l.t.Fatal(err)
	}
	w.None(response.Diagnostics)
	return w
}

// AccountType is the type of a WhatsApp account in the state.
func (w *Walk) AccountType() tftypes.Type { return w.Schema.ResourceSchemas[AccountType].ValueType() }

// Account is a value of the resource as plain data, unknown values as "?".
func (w *Walk) Account(d *tfprotov6.DynamicValue) map[string]any {
	w.T.Helper()
	value, err := d.Unmarshal(w.AccountType())
	if err != nil {
		w.T.Fatal(err)
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
		w.T.Fatal(err)
	}
	account, ok := w.plain(known).(map[string]any)
	if !ok {
		w.T.Fatalf("no object: %s", value)
	}
	return account
}
