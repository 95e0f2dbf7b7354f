package delivery_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/faulttest"
)

const triesOfAStatus = 3

// documented are the calls of documents: a verb of a route, and where it goes.
var documented = []struct {
	verb  string
	route otp.Route
	path  string
}{
	{"send", overOctopush, "/service/otp/generate"},
	{"send", overMyOTP, "/generate_otp"},
	{"send", overDevice, "/send/otp"},
	{"send", overWay2API, "/aws/send_otp-pin"},
	{"verify", overOctopush, "/service/otp/validate"},
	{"verify", overMyOTP, "/verify_otp"},
	{"verify", overDevice, "/get/otp"},
	{"extend", overMyOTP, "/extend_otp"},
	{"status", overMyOTP, "/check_otp_status"},
	{"status", overDevice, "/get/sms.message"},
}

// free are the statuses by which a vendor says that nothing was sent.
var free = map[otp.Vendor][]int{
	otp.Octopush: {400, 401, 403},
	otp.MyOTP:    {400, 401, 402, 403, 429},
	otp.Way2API:  {400, 401, 402, 403, 404, 422, 429, 500, 503},
}

// meeting is a document whose vendor is behind a line with a fault.
type meeting struct {
	box
	line  *faulttest.Server
	meets *delivery.Runner // who makes the call that meets the fault
	fault faulttest.Fault
	verb  string
	route otp.Route
}

// TestEveryCallOfADocumentMeetsEveryFault is the matrix of the calls of documents
// and faulttest's table. Whatever the fault leaves of its answer, the vendor has
// done what it was asked for, once.
func TestEveryCallOfADocumentMeetsEveryFault(t *testing.T) {
	t.Parallel()
	var cases []faulttest.Case
	for _, call := range documented {
		document := valid(call.route).document(t)
		for _, fault := range faulttest.All() {
			if fault.Refused && call.verb != "send" {
				continue // there is no earlier send; TestConnectionThatWasNeverMadeIsTheNextRoute has one
			}
			cases = append(cases, faulttest.Case{
				Name: fmt.Sprintf("%s at %s/%s", call.verb, call.route.Vendor, fault.Name),
				Run: func(t *testing.T) {
					m := meeting{fault: fault, verb: call.verb, route: call.route}
					m.Server = sandbox.StartForTest(t, sandbox.Options{Clock: func() time.Time { return start }})
					m.line = faulttest.Start(t, fault, m.Handler(), func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, call.path) })
					waits := func(timeout time.Duration) *delivery.Runner {
						return runnerOf(t, m.Server, document, func(o *delivery.Options, env map[string]string) {
							o.HTTP.MaxRetries, o.HTTP.Timeout = triesOfAStatus-1, timeout
							for name, value := range env {
								env[name] = strings.Replace(value, m.URL(), m.line.URL(), 1)
							}
						})
					}
					m.runner = waits(time.Minute)
					if m.meets = m.runner; fault.Slow {
						m.meets = waits(impatient)
					}
					m.play(t)
				},
			})
		}
	}
	faulttest.Matrix(t, cases)
}

func (m meeting) play(t *testing.T) {
	to := delivery.Recipient{Phone: phoneOf(m.route)}
	sender := m.runner
	if m.verb == "send" {
		sender = m.meets
	}
	sent, err := sender.Send(t.Context(), 0, to, false)
	if err != nil {
		t.Fatal(err)
	}
	outcome, reason, explained := sent.Outcome, sent.Reason, sent.Explanation
	if m.verb != "send" {
		only(t, "send", sent.Outcome, sent.Reason, otp.OutcomeOK)
	}
	switch m.verb {
	case "verify":
		got := verify(t, m.meets, 0, sent.Kept, to, m.message(t).Code)
		outcome, reason, explained = got.Outcome, got.Reason, got.Explanation
	case "extend":
		got, err := m.meets.Extend(t.Context(), 0, sent.Kept, to, 60)
		if err != nil {
			t.Fatal(err)
		}
		outcome, reason, explained = got.Outcome, got.Reason, got.Explanation
		if longer := got.Kept.ExpiresAt().After(sent.Kept.ExpiresAt()); longer != (outcome == otp.OutcomeOK) {
			t.Errorf("the outcome is %s, and the code expires later: %v", outcome, longer)
		}
	case "status":
		got, err := m.meets.Status(t.Context(), 0, sent.Kept, to)
		if err != nil {
			t.Fatal(err)
		}
		outcome, reason, explained = got.Outcome, got.Reason, got.Explanation
	}
	asked := int(m.line.Requests.Load())
	if m.fault.Slow && asked == 0 { // the machine was too busy to connect in time
		return
	}
	if want := m.wants(); !slices.Contains(want, outcome) {
		t.Errorf("the outcome is %s, want %v: %s", outcome, want, reason)
	}
	m.sentence(t, outcome, reason, explained)

	times, messages := 1, 1
	if m.fault.Passing && m.verb == "status" {
		times = triesOfAStatus
	}
	if m.verb == "send" && (m.fault.Refused || m.fault.Unread) {
		messages = 0
	}
	if m.fault.Refused {
		times = 0
	}
	if m.fault.Slow { // some tries of a busy machine end before they have connected
		times, messages = min(times, asked), min(messages, len(m.Messages()))
	}
	if asked != times || len(m.Messages()) != messages {
		t.Errorf("%d requests and %d messages, want %d and %d", asked, len(m.Messages()), times, messages)
	}
	m.later(t, sent, to)
}

// wants are the outcomes that a fault may have.
func (m meeting) wants() []string {
	status := func(statuses ...int) bool { return slices.Contains(statuses, m.fault.Status) }
	good := map[string]string{"send": otp.OutcomeOK, "verify": otp.OutcomeOK, "extend": otp.OutcomeOK, "status": otp.OutcomePending}[m.verb]
	rest := map[string]string{"send": otp.OutcomeUnknown, "verify": otp.OutcomeStop, "extend": otp.OutcomeUnknown, "status": otp.OutcomeUnknown}[m.verb]
	switch at := m.route.Vendor; {
	case m.fault.Refused:
		return []string{otp.OutcomeNextRoute}
	case m.fault.Unread && m.verb == "send": // or the reset came before the client knew of a connection
		return []string{otp.OutcomeUnknown, otp.OutcomeNextRoute}
	case m.fault.Right:
		return []string{good}
	case m.fault.Status == 0, m.fault.Lost:
		return []string{otp.OutcomeUnknown}
	case m.verb == "send" && status(free[at]...):
		return []string{otp.OutcomeNextRoute}
	case m.verb == "send" && at == otp.MyOTP && status(409):
		return []string{otp.OutcomeAlreadyActive}
	case m.verb == "extend" && status(400, 401, 402, 403, 429):
		return []string{otp.OutcomeStop}
	case m.verb != "send" && at == otp.MyOTP && status(404):
		return []string{otp.OutcomeNotFound}
	case m.verb == "status" && at == otp.MyOTP && status(200):
		// Without a report is how MyOTP.App answers for what it does not know.
		return []string{otp.OutcomeNotFound, rest, good}
	case m.fault.Some:
		return []string{rest, good}
	}
	return []string{rest}
}

// sentence checks what a person is told.
func (m meeting) sentence(t *testing.T, outcome, reason string, explained delivery.Explanation) {
	t.Helper()
	if outcome == otp.OutcomeOK || outcome == otp.OutcomePending {
		if reason != "" {
			t.Errorf("%s, and a reason: %s", outcome, reason)
		}
		return
	}
	told := reason + " " + explained.Advice
	if !strings.Contains(reason, m.route.Vendor.Title()) || !strings.HasSuffix(reason, ".") {
		t.Errorf("the reason names no vendor, or does not end: %q", reason)
	}
	if !strings.Contains(told, "Check ") && explained.Advice == "" && m.wants()[0] != otp.OutcomeNotFound {
		t.Errorf("nobody is told what to do: %q", told)
	}
	if told = strings.TrimSpace(told); told != httpapi.Clean(told) || len(told) > 1500 {
		t.Errorf("is not fit to be shown: %q", told)
	}
	secrets := []string{phoneOf(m.route)[1:]}
	for name, value := range m.Environment() {
		if !strings.HasSuffix(name, "_BASE_URL") {
			secrets = append(secrets, value)
		}
	}
	for _, message := range m.Messages() {
		secrets = append(secrets, message.Code)
	}
	for _, secret := range secrets {
		if secret != "" && strings.Contains(told, secret) {
			t.Errorf("%q is told: %s", secret, told)
		}
	}
}

// later checks that what is left of a send is whole: it can be stored, it holds
// no personal data, and where the fault is over, the code verifies.
func (m meeting) later(t *testing.T, sent delivery.Sent, to delivery.Recipient) {
	t.Helper()
	raw, err := json.Marshal(sent.Kept)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), to.Phone[1:]) {
		t.Errorf("the phone number is kept: %s", raw)
	}
	route, kept := sent.Kept.Route()
	if nothing := sent.Outcome == otp.OutcomeNextRoute || sent.Outcome == otp.OutcomeStop; kept == nothing || kept && route != 0 {
		t.Errorf("after %s there is something kept: %v", sent.Outcome, kept)
	}
	if m.verb != "send" || !kept || len(m.Messages()) == 0 || m.fault.Some {
		return
	}
	m.line.Heal()
	want := otp.OutcomeOK
	if m.route.Vendor == otp.AndroidAPI && sent.Outcome != otp.OutcomeOK {
		want = otp.OutcomeNotFound // the code would have been in the answer
	}
	var stored delivery.Kept
	if err := json.Unmarshal(raw, &stored); err != nil {
		t.Fatal(err)
	}
	m.verify(t, stored, to.Phone, m.message(t).Code, want)
}
