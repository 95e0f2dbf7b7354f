package myotp

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// classify turns an answer that is an error into one. There is no error code;
// the status decides, and for 403 the words (MyOTP reference §1).
func classify(e httpapi.Endpoint, answer *httpapi.Answer) *httpapi.Error {
	message, wrapped := envelope(answer)
	status := answer.Status
	if status < 300 && wrapped.HTTPCode >= 400 {
		status = int(wrapped.HTTPCode)
	}
	kind := httpapi.KindOf(status)
	if kind == "" && e.Purpose == StatusEndpoint.Purpose {
		return unknownMessage(answer)
	}
	if kind == "" || e.Operation == VerifyEndpoint.Operation && status == http.StatusNotFound && wrapped.found {
		return nil
	}
	failure := &httpapi.Error{Kind: kind, Message: message, MaybeSent: !refused(e, answer.Status)}
	switch {
	case status == http.StatusNotFound && e.Operation == AccountEndpoint.Operation:
		failure.Kind, failure.Next = httpapi.NotFound, noAccountAdvice
	case status == http.StatusNotFound && !wrapped.found:
		failure.Kind = httpapi.BadAnswer
		failure.Reason = "the server does not know the path " + e.Path
		failure.Next = "Check the base URL of the vendor."
	case status == http.StatusForbidden:
		failure.Kind, failure.Next = forbidden(message)
	case kind == httpapi.Invalid:
		failure.Next = invalidAdvice(message)
	default:
		failure.Next = advice[kind]
	}
	return failure
}

// unknownMessage recognises HTTP 200 with words in place of a delivery report,
// which is how the newer form tells of an unknown message (MyOTP reference §5).
func unknownMessage(answer *httpapi.Answer) *httpapi.Error {
	var body struct {
		Report  httpapi.Text `json:"DLR"`
		Alias   httpapi.Text `json:"DLR:"`
		Message httpapi.Text `json:"message"`
		Words   httpapi.Text `json:"Message:"` // its deprecated name
	}
	if !answer.Parse(&body) || body.Report != "" || body.Alias != "" || body.Message == "" && body.Words == "" {
		return nil
	}
	return &httpapi.Error{Kind: httpapi.NotFound, Message: string(cmp.Or(body.Message, body.Words)), Next: advice[httpapi.NotFound]}
}

// refused lists the statuses that say that nothing was done and nothing was
// charged. A 404 is documented for messages, not for sends.
func refused(e httpapi.Endpoint, status int) bool {
	if status == http.StatusNotFound {
		return e.Operation != GenerateEndpoint.Operation
	}
	return slices.Contains([]int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired,
		http.StatusForbidden, http.StatusConflict, http.StatusTooManyRequests,
	}, status)
}

const (
	balanceAdvice     = "Buy credits in the MyOTP.App dashboard. An empty balance blocks verification, too."
	planAdvice        = "The plan of the account lacks the feature: leave the option out, or change the plan in the MyOTP.App dashboard."
	keyAdvice         = "Check OTP_MYOTP_API_KEY, or myotp.api_key of the provider. MyOTP.App also answers so where a key lacks a permission."
	addressAdvice     = "Add the address of this machine to the allowlist of the API key in the MyOTP.App dashboard."
	destinationAdvice = "Check the country code of the phone number. Where it is right, the account has no price for the country: ask sales@myotp.app."
	noAccountAdvice   = "MyOTP.App tells the balance of accounts that were made through its API, and perhaps not of others: look in its dashboard. If the key is of such an account, check the base URL."
	accountAdvice     = "Check in the MyOTP.App dashboard that the account is active, that the allowlist has the address of this machine and that plan and country allow the call."
)

var advice = map[httpapi.Kind]string{
	httpapi.Unauthorized:        keyAdvice,
	httpapi.InsufficientBalance: balanceAdvice,
	httpapi.NotFound:            "Check the message ID. MyOTP.App keeps a message for 24 hours after its code expires.",
	httpapi.Conflict:            "A code for this number is still active: use it, wait until it expires, or force another, which is charged again.",
	httpapi.RateLimited:         "MyOTP.App lets 100 requests a minute through per address. Nothing was sent or charged. Wait a minute, or lower http.max_requests_per_second.",
	httpapi.Unavailable:         "The fault is at MyOTP.App. Try again later, or write to support@myotp.app.",
}

var addressWords = regexp.MustCompile(`(?i)\bIP\b`)

// forbidden tells the cases of a 403 apart. In practice an empty balance is
// one of them (MyOTP reference §1).
func forbidden(message string) (httpapi.Kind, string) {
	words := strings.ToLower(message)
	switch {
	case strings.Contains(words, "balance"):
		return httpapi.InsufficientBalance, balanceAdvice
	case addressWords.MatchString(message):
		return httpapi.Forbidden, addressAdvice
	case strings.Contains(words, "plan"), strings.Contains(words, "feature"), strings.Contains(words, "upgrade"):
		return httpapi.PlanFeature, planAdvice
	}
	return httpapi.Forbidden, accountAdvice
}

func invalidAdvice(message string) string {
	words := strings.ToLower(message)
	if strings.Contains(words, "destination") || strings.Contains(words, "service not available") {
		return destinationAdvice
	}
	return "Correct the value that MyOTP.App names."
}

type wrapping struct {
	HTTPCode httpapi.Int  `json:"http_code"`
	Message  httpapi.Text `json:"message"`
	found    bool
}

// envelope reads the vendor's words: {"error": {…}}, or {"detail": {…}} at the
// agent endpoints. Other shapes and pages of a proxy are no envelope but still
// have words (MyOTP reference §1).
func envelope(answer *httpapi.Answer) (string, wrapping) {
	var body struct {
		Error   json.RawMessage `json:"error"`
		Detail  json.RawMessage `json:"detail"`
		Message httpapi.Text    `json:"message"`
	}
	if !answer.Parse(&body) {
		return answer.Text(), wrapping{}
	}
	words := string(body.Message)
	for _, raw := range []json.RawMessage{body.Error, body.Detail} {
		raw = bytes.TrimSpace(raw)
		var inner wrapping
		if bytes.HasPrefix(raw, []byte("{")) && json.Unmarshal(raw, &inner) == nil {
			inner.found = true
			return string(inner.Message), inner
		}
		var text string
		if len(raw) > 0 && json.Unmarshal(raw, &text) == nil && text != "" {
			words = text
		}
	}
	return words, wrapping{}
}
