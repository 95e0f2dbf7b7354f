package catalog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// fate is what a proxy does with a message of the client.
type fate int

const (
	deliver fate = iota
	// lose closes the connection before the server sees the message.
	lose
	// loseAnswer closes it after the server has carried the message out.
	loseAnswer
)

// proxy stands between a store and the server on a port of its own. Whoever
// comes through it needs no password.
type proxy struct {
	listener net.Listener
	server   string // The path of the server's socket.
	// options go to the server with each new connection.
	options map[string]string
	// decide says what happens to a message that holds a statement.
	decide      func(statement string) fate
	connections atomic.Int64
	wait        sync.WaitGroup
}

// newProxy listens until the test ends.
func newProxy(t *testing.T, decide func(statement string) fate) *proxy {
	t.Helper()
	server := pgtest.Shared(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	_, path := pgconn.NetworkAddress(server.Socket, uint16(server.Port))
	p := &proxy{listener: listener, server: path, decide: decide}
	p.wait.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			p.wait.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		must(t, listener.Close())
		p.wait.Wait()
	})
	return p
}

// url is that of the place p, through the proxy.
func (x *proxy) url(schema string) string {
	return fmt.Sprintf("postgres://%s@%s/%s?search_path=%s&sslmode=disable", postgresOwner, x.listener.Addr(), postgresDatabase, schema)
}

func (x *proxy) serve(client net.Conn) {
	server, err := net.Dial("unix", x.server)
	if err != nil {
		hangUp(client)
		return
	}
	x.connections.Add(1)
	var mute atomic.Bool
	x.wait.Go(func() {
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			if err == nil && !mute.Load() {
				_, err = client.Write(buffer[:n])
			}
			if err != nil || mute.Load() {
				hangUp(client, server)
				return
			}
		}
	})
	if err := x.forward(client, server, &mute); err != nil && !mute.Load() {
		hangUp(client, server)
	}
}

// hangUp closes connections, whether or not the other end has done so.
func hangUp(conns ...net.Conn) {
	for _, conn := range conns {
		_ = conn.Close()
	}
}

// forward passes the messages of a client on. See
// https://www.postgresql.org/docs/current/protocol-message-formats.html.
func (x *proxy) forward(client, server net.Conn, mute *atomic.Bool) error {
	startup, err := message(client, 0)
	if err != nil {
		return err
	}
	const version3 = 3 << 16
	if binary.BigEndian.Uint32(startup[4:]) == version3 {
		startup = startup[:len(startup)-1]
		for name, value := range x.options {
			startup = append(startup, name+"\x00"+value+"\x00"...)
		}
		startup = append(startup, 0)
		binary.BigEndian.PutUint32(startup, uint32(len(startup)))
	}
	if _, err := server.Write(startup); err != nil {
		return err
	}
	for {
		next, err := message(client, 1)
		if err != nil {
			return err
		}
		decision := deliver
		if next[0] == 'Q' || next[0] == 'P' { // Query and Parse hold a statement.
			decision = x.decide(strings.Trim(string(next[5:]), "\x00"))
		}
		switch decision {
		case lose:
			return errors.New("lost")
		case loseAnswer:
			mute.Store(true)
		}
		if _, err := server.Write(next); err != nil {
			return err
		}
	}
}

// message reads a message whose length comes after so many bytes.
func message(from io.Reader, before int) ([]byte, error) {
	head := make([]byte, before+4)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	body := make([]byte, binary.BigEndian.Uint32(head[before:])-4)
	_, err := io.ReadFull(from, body)
	return slices.Concat(head, body), err
}

// always delivers everything.
func always(string) fate { return deliver }

// times gives a fate to the first statements that begin or end with a text, in
// either case, and delivers all others. There has to be one before the test ends.
func times(t *testing.T, count int64, text string, what fate) func(statement string) fate {
	t.Helper()
	var seen atomic.Int64
	t.Cleanup(func() {
		if seen.Load() == 0 {
			t.Errorf("no statement begins or ends with %q", text)
		}
	})
	return func(statement string) fate {
		statement, text := strings.ToLower(statement), strings.ToLower(text)
		found := strings.HasPrefix(statement, text) || strings.HasSuffix(statement, text)
		if found && seen.Add(1) <= count {
			return what
		}
		return deliver
	}
}
