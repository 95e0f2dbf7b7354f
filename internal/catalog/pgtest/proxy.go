package pgtest

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Fate is what a Proxy does with a message of the client.
type Fate int

// The fates of a message.
const (
	// Deliver passes it on.
	Deliver Fate = iota
	// Lose closes the connection before the server sees the message.
	Lose
	// LoseAnswer closes it after the server has carried the message out.
	LoseAnswer
)

// Proxy stands between a client and a server on a port of its own. Whoever comes
// through it needs no password, and gets no TLS. Its fields are set before the
// first client connects.
type Proxy struct {
	// Decide says what happens to a message that holds a statement; nil: it is
	// delivered.
	Decide func(statement string) Fate
	// Options go to the server with each new connection.
	Options map[string]string
	// Delay holds every packet back, in both directions.
	Delay time.Duration

	listener    net.Listener
	server      string // The path of the server's socket.
	connections atomic.Int64
	wait        sync.WaitGroup

	mutex sync.Mutex
	open  map[net.Conn]bool // Nil when the proxy is closed.
}

// Proxy listens until the test ends. Connections that are still open then are
// closed.
func (s *Server) Proxy(t testing.TB) *Proxy {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: listener, server: filepath.Join(s.Socket, fmt.Sprint(".s.PGSQL.", s.Port)), open: map[net.Conn]bool{}}
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
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		p.mutex.Lock()
		for conn := range p.open {
			hangUp(conn)
		}
		p.open = nil
		p.mutex.Unlock()
		p.wait.Wait()
	})
	return p
}

// Address is the host and port of the proxy.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Connections counts the connections to the server so far.
func (p *Proxy) Connections() int64 { return p.connections.Load() }

// track remembers a connection; false: the proxy is closed.
func (p *Proxy) track(conn net.Conn) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.open == nil {
		return false
	}
	p.open[conn] = true
	return true
}

func (p *Proxy) forget(conn net.Conn) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	delete(p.open, conn)
}

func (p *Proxy) serve(client net.Conn) {
	server, err := new(net.Dialer).DialContext(context.Background(), "unix", p.server)
	if err != nil || !p.track(client) {
		hangUp(client)
		if err == nil {
			hangUp(server)
		}
		return
	}
	defer p.forget(client)
	p.connections.Add(1)
	var mute atomic.Bool
	p.wait.Go(func() {
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			if err == nil && !mute.Load() {
				p.hold()
				_, err = client.Write(buffer[:n])
			}
			if err != nil || mute.Load() {
				hangUp(client, server)
				return
			}
		}
	})
	_ = p.forward(client, server, &mute) // It ends when a connection does.
	if !mute.Load() {
		hangUp(client, server)
	}
}

// hold keeps a packet for as long as its way takes.
func (p *Proxy) hold() {
	if p.Delay > 0 {
		time.Sleep(p.Delay)
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
func (p *Proxy) forward(client io.Reader, server io.Writer, mute *atomic.Bool) error {
	packets := bufio.NewReaderSize(client, 1<<16)
	startup, err := message(packets, 0)
	if err != nil {
		return err
	}
	const version3 = 3 << 16
	if len(startup) > 8 && binary.BigEndian.Uint32(startup[4:]) == version3 {
		startup = startup[:len(startup)-1]
		for name, value := range p.Options {
			startup = append(startup, name+"\x00"+value+"\x00"...)
		}
		startup = append(startup, 0)
		binary.BigEndian.PutUint32(startup, uint32(len(startup)))
	}
	p.hold()
	if _, err := server.Write(startup); err != nil {
		return err
	}
	for {
		isPacket := packets.Buffered() == 0 // Else it came with the message before.
		next, err := message(packets, 1)
		if err != nil {
			return err
		}
		if isPacket {
			p.hold()
		}
		decision := Deliver
		if p.Decide != nil && (next[0] == 'Q' || next[0] == 'P') { // Query and Parse hold a statement.
			decision = p.Decide(strings.Trim(string(next[5:]), "\x00"))
		}
		switch decision {
		case Lose:
			return errors.New("lost")
		case LoseAnswer:
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
	length := binary.BigEndian.Uint32(head[before:])
	if length < 4 {
		return nil, fmt.Errorf("a message of %d bytes", length)
	}
	body := make([]byte, length-4)
	_, err := io.ReadFull(from, body)
	return slices.Concat(head, body), err
}
