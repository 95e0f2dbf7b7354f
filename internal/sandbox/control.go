package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// healthPath answers without a token: a composition of containers asks it.
const healthPath = "/_sandbox/health"

// Path is one path of the control interface.
type Path struct {
	Method  string `json:"method"`
	Path    string `json:"path"`
	Summary string `json:"summary"`
	// Body is an example of the body; absent: there is none.
	Body  any `json:"body,omitempty"`
	serve func(http.ResponseWriter, *http.Request)
}

// Paths lists the control interface.
func (s *Server) Paths() []Path {
	paths := []Path{
		{"GET", "/_sandbox/", "This list.", nil, func(w http.ResponseWriter, _ *http.Request) { reply(w, s.list()) }},
		{"GET", healthPath, "Whether the sandbox is up. It needs no token.", nil, func(w http.ResponseWriter, _ *http.Request) { reply(w, map[string]string{"status": "ok"}) }},
		{"GET", "/_sandbox/messages", "What was sent, oldest first. Filters: vendor, channel, phone, text, limit (the newest), wait (seconds until there is one).", nil, s.getMessages},
		{"DELETE", "/_sandbox/messages", "Forget all messages and requests; codes stay valid.", nil, s.deleteMessages},
		{"GET", "/_sandbox/messages/{number}", "A message, how it stands, and every call about it.", nil, s.getMessage},
		{"DELETE", "/_sandbox/messages/{number}", "Forget a message; its code stays valid.", nil, s.deleteMessage},
		{"GET", "/_sandbox/requests", "What was asked of the vendors, oldest first, credentials hidden.", nil, func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Requests()) }},
		{"GET", "/_sandbox/vendors", "The vendors, which calls are served, and which are not.", nil, s.getVendors},
		{"GET", "/_sandbox/faults", "The faults that are still to come.", nil, func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Faults()) }},
		{"POST", "/_sandbox/faults", "Let the next requests fail. kind: answer, drop_before, drop_after, cut, truncate, delay.",
			Fault{Vendor: "myotp", Operation: "generate_otp", Times: 1, Kind: Answer, Status: http.StatusTooManyRequests, Headers: map[string]string{"Retry-After": "2"}, Body: "Too Many Requests"}, s.postFault},
		{"DELETE", "/_sandbox/faults", "Drop all faults.", nil, s.deleteFaults},
		{"DELETE", "/_sandbox/faults/{number}", "Drop a fault.", nil, s.deleteFault},
		{"GET", "/_sandbox/clock", "What time it is in the sandbox.", nil, func(w http.ResponseWriter, _ *http.Request) { s.replyClock(w) }},
		{"POST", "/_sandbox/clock", "Move the clock forward.", clockOrder{600}, s.postClock},
		{"POST", "/_sandbox/deliveries", "Say what the vendor reports about a message, in its words.", deliveryOrder{"3f0c1d2e-…", "UNDELIV"}, s.postDelivery},
		{"POST", "/_sandbox/reset", "Forget everything and set the clock back.", nil, s.postReset},
		{"GET", "/_sandbox/environment", "The environment to use the sandbox. format: sh, powershell, dotenv; else JSON.", nil, s.getEnvironment},
		{"GET", "/_sandbox/events", "Server-sent events: change, whenever something has changed.", nil, s.events},
		{"GET", "/_sandbox/view", "What the page shows.", nil, s.getView},
	}
	for _, v := range s.vendors {
		paths = append(paths, Path{"POST", "/_sandbox/" + v.Name() + "/balance", "Set what is left of the customer's money.", balanceOrder{0}, s.setBalance(v)})
		for _, order := range v.Orders() {
			paths = append(paths, Path{order.Method, "/_sandbox/" + v.Name() + "/" + order.Path, order.Summary, order.Body, s.obey(order)})
		}
	}
	return paths
}

// newPages is what the sandbox serves beside the vendors.
func (s *Server) newPages() http.Handler {
	pages := http.NewServeMux()
	for _, path := range s.Paths() {
		pattern := path.Method + " " + path.Path
		if path.Path == "/_sandbox/" {
			pattern += "{$}"
		}
		pages.HandleFunc(pattern, path.serve)
	}
	pages.HandleFunc("GET /{$}", page)
	pages.HandleFunc("GET /_sandbox/page/{file}", asset)
	pages.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		complain(w, http.StatusNotFound, fmt.Errorf("the sandbox serves no %s %s; /_sandbox/ lists what it does, and the vendors are below /%s/ and so on",
			r.Method, r.URL.Path, s.vendors[0].Name()))
	})
	return s.guarded(pages)
}

func (s *Server) postFault(w http.ResponseWriter, r *http.Request) {
	var fault Fault
	if !receive(w, r, &fault) {
		return
	}
	if err := s.Fail(fault); err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	reply(w, s.Faults())
}

func (s *Server) deleteFaults(w http.ResponseWriter, _ *http.Request) {
	s.ClearFaults()
	reply(w, s.Faults())
}

func (s *Server) deleteFault(w http.ResponseWriter, r *http.Request) {
	if err := s.DropFault(number(r)); err != nil {
		complain(w, http.StatusNotFound, err)
		return
	}
	reply(w, s.Faults())
}

type clockOrder struct {
	AdvanceSeconds int64 `json:"advance_seconds"`
}

func (s *Server) postClock(w http.ResponseWriter, r *http.Request) {
	var order clockOrder
	if !receive(w, r, &order) {
		return
	}
	const most = int64(100 * 365 * 24 * time.Hour / time.Second)
	if order.AdvanceSeconds < 1 || order.AdvanceSeconds > most {
		complain(w, http.StatusBadRequest, fmt.Errorf("advance_seconds must be between 1 and %d", most))
		return
	}
	if err := s.Advance(time.Duration(order.AdvanceSeconds) * time.Second); err != nil {
		complain(w, http.StatusInternalServerError, err)
		return
	}
	s.replyClock(w)
}

func (s *Server) replyClock(w http.ResponseWriter) {
	reply(w, map[string]string{"now": emulate.Timestamp(s.Now())})
}

type deliveryOrder struct {
	MessageID string `json:"message_id"`
	Status    string `json:"status"`
}

func (s *Server) postDelivery(w http.ResponseWriter, r *http.Request) {
	var order deliveryOrder
	if !receive(w, r, &order) {
		return
	}
	if err := s.SetDelivery(order.MessageID, order.Status); err != nil {
		complain(w, http.StatusNotFound, err)
		return
	}
	reply(w, order)
}

func (s *Server) postReset(w http.ResponseWriter, _ *http.Request) {
	if err := s.Reset(); err != nil {
		complain(w, http.StatusInternalServerError, err)
		return
	}
	s.replyClock(w)
}

type balanceOrder struct {
	Amount float64 `json:"amount"`
}

func (s *Server) setBalance(v emulate.Vendor) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var order balanceOrder
		if !receive(w, r, &order) {
			return
		}
		if order.Amount < 0 || order.Amount > 1e9 {
			complain(w, http.StatusBadRequest, fmt.Errorf("amount must be between 0 and 1000000000"))
			return
		}
		if err := s.Change(func(*emulate.Exchange) error { v.SetBalance(order.Amount); return nil }); err != nil {
			complain(w, http.StatusInternalServerError, err)
			return
		}
		reply(w, order)
	}
}

// obey does what a vendor's order says.
func (s *Server) obey(order emulate.Order) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			complain(w, http.StatusBadRequest, fmt.Errorf("the body could not be read: %w", err))
			return
		}
		if order.Picture != nil {
			image, err := order.Picture(s, r.PathValue("token"))
			if err != nil {
				complain(w, http.StatusNotFound, err)
				return
			}
			write(w, emulate.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"image/png"}, "Cache-Control": {"no-store"}}, Body: image})
			return
		}
		out, err := order.Do(s, body)
		if err != nil {
			complain(w, http.StatusBadRequest, err)
			return
		}
		reply(w, out)
	}
}

// receive decodes an order and complains about one it does not understand.
func receive(w http.ResponseWriter, r *http.Request, order any) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		err = emulate.Strictly(body, order)
	}
	if err != nil {
		complain(w, http.StatusBadRequest, fmt.Errorf("the body is not the JSON object that %s takes: %w", r.URL.Path, err))
		return false
	}
	return true
}

// number is the number in a path, or 0, which nothing has.
func number(r *http.Request) int {
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return 0
	}
	return n
}

func reply(w http.ResponseWriter, value any) {
	out := emulate.JSON(http.StatusOK, value)
	out.Header.Set("Cache-Control", "no-store")
	write(w, out)
}

func complain(w http.ResponseWriter, status int, err error) {
	write(w, emulate.JSON(status, map[string]string{"error": err.Error()}))
}
