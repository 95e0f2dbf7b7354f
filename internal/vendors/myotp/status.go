package myotp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// StatusRequest names the message to check (MyOTP reference §5).
type StatusRequest struct {
	MessageID string `json:"message_id"`
}

// Fields are the request as it travels.
func (r StatusRequest) Fields() httpapi.Fields { return httpapi.Fields{"message_id": r.MessageID} }

// MessageStatus is the delivery report of a message, kept by the vendor for 24
// hours after the code expires.
type MessageStatus struct {
	// Report is the DLR in the vendor's words: a carrier's state, a state of
	// WhatsApp or Telegram, or why there is none (MyOTP reference §5).
	Report    string
	Active    bool // the code can still be verified
	ExpiresAt httpapi.Time
}

// UnmarshalJSON reads the newer and the older names and the deprecated aliases
// whose names end with a colon. An unknown message has no report.
func (s *MessageStatus) UnmarshalJSON(raw []byte) error {
	var wire struct {
		Report   httpapi.Text  `json:"DLR"`
		Alias    httpapi.Text  `json:"DLR:"`
		IsActive *httpapi.Bool `json:"is_active"`
		IsValid  httpapi.Bool  `json:"is_valid"`
		Expires  httpapi.Time  `json:"expires_at"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	s.Report, s.Active, s.ExpiresAt = string(wire.Report), bool(wire.IsValid), wire.Expires
	if s.Report == "" {
		s.Report = string(wire.Alias)
	}
	if wire.IsActive != nil {
		s.Active = bool(*wire.IsActive)
	}
	return nil
}

// Outcome is the report as documents put it: otp.OutcomeDelivered and so on.
func (s MessageStatus) Outcome() string {
	for _, known := range reports {
		if slices.Contains(known.values, any(s.Report)) || known.prefix != "" && strings.HasPrefix(s.Report, known.prefix) {
			return known.outcome
		}
	}
	return otp.OutcomeUnknown
}

// CheckOTPStatus asks what became of a message. A message that the vendor does
// not know, which it tells in two ways, is an error of the kind NotFound.
func (c *Client) CheckOTPStatus(ctx context.Context, messageID string) (*MessageStatus, error) {
	endpoint := StatusEndpoint
	if c.older.Load() {
		endpoint = OlderStatusEndpoint
	}
	status, err := c.checkAt(ctx, endpoint, messageID)
	if unknownPath(err) && endpoint.Path == StatusEndpoint.Path {
		status, err = c.checkAt(ctx, OlderStatusEndpoint, messageID)
		if !unknownPath(err) {
			c.older.Store(true)
		}
	}
	return status, err
}

func (c *Client) checkAt(ctx context.Context, endpoint httpapi.Endpoint, messageID string) (*MessageStatus, error) {
	call := httpapi.Call{Endpoint: endpoint, Fields: StatusRequest{MessageID: messageID}.Fields()}
	var status MessageStatus
	answer, err := c.http.Do(ctx, call, &status)
	if err != nil {
		return nil, err
	}
	if status.Report == "" {
		return nil, c.http.Unexpected(call, answer, "the answer has no delivery report")
	}
	return &status, nil
}

// unknownPath recognises the 404 of a server that does not have the path,
// which lacks the vendor's envelope.
func unknownPath(err error) bool {
	var failure *httpapi.Error
	return errors.As(err, &failure) && failure.Status == http.StatusNotFound && failure.Kind == httpapi.BadAnswer
}
