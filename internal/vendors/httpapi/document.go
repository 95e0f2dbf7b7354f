package httpapi

import "github.com/otp-as-code/terraform-provider-otp/internal/otp"

// Document is the call of the endpoint as a profile document holds it. The
// fields and headers are those that the client sends, with placeholders for
// what the application fills in and variables for credentials.
func (e Endpoint) Document(vendor otp.Vendor, account string, headers map[string]string, fields Fields, outcomes ...otp.Outcome) *otp.Call {
	return &otp.Call{
		Method:   e.Method,
		URL:      "${" + vendor.Variable(account, "BASE_URL") + "}" + e.Path,
		Headers:  headers,
		Encoding: e.Encoding,
		Fields:   fields.spelled(e.Encoding),
		Outcomes: outcomes,
	}
}
