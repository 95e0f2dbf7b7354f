package pairing_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/otp-as-code/terraform-provider-otp/internal/clock/clocktest"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	emulated "github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const (
	phone = "+923004445566"
	other = "+923007778899"
	// The account that a new sandbox has.
	seeded       = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"
	seededNumber = "+923001112233"
)

// fixture is a vendor, and a clock whose waits are over at once.
type fixture struct {
	*clocktest.Steps
	t      *testing.T
	vendor *sandbox.Server
	linker *pairing.Linker

	shown []pairing.Code
	told  []string
}

func newFixture(t *testing.T, settings emulated.Settings) *fixture {
	t.Helper()
	f := &fixture{Steps: clocktest.NewSteps(), t: t}
	f.vendor = sandbox.StartForTest(t, sandbox.Options{Clock: f.Now, Random: rand.NewChaCha8([32]byte{}), Settings: sandbox.Settings{AndroidAPI: settings}})
	environment := f.vendor.Environment()
	client, err := androidapi.New(
		httpapi.Account{Credentials: map[string]string{"SECRET": environment["OTP_ANDROIDAPI_SECRET"]}, BaseURL: environment["OTP_ANDROIDAPI_BASE_URL"]},
		httpapi.NewTransport(httpapi.Options{MaxRequestsPerSecond: 100_000}, ""),
	)
	if err != nil {
		t.Fatal(err)
	}
	f.linker = pairing.New(client, f)
	return f
}

// link links, and notes what is shown and told.
func (f *fixture) link(ctx context.Context, request pairing.Request) (pairing.Result, error) {
	if request.Show == nil {
		request.Show = func(code pairing.Code) error {
			f.shown = append(f.shown, code)
			return nil
		}
	}
	request.Tell = func(sentence string) { f.told = append(f.told, sentence) }
	return f.linker.Link(ctx, request)
}

// must fails the test where a step of it failed.
func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Error(err)
	}
}

// scan is a scan of the newest code.
func (f *fixture) scan(phone string) func() {
	return func() { f.must(emulated.At(f.vendor).ScanNewestQR(phone)) }
}

// fail lets the next calls of an operation fail.
func (f *fixture) fail(fault sandbox.Fault, times int) func() {
	fault.Times = times
	return func() { f.must(f.vendor.Fail(fault)) }
}

// disconnect is the account of a number that loses its phone.
func (f *fixture) disconnect(phone string) {
	f.must(emulated.At(f.vendor).DisconnectWhatsApp(f.unique(phone)))
}

func (f *fixture) unique(phone string) string {
	for _, account := range emulated.At(f.vendor).WhatsAppAccounts() {
		if account.Phone == phone {
			return account.Unique
		}
	}
	return ""
}

// phones are the numbers of all accounts.
func (f *fixture) phones() []string {
	var phones []string
	for _, account := range emulated.At(f.vendor).WhatsAppAccounts() {
		phones = append(phones, account.Phone)
	}
	return phones
}

// counts is how often each operation was called.
func (f *fixture) counts() map[string]int {
	counts := map[string]int{}
	for _, request := range f.vendor.Requests() {
		counts[request.Operation]++
	}
	return counts
}

// called fails the test where other requests were made than these.
func (f *fixture) called(want map[string]int) {
	f.t.Helper()
	if got := f.counts(); !maps.Equal(got, want) {
		f.t.Errorf("called %v, want %v", got, want)
	}
}

// hidden fails the test where a text shows what must not be seen.
func (f *fixture) hidden(text string) {
	f.t.Helper()
	secrets := []string{phone, phone[1:], other[1:], f.vendor.Environment()["OTP_ANDROIDAPI_SECRET"]}
	for _, link := range emulated.At(f.vendor).WhatsAppLinks() {
		secrets = append(secrets, link.Token, link.QR)
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			f.t.Errorf("%q is in %q", secret, text)
		}
	}
}

// seen is what a camera reads that has to find the code first. It misses one
// code in a hundred, so the code has to be the same in every run.
func seen(t *testing.T, picture image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("no QR code is seen: %v", err)
	}
	return result.GetText()
}

func decoded(t *testing.T, raw []byte) image.Image {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}
