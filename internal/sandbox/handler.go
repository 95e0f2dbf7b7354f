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
)

// maxBody is the most a request body may hold, in bytes.
const maxBody = 1 << 20

// Handler serves the vendors below their prefixes, the inbox page at / and the
// control path at /_sandbox/.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	for _, v := range s.vendors {
		if rest, ok := strings.CutPrefix(r.URL.Path, v.prefix()+"/"); ok {
			s.serveVendor(w, r, v, "/"+rest)
			return
		}
	}
	s.pages.ServeHTTP(w, r)
}

func (s *Server) serveVendor(w http.ResponseWriter, r *http.Request, v vendor, path string) {
	op, params, found := find(v.operations(), r.Method, path)
	fault := s.takeFault(v.name(), op.name)
	record := newRequest(v, op.name, path, r)
	record.Fault = fault.Kind
	if fault.Kind == DropBefore {
		s.arrive(record)
		s.conclude(w, record, fault, answer{}, false)
		return
	}

	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	record.Body = v.credentials().redact(string(body), r, v.credentials().inBody(body, r)...)
	s.arrive(record)
	if !fault.wait(r.Context(), s.closing) {
		panic(http.ErrAbortHandler)
	}

	var out answer
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case fault.Kind == Answer && !fault.TakesEffect:
	case errors.As(err, &tooLarge):
		out = v.refuse(path, http.StatusRequestEntityTooLarge, fmt.Sprintf("The body is larger than %d bytes.", maxBody))
	case err != nil:
		// The client broke off in the middle; half a request is none.
		out = v.refuse(path, http.StatusBadRequest, "The body could not be read.")
	case found != http.StatusOK:
		out = v.refuse(path, found, http.StatusText(found)+": "+r.Method+" "+path)
	default:
		out = s.perform(record, op, &exchange{
			server: s, method: r.Method, base: "http://" + r.Host + v.prefix(), path: path, header: r.Header, query: r.URL.Query(), params: params, body: body, remoteIP: remoteIP(r),
		})
	}
	if fault.Kind == Answer {
		out = fault.answer()
	}
	s.conclude(w, record, fault, out, r.Context().Err() == nil)
}

// conclude logs the answer and sends it, as far as the fault lets it.
func (s *Server) conclude(w http.ResponseWriter, record *Request, fault Fault, out answer, listening bool) {
	lost := fault.Kind == DropBefore || fault.Kind == DropAfter || fault.Kind == Cut
	if err := s.finish(record, out.status, listening && !lost); err != nil {
		write(w, ownFault(err))
		return
	}
	switch fault.Kind {
	case DropBefore, DropAfter:
		panic(http.ErrAbortHandler) // the documented way to drop a connection
	case Cut:
		cut(w, out)
	case Truncate:
		out.body = out.body[:len(out.body)/2]
		write(w, out)
	default:
		write(w, out)
	}
}

// perform runs one operation under the lock.
func (s *Server) perform(record *Request, op operation, x *exchange) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	x.now = s.now()
	out := op.handle(x)
	record.Repaired, record.Problem = x.repaired, x.problem
	if x.err != nil {
		return ownFault(x.err)
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
	if len(s.requests) > maxRequests {
		s.requests = append([]*Request(nil), s.requests[len(s.requests)-maxRequests:]...)
	}
}

// finish notes the answer before it goes out, so that a client that has it also
// finds it in the log and in the state file.
func (s *Server) finish(record *Request, status int, delivered bool) error {
	return s.change(func() error { record.Status, record.Delivered = status, delivered; return nil })
}

func write(w http.ResponseWriter, out answer) {
	maps.Copy(w.Header(), out.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.body)))
	w.WriteHeader(out.status)
	// A client that has gone away is its own affair.
	_, _ = w.Write(out.body)
}

// cut announces the whole body, sends half of it and drops the connection.
func cut(w http.ResponseWriter, out answer) {
	maps.Copy(w.Header(), out.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.body)))
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body[:len(out.body)/2])
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
