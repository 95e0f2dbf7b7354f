// Package otp is the domain: what a brand, a message template, a sender ID and
// a profile are, the rules all vendors share, and the profile document that
// applications read. It is pure: no I/O, no Terraform, no HTTP.
package otp

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Vendor is one of the supported OTP vendors, as it is spelled in HCL,
// documents and errors.
type Vendor string

// The vendors that have options of their own in routes, message templates or
// sender IDs, by the name they have in configuration.
const (
	AndroidAPI Vendor = "androidapi" // androidapi.net, a Zender gateway
	MyOTP      Vendor = "myotp"      // MyOTP.App
	Octopush   Vendor = "octopush"   // octopush.com, the v1/public API
	Way2API    Vendor = "way2api"    // way2api.com
)

// titles are the vendors that were introduced. The map is never changed, only
// replaced.
var (
	titles       atomic.Pointer[map[Vendor]string]
	introduction sync.Mutex
)

// Introduce makes a vendor and its title known. The domain has the rules that
// hold for all vendors; who they are, their own packages say.
func Introduce(v Vendor, title string) {
	introduction.Lock()
	defer introduction.Unlock()
	known := map[Vendor]string{v: title}
	if earlier := titles.Load(); earlier != nil {
		for other, name := range *earlier {
			if other != v {
				known[other] = name
			}
		}
	}
	titles.Store(&known)
}

func introduced() map[Vendor]string {
	if known := titles.Load(); known != nil {
		return *known
	}
	return nil
}

// Vendors lists every supported vendor in alphabetical order.
func Vendors() []Vendor { return slices.Sorted(maps.Keys(introduced())) }

// Names are vendors as texts.
func Names(vendors []Vendor) []string {
	names := make([]string, 0, len(vendors))
	for _, v := range vendors {
		names = append(names, string(v))
	}
	return names
}

// Valid reports whether v is a supported vendor.
func (v Vendor) Valid() bool {
	_, known := introduced()[v]
	return known
}

// Title is the vendor's name as the vendor itself writes it, for sentences.
func (v Vendor) Title() string {
	return cmp.Or(introduced()[v], string(v))
}

// Variable names the environment variable that holds one credential or address
// of the vendor: OTP_OCTOPUSH_API_KEY, or OTP_OCTOPUSH_EU_API_KEY for the
// account "eu". The account is a slug; its hyphens become underscores.
func (v Vendor) Variable(account, field string) string {
	if account != "" {
		account = strings.ToUpper(strings.ReplaceAll(account, "-", "_")) + "_"
	}
	return "OTP_" + strings.ToUpper(string(v)) + "_" + account + field
}

// Channel is a way to reach a phone. Each vendor serves some of them.
type Channel string

// The channels, by the names the vendors use.
const (
	SMS      Channel = "sms"
	VoiceSMS Channel = "voice_sms" // a call that reads the code aloud (Octopush)
	WhatsApp Channel = "whatsapp"
	Telegram Channel = "telegram"
)
