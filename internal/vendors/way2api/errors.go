package way2api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// envelope is around every answer (Way2API reference §1).
type envelope struct {
	Success *httpapi.Bool   `json:"success"`
	Message httpapi.Text    `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// details are the parts of the data that answers of every kind may have.
type details struct {
	OrderID   httpapi.Text `json:"order_id"`
	ErrorCode httpapi.Text `json:"error_code"`
}

// details reads what the data hold; other shapes hold nothing.
func (e envelope) details() details {
	var found details
	if json.Unmarshal(e.Data, &found) != nil {
		return details{}
	}
	return found
}

// classify turns an answer that is an error into one. The HTTP status decides,
// and at 200 the word success. HTTP 202 says that a message is charged and
// under way, whatever the body says (Way2API reference §3).
func classify(e httpapi.Endpoint, answer *httpapi.Answer) *httpapi.Error {
	if answer.Status == http.StatusAccepted && e.Operation == SendEndpoint.Operation {
		return nil
	}
	var body envelope
	message := answer.Text()
	enveloped := answer.Parse(&body) && body.Success != nil
	if enveloped {
		message = string(body.Message)
	}
	found := body.details()
	failure := &httpapi.Error{
		Kind: httpapi.KindOf(answer.Status), Code: code(found.ErrorCode), Message: message,
		MaybeSent: !slices.Contains(uncharged, answer.Status),
	}
	failure.Next = advice[failure.Kind]
	switch {
	case failure.Kind == "" && enveloped && !bool(*body.Success):
		failure.Kind = httpapi.BadAnswer
		failure.Reason = "though the answer says that the call failed"
		failure.Next = "Look in the Way2API dashboard whether it was charged."
	case failure.Kind == "":
		return nil
	case answer.Status == http.StatusNotFound:
		failure.Kind = httpapi.BadAnswer
		failure.Reason = "the server does not know the path " + e.Path
		failure.Next = "Check the base URL of the vendor."
	}
	if order := string(found.OrderID); orders.MatchString(order) {
		failure.Next = fmt.Sprintf("%s Quote order %s to support@way2api.com.", failure.Next, order)
	}
	return failure
}

// explain says what to do about a message that was charged and has another status
// than sent, which the vendor does not document (Way2API reference §2).
func explain(e httpapi.Endpoint, answer *httpapi.Answer) *httpapi.Error {
	var body struct {
		Data struct {
			Result struct {
				Status httpapi.Text `json:"sms_status"`
			} `json:"result"`
		} `json:"data"`
	}
	if e.Operation != SendEndpoint.Operation || answer.Status != http.StatusOK || !answer.Parse(&body) {
		return nil
	}
	return &httpapi.Error{
		Code: code(body.Data.Result.Status),
		Next: "Way2API documents no other answer than that the message was sent. Look in its dashboard what came of it.",
	}
}

// orders is the shape of an order ID as far as it is quoted; the vendor does
// not document one (Way2API reference §1).
var orders = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// uncharged lists the statuses that are documented as not charged: nothing was
// sent. A 422 may be charged, but only for look-ups (Way2API reference §3).
var uncharged = []int{
	http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden,
	http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests,
	http.StatusInternalServerError, http.StatusServiceUnavailable,
}

// codes are the error codes that are shown: short words and numbers. The vendor
// documents one and calls others by whole sentences (Way2API reference §3).
var codes = regexp.MustCompile(`^([A-Za-z][A-Za-z_ ]{0,39}|[0-9]{1,3})$`)

func code(text httpapi.Text) string {
	if codes.MatchString(string(text)) {
		return string(text)
	}
	return ""
}

var advice = map[httpapi.Kind]string{
	httpapi.Unauthorized:        "Check OTP_WAY2API_API_KEY, or way2api.api_key of the provider. Way2API answers the same where the key has expired or may not be used from this address.",
	httpapi.InsufficientBalance: "Add money to the wallet in the Way2API dashboard.",
	httpapi.Forbidden:           "Give the key access to the service \"Send OTP/PIN by SMS\" in the Way2API dashboard.",
	httpapi.Conflict:            "Way2API does not document this answer. Check the base URL, or ask support@way2api.com.",
	httpapi.Invalid:             "Correct the value that Way2API names. It sends to Indian numbers only.",
	httpapi.RateLimited:         "Way2API limits requests per key and service by the minute and by the day. Nothing was charged. Wait, or lower http.max_requests_per_second.",
	httpapi.Unavailable:         "The fault is at Way2API. Try again later.",
}
