package myotp

import (
	"context"
	"fmt"
	"net/http"

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

// Generated is an accepted send: accepted, not delivered.
type Generated struct {
	MessageID string          `json:"message_id"`
	Status    string          `json:"status"`
	Message   string          `json:"message"`
	DateSent  httpapi.Time    `json:"date_sent"`
	ExpiresAt httpapi.Time    `json:"expires_at"`
	Cost      httpapi.Decimal `json:"cost"` // credits
	Code      httpapi.Secret  `json:"otp"`  // only with ReturnOTP
}

// GenerateOTP makes and sends a code. It is tried once; the error says whether
// the code may have been sent all the same.
func (c *Client) GenerateOTP(ctx context.Context, request GenerateRequest) (*Generated, error) {
	call := httpapi.Call{Endpoint: GenerateEndpoint, Fields: request.Fields(), Secrets: []string{request.PhoneNumber, request.OTPCode}}
	var sent Generated
	answer, err := c.http.Do(ctx, call, &sent)
	if err != nil {
		return nil, err
	}
	if sent.Status != "accepted" {
		return nil, c.http.Unexpected(call, answer, fmt.Sprintf("the status is %q instead of \"accepted\"", short(sent.Status)))
	}
	if sent.MessageID == "" {
		return nil, c.http.Unexpected(call, answer, "the answer has no message_id")
	}
	return &sent, nil
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

// Verification is the verdict on a code.
type Verification struct {
	// Outcome is otp.OutcomeOK, OutcomeWrongCode, OutcomeExpired or
	// OutcomeNotFound.
	Outcome string `json:"-"`
	Status  string `json:"status"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// VerifyOTP checks a code. A code that does not count is no error; success uses
// the code up.
func (c *Client) VerifyOTP(ctx context.Context, request VerifyRequest) (*Verification, error) {
	call := httpapi.Call{Endpoint: VerifyEndpoint, Fields: request.Fields(), Secrets: []string{request.OTP, request.PhoneNumber}}
	var verdict Verification
	answer, err := c.http.Do(ctx, call, &verdict)
	if err != nil {
		return nil, err
	}
	verdict.Outcome = verdict.judge(answer.Status)
	if verdict.Outcome == "" {
		return nil, c.http.Unexpected(call, answer,
			fmt.Sprintf("the status %q with the reason %q is not documented", short(verdict.Status), short(verdict.Reason)))
	}
	return &verdict, nil
}

// judge knows both published forms: the status "expired" and the status
// "failed" with a reason. An unknown message is HTTP 200 with "not found" or,
// in the older form, HTTP 404 (MyOTP reference §3, §12).
func (v Verification) judge(status int) string {
	if status == http.StatusNotFound {
		return otp.OutcomeNotFound
	}
	switch v.Status {
	case "success":
		return otp.OutcomeOK
	case "expired":
		return otp.OutcomeExpired
	case "failed":
		return map[string]string{
			"invalid": otp.OutcomeWrongCode, "expired": otp.OutcomeExpired, "not found": otp.OutcomeNotFound,
		}[v.Reason]
	}
	return ""
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

// Extended is a code with its new expiry.
type Extended struct {
	Status    string       `json:"status"`
	Message   string       `json:"message"`
	ExpiresAt httpapi.Time `json:"expires_at"`
}

// ExtendOTP adds seconds to the expiry of a code. It is tried once, because a
// repeated call adds again.
func (c *Client) ExtendOTP(ctx context.Context, messageID string, seconds int64) (*Extended, error) {
	call := httpapi.Call{Endpoint: ExtendEndpoint, Fields: ExtendRequest{MessageID: messageID, Duration: seconds}.Fields()}
	var extended Extended
	answer, err := c.http.Do(ctx, call, &extended)
	if err != nil {
		return nil, err
	}
	if extended.Status != "success" {
		return nil, c.http.Unexpected(call, answer, fmt.Sprintf("the status is %q instead of \"success\"", short(extended.Status)))
	}
	return &extended, nil
}

// short bounds a vendor's word inside a sentence of ours.
func short(word string) string {
	runes := []rune(word)
	return string(runes[:min(len(runes), 40)])
}
