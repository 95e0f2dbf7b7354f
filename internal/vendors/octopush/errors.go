package octopush

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// classify turns an answer that is an error into one. Codes are documented for
// OTP calls only; an absent code means nothing (Octopush reference §1.1).
func classify(e httpapi.Endpoint, answer *httpapi.Answer) *httpapi.Error {
	var body struct {
		Code    *httpapi.Int `json:"code"`
		Message httpapi.Text `json:"message"`
		Detail  httpapi.Text `json:"detail"` // read by a public client (§14)
	}
	if !answer.Parse(&body) {
		body.Message = httpapi.Text(answer.Text())
	}
	if body.Message == "" {
		body.Message = body.Detail
	}
	kind := httpapi.KindOf(answer.Status)
	if e.Operation == ValidateEndpoint.Operation && isVerdict(answer.Status, kind, body.Code) {
		return nil
	}
	if kind == "" && (body.Code == nil || *body.Code == 0) {
		return nil
	}
	failure := &httpapi.Error{
		Kind: kind, Message: string(body.Message), Next: advice[kind],
		MaybeSent: !slices.Contains(refused, answer.Status),
	}
	if body.Code != nil && *body.Code != 0 {
		failure.Code = strconv.FormatInt(int64(*body.Code), 10)
		explain(failure, int64(*body.Code))
	}
	return failure
}

// isVerdict reports whether an answer to a check tells what became of the code.
// The failures are HTTP 400 with a code of their own.
func isVerdict(status int, kind httpapi.Kind, code *httpapi.Int) bool {
	if code == nil || status >= 500 {
		return false
	}
	if *code == 0 {
		return kind == ""
	}
	return slices.ContainsFunc(verdicts, func(v verdict) bool { return httpapi.Int(v.code) == *code })
}

// refused lists the statuses that say that nothing was done: OTP errors are
// HTTP 400, refusals of the account 401 and 403 (Octopush reference §2).
var refused = []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden}

// explain adds what is known about a code. It decides about the kind where the
// HTTP status says no more than that the request is wrong.
func explain(failure *httpapi.Error, code int64) {
	entry, ok := codes[code]
	if !ok {
		if failure.Kind == "" {
			failure.Kind = httpapi.BadAnswer
		}
		if failure.Next == "" {
			failure.Next = "The code is not documented. Ask Octopush's support what it means."
		}
		return
	}
	if failure.Kind == "" || failure.Kind == httpapi.Invalid {
		failure.Kind, failure.Next = entry.kind, advice[entry.kind]
	}
	meaning := fmt.Sprintf("Code %d means: %s.", code, entry.meaning)
	if code < 194 || code > 199 {
		// That v1/public reuses the older numbers is not documented (§13.2).
		meaning = fmt.Sprintf("In Octopush's older table, code %d means: %s.", code, entry.meaning)
	}
	failure.Next = meaning + " " + failure.Next
}

var advice = map[httpapi.Kind]string{
	httpapi.Unauthorized:        "Check OTP_OCTOPUSH_API_LOGIN and OTP_OCTOPUSH_API_KEY, or octopush.api_login and octopush.api_key of the provider.",
	httpapi.Forbidden:           "Check in the Octopush dashboard that the account is validated and may use this service.",
	httpapi.InsufficientBalance: "Buy credit in the Octopush dashboard.",
	httpapi.PlanFeature:         "Ask Octopush's support to open the feature for the account.",
	httpapi.NotFound:            "Check the name: Octopush does not know it, or has forgotten it.",
	httpapi.Conflict:            "Wait until what is in progress has ended.",
	httpapi.Invalid:             "Correct the value that Octopush names.",
	httpapi.RateLimited:         "Wait, or lower http.max_requests_per_second.",
	httpapi.Unavailable:         "The fault is at Octopush. Try again later.",
}
