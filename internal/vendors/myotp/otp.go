package myotp

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// GenerateRequest makes and sends a code (MyOTP reference §2). Both flags are
// always sent, as JSON booleans.
type GenerateRequest struct {
	PhoneNumber string      `json:"phone_number"` // digits, country code first, no plus sign
	Channel     otp.Channel `json:"channel,omitempty"`
	// OTPLength is the number of digits.
	OTPLength int64 `json:"otp_length,omitempty"`
	// OTPValidity is in seconds. A WhatsApp template overrides it.
	OTPValidity int64 `json:"otp_validity,omitempty"`
	// TemplateOrder is the number of the template; Telegram takes none.
	TemplateOrder int64  `json:"template_order,omitempty"`
	Brand         string `json:"brand,omitempty"`
	// OTPCode is the sender's own code; OTPLength is then ignored.
	OTPCode string `json:"otp_code,omitempty"`
	// ForceSend sends another code, charged again, while one is active.
	ForceSend bool `json:"force_send"`
	// ReturnOTP puts the code into the answer, which many markets forbid.
	ReturnOTP bool `json:"return_otp"`
}

// Fields are the request as it travels.
func (r GenerateRequest) Fields() httpapi.Fields {
	return httpapi.Fields{"phone_number": r.PhoneNumber, "force_send": r.ForceSend, "return_otp": r.ReturnOTP}.
		WithText("channel", string(r.Channel)).WithNumber("otp_length", r.OTPLength).WithNumber("otp_validity", r.OTPValidity).
		WithNumber("template_order", r.TemplateOrder).WithText("brand", r.Brand).WithText("otp_code", r.OTPCode)
}

// VerifyRequest checks a code (MyOTP reference §3). MessageID binds the check to
// that message; PhoneNumber alone checks the most recent active code.
type VerifyRequest struct {
	OTP         string `json:"otp"`
	MessageID   string `json:"message_id,omitempty"`
	PhoneNumber string `json:"phone_number,omitempty"`
}

// Fields are the request as it travels.
func (r VerifyRequest) Fields() httpapi.Fields {
	return httpapi.Fields{"otp": r.OTP}.WithText("message_id", r.MessageID).WithText("phone_number", r.PhoneNumber)
}

// ExtendRequest moves the expiry of a code (MyOTP reference §4).
type ExtendRequest struct {
	MessageID string `json:"message_id"`
	// Duration is added to the current expiry: an int64 in seconds, or the
	// placeholder that a document leaves open.
	Duration any `json:"duration"`
}

// Fields are the request as it travels.
func (r ExtendRequest) Fields() httpapi.Fields {
	return httpapi.Fields{"message_id": r.MessageID, "duration": r.Duration}
}
