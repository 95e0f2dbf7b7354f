package way2api

import (
	"context"
	"net/http"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// SendRequest sends a code that the caller made (Way2API reference §2). All
// fields are required; the vendor builds the text from them.
type SendRequest struct {
	Number    string `json:"number"`     // digits, 91 first, no plus sign
	Value     string `json:"value"`      // the code: 4 to 8 digits
	Content   string `json:"content"`    // OTP or PIN
	Purpose   string `json:"purpose"`    // see vocabulary
	ShareWith string `json:"share_with"` // see vocabulary
}

// Fields are the request as it travels.
func (r SendRequest) Fields() httpapi.Fields {
	return httpapi.Fields{
		"number": r.Number, "value": r.Value, "content": r.Content, "purpose": r.Purpose, "share_with": r.ShareWith,
	}
}

// Sent is a message that was charged.
type Sent struct {
	// Outcome is otp.OutcomeOK where the vendor says that the message was sent,
	// OutcomePending where it is under way, and OutcomeUnknown where the vendor
	// has another word for it. None of them may be repeated: a second message
	// would be charged, too.
	Outcome   string
	OrderID   string // for questions to the vendor; there is no call that takes it
	SMSStatus string // the vendor's word: sent; others are not documented
	Phone     string // with a plus sign; personal data
	Message   string
}

// SendOTPPIN sends a code. It is tried once; the error says whether the code
// may have been sent all the same. The vendor keeps no code: the caller checks
// what the person types.
func (c *Client) SendOTPPIN(ctx context.Context, request SendRequest) (*Sent, error) {
	call := httpapi.Call{Endpoint: SendEndpoint, Fields: request.Fields(), Secrets: []string{request.Number, request.Value}}
	answer, err := c.http.Do(ctx, call, nil)
	if err != nil {
		return nil, err
	}
	var body struct {
		Message httpapi.Text `json:"message"`
		Data    struct {
			OrderID httpapi.Text `json:"order_id"`
			Result  struct {
				Phone     httpapi.Text `json:"phone"`
				SMSStatus httpapi.Text `json:"sms_status"`
			} `json:"result"`
		} `json:"data"`
	}
	if answer.Status == http.StatusAccepted {
		return pending(answer), nil
	}
	if err := answer.Decode(&body); err != nil {
		return nil, c.http.Unexpected(call, answer, err.Error())
	}
	sent := &Sent{
		Outcome: otp.OutcomeUnknown, OrderID: string(body.Data.OrderID), SMSStatus: string(body.Data.Result.SMSStatus),
		Phone: string(body.Data.Result.Phone), Message: string(body.Message),
	}
	switch {
	case sent.SMSStatus == "":
		return nil, c.http.Unexpected(call, answer, "the answer has no sms_status")
	case sent.SMSStatus == statusSent && answer.Status == http.StatusOK:
		sent.Outcome = otp.OutcomeOK
	}
	return sent, nil
}

// statusSent is the only sms_status that is documented (Way2API reference §2).
const statusSent = "sent"

// pending reads as much of a 202 as there is: its body is not documented, and
// whatever it is, the message is charged and must not be sent again (Way2API
// reference §3).
func pending(answer *httpapi.Answer) *Sent {
	sent := &Sent{Outcome: otp.OutcomePending}
	var body envelope
	if answer.Parse(&body) {
		sent.OrderID, sent.Message = string(body.details().OrderID), string(body.Message)
	}
	return sent
}
