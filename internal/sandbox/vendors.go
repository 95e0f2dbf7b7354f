package sandbox

import (
	"errors"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

// Settings holds the switches of each vendor. The zero value is the default
// reading of every vendor.
type Settings struct {
	AndroidAPI AndroidAPISettings `json:"androidapi"`
	MyOTP      MyOTPSettings      `json:"myotp"`
	Octopush   OctopushSettings   `json:"octopush"`
	Way2API    Way2APISettings    `json:"way2api"`
}

// vendors makes every vendor that registered itself, sorted by name.
func (s Settings) vendors() ([]emulate.Vendor, error) {
	settings := emulate.Defaults()
	for name, chosen := range map[string]emulate.Settings{
		"androidapi": s.AndroidAPI, "myotp": s.MyOTP, "octopush": s.Octopush, "way2api": s.Way2API,
	} {
		settings[name] = chosen
	}
	var out []emulate.Vendor
	var failed []error
	for _, name := range emulate.Names() {
		vendor, err := settings[name].New()
		out, failed = append(out, vendor), append(failed, err)
	}
	return out, errors.Join(failed...)
}

// What tests say of a vendor, by the names of its own folder.

type (
	// AndroidAPISettings is androidapi.Settings.
	AndroidAPISettings = androidapi.Settings
	// AndroidAPIAccount is androidapi.Account.
	AndroidAPIAccount = androidapi.Account
	// Device is androidapi.Device.
	Device = androidapi.Device
	// Usage is androidapi.Usage.
	Usage = androidapi.Usage
	// Gateway is androidapi.Gateway.
	Gateway = androidapi.Gateway
	// Pricing is androidapi.Pricing.
	Pricing = androidapi.Pricing
	// Countries is androidapi.Countries.
	Countries = androidapi.Countries
	// Partner is androidapi.Partner.
	Partner = androidapi.Partner
	// WhatsAppServer is androidapi.WhatsAppServer.
	WhatsAppServer = androidapi.WhatsAppServer
	// WhatsAppAccount is androidapi.WhatsAppAccount.
	WhatsAppAccount = androidapi.WhatsAppAccount
	// WhatsAppLink is androidapi.WhatsAppLink.
	WhatsAppLink = androidapi.WhatsAppLink
	// MyOTPSettings is myotp.Settings.
	MyOTPSettings = myotp.Settings
	// MyOTPAccount is myotp.Account.
	MyOTPAccount = myotp.Account
	// OctopushSettings is octopush.Settings.
	OctopushSettings = octopush.Settings
	// OctopushAccount is octopush.Account.
	OctopushAccount = octopush.Account
	// Way2APISettings is way2api.Settings.
	Way2APISettings = way2api.Settings
	// Way2APIAccount is way2api.Account.
	Way2APIAccount = way2api.Account
)

// Values that tests name.
const (
	MessageIDCamel       = androidapi.MessageIDCamel
	MessageIDLower       = androidapi.MessageIDLower
	MessageIDNone        = androidapi.MessageIDNone
	WhatsAppConnected    = androidapi.WhatsAppConnected
	WhatsAppDisconnected = androidapi.WhatsAppDisconnected
	PlanStarter          = myotp.PlanStarter
	PlanBusiness         = myotp.PlanBusiness
	PlanEnterprise       = myotp.PlanEnterprise
	CheckSeed            = myotp.CheckSeed
)

// UpdateAndroidAPI changes what AndroidAPI knows about its customer.
func (s *Server) UpdateAndroidAPI(change func(*AndroidAPIAccount)) error {
	return androidapi.At(s).Update(change)
}

// UpdateMyOTP changes what MyOTP knows about its customer.
func (s *Server) UpdateMyOTP(change func(*MyOTPAccount)) error { return myotp.At(s).Update(change) }

// UpdateOctopush changes what Octopush knows about its customer.
func (s *Server) UpdateOctopush(change func(*OctopushAccount)) error {
	return octopush.At(s).Update(change)
}

// UpdateWay2API changes what Way2API knows about its customer.
func (s *Server) UpdateWay2API(change func(*Way2APIAccount)) error {
	return way2api.At(s).Update(change)
}

// AddTransactions adds rows to MyOTP's report.
func (s *Server) AddTransactions(n int) error { return myotp.At(s).AddTransactions(n) }

// AddDevices adds Android devices.
func (s *Server) AddDevices(n int) error { return androidapi.At(s).AddDevices(n) }

// AddGateways adds gateways.
func (s *Server) AddGateways(n int) error { return androidapi.At(s).AddGateways(n) }

// AddSentMessages adds rows to what AndroidAPI sent.
func (s *Server) AddSentMessages(channel string, n int) error {
	return androidapi.At(s).AddSentMessages(channel, n)
}

// WhatsAppAccounts returns the linked accounts.
func (s *Server) WhatsAppAccounts() []WhatsAppAccount { return androidapi.At(s).WhatsAppAccounts() }

// WhatsAppLinks returns the QR codes that nobody has scanned.
func (s *Server) WhatsAppLinks() []WhatsAppLink { return androidapi.At(s).WhatsAppLinks() }

// ScanQR scans a QR code.
func (s *Server) ScanQR(token, phone string) error { return androidapi.At(s).ScanQR(token, phone) }

// ScanNewestQR scans the QR code that was made last.
func (s *Server) ScanNewestQR(phone string) error { return androidapi.At(s).ScanNewestQR(phone) }

// ExpireQR lets a QR code expire at once.
func (s *Server) ExpireQR(token string) error { return androidapi.At(s).ExpireQR(token) }

// DisconnectWhatsApp is an account that loses its phone.
func (s *Server) DisconnectWhatsApp(unique string) error {
	return androidapi.At(s).DisconnectWhatsApp(unique)
}
