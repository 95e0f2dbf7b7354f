package sandbox

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// The values of a send (Way2API reference §2). Case counts: inferred.
var (
	way2Purposes = []string{
		"login", "registration", "password_reset", "transaction", "account_verification", "two_factor_auth", "payment_confirmation",
		"order_confirmation", "profile_update", "withdrawal",
	}
	way2Audiences = []string{"no_one", "executive", "manager", "support_team", "admin"}
	way2Fields    = []string{"value", "number", "content", "purpose", "share_with"}
)

var (
	way2Value = regexp.MustCompile(`^[0-9]{4,8}$`)
	// way2Number is looser than the Indian numbering plan: the vendor says no
	// more than the country code.
	way2Number    = regexp.MustCompile(`^91[0-9]{10}$`)
	way2Worldwide = regexp.MustCompile(`^[1-9][0-9]{6,14}$`)
)

// send sends a code of the caller's making (Way2API reference §2).
func (w *way2api) send(x *exchange) answer {
	if media, _, err := mime.ParseMediaType(x.header.Get("Content-Type")); err != nil || media != "application/json" {
		return w.problem(http.StatusBadRequest, "REQUEST_FAILED", "Content-Type must be application/json.")
	}
	body, err := x.object()
	if err != nil {
		return w.problem(http.StatusBadRequest, "REQUEST_FAILED", "The body is not a JSON object.")
	}
	fields, problem := w.readSend(body)
	if problem != "" {
		status := http.StatusUnprocessableEntity
		if w.settings.BadInput400 {
			status = http.StatusBadRequest
		}
		return w.problem(status, "VALIDATION_ERROR", problem)
	}
	if w.data.Account.Balance < w.data.Account.Price {
		return w.problem(http.StatusPaymentRequired, "INSUFFICIENT_BALANCE", "Insufficient balance.")
	}
	order := fmt.Sprintf("W2A%d%s", x.now.Unix(), x.hex(8))
	if x.err != nil {
		return answer{}
	}
	w.data.Account.Balance = money(w.data.Account.Balance - w.data.Account.Price)
	x.send(Message{
		Vendor: w.name(), Channel: "sms", To: "+" + fields["number"], Text: way2Text(fields), Code: fields["value"], MessageID: order,
	})
	if w.settings.Pending {
		return jsonAnswer(http.StatusAccepted, map[string]any{
			"success": true, "message": "Accepted", "data": map[string]any{"order_id": order, "result": map[string]any{}},
		})
	}
	return jsonAnswer(http.StatusOK, map[string]any{"success": true, "message": "", "data": map[string]any{
		"order_id": order,
		"result": map[string]any{
			"phone": "+" + fields["number"], "content_type": fields["content"], "purpose": fields["purpose"],
			"share_with": fields["share_with"], "sms_status": "sent",
		},
	}})
}

// readSend reads the five fields, all required, all strings, no others. Of the
// texts only the one about content is documented; the order of the checks is
// that of the published sample.
func (w *way2api) readSend(body map[string]any) (fields map[string]string, problem string) {
	fields = map[string]string{}
	for _, name := range way2Fields {
		value, ok := body[name]
		if !ok {
			return nil, name + " is required."
		}
		text, ok := value.(string)
		if !ok {
			return nil, name + " must be a string."
		}
		fields[name] = text
	}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if !slices.Contains(way2Fields, name) {
			return nil, name + " is not a field of this service."
		}
	}
	switch {
	case !way2Value.MatchString(fields["value"]):
		return nil, "value must have 4 to 8 digits."
	case w.settings.Worldwide && !way2Worldwide.MatchString(fields["number"]):
		return nil, "number must be the country code and the number, without a plus sign."
	case !w.settings.Worldwide && !way2Number.MatchString(fields["number"]):
		return nil, "number must be an Indian mobile number: 91 and ten digits, without a plus sign."
	case fields["content"] != "OTP" && fields["content"] != "PIN":
		return nil, `content must be either "OTP" or "PIN".`
	case !slices.Contains(way2Purposes, fields["purpose"]):
		return nil, "purpose must be one of " + strings.Join(way2Purposes, ", ") + "."
	case !slices.Contains(way2Audiences, fields["share_with"]):
		return nil, "share_with must be one of " + strings.Join(way2Audiences, ", ") + "."
	}
	return fields, ""
}

// way2Text stands in for the vendor's own text, which is not published: it is
// made of the same four values.
func way2Text(fields map[string]string) string {
	words := func(name string) string { return strings.ReplaceAll(fields[name], "_", " ") }
	share := "Do not share it with anyone."
	if fields["share_with"] != "no_one" {
		share = "Share it with our " + words("share_with") + " only."
	}
	return fmt.Sprintf("%s is your %s for %s. %s (text composed by the sandbox)", fields["value"], fields["content"], words("purpose"), share)
}
