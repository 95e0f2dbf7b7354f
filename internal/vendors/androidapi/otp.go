package androidapi

import (
	"context"
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

// Sent is an accepted send: accepted, not delivered.
type Sent struct {
	// Phone is the recipient; personal data.
	Phone Text `json:"phone"`
	// Message is the text as it is sent, with the code in it.
	Message Secret `json:"message"`
	// MessageID is the number of the message, empty where the vendor does not
	// tell it: its own sample has none (AndroidAPI reference §7.1). Decoding
	// takes any case of the name, since messageid occurs, too.
	MessageID Text `json:"messageId"`
	// Code is the code. The vendor sends a number, so a code that begins with
	// zeros has lost them.
	Code Secret `json:"otp"`
}

// SendOTP makes and sends a code. It is tried once; the error says whether the
// code may have been sent all the same.
func (c *Client) SendOTP(ctx context.Context, request SendRequest) (*Sent, error) {
	call := httpapi.Call{Endpoint: SendOTPEndpoint, Fields: request.Fields(), Secrets: []string{request.Phone}}
	var sent Sent
	answer, err := c.need(ctx, call, &sent)
	if err != nil {
		return nil, err
	}
	if sent.Code.Reveal() == "" {
		return nil, c.http.Unexpected(call, answer, "the answer has no otp, so nothing could be verified")
	}
	return &sent, nil
}

// VerifyRequest checks a code (AndroidAPI reference §7.2).
type VerifyRequest struct {
	OTP string `json:"otp"`
}

// Fields are the request as it travels.
func (r VerifyRequest) Fields() httpapi.Fields { return httpapi.Fields{"otp": r.OTP} }

// Verification is the verdict on a code.
type Verification struct {
	// Outcome is otp.OutcomeOK or otp.OutcomeWrongCode. The vendor has one
	// answer for a code that is wrong, expired or was never sent.
	Outcome string
	Message string
}

// VerifyOTP checks a code. A code that does not count is no error. It is tried
// once, because a check may use the code up.
//
// The check takes no phone number: any code of the account that is still good
// passes, whoever it was sent to. The caller has to compare the code with the
// one it sent to that phone, Sent.Code, before it asks.
func (c *Client) VerifyOTP(ctx context.Context, code string) (*Verification, error) {
	call := httpapi.Call{Endpoint: VerifyOTPEndpoint, Fields: VerifyRequest{OTP: code}.Fields(), Secrets: []string{code}}
	var body envelope
	answer, err := c.http.Do(ctx, call, &body)
	switch {
	case err != nil:
		return nil, err
	case body.is(success):
		return &Verification{Outcome: otp.OutcomeOK, Message: string(body.Message)}, nil
	case body.isWrongCode():
		return &Verification{Outcome: otp.OutcomeWrongCode, Message: string(body.Message)}, nil
	}
	return nil, c.http.Unexpected(call, answer, "the answer has no status")
}

// wrongCode is what the vendor says of a code that does not count. A key that
// lacks the permission has the same body status, so only these words, which a
// page of the vendor confirms, tell a verdict (AndroidAPI reference §7.2).
const wrongCode = "OTP is invalid or expired!"

func (e envelope) isWrongCode() bool {
	return e.is(http.StatusForbidden) && strings.TrimSpace(string(e.Message)) == wrongCode
}
