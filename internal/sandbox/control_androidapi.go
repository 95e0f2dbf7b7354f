package sandbox

import (
	"fmt"
	"net/http"
)

// handleAndroidAPI adds what a person or a test may do to AndroidAPI from
// outside the process.
func (s *Server) handleAndroidAPI(control *http.ServeMux) {
	const path = "/_sandbox/androidapi/"
	control.HandleFunc("GET "+path+"accounts", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.WhatsAppAccounts()) })
	control.HandleFunc("GET "+path+"links", func(w http.ResponseWriter, _ *http.Request) { reply(w, s.WhatsAppLinks()) })
	control.HandleFunc("POST "+path+"scan", order(func(o androidOrder) error { return s.ScanQR(o.Token, o.Phone) }))
	control.HandleFunc("POST "+path+"expire", order(func(o androidOrder) error { return s.ExpireQR(o.Token) }))
	control.HandleFunc("POST "+path+"disconnect", order(func(o androidOrder) error { return s.DisconnectWhatsApp(o.Unique) }))
	control.HandleFunc("POST "+path+"devices", order(counted(s.AddDevices)))
	control.HandleFunc("POST "+path+"gateways", order(counted(s.AddGateways)))
	control.HandleFunc("POST "+path+"messages", order(func(o androidOrder) error {
		return counted(func(n int) error { return s.AddSentMessages(o.Channel, n) })(o)
	}))
}

// androidOrder is what the orders take; each uses some of it.
type androidOrder struct {
	Token   string `json:"token,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Unique  string `json:"unique,omitempty"`
	Channel string `json:"channel,omitempty"`
	Count   int    `json:"count,omitempty"`
}

// order does what the body says and repeats it, or complains.
func order(do func(androidOrder) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var order androidOrder
		if !receive(w, r, &order) {
			return
		}
		if err := do(order); err != nil {
			complain(w, http.StatusBadRequest, err)
			return
		}
		reply(w, order)
	}
}

func counted(add func(int) error) func(androidOrder) error {
	return func(order androidOrder) error {
		if order.Count < 1 || order.Count > maxAndroidMessages {
			return fmt.Errorf("count must be between 1 and %d", maxAndroidMessages)
		}
		return add(order.Count)
	}
}
