package way2api

import "github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"

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

// statusSent is the only sms_status that is documented (Way2API reference §2).
const statusSent = "sent"
