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

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// maxBody is the most a request body may hold, in bytes.
const maxBody = 1 << 20

// Handler serves the vendors below their prefixes, the inbox page at / and the
// control path at /_sandbox/.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
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

	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	record.Body = redaction(v.Credentials()).text(string(body), r, redaction(v.Credentials()).inBody(body, r)...)
	s.arrive(record)
	if !fault.wait(r.Context(), s.closing) {
		panic(http.ErrAbortHandler)
	}

	var out emulate.Answer
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case fault.Kind == Answer && !fault.TakesEffect:
	case errors.As(err, &tooLarge):
		out = v.Refuse(path, http.StatusRequestEntityTooLarge, fmt.Sprintf("The body is larger than %d bytes.", maxBody))
	case err != nil:
		// The client broke off in the middle; half a request is none.
		out = v.Refuse(path, http.StatusBadRequest, "The body could not be read.")
	case found != http.StatusOK:
		out = v.Refuse(path, found, http.StatusText(found)+": "+r.Method+" "+path)
	default:
		out = s.perform(record, op, &emulate.Exchange{
			Method: r.Method, Base: "http://" + r.Host + v.Prefix(), Path: path, Header: r.Header, Query: r.URL.Query(), Params: params,
			Body: body, RemoteIP: remoteIP(r),
		})
	}
	if fault.Kind == Answer {
		out = fault.answer()
	}
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
	record.Repaired, record.Problem = x.Repaired, x.Problem
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
	if len(s.requests) > maxRequests {
		s.requests = append([]*Request(nil), s.requests[len(s.requests)-maxRequests:]...)
	}
}

// finish notes the answer before it goes out, so that a client that has it also
// finds it in the log and in the state file.
func (s *Server) finish(record *Request, status int, delivered bool) error {
	return s.change(func() error { record.Status, record.Delivered = status, delivered; return nil })
}

func write(w http.ResponseWriter, out emulate.Answer) {
	maps.Copy(w.Header(), out.Header)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.Body)))
	w.WriteHeader(out.Status)
	// A client that has gone away is its own affair.
	_, _ = w.Write(out.Body)
}

// cut announces the whole body, sends half of it and drops the connection.
func cut(w http.ResponseWriter, out emulate.Answer) {
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
