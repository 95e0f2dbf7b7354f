package httpapi

import "github.com/otp-as-code/terraform-provider-otp/internal/otp"

// Document is the call of the endpoint as a profile document holds it. The
// request is the struct that the typed client sends, with placeholders for
// what the application fills in; headers hold credential variables.
func (e Endpoint) Document(vendor otp.Vendor, account string, headers map[string]string, request any, outcomes ...otp.Outcome) *otp.Call {
	return &otp.Call{
		Method:   e.Method,
		URL:      "${" + vendor.Variable(account, "BASE_URL") + "}" + e.Path,
		Headers:  headers,
		Encoding: e.Encoding,
		Fields:   e.Fields(request),
		Outcomes: outcomes,
	}
}
