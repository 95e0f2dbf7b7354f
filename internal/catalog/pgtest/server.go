// Package pgtest runs a real PostgreSQL server for tests.
//
// The server is whatever initdb and pg_ctl make, in a folder of its own that
// goes when the server stops, or when the test process ends in any other way.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// RequireVariable names the environment variable that turns a missing server
// from a reason to skip tests into a failure, when it is 1. CI sets it.
const RequireVariable = "OTP_TEST_REQUIRE_POSTGRES"

// errMissing says that this machine has no PostgreSQL.
var errMissing = errors.New("PostgreSQL is not installed: initdb and pg_ctl are neither on PATH nor in " +
	"/usr/lib/postgresql/*/bin (Debian and Ubuntu: apt-get install postgresql)")

// Administrator is the superuser of a Server. It needs no password on the socket.
const Administrator = "postgres"

// Certified is the user name that the server lets in over TCP by a client
// certificate only; all others need a password there. The role is not made.
const Certified = "certified"

// Server is a running server. It listens on a socket, where everybody is let in,
// and on 127.0.0.1, with and without TLS.
type Server struct {
	// Socket is the directory of the Unix socket.
	Socket string
	// Port is that of the socket and of 127.0.0.1.
	Port int
	// Authority is the file of the certificate authority that signed the
	// server's certificate, for 127.0.0.1 and localhost.
	Authority string
	// ClientCertificate and ClientKey are the files of the user Certified.
	ClientCertificate, ClientKey string

	directory string
	account   account
	programs  string // The directory of initdb and pg_ctl; empty: PATH.
	keeper    *exec.Cmd
	lifeline  io.Closer
}

var (
	mutex  sync.Mutex
	shared *Server
	failed error
)

// Shared gives the one server of this test process, which it starts when it is
// first asked for. Without PostgreSQL it skips the test, or fails it if
// RequireVariable is 1.
func Shared(t testing.TB) *Server {
	t.Helper()
	mutex.Lock()
	defer mutex.Unlock()
	if shared == nil && failed == nil {
		shared, failed = start((*Server).initialize)
	}
	demand(t, failed)
	return shared
}

// demand ends a test that has no server.
func demand(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errMissing) && os.Getenv(RequireVariable) != "1" {
		t.Skipf("%v. The tests of PostgreSQL catalogs are skipped.", err)
	}
	if err != nil {
		t.Fatalf("the tests need a PostgreSQL server: %v", err)
	}
}

// Stop stops the server of this process and removes its folder, if there is one.
// A TestMain calls it after the tests.
func Stop() error {
	mutex.Lock()
	defer mutex.Unlock()
	if shared == nil {
		return nil
	}
	defer func() { shared = nil }()
	return shared.stop()
}

// URL is the URL of a database for a user on the socket, with more parameters as
// NAME=VALUE.
func (s *Server) URL(user, database string, parameters ...string) string {
	place := []string{"host=" + s.Socket, "port=" + strconv.Itoa(s.Port)}
	return "postgres://" + user + "@/" + database + "?" + strings.Join(append(place, parameters...), "&")
}

// start has a cluster set up in a new folder, and started.
func start(setUp func(*Server) error) (*Server, error) {
	s := &Server{}
	var err error
	if s.programs, err = find(); err != nil {
		return nil, err
	}
	if s.account, err = unprivileged(); err != nil {
		return nil, err
	}
	// Not os.TempDir: the path of a socket may have about 100 characters, and
	// the account has to get there.
	if s.directory, err = os.MkdirTemp("/tmp", "otp-postgres-"); err != nil {
		return nil, err
	}
	if err := s.account.own(s.directory); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.directory))
	}
	if err := s.keep(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.directory))
	}
	if err := setUp(s); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// keep starts a shell that stops the server and removes the folder as soon as
// this process closes the pipe between them, or ends.
func (s *Server) keep() error {
	const script = `trap '' INT TERM HUP; read -r line
[ ! -f "$2/data/postmaster.pid" ] || "$1" stop -D "$2/data" -m immediate -w -s
rm -rf "$2"`
	s.keeper = exec.CommandContext(context.Background(), "/bin/sh", "-c", script, "sh", s.program("pg_ctl"), s.directory)
	s.account.run(s.keeper)
	s.keeper.Dir = "/"
	pipe, err := s.keeper.StdinPipe()
	if err != nil {
		return err
	}
	s.lifeline = pipe
	return s.keeper.Start()
}

func (s *Server) stop() error {
	if err := s.lifeline.Close(); err != nil {
		return err
	}
	if err := s.keeper.Wait(); err != nil {
		return fmt.Errorf("stop the PostgreSQL server in %s: %w", s.directory, err)
	}
	return nil
}

// initialize makes the cluster and starts it.
func (s *Server) initialize() error {
	err := s.do("initdb", "-D", s.data(), "-U", Administrator, "-E", "UTF8", "--locale=C", "--auth=trust", "--no-sync")
	if err != nil {
		return err
	}
	if err := s.certify(); err != nil {
		return err
	}
	if err := s.write("data/pg_hba.conf", authentication); err != nil {
		return err
	}
	return s.launch("")
}

// launch starts the cluster on a free port, with these settings and our own.
func (s *Server) launch(more string) (err error) {
	s.Socket = s.directory
	const tries = 3 // Another process may take the port in between.
	for range tries {
		if s.Port, err = freePort(); err != nil {
			return err
		}
		if err := s.write("data/postgresql.auto.conf", more+fmt.Sprintf(settings, s.directory, s.Port, s.directory)); err != nil {
			return err
		}
		if err = s.do("pg_ctl", "start", "-D", s.data(), "-l", filepath.Join(s.directory, "log"), "-w", "-s"); err == nil {
			return nil
		}
	}
	log, logErr := os.ReadFile(filepath.Join(s.directory, "log"))
	return errors.Join(fmt.Errorf("%w: %s", err, log), logErr)
}

func (s *Server) data() string { return filepath.Join(s.directory, "data") }

const authentication = `
local   all all                 trust
local   replication all         trust
hostssl all ` + Certified + ` 127.0.0.1/32 cert
host    all all    127.0.0.1/32 scram-sha-256
`

// What it holds is worth nothing after the tests, so it need not reach the disk.
const settings = `
listen_addresses = '127.0.0.1'
unix_socket_directories = '%s'
port = %d
max_connections = 200
password_encryption = 'scram-sha-256'
fsync = off
full_page_writes = off
synchronous_commit = off
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
ssl_ca_file = '%s/authority.crt'
`

// write makes a file that only the account may read.
func (s *Server) write(name, content string) error {
	path := filepath.Join(s.directory, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return err
	}
	return s.account.own(path)
}

// do runs a program of PostgreSQL as the account.
func (s *Server) do(program string, arguments ...string) error {
	command := exec.CommandContext(context.Background(), s.program(program), arguments...)
	s.account.run(command)
	command.Dir = s.directory
	command.Env = append(os.Environ(), "LC_ALL=C")
	output := &strings.Builder{}
	command.Stdout, command.Stderr = output, output
	if program == "pg_ctl" {
		// The server would inherit a pipe and keep it open.
		command.Stdout, command.Stderr = nil, nil
	}
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, output)
	}
	return nil
}

func (s *Server) program(name string) string { return filepath.Join(s.programs, name) }

// find gives the directory of initdb and pg_ctl: that on PATH, or the newest of
// Debian's.
func find() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		// Where only some of the programs are linked to, the others are.
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return "", err
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "pg_ctl")); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_ctl")
	if err != nil || len(found) == 0 {
		return "", errMissing
	}
	// Two-digit versions only are still supported, so they sort as text.
	return filepath.Dir(slices.Max(found)), nil
}

func freePort() (int, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return 0, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}
