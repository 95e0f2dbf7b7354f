package httpapi

import (
	"strconv"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Document is the call of an endpoint as a profile document holds it: the fields
// that the client sends, with placeholders for what the application fills in
// and variables for credentials, which authorize adds as it does for the client.
func Document(r otp.RoutePlan, e Endpoint, authorize func(*Call, func(string) string), fields Fields, outcomes ...otp.Outcome) *otp.Call {
	made := &struct {
		call     Call
		document otp.Call
	}{call: Call{Endpoint: e, Fields: fields.spelled(e.Encoding), Headers: map[string]string{}}}
	authorize(&made.call, r.Credential())
	if len(made.call.Headers) == 0 {
		made.call.Headers = nil
	}
	made.document = otp.Call{
		Method:   e.Method,
		URL:      r.URL(e.Path),
		Headers:  made.call.Headers,
		Encoding: e.Encoding,
		Fields:   made.call.Fields,
		Outcomes: r.Outcomes(outcomes),
	}
	return &made.document
}

// NumberIn is a condition on a number of the answer. Conditions compare JSON
// types, and a vendor may write the same number as text from another server, so
// both spellings are listed and no application has to know.
func NumberIn(pointer string, numbers ...int) otp.Condition {
	values := make([]any, 0, 2*len(numbers))
	for _, number := range numbers {
		values = append(values, number, strconv.Itoa(number))
	}
	return otp.ValueIn(pointer, values...)
}
