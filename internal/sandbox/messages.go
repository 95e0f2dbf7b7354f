package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Filter chooses messages. What is empty does not matter.
type Filter struct {
	Vendor, Channel string
	Phone           string // digits of it are enough
	Text            string // in text, sender or code, whatever its case
	Limit           int    // the newest; 0: all
}

// filter reads a query, and how long to wait for a message.
func filter(query url.Values) (f Filter, wait time.Duration, err error) {
	f = Filter{Vendor: query.Get("vendor"), Channel: query.Get("channel"), Phone: query.Get("phone"), Text: query.Get("text")}
	for name, into := range map[string]*int{"limit": &f.Limit, "wait": new(int)} {
		value := query.Get(name)
		if value == "" {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || (name == "wait" && n > 60) {
			return f, 0, fmt.Errorf("%s is %q: it is a whole number, and no more than 60 seconds to wait", name, value)
		}
		*into = n
		if name == "wait" {
			wait = time.Duration(n) * time.Second
		}
	}
	return f, wait, nil
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// takes reports whether a message is among the chosen.
func (f Filter) takes(m Message) bool {
	folded := strings.ToLower(m.Text + "\n" + m.Sender + "\n" + m.Code)
	return (f.Vendor == "" || f.Vendor == m.Vendor) && (f.Channel == "" || f.Channel == m.Channel) &&
		(f.Phone == "" || strings.Contains(m.To, onlyDigits(f.Phone))) && strings.Contains(folded, strings.ToLower(f.Text))
}

// joined takes out what people write between the digits of a phone number.
var joined = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "")

// concerns reports whether a filter takes a request that sent no message: by its
// vendor and by what it says.
func (f Filter) concerns(r *Request) bool {
	query, err := url.QueryUnescape(r.Query.Encode())
	if err != nil {
		query = r.Query.Encode()
	}
	said := strings.ToLower(query + "\n" + r.Body)
	return (f.Vendor == "" || f.Vendor == r.Vendor) && (f.Channel == "" || strings.Contains(said, strings.ToLower(f.Channel))) &&
		(f.Phone == "" || strings.Contains(joined.Replace(said), onlyDigits(f.Phone))) && strings.Contains(said+"\n"+strings.ToLower(r.Answer), strings.ToLower(f.Text))
}

// choose returns the messages that a filter takes, oldest first.
func (f Filter) choose(messages []Message) []Message {
	out := []Message{}
	for _, message := range messages {
		if f.takes(message) {
			out = append(out, message)
		}
	}
	if f.Limit > 0 {
		out = out[max(0, len(out)-f.Limit):]
	}
	return out
}

// await returns what a filter takes, once there is something or the time is up.
func (s *Server) await(ctx context.Context, f Filter, wait time.Duration) []Message {
	watcher := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[watcher] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, watcher)
	}()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		if found := f.choose(s.Messages()); len(found) > 0 || wait == 0 {
			return found
		}
		select {
		case <-watcher:
		case <-timer.C:
			wait = 0
		case <-ctx.Done():
			wait = 0
		case <-s.closing:
			wait = 0
		}
	}
}

func (s *Server) getMessages(w http.ResponseWriter, r *http.Request) {
	chosen, wait, err := filter(r.URL.Query())
	if err != nil {
		complain(w, http.StatusBadRequest, err)
		return
	}
	reply(w, s.await(r.Context(), chosen, wait))
}

// Detail is a message, how it stands and every call about it, oldest first.
type Detail struct {
	Shown
	Requests []Request `json:"requests"`
}

// Shown is a message as people want to see it.
type Shown struct {
	Message
	Delivery   string    `json:"delivery"`
	Used       bool      `json:"used"`
	ValidUntil time.Time `json:"valid_until,omitzero"`
	Encoding   string    `json:"encoding,omitempty"` // of an SMS
	Segments   int       `json:"segments,omitempty"` // of an SMS
	Country    string    `json:"country,omitempty"`
}

// show adds to a message how it stands; under the lock.
func (s *Server) show(m Message) Shown {
	out := Shown{Message: m, Delivery: "sent", ValidUntil: m.ExpiresAt, Country: emulate.Country(m.To)}
	if m.Channel == "sms" {
		out.Encoding, out.Segments = emulate.Segments(m.Text)
	}
	for _, v := range s.vendors {
		stander, ok := v.(emulate.Stander)
		if v.Name() != m.Vendor || !ok {
			continue
		}
		if standing, known := stander.Standing(m.MessageID, s.now()); known {
			out.Delivery, out.Used, out.ValidUntil = standing.Delivery, standing.Used, standing.ExpiresAt
		}
	}
	return out
}

func (s *Server) getMessage(w http.ResponseWriter, r *http.Request) {
	out, ok := s.detail(number(r))
	if !ok {
		complain(w, http.StatusNotFound, fmt.Errorf("there is no message %s, or no longer", r.PathValue("number")))
		return
	}
	reply(w, out)
}

func (s *Server) detail(number int) (Detail, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.messages, func(m Message) bool { return m.Number == number })
	if i < 0 {
		return Detail{}, false
	}
	out := Detail{Shown: s.show(s.messages[i]), Requests: []Request{}}
	for _, request := range s.requests {
		if request.Vendor == out.Vendor && request.MessageID == out.MessageID {
			out.Requests = append(out.Requests, request.clone())
		}
	}
	return out, true
}

func (s *Server) deleteMessage(w http.ResponseWriter, r *http.Request) {
	if err := s.DeleteMessage(number(r)); err != nil {
		complain(w, http.StatusNotFound, err)
		return
	}
	reply(w, s.Messages())
}

func (s *Server) deleteMessages(w http.ResponseWriter, _ *http.Request) {
	if err := s.DeleteMessages(); err != nil {
		complain(w, http.StatusInternalServerError, err)
		return
	}
	reply(w, s.Messages())
}
