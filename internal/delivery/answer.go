package delivery

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// reply is an answer as conditions see it.
type reply struct {
	status int
	tree   any // the JSON of the body, its numbers as written
	json   bool
}

// Finding is what came of a call.
type Finding struct {
	// Outcome is one of those that documents have for the call.
	Outcome    string
	HTTPStatus int    // 0: the vendor was not asked, or did not answer
	Reason     string // why, in sentences; redacted, and empty on success
	Explanation
}

// verdict is a finding with what it was found by.
type verdict struct {
	Finding
	reply     reply
	remaining *int64
}

// found is a verdict that no vendor was asked for, or that none answered to.
func found(outcome, reason string) verdict {
	return verdict{Finding: Finding{Outcome: outcome, Reason: reason}}
}

// Explanation is what a vendor's answer means beyond its outcome, as far as the
// vendor's descriptor knows.
type Explanation struct {
	// VendorCode is the vendor's own code; empty: it gives none.
	VendorCode string `json:"vendor_code,omitempty"`
	// Advice says what the code means and what to do next, in sentences; empty
	// where nothing is known.
	Advice string `json:"advice,omitempty"`
}

// judge reads an answer by the outcomes of its call.
func judge(c *otp.Call, client *httpapi.Client, call httpapi.Call, answer *httpapi.Answer) verdict {
	got := read(answer)
	decided := decide(c, got)
	switch decided.Outcome {
	case otp.OutcomeOK, otp.OutcomePending, otp.OutcomeDelivered:
		return decided // nothing to explain, and the answer to a send is confidential
	}
	decided.Reason = fmt.Sprintf("%s answered HTTP %d", client.Vendor().Title(), got.status)
	failure := client.Explain(call, answer)
	if failure != nil {
		decided.Explanation = Explanation{failure.Code, failure.Next}
	}
	if decided.VendorCode != "" && decided.VendorCode != strconv.Itoa(got.status) {
		decided.Reason += " with code " + decided.VendorCode
	}
	var quoted *httpapi.Error
	switch words := got.words(); {
	case !got.json:
		decided.Reason += ", and not with JSON"
		if errors.As(client.Unexpected(call, answer, ""), &quoted) && quoted.Message != "" { // a page, redacted
			decided.Reason += ": \"" + strings.TrimSuffix(quoted.Message, ".") + "\""
		}
	case words != "" && errors.As(client.Unexpected(call, answer, words), &quoted): // redacts what it is told
		decided.Reason += ": \"" + strings.TrimSuffix(quoted.Reason, ".") + "\""
	}
	_, object := got.tree.(map[string]any)
	if unexpected := !object || decided.Outcome == otp.OutcomeUnknown || decided.Outcome == otp.OutcomeStop; unexpected && decided.Advice == "" {
		decided.Advice = "The profile's document knows no such answer. Check the base URL of the vendor and any proxy on the way to it, or ask the vendor what it means."
	}
	decided.Reason += "."
	return decided
}

// read takes a body for JSON if it is, whatever its Content-Type says: a page
// of PHP may call everything text/html.
func read(answer *httpapi.Answer) reply {
	got := reply{status: answer.Status}
	if !utf8.Valid(answer.Body) || !json.Valid(answer.Body) {
		return got
	}
	decoder := json.NewDecoder(bytes.NewReader(answer.Body))
	decoder.UseNumber()
	got.json = decoder.Decode(&got.tree) == nil
	return got
}

// words is what a vendor says of an error, at the places where it usually does:
// a whole body may hold codes.
func (r reply) words() string {
	for _, pointer := range []string{"/message", "/error/message", "/detail/message"} {
		if value, ok := r.at(pointer); ok {
			if text, ok := value.(string); ok {
				return text
			}
		}
	}
	return ""
}

// decide finds the first outcome whose conditions all hold; the last has none.
func decide(c *otp.Call, got reply) verdict {
	for _, o := range c.Outcomes {
		if slices.ContainsFunc(o.When, func(condition otp.Condition) bool { return !got.meets(condition) }) {
			continue
		}
		return verdict{Finding{Outcome: o.Outcome, HTTPStatus: got.status}, got, got.integer(o.Remaining)}
	}
	return verdict{Finding{Outcome: otp.OutcomeUnknown, HTTPStatus: got.status}, got, nil}
}

// meets reports whether a condition, which has one form, holds.
func (r reply) meets(c otp.Condition) bool {
	if len(c.HTTPStatus) > 0 {
		return slices.Contains(c.HTTPStatus, r.status)
	}
	value, found := r.at(c.Pointer)
	switch {
	case c.Absent:
		return !found
	case c.Prefix != "":
		text, ok := value.(string)
		return ok && strings.HasPrefix(text, c.Prefix)
	}
	// JSON types are compared, too: false is not 0, and "0" is not either.
	plain, ok := scalar(value)
	return ok && slices.Contains(c.In, plain)
}

// integer is the whole number that a pointer finds, or nil.
func (r reply) integer(pointer string) *int64 {
	if pointer == "" {
		return nil
	}
	value, _ := r.at(pointer)
	number, ok := value.(json.Number)
	if !ok {
		return nil
	}
	if plain, ok := whole(number); ok {
		return &plain
	}
	return nil
}

// at follows a JSON pointer (RFC 6901). An answer that is no JSON has none.
func (r reply) at(pointer string) (any, bool) {
	if !r.json {
		return nil, false
	}
	value := r.tree
	for _, token := range strings.Split(pointer, "/")[1:] {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch node := value.(type) {
		case map[string]any:
			member, ok := node[token]
			if !ok {
				return nil, false
			}
			value = member
		case []any:
			index, err := strconv.Atoi(token)
			if err != nil || index < 0 || index >= len(node) || strconv.Itoa(index) != token {
				return nil, false
			}
			value = node[index]
		default:
			return nil, false
		}
	}
	return value, true
}

// whole is the value of a number without a fraction: of 300, 300.0 and 3e2.
func whole(number json.Number) (int64, bool) {
	var plain httpapi.Int
	if plain.UnmarshalJSON([]byte(number)) != nil {
		return 0, false
	}
	return int64(plain), true
}
