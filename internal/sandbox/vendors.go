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
	AndroidAPISettings = androidapi.Settings
	AndroidAPIAccount  = androidapi.Account
	Device             = androidapi.Device
	Usage              = androidapi.Usage
	Gateway            = androidapi.Gateway
	Pricing            = androidapi.Pricing
	Countries          = androidapi.Countries
	Partner            = androidapi.Partner
	WhatsAppServer     = androidapi.WhatsAppServer
	WhatsAppAccount    = androidapi.WhatsAppAccount
	WhatsAppLink       = androidapi.WhatsAppLink
	MyOTPSettings      = myotp.Settings
	MyOTPAccount       = myotp.Account
	OctopushSettings   = octopush.Settings
	OctopushAccount    = octopush.Account
	Way2APISettings    = way2api.Settings
	Way2APIAccount     = way2api.Account
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
