// Package faulttest is what can be wrong with the answer of a vendor, as a table:
// each fault is made by a server in front of a vendor that answers rightly. It is
// used by tests only.
package faulttest

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Fault is one thing that can be wrong.
type Fault struct {
	Name string
	// Status is that of an answer that arrives as HTTP; 0: none does.
	Status int
	// Passing faults may be over a moment later: a read is tried again.
	Passing bool
	// Refused: nobody listens, so that nothing of a request can have arrived.
	Refused bool
	// Unread: the connection is reset before the request is read.
	Unread bool
	// Slow faults end when the client's patience does.
	Slow bool
	// Right answers say what the vendor said, in an unusual way.
	Right bool
	// Lost answers arrive with a good status, and cannot be read to their end.
	Lost bool
	// Some answers lack nothing of what a call needs: their values are changed
	// in a way that matters to some calls only.
	Some bool
	// Redirect answers lead to another host, which counts who comes.
	Redirect bool
	// Says is a part of the sentence that the fault must lead to; empty: what
	// the kind of the fault leads to.
	Says string

	// answer writes the answer and reports whether the connection goes on.
	answer func(conn net.Conn, right Answer) bool
}

// Hostile is what a terminal would obey, or what would hide or reorder text.
const Hostile = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\u202egnp\u200b\u2066\r\nHTTP/1.1 200 OK\u0085"

// All lists the faults: of connections, of statuses with a page that quotes the
// request and with JSON, and of bodies.
func All() []Fault {
	all := connections()
	for _, status := range []int{400, 401, 402, 403, 404, 409, 422, 429, 500, 501, 502, 503, 504} {
		all = append(all, page(status, ""), refusal(status, ""))
	}
	for _, after := range []string{"1", "86400", "99999999999999999999", "-1", "NaN", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"} {
		all = append(all, page(429, after))
	}
	all = append(all, refusal(429, "7"), refusal(503, "7200"))
	for _, status := range []int{301, 302, 307, 308} {
		f := Fault{Name: fmt.Sprintf("%d to another host", status), Status: status, Redirect: true, Says: "redirect", answer: func(conn net.Conn, right Answer) bool {
			return write(conn, status, []byte("moved"), "Location", right.elsewhere) == nil
		}}
		all = append(all, f)
	}
	return append(all, bodies()...)
}

// whole is a fault that is a complete answer. Without a status it has that of the
// right one.
func whole(name string, status int, body func(right Answer) []byte, headers ...string) Fault {
	return Fault{Name: name, Status: status, answer: func(conn net.Conn, right Answer) bool {
		return write(conn, cmp.Or(status, right.Status), body(right), append([]string{"Content-Type", "application/json"}, headers...)...) == nil
	}}
}

// passing are the statuses that may be over a moment later.
func passing(status int) bool {
	return status == http.StatusTooManyRequests || status >= 500 && status != http.StatusNotImplemented
}

// waits are the values of Retry-After that are longer than anybody waits.
func waits(after string) bool {
	return len(after) == 20 || strings.Contains(after, "9999") || after == "86400" || after == "7200"
}

// page is an error page of a proxy, which quotes the whole request.
func page(status int, after string) Fault {
	f := whole(fmt.Sprintf("a page with %d%s", status, asking(after)), status, func(right Answer) []byte {
		return fmt.Appendf(nil, "<html><h1>%d%s</h1><pre>%s</pre></html>", status, Hostile, right.asked)
	}, "Content-Type", "text/html", "Retry-After", after)
	f.Passing = passing(status) && !waits(after)
	return f
}

// refusal is an error in JSON, which quotes the whole request. It has the shape
// of no vendor.
func refusal(status int, after string) Fault {
	f := whole(fmt.Sprintf("JSON with %d%s", status, asking(after)), status, func(right Answer) []byte {
		return fmt.Appendf(nil, `{"message": %q}`, strings.ToValidUTF8(strings.ReplaceAll("refused"+quotable(right.asked), "\x00", ""), ""))
	}, "Retry-After", after)
	f.Passing = passing(status) && !waits(after)
	return f
}

// quotable is a text that %q writes as JSON takes it.
func quotable(text []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, string(text))
}

func asking(after string) string {
	if after == "" {
		return ""
	}
	return fmt.Sprintf(", Retry-After %q", after)
}

// connections are faults of what carries the answer.
func connections() []Fault {
	raw := func(f Fault, write func(conn net.Conn, right Answer)) Fault {
		f.answer = func(conn net.Conn, right Answer) bool { write(conn, right); return false }
		return f
	}
	text := func(f Fault, text func(right Answer) string) Fault {
		return raw(f, func(conn net.Conn, right Answer) { _, _ = conn.Write([]byte(text(right))) }) // the client may have gone
	}
	const interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
	return []Fault{
		{Name: "refused", Passing: true, Refused: true, Says: "no connection"},
		{Name: "reset before the request is read", Passing: true, Unread: true, Says: "the connection broke"},
		raw(Fault{Name: "reset after the request was read", Passing: true, Says: "the connection broke"}, func(conn net.Conn, _ Answer) { reset(conn) }),
		raw(Fault{Name: "closed after the request was read", Passing: true, Says: "the connection "}, func(net.Conn, Answer) {}),
		raw(Fault{Name: "no answer", Passing: true, Slow: true, Says: "no answer within"}, func(conn net.Conn, _ Answer) { gone(conn) }),
		raw(Fault{Name: "a body that drips", Passing: true, Slow: true, Says: "no answer within"}, drip),
		text(Fault{Name: "an answer that breaks off", Passing: true, Says: "closed before the whole answer had arrived"}, func(right Answer) string {
			return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(right.Body)+1, right.Body)
		}),
		text(Fault{Name: "chunks that break off", Passing: true, Says: "the connection "}, func(right Answer) string {
			return fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(right.Body), right.Body)
		}),
		text(Fault{Name: "no HTTP", Passing: true, Says: "malformed HTTP"}, func(right Answer) string {
			return "220 " + Hostile + string(right.asked) + "\r\n\r\n"
		}),
		text(Fault{Name: "a header that never ends", Passing: true, Says: "the connection broke"}, func(Answer) string {
			return "HTTP/1.1 200 OK\r\nX-Long: " + strings.Repeat("a", 2<<20) + "\r\n\r\n{}"
		}),
		text(Fault{Name: "100 and nothing else, again and again", Passing: true, Says: "the connection "}, func(Answer) string {
			return strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 50)
		}),
		text(Fault{Name: "103 and nothing else", Passing: true, Says: "the connection "}, func(Answer) string { return interim }),
		{Name: "103 and then the answer", Right: true, answer: func(conn net.Conn, right Answer) bool {
			_, err := conn.Write([]byte(interim))
			return err == nil && write(conn, right.Status, right.Body, "Content-Type", right.ContentType) == nil
		}},
		text(Fault{Name: "101", Status: 101}, func(Answer) string {
			return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
		}),
	}
}

// gone waits until the client has given up.
func gone(conn net.Conn) { _, _ = conn.Read(make([]byte, 1)) }

// drip sends a byte at a time, until the client has given up.
func drip(conn net.Conn, right Answer) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		gone(conn)
	}()
	defer func() { <-ended }()
	if _, err := fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 1<<20); err != nil {
		return
	}
	for i := 0; ; i++ {
		select {
		case <-ended:
			return
		case <-time.After(20 * time.Millisecond):
			if _, err := conn.Write(right.Body[i%len(right.Body) : i%len(right.Body)+1]); err != nil {
				return
			}
		}
	}
}

// squeezed is a text as gzip writes it.
func squeezed(body []byte) []byte {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, _ = writer.Write(body) // a buffer takes everything
	_ = writer.Close()
	return out.Bytes()
}

// Case is one case of a matrix.
type Case struct {
	Name string
	Run  func(t *testing.T)
}

// Matrix runs the cases, more of them at once than there are processors: those
// who wait for an answer need none.
func Matrix(t *testing.T, cases []Case) {
	t.Helper()
	queue := make(chan Case, len(cases))
	for _, c := range cases {
		queue <- c
	}
	close(queue)
	var wait sync.WaitGroup
	for range 24 {
		wait.Go(func() {
			for c := range queue {
				t.Run(c.Name, c.Run)
			}
		})
	}
	wait.Wait()
	t.Logf("%d cases", len(cases))
}
