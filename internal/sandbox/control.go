package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// newPages is what the sandbox serves beside the vendors.
func (s *Server) newPages() http.Handler {
	control := http.NewServeMux()
	control.HandleFunc("GET /_sandbox/messages", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Messages()) })
	control.HandleFunc("GET /_sandbox/requests", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Requests()) })
	control.HandleFunc("GET /_sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.Faults()) })
	control.HandleFunc("POST /_sandbox/faults", s.postFault)
	control.HandleFunc("DELETE /_sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		reply(w, s.Faults())
	})
	control.HandleFunc("GET /_sandbox/clock", func(w http.ResponseWriter, _ *http.Request) { s.replyClock(w) })
	control.HandleFunc("POST /_sandbox/clock", s.postClock)
	control.HandleFunc("POST /_sandbox/deliveries", s.postDelivery)
	control.HandleFunc("POST /_sandbox/reset", s.postReset)
	for _, v := range s.vendors {
		for _, order := range v.Orders() {
			control.HandleFunc(order.Method+" /_sandbox/"+v.Name()+"/"+order.Path, s.obey(order))
		}
	}

	pages := http.NewServeMux()
	// A web page that somebody has open must not drive their sandbox.
	pages.Handle("/_sandbox/", http.NewCrossOriginProtection().Handler(control))
	pages.HandleFunc("GET /{$}", s.inbox)
	return pages
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

func (s *Server) postClock(w http.ResponseWriter, r *http.Request) {
	var order struct {
		AdvanceSeconds int64 `json:"advance_seconds"`
	}
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

func (s *Server) postDelivery(w http.ResponseWriter, r *http.Request) {
	var order struct {
		MessageID string `json:"message_id"`
		Status    string `json:"status"`
	}
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

// obey does what a vendor's order says.
func (s *Server) obey(order emulate.Order) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			complain(w, http.StatusBadRequest, fmt.Errorf("the body could not be read: %w", err))
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
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(order); err != nil {
		complain(w, http.StatusBadRequest, fmt.Errorf("the body is not the JSON object that %s takes: %w", r.URL.Path, err))
		return false
	}
	return true
}

func reply(w http.ResponseWriter, value any) { write(w, emulate.JSON(http.StatusOK, value)) }

func complain(w http.ResponseWriter, status int, err error) {
	write(w, emulate.JSON(status, map[string]string{"error": err.Error()}))
}
