package way2api

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// The values of a send (Way2API reference §2). Case counts: inferred.
var (
	purposes = []string{
		"login", "registration", "password_reset", "transaction", "account_verification", "two_factor_auth", "payment_confirmation",
		"order_confirmation", "profile_update", "withdrawal",
	}
	audiences  = []string{"no_one", "executive", "manager", "support_team", "admin"}
	fieldNames = []string{"value", "number", "content", "purpose", "share_with"}
)

var (
	valuePattern = regexp.MustCompile(`^[0-9]{4,8}$`)
	// numberPattern is looser than the Indian numbering plan: the vendor says no
	// more than the country code.
	numberPattern    = regexp.MustCompile(`^91[0-9]{10}$`)
	worldwidePattern = regexp.MustCompile(`^[1-9][0-9]{6,14}$`)
)

// send sends a code of the caller's making (Way2API reference §2).
func (w *Emulator) send(x *emulate.Exchange) emulate.Answer {
	if media, _, err := mime.ParseMediaType(x.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return w.problem(http.StatusBadRequest, "REQUEST_FAILED", "Content-Type must be application/json.")
	}
	body, err := x.Object()
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
	order := fmt.Sprintf("W2A%d%s", x.Now.Unix(), x.Hex(8))
	if x.Err != nil {
		return emulate.Answer{}
	}
	w.data.Account.Balance = emulate.Money(w.data.Account.Balance - w.data.Account.Price)
	x.Send(emulate.Message{
		Vendor: w.Name(), Channel: "sms", To: "+" + fields["number"], Text: text(fields), Code: fields["value"], MessageID: order,
		Cost: w.data.Account.Price, Unit: "credits",
	})
	if w.settings.Pending {
		return emulate.JSON(http.StatusAccepted, map[string]any{
			"success": true, "message": "Accepted", "data": map[string]any{"order_id": order, "result": map[string]any{}},
		})
	}
	return emulate.JSON(http.StatusOK, map[string]any{"success": true, "message": "", "data": map[string]any{
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
func (w *Emulator) readSend(body map[string]any) (fields map[string]string, problem string) {
	fields = map[string]string{}
	for _, name := range fieldNames {
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
		if !slices.Contains(fieldNames, name) {
			return nil, name + " is not a field of this service."
		}
	}
	switch {
	case !valuePattern.MatchString(fields["value"]):
		return nil, "value must have 4 to 8 digits."
	case w.settings.Worldwide && !worldwidePattern.MatchString(fields["number"]):
		return nil, "number must be the country code and the number, without a plus sign."
	case !w.settings.Worldwide && !numberPattern.MatchString(fields["number"]):
		return nil, "number must be an Indian mobile number: 91 and ten emulate.Digits, without a plus sign."
	case fields["content"] != "OTP" && fields["content"] != "PIN":
		return nil, `content must be either "OTP" or "PIN".`
	case !slices.Contains(purposes, fields["purpose"]):
		return nil, "purpose must be one of " + strings.Join(purposes, ", ") + "."
	case !slices.Contains(audiences, fields["share_with"]):
		return nil, "share_with must be one of " + strings.Join(audiences, ", ") + "."
	}
	return fields, ""
}

// text stands in for the vendor's own text, which is not published: it is
// made of the same four values.
func text(fields map[string]string) string {
	words := func(name string) string { return strings.ReplaceAll(fields[name], "_", " ") }
	share := "Do not share it with anyone."
	if fields["share_with"] != "no_one" {
		share = "Share it with our " + words("share_with") + " only."
	}
	return fmt.Sprintf("%s is your %s for %s. %s (text composed by the sandbox)", fields["value"], fields["content"], words("purpose"), share)
}
