package androidapi

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// notScanned is not documented by the vendor: get/wa.info answers so while a QR
// code waits to be scanned (AndroidAPI reference §1.3, §3.4).
const notScanned = http.StatusMovedPermanently

// classify turns an answer that is an error into one. The status in the body is
// the verdict, whatever the HTTP status; only an answer that is no envelope is
// judged by the HTTP status (AndroidAPI reference §1.4).
func classify(e httpapi.Endpoint, answer *httpapi.Answer) *httpapi.Error {
	var body envelope
	if !answer.Parse(&body) || body.Status == nil {
		return foreign(e, answer)
	}
	if body.is(success) {
		return hollowSuccess(e, body)
	}
	if noError(e, body) {
		return nil
	}
	status, message := int(*body.Status), string(body.Message)
	kind := httpapi.KindOf(status)
	if kind == "" { // 200 is the only success that is documented
		kind = httpapi.BadAnswer
	}
	kind = refine(kind, message)
	return &httpapi.Error{
		Kind: kind, Code: strconv.Itoa(status), Message: message,
		Next: next(e, kind), MaybeSent: !refused(status),
	}
}

// noError reports body statuses other than 200 that are results: an empty list
// (AndroidAPI reference §1.4), a code that does not count, and a QR code that
// was not scanned yet.
func noError(e httpapi.Endpoint, body envelope) bool {
	switch e.Operation {
	case VerifyOTPEndpoint.Operation:
		return body.isWrongCode()
	case InfoEndpoint.Operation:
		return body.is(notScanned) && body.empty()
	case ServersEndpoint.Operation, DevicesEndpoint.Operation, AccountsEndpoint.Operation,
		SMSSentEndpoint.Operation, SMSPendingEndpoint.Operation,
		WhatsAppSentEndpoint.Operation, WhatsAppPendingEndpoint.Operation:
		return body.is(http.StatusNotFound) && body.empty()
	}
	return false
}

// hollowSuccess knows successes that say nothing: a WhatsApp server that is not
// ready for another link (AndroidAPI reference §3.2), and a message that was
// not found.
func hollowSuccess(e httpapi.Endpoint, body envelope) *httpapi.Error {
	if !body.empty() {
		return nil
	}
	switch e.Operation {
	case LinkEndpoint.Operation, RelinkEndpoint.Operation:
		return &httpapi.Error{
			Kind: httpapi.Unavailable, Message: string(body.Message),
			Reason: "its WhatsApp server made no QR code yet", Next: "Try again in a few seconds.",
		}
	case SMSMessageEndpoint.Operation, WhatsAppMessageEndpoint.Operation:
		return &httpapi.Error{
			Kind: httpapi.NotFound, Message: string(body.Message), Next: next(e, httpapi.NotFound),
		}
	}
	return nil
}

// foreign judges an answer that is no envelope, such as the page of a proxy, by
// its HTTP status.
func foreign(e httpapi.Endpoint, answer *httpapi.Answer) *httpapi.Error {
	kind := httpapi.KindOf(answer.Status)
	if kind == "" {
		return nil
	}
	failure := &httpapi.Error{Kind: kind, Message: answer.Text(), Next: next(e, kind), MaybeSent: true}
	if kind == httpapi.NotFound {
		failure.Kind = httpapi.BadAnswer
		failure.Reason = "the server does not know the path " + e.Path
		failure.Next = "Check the base URL of the vendor."
	}
	return failure
}

// refused reports body statuses that say that nothing was done.
func refused(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return true
	}
	return false
}

// refine tells an empty balance and a used-up package from other refusals. No
// code and no text of them is documented (AndroidAPI reference §14.12), so it
// goes by words that such a text can hardly do without.
func refine(kind httpapi.Kind, message string) httpapi.Kind {
	if kind != httpapi.Invalid && kind != httpapi.Forbidden {
		return kind
	}
	words := strings.ToLower(message)
	switch {
	case strings.Contains(words, "credit"), strings.Contains(words, "balance"):
		return httpapi.InsufficientBalance
	case strings.Contains(words, "package"), strings.Contains(words, "quota"), strings.Contains(words, "subscription"):
		return httpapi.PlanFeature
	}
	return kind
}

// explain says what to do about a message that was not sent. Why it was not, the
// vendor does not document (AndroidAPI reference §9.1).
func explain(e httpapi.Endpoint, answer *httpapi.Answer) *httpapi.Error {
	next, reads := unsent[e.Operation]
	var body envelope
	var message one[struct {
		Status Text `json:"status"`
		Code   Text `json:"status_code"`
	}]
	if !reads || !answer.Parse(&body) || !body.holds(&message) || message.value.Status != statusFailed {
		return nil
	}
	failure := &httpapi.Error{Next: next}
	if code := string(message.value.Code); statusCode.MatchString(code) {
		failure.Code = code
	}
	return failure
}

// statusCode is the shape of the only code that is known, SMS_SENT.
var statusCode = regexp.MustCompile(`^[A-Z_]{1,40}$`)

// unsent says what to look at when a message was not sent.
var unsent = map[string]string{
	SMSMessageEndpoint.Operation:      "AndroidAPI does not say why. Check that the phone that sends is switched on and has a network and credit, and that the recipient's number is right.",
	WhatsAppMessageEndpoint.Operation: "AndroidAPI does not say why. Check that the WhatsApp account is still linked, and that the recipient is on WhatsApp.",
}

// next says what to do about a failure.
func next(e httpapi.Endpoint, kind httpapi.Kind) string {
	switch kind {
	case httpapi.Forbidden:
		if permission := permissions[e.Operation]; permission != "" {
			return fmt.Sprintf("Give the API key the permission %q in the AndroidAPI dashboard (Tools, API Keys).", permission)
		}
	case httpapi.NotFound:
		return missing[e.Operation]
	}
	return advice[kind]
}

const undocumented = "AndroidAPI does not document this answer. Check the base URL, or ask its support."

var advice = map[httpapi.Kind]string{
	httpapi.Unauthorized:        "Check OTP_ANDROIDAPI_SECRET, or androidapi.secret of the provider. The secret is in the AndroidAPI dashboard (Tools, API Keys).",
	httpapi.Invalid:             "Check the values of the request: AndroidAPI does not say which of them it refuses.",
	httpapi.InsufficientBalance: "Buy credits in the AndroidAPI dashboard, or send from a linked device.",
	httpapi.PlanFeature:         "Look at the package in the AndroidAPI dashboard: it lacks this, or is used up.",
	httpapi.RateLimited:         "Wait, or lower http.max_requests_per_second.",
	httpapi.Conflict:            undocumented,
	httpapi.BadAnswer:           undocumented,
	httpapi.Unavailable:         "The fault is at AndroidAPI. Try again later.",
}

// missing says what the vendor does not know when it answers 404.
var missing = map[string]string{
	SendOTPEndpoint.Operation:         "Check the sender: AndroidAPI knows no such device, gateway or WhatsApp account.",
	LinkEndpoint.Operation:            "Check the WhatsApp server: the package of the account has no such one.",
	RelinkEndpoint.Operation:          unknownAccount,
	DeleteAccountEndpoint.Operation:   unknownAccount,
	QREndpoint.Operation:              unknownLink,
	InfoEndpoint.Operation:            unknownLink,
	SMSMessageEndpoint.Operation:      unknownMessage,
	WhatsAppMessageEndpoint.Operation: unknownMessage,
}

const (
	unknownAccount = "Check the WhatsApp account: AndroidAPI does not have it, or no longer."
	unknownLink    = "The QR code has expired, or was scanned and used up. Ask for another one."
	unknownMessage = "Check the message ID. AndroidAPI finds a message once it is no longer pending."
)

// permissions are what an API key needs for a call (AndroidAPI reference §1.1).
var permissions = map[string]string{
	SendOTPEndpoint.Operation:         "otp",
	VerifyOTPEndpoint.Operation:       "otp",
	DevicesEndpoint.Operation:         "get_devices",
	RatesEndpoint.Operation:           "get_rates",
	CreditsEndpoint.Operation:         "get_credits",
	SubscriptionEndpoint.Operation:    "get_subscription",
	ServersEndpoint.Operation:         "create_whatsapp",
	LinkEndpoint.Operation:            "create_whatsapp",
	RelinkEndpoint.Operation:          "create_whatsapp",
	QREndpoint.Operation:              "create_whatsapp",
	InfoEndpoint.Operation:            "create_whatsapp",
	AccountsEndpoint.Operation:        "get_wa_accounts",
	DeleteAccountEndpoint.Operation:   "delete_wa_account",
	SMSSentEndpoint.Operation:         "get_sms_sent",
	SMSPendingEndpoint.Operation:      "get_sms_pending",
	SMSMessageEndpoint.Operation:      "get_sms_sent",
	WhatsAppSentEndpoint.Operation:    "get_wa_sent",
	WhatsAppPendingEndpoint.Operation: "get_wa_pending",
	WhatsAppMessageEndpoint.Operation: "get_wa_sent",
}
