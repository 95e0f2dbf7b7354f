package otp

import "regexp"

// SenderID is whom a message comes from, as each vendor names it.
type SenderID struct {
	Name       string            `json:"name"`
	AndroidAPI *AndroidAPISender `json:"androidapi,omitempty"`
	Octopush   *OctopushSender   `json:"octopush,omitempty"`

	Unknown Fields `json:"-"`
}

// AndroidAPISender is a linked device and its SIM, or a gateway or partner
// device (AndroidAPI reference §7.1).
type AndroidAPISender struct {
	Device             string `json:"device,omitempty"`
	SIM                *int64 `json:"sim,omitempty"`
	Gateway            string `json:"gateway,omitempty"`
	AllowPartnerDevice *bool  `json:"allow_partner_device,omitempty"`
}

// OctopushSender is the alphanumeric sender of a message (Octopush reference §3).
type OctopushSender struct {
	Sender string `json:"sender"`
}

// HandlePattern is the shape of the handles that vendors hand out: devices,
// gateways, WhatsApp accounts.
const HandlePattern = `^[0-9A-Za-z-]{1,128}$`

var handle = regexp.MustCompile(HandlePattern)

// IsHandle reports whether s has the shape of a vendor's handle.
func IsHandle(s string) bool { return handle.MatchString(s) }

// Check applies the rules that hold for a sender ID at every vendor; each
// vendor's compiler checks its own part.
func (s SenderID) Check() Problems {
	var ps Problems
	if s.AndroidAPI == nil && s.Octopush == nil && !s.Unknown.Any("androidapi", "octopush") {
		ps.Errorf(At("androidapi"), "Sender ID is empty", "Set androidapi (a device or a gateway) or octopush (an alphanumeric sender). Other vendors take no sender ID.")
	}
	return ps
}
