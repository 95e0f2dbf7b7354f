package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// touched tells whoever watches that something has changed. It is called under
// the lock and waits for nobody.
func (s *Server) touched() {
	for watcher := range s.watchers {
		select {
		case watcher <- struct{}{}:
		default: // it knows already
		}
	}
}

// heartbeat keeps a stream of events open through whatever is in between, and
// shows when the listener has gone.
const heartbeat = 15 * time.Second

// events is a stream of server-sent events: "change" whenever something has
// changed, the first at once.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	watcher := make(chan struct{}, 1)
	watcher <- struct{}{}
	s.mu.Lock()
	s.watchers[watcher] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, watcher)
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	controller := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		text := ": still here\n\n"
		select {
		case <-watcher:
			text = "event: change\ndata: {}\n\n"
		case <-beat.C:
		case <-s.closing:
			return
		case <-r.Context().Done():
			return
		}
		if err := controller.SetWriteDeadline(time.Now().Add(takeAnswer)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return
		}
		if _, err := fmt.Fprint(w, text); err != nil || controller.Flush() != nil {
			return // whoever watched has gone
		}
	}
}

// DeleteMessage forgets one message, by the sandbox's number. Its code stays
// valid: the vendor has sent it.
func (s *Server) DeleteMessage(number int) error {
	return s.change(func() error {
		i := slices.IndexFunc(s.messages, func(m Message) bool { return m.Number == number })
		if i < 0 {
			return fmt.Errorf("there is no message %d, or no longer", number)
		}
		s.messages = slices.Delete(slices.Clone(s.messages), i, i+1)
		return s.letGo() // the file has to be written anew
	})
}

// DeleteMessages forgets all messages and all requests. Codes stay valid.
func (s *Server) DeleteMessages() error {
	return s.change(func() error {
		s.messages, s.requests = nil, nil
		return s.letGo()
	})
}
