package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// An afternoon in a sandbox, for the examples that /_sandbox/ shows.
var (
	exampleTime    = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	exampleMessage = Message{
		Number: 1, At: exampleTime, Vendor: "octopush", Channel: "sms", To: "+33612345678", Sender: "ACMEBANK", Text: "Acme: 482913", Code: "482913",
		MessageID: "sms_0f3c1d2e4b5a", Cost: 0.05, Unit: "euros", ExpiresAt: exampleTime.Add(5 * time.Minute),
	}
	exampleShown = Shown{
		Message: exampleMessage, Delivery: "sent", ValidUntil: exampleMessage.ExpiresAt, Country: "FR", Encoding: "GSM-7", Segments: 1,
	}
	exampleRequest = Request{
		Number: 1, At: exampleTime, Vendor: "octopush", Operation: "otp_generate", Method: http.MethodPost, Path: "/service/otp/generate",
		Headers: http.Header{"Api-Key": {Redacted}}, Query: url.Values{}, Body: `{"phone_number":"+33612345678"}`, Status: http.StatusOK,
		Answer: `{"code":0,"message":"success"}`, MessageID: exampleMessage.MessageID, Delivered: true,
	}
	exampleFault = Fault{Number: 1, Vendor: "myotp", Operation: "generate_otp", Times: 1, Kind: Answer, Status: http.StatusTooManyRequests, Headers: map[string]string{"Retry-After": "2"}, Body: "Too Many Requests"}
	exampleClock = map[string]string{"now": emulate.Timestamp(exampleTime)}
)

// exampleAnswers are by method and path. What is no JSON is its media type.
var exampleAnswers = map[string]any{
	"GET /_sandbox/":                     []map[string]any{{"method": "GET", "path": healthPath, "summary": "Whether the sandbox is up. It needs no token.", "answer": map[string]string{"status": "ok"}}},
	"GET " + healthPath:                  map[string]string{"status": "ok"},
	"GET /_sandbox/messages":             []Message{exampleMessage},
	"DELETE /_sandbox/messages":          []Message{},
	"GET /_sandbox/messages/{number}":    Detail{exampleShown, []Request{exampleRequest}},
	"DELETE /_sandbox/messages/{number}": []Message{},
	"GET /_sandbox/requests":             []Request{exampleRequest},
	"GET /_sandbox/vendors": []viewVendor{{
		Name: "octopush", Base: "http://" + DefaultAddress + "/octopush/v1/public", Balance: 37.5, Unit: "euros",
		Served: []servedCall{{"otp_generate", http.MethodPost, "/service/otp/generate"}},
		Not:    []emulate.NotServed{{Reason: "it sends no code", Calls: []string{"POST /sms-campaign/send"}}},
	}},
	"GET /_sandbox/faults":             []Fault{exampleFault},
	"POST /_sandbox/faults":            []Fault{exampleFault},
	"DELETE /_sandbox/faults":          []Fault{},
	"DELETE /_sandbox/faults/{number}": []Fault{},
	"GET /_sandbox/clock":              exampleClock,
	"POST /_sandbox/clock":             exampleClock,
	"POST /_sandbox/deliveries":        deliveryOrder{"3f0c1d2e-…", "UNDELIV"},
	"POST /_sandbox/reset":             exampleClock,
	"GET /_sandbox/environment":        map[string]string{"OTP_OCTOPUSH_BASE_URL": "http://" + DefaultAddress + "/octopush/v1/public"},
	"GET /_sandbox/events":             "text/event-stream",
	"GET /_sandbox/view": view{
		Now: exampleTime, Total: 1, Chosen: 1, Messages: []Shown{exampleShown}, Refused: []Request{}, Faults: []Fault{exampleFault},
		Vendors: []viewVendor{{Name: "octopush", Base: "http://" + DefaultAddress + "/octopush/v1/public", Balance: 37.5, Unit: "euros", Calls: []string{"otp_generate"}}},
	},
}

// listedPath is a path as /_sandbox/ shows it.
type listedPath struct {
	Path
	// Answer is an example of what is answered with HTTP status 200; what is no
	// JSON is its media type.
	Answer any `json:"answer"`
}

// list is the control interface with an example of every answer.
func (s *Server) list() []listedPath {
	answers := maps.Clone(exampleAnswers)
	for _, v := range s.vendors {
		below := " /_sandbox/" + v.Name() + "/"
		answers[http.MethodPost+below+"balance"] = balanceOrder{0}
		for _, order := range v.Orders() {
			answers[order.Method+below+order.Path] = s.exampleOf(order)
		}
	}
	var out []listedPath
	for _, path := range s.Paths() {
		out = append(out, listedPath{path, answers[path.Method+" "+path.Path]})
	}
	return out
}

// exampleOf is what an order is answered with: its example, or what there is
// just now.
func (s *Server) exampleOf(order emulate.Order) any {
	if order.Picture != nil {
		return "image/png"
	}
	if order.Answer != nil || order.Method != http.MethodGet {
		return order.Answer
	}
	now, err := order.Do(s, nil)
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	return now
}
