package androidapi

import (
	"context"
	"iter"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// SMSMessage is a text message (AndroidAPI reference §9.1, §9.2). A pending one
// has no status.
type SMSMessage struct {
	ID         Text         `json:"id"`
	Mode       Text         `json:"mode"`        // Devices or Credits, capitalised here
	Sender     Text         `json:"sender"`      // handle of a device, or name of a gateway
	SenderType Text         `json:"sender_type"` // device, partner_device or gateway
	SIM        httpapi.Int  `json:"sim"`         // 0 for gateways
	Priority   httpapi.Bool `json:"priority"`
	API        httpapi.Bool `json:"api"` // sent by a call, not in the dashboard
	// Status is sent or failed; there is no state for delivered.
	Status     Text `json:"status"`
	StatusCode Text `json:"status_code"` // SMS_SENT for devices; others are not documented
	Recipient  Text `json:"recipient"`   // personal data
	// Message is the text, with the code in it.
	Message Secret `json:"message"`
	Created Moment `json:"created"`
}

func (m SMSMessage) key() string { return string(m.ID) }

// WhatsAppMessage is a WhatsApp message (AndroidAPI reference §9.6, §9.7). A
// pending one has no status.
type WhatsAppMessage struct {
	ID Text `json:"id"`
	// Account is the phone number of the sending account, not its handle.
	Account   Text         `json:"account"`
	Status    Text         `json:"status"` // sent or failed
	API       httpapi.Bool `json:"api"`
	Recipient Text         `json:"recipient"` // personal data
	// Message is the text, with the code in it.
	Message    Secret `json:"message"`
	Attachment Text   `json:"attachment"` // a URL; empty: none
	Created    Moment `json:"created"`
}

func (m WhatsAppMessage) key() string { return string(m.ID) }

// MessageRequest names the message to read (AndroidAPI reference §9.4, §9.9).
type MessageRequest struct {
	ID   string `json:"id"`
	Type string `json:"type"` // TypeSent
}

// Fields are the request as it travels.
func (r MessageRequest) Fields() httpapi.Fields { return httpapi.Fields{"id": r.ID, "type": r.Type} }

// TypeSent reads what was sent; received messages are not used.
const TypeSent = "sent"

// The statuses of a message that was sent (AndroidAPI reference §9.6).
const (
	statusSent   = "sent"
	statusFailed = "failed"
)

// Outcome is the status of a sent message as documents put it. There is no
// state for delivered, so a message that was sent is otp.OutcomePending.
func Outcome(status Text) string {
	switch status {
	case statusSent:
		return otp.OutcomePending
	case statusFailed:
		return otp.OutcomeFailed
	}
	return otp.OutcomeUnknown
}

// SMSSent reads one page of the text messages that were sent.
func (c *Client) SMSSent(ctx context.Context, request PageRequest) ([]SMSMessage, error) {
	return page[SMSMessage](ctx, c, SMSSentEndpoint, request)
}

// AllSMSSent iterates over all text messages that were sent.
func (c *Client) AllSMSSent(ctx context.Context) iter.Seq2[SMSMessage, error] {
	return all[SMSMessage](ctx, c, SMSSentEndpoint)
}

// SMSPending reads one page of the text messages that wait.
func (c *Client) SMSPending(ctx context.Context, request PageRequest) ([]SMSMessage, error) {
	return page[SMSMessage](ctx, c, SMSPendingEndpoint, request)
}

// AllSMSPending iterates over all text messages that wait.
func (c *Client) AllSMSPending(ctx context.Context) iter.Seq2[SMSMessage, error] {
	return all[SMSMessage](ctx, c, SMSPendingEndpoint)
}

// SMSMessage reads one text message that was sent. One that still waits, or
// that the vendor does not know, is an error of the kind NotFound.
func (c *Client) SMSMessage(ctx context.Context, id string) (*SMSMessage, error) {
	return message[SMSMessage](ctx, c, SMSMessageEndpoint, id)
}

// WhatsAppSent reads one page of the WhatsApp messages that were sent.
func (c *Client) WhatsAppSent(ctx context.Context, request PageRequest) ([]WhatsAppMessage, error) {
	return page[WhatsAppMessage](ctx, c, WhatsAppSentEndpoint, request)
}

// AllWhatsAppSent iterates over all WhatsApp messages that were sent.
func (c *Client) AllWhatsAppSent(ctx context.Context) iter.Seq2[WhatsAppMessage, error] {
	return all[WhatsAppMessage](ctx, c, WhatsAppSentEndpoint)
}

// WhatsAppPending reads one page of the WhatsApp messages that wait.
func (c *Client) WhatsAppPending(ctx context.Context, request PageRequest) ([]WhatsAppMessage, error) {
	return page[WhatsAppMessage](ctx, c, WhatsAppPendingEndpoint, request)
}

// AllWhatsAppPending iterates over all WhatsApp messages that wait.
func (c *Client) AllWhatsAppPending(ctx context.Context) iter.Seq2[WhatsAppMessage, error] {
	return all[WhatsAppMessage](ctx, c, WhatsAppPendingEndpoint)
}

// WhatsAppMessage reads one WhatsApp message that was sent. One that still
// waits, or that the vendor does not know, is an error of the kind NotFound.
func (c *Client) WhatsAppMessage(ctx context.Context, id string) (*WhatsAppMessage, error) {
	return message[WhatsAppMessage](ctx, c, WhatsAppMessageEndpoint, id)
}

func message[T row](ctx context.Context, c *Client, endpoint httpapi.Endpoint, id string) (*T, error) {
	call := httpapi.Call{Endpoint: endpoint, Fields: MessageRequest{ID: id, Type: TypeSent}.Fields()}
	var found one[T]
	answer, err := c.need(ctx, call, &found)
	if err != nil {
		return nil, err
	}
	if found.value.key() != id {
		return nil, c.http.Unexpected(call, answer, "the answer is another message than the one that was asked for")
	}
	return &found.value, nil
}
