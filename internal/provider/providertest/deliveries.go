package providertest

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
)

// RecipientPhone is who gets the codes of test deliveries.
const RecipientPhone = "+33698765432"

// Deliveries is a catalog with the profile login over some routes, and a
// sandbox by whose clock actions wait.
type Deliveries struct {
	*World
	*Server
	Vendor *sandbox.Server
	File   string
}

// NewDeliveries applies the profile over these routes.
func NewDeliveries(t *testing.T, routes ...string) *Deliveries {
	t.Helper()
	w := NewWorkspace(t)
	w.Configure(Setup("acme", "Acme", strings.Join(routes, ", "))).Apply()
	d := &Deliveries{
		World: w.World, File: filepath.Join(t.TempDir(), "deliveries.db"),
		Vendor: sandbox.StartForTest(t, sandbox.Options{
			Clock: func() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) },
			// A process of its own cannot move this clock to see a message delivered.
			Settings: sandbox.Settings{MyOTP: myotp.Settings{PendingSeconds: -1}},
		}),
	}
	d.Server = d.Again()
	return d
}

// Again is another run of Terraform.
func (d *Deliveries) Again() *Server {
	d.World.T.Helper()
	raw, err := provider.NewServer(provider.New("test", provider.WithClock(d.Vendor), provider.WithDeliveries(d.File))())
	if err != nil {
		d.World.T.Fatal(err)
	}
	s := d.ServeWith(raw)
	env := d.Vendor.Environment()
	s.Configure(map[string]any{
		"catalog":    map[string]any{"url": d.URL},
		"octopush":   map[string]any{"api_login": env["OTP_OCTOPUSH_API_LOGIN"], "api_key": env["OTP_OCTOPUSH_API_KEY"], "base_url": env["OTP_OCTOPUSH_BASE_URL"]},
		"myotp":      map[string]any{"api_key": env["OTP_MYOTP_API_KEY"], "base_url": env["OTP_MYOTP_BASE_URL"]},
		"androidapi": map[string]any{"secret": env["OTP_ANDROIDAPI_SECRET"], "base_url": env["OTP_ANDROIDAPI_BASE_URL"]},
		"way2api":    map[string]any{"api_key": env["OTP_WAY2API_API_KEY"], "base_url": env["OTP_WAY2API_BASE_URL"]},
	})
	return s
}

// Must fails the test where the vendor could not be told something.
func (d *Deliveries) Must(err error) {
	d.World.T.Helper()
	if err != nil {
		d.World.T.Fatal(err)
	}
}

// ServeWith is a provider that is not configured yet.
func (d *Deliveries) ServeWith(raw tfprotov6.ProviderServer) *Server {
	d.World.T.Helper()
	s := &Server{ProviderServer: raw, T: d.World.T}
	var err error
	s.Schema, err = raw.GetProviderSchema(d.World.T.Context(), &tfprotov6.GetProviderSchemaRequest{})
	d.Must(err)
	return s
}

// Invoke invokes an action in a run of its own. Nothing that it tells may be
// secret or personal.
func (d *Deliveries) Invoke(action string, config map[string]any) *Invocation {
	d.World.T.Helper()
	if _, set := config["profile"]; !set {
		config["profile"] = "login"
	}
	if _, set := config["phone"]; !set {
		config["phone"] = RecipientPhone
	}
	s := d.Again()
	i := s.InvokeAction(d.World.T.Context(), action, s.Configuring(action, config), nil)
	told := strings.Join(i.Progress, "\n") + i.Errors + i.Warnings
	secrets := []string{RecipientPhone, RecipientPhone[1:]}
	for name, value := range d.Vendor.Environment() {
		if !strings.HasSuffix(name, "_URL") {
			secrets = append(secrets, value)
		}
	}
	for _, message := range d.Vendor.Messages() {
		secrets = append(secrets, message.Code)
	}
	for _, secret := range secrets {
		if strings.Contains(told, secret) {
			d.World.T.Errorf("%q is in the output: %s", secret, told)
		}
	}
	return i
}

// Code is the code that was sent last.
func (d *Deliveries) Code() string {
	messages := d.Vendor.Messages()
	if len(messages) == 0 {
		d.World.T.Fatal("nothing was sent")
	}
	return messages[len(messages)-1].Code
}

// Failed fails the test where the errors do not say all of this.
func (i *Invocation) Failed(sentences ...string) {
	i.T.Helper()
	for _, sentence := range sentences {
		if !strings.Contains(i.Errors, sentence) {
			i.T.Errorf("no %q in the errors: %s", sentence, i.Errors)
		}
	}
}
