package delivery_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const (
	french  = "+33612345678"
	indian  = "+919812345678"
	code    = "482913"
	made    = "made-up-key-0123"
	sentOK  = `{"code": 0, "token": "otp_1"}`
	verifOK = `{"code": 0}`
)

var start = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

// sample is a document of one route with all four calls; tests change it.
func sample() otp.Document {
	call := func(method, path string, fields map[string]any, outcomes ...otp.Outcome) *otp.Call {
		return &otp.Call{
			Method: method, URL: "${OTP_OCTOPUSH_BASE_URL}" + path, Encoding: otp.JSON, Fields: fields, Outcomes: outcomes,
			Headers: map[string]string{"api-key": "${OTP_OCTOPUSH_API_KEY}"},
		}
	}
	wrong := otp.When(otp.OutcomeWrongCode, otp.ValueIn("/code", 199))
	wrong.Remaining = "/left"
	route := otp.DocumentRoute{
		Vendor: otp.Octopush, Channel: otp.SMS, ApplicationMustEnforce: []otp.Duty{otp.SendLimits},
		Send: call("POST", "/send", map[string]any{"text": "{{text}}", "to": "{{phone_e164}}"},
			otp.When(otp.OutcomeOK, otp.Status(200, 201), otp.ValueIn("/code", 0)),
			otp.When(otp.OutcomePending, otp.Status(202)),
			otp.When(otp.OutcomeAlreadyActive, otp.Status(409)),
			otp.When(otp.OutcomeNextRoute, otp.Status(400, 401)),
			otp.When(otp.OutcomeStop, otp.Status(410)),
			otp.When(otp.OutcomeUnknown)),
		Verify: call("PUT", "/verify", map[string]any{"code": "{{code}}", "to": "{{phone_digits}}", "token": "{{token}}"},
			otp.When(otp.OutcomeOK, otp.Status(200), otp.ValueIn("/code", 0)),
			wrong,
			otp.When(otp.OutcomeTooManyAttempts, otp.ValueIn("/code", 196)),
			otp.When(otp.OutcomeExpired, otp.ValueIn("/code", 197)),
			otp.When(otp.OutcomeNotFound, otp.ValueIn("/code", 198)),
			otp.When(otp.OutcomeStop)),
		Extend: call("POST", "/extend", map[string]any{"seconds": "{{duration_seconds:number}}", "token": "{{token}}"},
			otp.When(otp.OutcomeOK, otp.Status(200)), otp.When(otp.OutcomeNotFound, otp.Status(404)),
			otp.When(otp.OutcomeStop, otp.Status(400)), otp.When(otp.OutcomeUnknown)),
		Status: call("POST", "/status", map[string]any{"token": "{{token}}"},
			otp.When(otp.OutcomeDelivered, otp.ValueIn("/state", "done")),
			otp.When(otp.OutcomePending, otp.ValuePrefix("/state", "Pending:")),
			otp.When(otp.OutcomeFailed, otp.ValueIn("/state", "failed")),
			otp.When(otp.OutcomeNotFound, otp.Status(200), otp.Missing("/state")),
			otp.When(otp.OutcomeUnknown)),
	}
	route.Send.Texts = map[string]string{"": "Code: {code}"}
	route.Send.Keep = map[string]string{"token": "/token"}
	route.Verify.OmitIfMissing = []string{"token"}
	return otp.Document{
		SchemaVersion: 1, Profile: "login", Brand: "Acme", Code: otp.DocumentCode{Length: 6, Digits: true},
		ValiditySeconds: 300, MaxWrongAttempts: 3, Routes: []otp.DocumentRoute{route},
		Limits: otp.DocumentLimits{PerPhoneHour: 5, PerPhoneDay: 10}, ResendRoute: otp.ResendSame,
	}
}

// vendor is a scripted server that answers one request after the other and
// fails the test when it is asked more often than it has answers.
type vendor struct {
	t       *testing.T
	url     string
	mutex   sync.Mutex
	answers []http.HandlerFunc
	got     []string
}

func newVendor(t *testing.T, answers ...http.HandlerFunc) *vendor {
	t.Helper()
	v := &vendor{t: t, answers: answers}
	server := httptest.NewServer(v)
	t.Cleanup(server.Close)
	v.url = server.URL
	return v
}

var boundary = regexp.MustCompile(`[0-9a-f]{60}`)

// ServeHTTP writes a request down: method, path and query, the headers that are
// not of the transport, and the body.
func (v *vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.ContentLength != int64(len(body)) {
		v.t.Errorf("a body of %d bytes with Content-Length %d: %v", len(body), r.ContentLength, err)
	}
	lines := []string{r.Method + " " + r.URL.RequestURI()}
	for name, values := range r.Header {
		if !slices.Contains([]string{"Accept", "Accept-Encoding", "Connection", "Content-Length", "User-Agent"}, name) {
			lines = append(lines, name+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(lines[1:])
	text := strings.Join(append(lines, string(body)), "\n")
	v.mutex.Lock()
	v.got = append(v.got, boundary.ReplaceAllString(text, "BOUNDARY"))
	number := len(v.got)
	v.mutex.Unlock()
	if number > len(v.answers) {
		v.t.Errorf("request %d, which must not happen: %s", number, text)
		return
	}
	v.answers[number-1](w, r)
}

// wants compares the requests so far, and forgets them.
func (v *vendor) wants(requests ...string) {
	v.t.Helper()
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if diff := cmp.Diff(requests, v.got); diff != "" {
		v.t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func (v *vendor) count() int {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return len(v.got)
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// jsonRequest is a request of the sample, which has a JSON body.
func jsonRequest(line, body string) string {
	return line + "\nApi-Key: " + made + "\nContent-Type: application/json\n" + body
}

// with is the runner of a document whose vendor is a scripted server. The
// environment may overwrite variables; an empty value unsets one.
func with(t *testing.T, v *vendor, document otp.Document, change ...func(*delivery.Options, map[string]string)) *delivery.Runner {
	t.Helper()
	environment := map[string]string{"OTP_OCTOPUSH_API_KEY": made}
	if v != nil {
		environment["OTP_OCTOPUSH_BASE_URL"] = v.url
	}
	options := delivery.Options{
		Lookup: func(name string) (string, bool) { value, ok := environment[name]; return value, ok },
		Clock:  func() time.Time { return start },
		Vendor: vendors.Find,
		HTTP:   httpapi.Options{MaxRequestsPerSecond: 1e6, Pause: func(time.Duration) time.Duration { return 0 }},
	}
	for _, c := range change {
		c(&options, environment)
	}
	text, err := document.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	runner, err := delivery.New(text, options)
	if err != nil {
		t.Fatal(err)
	}
	return runner
}

// send sends to a person in France and wants no error.
// impatient is for calls that nobody answers. A busy machine may take longer to
// connect, so no call that has to succeed is made with it.
const impatient = 500 * time.Millisecond

// tries sets how often a call is repeated and how long it waits.
func tries(more int, timeout time.Duration) func(*delivery.Options, map[string]string) {
	return func(o *delivery.Options, _ map[string]string) { o.HTTP.MaxRetries, o.HTTP.Timeout = more, timeout }
}

func send(t *testing.T, r *delivery.Runner, route int) delivery.Sent {
	t.Helper()
	sent, err := r.Send(t.Context(), route, delivery.Recipient{Phone: french}, false)
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

func verify(t *testing.T, r *delivery.Runner, route int, kept delivery.Kept, to delivery.Recipient, typed string) delivery.Verdict {
	t.Helper()
	verdict, err := r.Verify(t.Context(), route, kept, to, typed)
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}

// nowhere is an address where nobody listens: the system hands this port to no
// test, as it may a port that was just closed.
const nowhere = "http://127.0.0.1:1"

// only checks an outcome and that an unhappy one is explained, and a happy one
// is not.
func only(t *testing.T, what, outcome, reason, want string) {
	t.Helper()
	if outcome != want {
		t.Errorf("%s: outcome %q (%s), want %q", what, outcome, reason, want)
	}
	happy := slices.Contains([]string{otp.OutcomeOK, otp.OutcomePending, otp.OutcomeDelivered}, outcome)
	if happy != (reason == "") {
		t.Errorf("%s: outcome %q with the reason %q", what, outcome, reason)
	}
}
