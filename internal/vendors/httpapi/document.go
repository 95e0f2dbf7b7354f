package httpapi

import (
	"slices"
	"strconv"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Document is the call of an endpoint as a profile document holds it: the fields
// that the client sends, with placeholders for what the application fills in
// and variables for credentials, which authorize adds as it does for the client.
func Document(r otp.RoutePlan, e Endpoint, authorize func(*Call, func(string) string), fields Fields, outcomes ...otp.Outcome) *otp.Call {
	variables := r.Variables()
	call := Call{Endpoint: e, Fields: fields.spelled(e.Encoding), Headers: map[string]string{}}
	authorize(&call, variables.Of)
	if len(call.Headers) == 0 {
		call.Headers = nil
	}
	return &otp.Call{
		Method:   e.Method,
		URL:      variables.Of("BASE_URL") + e.Path,
		Headers:  call.Headers,
		Encoding: e.Encoding,
		Fields:   call.Fields,
		Outcomes: copied(outcomes),
	}
}

// copied are outcomes that share nothing with the given ones, which are those of
// all documents of a vendor. What they consist of is kept together, because there
// are dozens of it in each document.
func copied(outcomes []otp.Outcome) []otp.Outcome {
	conditions, codes, values := 0, 0, 0
	for _, outcome := range outcomes {
		conditions += len(outcome.When)
		for _, condition := range outcome.When {
			codes += len(condition.HTTPStatus)
			values += len(condition.In)
		}
	}
	own := slices.Clone(outcomes)
	allConditions, allCodes, allValues := make([]otp.Condition, 0, conditions), make([]int, 0, codes), make([]any, 0, values)
	for i, outcome := range own {
		first := len(allConditions)
		allConditions = append(allConditions, outcome.When...)
		own[i].When = allConditions[first:len(allConditions):len(allConditions)]
		for j, condition := range own[i].When {
			if condition.HTTPStatus != nil {
				first := len(allCodes)
				allCodes = append(allCodes, condition.HTTPStatus...)
				own[i].When[j].HTTPStatus = allCodes[first:len(allCodes):len(allCodes)]
			}
			if condition.In != nil {
				first := len(allValues)
				allValues = append(allValues, condition.In...)
				own[i].When[j].In = allValues[first:len(allValues):len(allValues)]
			}
		}
	}
	return own
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
