package androidapi

import (
	"net/http"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// The values of SendRequest.Mode (AndroidAPI reference §7.1).
const (
	ModeDevices = "devices" // one of the account's own linked devices
	ModeCredits = "credits" // a gateway or a partner device, paid with credits
)

// The values of SendRequest.Priority (AndroidAPI reference §7.1).
const (
	PriorityYes = 1 // sent at once
	PriorityNo  = 2 // queued; the vendor's default
)

// SendRequest makes and sends a code (AndroidAPI reference §7.1). The vendor
// makes the code; neither its length nor its alphabet can be chosen.
type SendRequest struct {
	Type    otp.Channel `json:"type"`    // sms or whatsapp
	Message string      `json:"message"` // holds {{otp}}
	Phone   string      `json:"phone"`   // E.164, with a leading plus sign
	// Expire is how long the code is good, in seconds. Zero: 300.
	Expire int64 `json:"expire,omitempty"`
	// Mode, Device, SIM and Gateway are for sms.
	Mode    string `json:"mode,omitempty"`    // ModeDevices or ModeCredits
	Device  string `json:"device,omitempty"`  // handle; with ModeDevices
	SIM     int64  `json:"sim,omitempty"`     // 1 or 2; with ModeDevices
	Gateway string `json:"gateway,omitempty"` // number or handle; with ModeCredits
	// Account and Priority are for whatsapp.
	Account  string `json:"account,omitempty"`  // handle
	Priority int64  `json:"priority,omitempty"` // PriorityYes or PriorityNo
}

// Fields are the request as it travels.
func (r SendRequest) Fields() httpapi.Fields {
	return httpapi.Fields{"type": string(r.Type), "message": r.Message, "phone": r.Phone}.
		WithNumber("expire", r.Expire).WithText("mode", r.Mode).WithText("device", r.Device).WithNumber("sim", r.SIM).
		WithText("gateway", r.Gateway).WithText("account", r.Account).WithNumber("priority", r.Priority)
}

// VerifyRequest checks a code (AndroidAPI reference §7.2). It takes no phone
// number: any code of the account that is still good passes, whoever it was sent
// to. Whoever asks has to compare with the code that was sent to that phone first.
type VerifyRequest struct {
	OTP string `json:"otp"`
}

// Fields are the request as it travels.
func (r VerifyRequest) Fields() httpapi.Fields { return httpapi.Fields{"otp": r.OTP} }

// wrongCode is what the vendor says of a code that does not count. A key that
// lacks the permission has the same body status, so only these words, which a
// page of the vendor confirms, tell a verdict (AndroidAPI reference §7.2).
const wrongCode = "OTP is invalid or expired!"

func (e envelope) isWrongCode() bool {
	return e.is(http.StatusForbidden) && strings.TrimSpace(string(e.Message)) == wrongCode
}
