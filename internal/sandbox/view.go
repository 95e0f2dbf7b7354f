package sandbox

import (
	"net/http"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// The page shows the newest of each.
const (
	shownMessages = 200
	shownRefusals = 20
)

// view is what the page shows.
type view struct {
	Now      time.Time    `json:"now"`
	Total    int          `json:"total"`  // messages, chosen or not
	Chosen   int          `json:"chosen"` // by the filter
	Messages []Shown      `json:"messages"`
	Refused  []Request    `json:"refused"` // sends, newest first
	Faults   []Fault      `json:"faults"`
	Vendors  []viewVendor `json:"vendors"`
}

type viewVendor struct {
	Name    string              `json:"name"`
	Base    string              `json:"base"` // URL
	Balance float64             `json:"balance"`
	Unit    string              `json:"unit"`
	Calls   []string            `json:"calls,omitempty"`
	Served  []servedCall        `json:"served,omitempty"`
	Not     []emulate.NotServed `json:"not_served,omitempty"`
	Panel   any                 `json:"panel,omitempty"`
}

type servedCall struct {
	Name   string `json:"name"`
	Method string `json:"method"`
	Path   string `json:"path"`
}

func (s *Server) getView(w http.ResponseWriter, r *http.Request) {
	chosen, _, err := filter(r.URL.Query())
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	reply(w, s.view(chosen))
}

// view is made under the lock; it shares nothing with the sandbox.
func (s *Server) view(chosen Filter) view {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := chosen.choose(s.messages)
	out := view{
		Now: s.now(), Total: len(s.messages), Chosen: len(found), Messages: []Shown{}, Refused: []Request{}, Faults: []Fault{}, Vendors: []viewVendor{},
	}
	for _, message := range slices.Backward(found) {
		if len(out.Messages) == shownMessages {
			break
		}
		out.Messages = append(out.Messages, s.show(message))
	}
	for _, request := range slices.Backward(s.requests) {
		if request.Refused && chosen.concerns(request) && len(out.Refused) < shownRefusals {
			out.Refused = append(out.Refused, request.clone())
		}
	}
	for _, fault := range s.faults {
		out.Faults = append(out.Faults, *fault)
	}
	for _, v := range s.vendors {
		shown := viewVendor{Name: v.Name(), Base: s.URL() + v.Prefix()}
		shown.Balance, shown.Unit = v.Balance()
		for _, op := range v.Operations() {
			shown.Calls = append(shown.Calls, op.Name)
		}
		if paneler, ok := v.(emulate.Paneler); ok {
			shown.Panel = paneler.Panel(s.now())
		}
		out.Vendors = append(out.Vendors, shown)
	}
	return out
}

func (s *Server) getVendors(w http.ResponseWriter, _ *http.Request) {
	out := []viewVendor{}
	s.View(func(*emulate.Exchange) {
		for _, v := range s.vendors {
			shown := viewVendor{Name: v.Name(), Base: s.URL() + v.Prefix(), Not: v.NotServed()}
			shown.Balance, shown.Unit = v.Balance()
			for _, op := range v.Operations() {
				shown.Served = append(shown.Served, servedCall{op.Name, op.Method, op.Path})
			}
			out = append(out, shown)
		}
	})
	reply(w, out)
}
