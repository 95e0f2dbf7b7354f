package sandbox

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// maxBody is the most a request body may hold, in bytes.
const maxBody = 1 << 20

// takeAnswer is how long a client may take to take an answer.
const takeAnswer = 30 * time.Second

// Handler serves the vendors below their prefixes, the inbox page at / and the
// control path at /_sandbox/.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.knows(r.Host) {
		complain(w, http.StatusMisdirectedRequest, fmt.Errorf(
			"the sandbox is not known as %q: use a loopback address, or start it with --host %s", r.Host, hostname(r.Host)))
		return
	}
	for _, v := range s.vendors {
		if rest, ok := strings.CutPrefix(r.URL.Path, v.Prefix()+"/"); ok {
			s.serveVendor(w, r, v, "/"+rest)
			return
		}
	}
	s.pages.ServeHTTP(w, r)
}

func (s *Server) serveVendor(w http.ResponseWriter, r *http.Request, v emulate.Vendor, path string) {
	op, params, found := emulate.Find(v.Operations(), r.Method, path)
	fault := s.takeFault(v.Name(), op.Name)
	record := newRequest(v, op.Name, path, r)
	record.Fault = fault.Kind
	if fault.Kind == DropBefore {
		s.arrive(record)
		s.conclude(w, record, fault, emulate.Answer{}, false)
		return
	}

	controller := http.NewResponseController(w)
	_ = controller.SetReadDeadline(time.Now().Add(s.patience)) // a test's recorder has none
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		_ = controller.SetReadDeadline(time.Time{})
	} else {
		w.Header().Set("Connection", "close") // what is left of the body is not waited for
	}
	record.Body = shorten(redaction(v.Credentials()).text(string(body), r, redaction(v.Credentials()).inBody(body, r)...))
	s.arrive(record)
	if !fault.wait(r.Context(), s.closing) {
		panic(http.ErrAbortHandler)
	}

	var out emulate.Answer
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case fault.Kind == Answer && !fault.TakesEffect:
		s.note(func() { record.Refused = op.Sends })
	case errors.As(err, &tooLarge):
		out = v.Refuse(path, http.StatusRequestEntityTooLarge, fmt.Sprintf("The body is larger than %d bytes.", maxBody))
	case err != nil:
		// The client broke off in the middle; half a request is none.
		out = v.Refuse(path, http.StatusBadRequest, "The body could not be read.")
	case found != http.StatusOK:
		out = v.Refuse(path, found, http.StatusText(found)+": "+r.Method+" "+redaction(v.Credentials()).path(path, r))
	default:
		out = s.perform(record, op, &emulate.Exchange{
			Method: r.Method, Base: "http://" + r.Host + v.Prefix(), Path: path, Header: r.Header, Query: r.URL.Query(), Params: params,
			Body: body, RemoteIP: remoteIP(r),
		})
	}
	if fault.Kind == Answer {
		out = fault.answer()
	}
	answer := fmt.Sprintf("(%s, %d bytes)", out.Header.Get("Content-Type"), len(out.Body))
	if !strings.HasPrefix(out.Header.Get("Content-Type"), "image/") {
		answer = shorten(redaction(v.Credentials()).text(string(out.Body), r, redaction(v.Credentials()).inBody(body, r)...))
	}
	s.note(func() { record.Answer = answer })
	s.conclude(w, record, fault, out, r.Context().Err() == nil)
}

// conclude logs the answer and sends it, as far as the fault lets it.
func (s *Server) conclude(w http.ResponseWriter, record *Request, fault Fault, out emulate.Answer, listening bool) {
	lost := fault.Kind == DropBefore || fault.Kind == DropAfter || fault.Kind == Cut
	if err := s.finish(record, out.Status, listening && !lost); err != nil {
		write(w, emulate.OwnFault(err))
		return
	}
	switch fault.Kind {
	case DropBefore, DropAfter:
		panic(http.ErrAbortHandler) // the documented way to drop a connection
	case Cut:
		cut(w, out)
	case Truncate:
		out.Body = out.Body[:len(out.Body)/2]
		write(w, out)
	default:
		write(w, out)
	}
}

// perform runs one operation under the lock.
func (s *Server) perform(record *Request, op emulate.Operation, x *emulate.Exchange) emulate.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	x.Now, x.Random = s.now(), s.random
	out := op.Handle(x)
	s.keep(x)
	record.Repaired, record.Problem, record.MessageID = x.Repaired, x.Problem, x.About
	record.Refused = op.Sends && len(x.Sent) == 0
	if x.Err != nil {
		return emulate.OwnFault(x.Err)
	}
	return out
}

// arrive logs a request, before it has an answer.
func (s *Server) arrive(record *Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	record.Number, record.At = s.number, s.now()
	s.requests = append(s.requests, record)
	s.forget()
	s.touched()
}

// note changes a request that is logged already, and that somebody may look at.
func (s *Server) note(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// forget lets go of the oldest requests, so that the newest 1,000 and 16 MiB
// are kept.
func (s *Server) forget() {
	kept, size := len(s.requests), 0
	for kept > 0 && len(s.requests)-kept < maxRequests {
		if size += s.requests[kept-1].size(); size > maxRecorded && kept < len(s.requests) {
			break
		}
		kept--
	}
	if kept > 0 {
		s.requests = append([]*Request(nil), s.requests[kept:]...)
	}
}

// finish notes the answer before it goes out, so that a client that has it also
// finds it in the log and in the state file.
func (s *Server) finish(record *Request, status int, delivered bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	record.Status, record.Delivered = status, delivered
	s.forget()
	s.touched()
	return s.journal(record)
}

func write(w http.ResponseWriter, out emulate.Answer) {
	// Whoever does not take the answer is let go; a test's recorder has no deadline.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(takeAnswer))
	maps.Copy(w.Header(), out.Header)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.Body)))
	w.WriteHeader(out.Status)
	// A client that has gone away is its own affair.
	_, _ = w.Write(out.Body)
}

// cut announces the whole body, sends half of it and drops the connection.
func cut(w http.ResponseWriter, out emulate.Answer) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(takeAnswer))
	maps.Copy(w.Header(), out.Header)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.Body)))
	w.WriteHeader(out.Status)
	_, _ = w.Write(out.Body[:len(out.Body)/2])
	// Flushing makes sure that the half leaves before the connection ends.
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func remoteIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
