// Package fifthvendor has a made-up vendor, and tests that nothing has to know
// more of a vendor than its descriptor.
package fifthvendor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const name otp.Vendor = "pigeon"

const (
	keyHeader = "X-Pigeon-Key"
	apiKey    = "pk_8f3a6c1d2b"
)

var (
	sendEndpoint   = httpapi.Endpoint{Operation: "send", Purpose: "send a code", Method: http.MethodPost, Path: "/messages", Encoding: otp.JSON}
	checkEndpoint  = httpapi.Endpoint{Operation: "check", Purpose: "verify a code", Method: http.MethodPost, Path: "/checks", Encoding: otp.JSON}
	extendEndpoint = httpapi.Endpoint{Operation: "extend", Purpose: "extend a code", Method: http.MethodPost, Path: "/extensions", Encoding: otp.JSON}
)

// pigeon is everything that the house is told of the vendor.
var pigeon = httpapi.Vendor{
	Name: name, Title: "Pigeon Post", BaseURL: "https://api.pigeon.example",
	Credentials: []httpapi.CredentialField{{Field: "API_KEY", Name: "API key", Where: "API key of the loft."}},
	Authorize:   authorize, Classify: classify, Endpoints: []httpapi.Endpoint{sendEndpoint, checkEndpoint, extendEndpoint}, Compiler: compiler{},
	Extension: &otp.Extension{Least: 5, Most: 40},
	Receipt:   otp.Receipt{MessageID: "/ring"},
}

// classify explains the vendor's codes.
func classify(_ httpapi.Endpoint, answer *httpapi.Answer) *httpapi.Error {
	var body struct {
		Trouble string `json:"trouble"`
		Words   string `json:"words"`
	}
	kind := httpapi.KindOf(answer.Status)
	if kind == "" || !answer.Parse(&body) {
		return nil
	}
	failure := &httpapi.Error{Kind: kind, Code: body.Trouble, Message: body.Words}
	if body.Trouble == "P17" {
		failure.Kind, failure.Next = httpapi.InsufficientBalance, "Buy corn in the dashboard of Pigeon Post."
	}
	return failure
}

// compiler has the vendor's rules and requests.
type compiler struct{}

func (compiler) Vendor() otp.Vendor { return name }

func (compiler) Placeholders() map[otp.Placeholder]string {
	return map[otp.Placeholder]string{otp.PlaceholderOTP: "<code>", otp.PlaceholderExpiry: "<until>"}
}

func (compiler) CheckBrand(brand otp.Brand) otp.Problems {
	var ps otp.Problems
	if strings.Contains(brand.DisplayName, "Hawk") {
		ps.Errorf(otp.At("display_name"), "Brand frightens pigeons", "display_name is %q, and no pigeon carries that. Write another one.", brand.DisplayName)
	}
	return ps
}

func (compiler) CheckTemplate(otp.MessageTemplate) otp.Problems { return nil }
func (compiler) CheckSender(otp.SenderID) otp.Problems          { return nil }

func (c compiler) CompileRoute(r otp.RoutePlan) (otp.DocumentRoute, otp.Problems) {
	var ps otp.Problems
	r.CheckChannel(&ps, otp.SMS)
	r.RefuseSender(&ps, "Pigeon Post signs with its own ring.")
	validity, _ := r.Validity()
	send := httpapi.Document(r, sendEndpoint, authorize, httpapi.Fields{"to": "{{phone_e164}}", "letter": "{{text}}", "seconds": validity},
		otp.When(otp.OutcomeOK, otp.Status(http.StatusCreated)), otp.When(otp.OutcomeNextRoute, otp.Status(http.StatusPaymentRequired)), otp.When(otp.OutcomeUnknown))
	send.Texts, send.Keep = otp.Texts(r.Messages(&ps, c.Placeholders())), map[string]string{"ring": "/ring"}
	check := httpapi.Document(r, checkEndpoint, authorize, httpapi.Fields{"ring": "{{ring}}", "code": "{{code}}"},
		otp.When(otp.OutcomeOK, otp.ValueIn("/right", true)), otp.When(otp.OutcomeWrongCode, otp.ValueIn("/right", false)), otp.When(otp.OutcomeStop))
	extend := httpapi.Document(r, extendEndpoint, authorize, httpapi.Fields{"ring": "{{ring}}", "more": "{{duration_seconds:number}}"},
		otp.When(otp.OutcomeOK, otp.Status(http.StatusOK)), otp.When(otp.OutcomeStop))
	return otp.DocumentRoute{Send: send, Verify: check, Extend: extend, ApplicationMustEnforce: []otp.Duty{otp.MaxWrongAttempts, otp.SingleUse}}, ps
}

func authorize(call *httpapi.Call, credential func(string) string) {
	call.Headers[keyHeader] = credential("API_KEY")
}

// loft is the vendor's server. It answers from what was sent.
type loft struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string          // method, path, key and body
	codes    map[string]string // by ring
	hungry   bool              // nothing is sent without corn
}

func newLoft(t *testing.T) *loft {
	t.Helper()
	l := &loft{codes: map[string]string{}}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return l
}

// ServeHTTP serves the three calls.
func (l *loft) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var body struct {
		Ring, Code string
		More       int
	}
	var raw json.RawMessage
	if json.NewDecoder(r.Body).Decode(&raw) != nil || json.Unmarshal(raw, &body) != nil || r.Header.Get(keyHeader) != apiKey {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	l.requests = append(l.requests, fmt.Sprintf("%s %s %s", r.Method, r.URL.Path, raw))
	status, answer := http.StatusOK, any(map[string]any{"right": body.Code != "" && l.codes[body.Ring] == body.Code})
	switch {
	case r.URL.Path == sendEndpoint.Path && l.hungry:
		status, answer = http.StatusPaymentRequired, map[string]any{"trouble": "P17", "words": "no corn"}
	case r.URL.Path == sendEndpoint.Path:
		ring := fmt.Sprintf("ring-%d", len(l.codes)+1)
		l.codes[ring] = "314159"
		status, answer = http.StatusCreated, map[string]any{"ring": ring}
	case r.URL.Path == extendEndpoint.Path && l.codes[body.Ring] == "":
		status = http.StatusNotFound
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the client may have gone
}

// last is the request that came last.
func (l *loft) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.requests) == 0 {
		return ""
	}
	return l.requests[len(l.requests)-1]
}

func (l *loft) starve() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hungry = true
}
