package pgtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// errNoBackup says that there are servers here and no way to copy one.
var errNoBackup = fmt.Errorf("%w, or without pg_basebackup, which belongs to it", errMissing)

// New gives a server that no other test sees, for a test that stops it. It is
// gone when the test ends.
func New(t testing.TB) *Server {
	t.Helper()
	return begin(t, (*Server).initialize)
}

// Standby gives a server that follows this one by streaming replication, and
// that may only be read until it is promoted. Roles, databases and what is in
// them are those of this server. It is gone when the test ends.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	return begin(t, func(standby *Server) error {
		if _, err := os.Stat(standby.program("pg_basebackup")); err != nil {
			return errors.Join(errNoBackup, err)
		}
		err := standby.do("pg_basebackup", "-D", standby.data(), "-h", s.Socket, "-p", fmt.Sprint(s.Port), "-U", Administrator,
			"--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
		if err != nil {
			return err
		}
		// Of what is written twice, the server takes the second; the first says
		// whom to follow.
		copied, err := os.ReadFile(filepath.Join(standby.data(), "postgresql.auto.conf"))
		if err != nil {
			return err
		}
		authority, err := os.ReadFile(s.Authority)
		if err != nil {
			return err
		}
		if err := standby.write("authority.crt", string(authority)); err != nil {
			return err
		}
		return standby.launch(string(copied))
	})
}

func begin(t testing.TB, setUp func(*Server) error) *Server {
	t.Helper()
	s, err := start(setUp)
	if demand(t, err); err != nil {
		return nil
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Halt stops the server as an administrator does, and waits until it has
// stopped. Its standbys have got everything by then.
func (s *Server) Halt() error {
	return s.do("pg_ctl", "stop", "-D", s.data(), "-m", "fast", "-w", "-s")
}

// Crash ends the server as a lost machine does: nobody is told, and nothing more
// is written.
func (s *Server) Crash() error {
	return s.do("pg_ctl", "stop", "-D", s.data(), "-m", "immediate", "-w", "-s")
}

// Promote makes a standby a server that may be written, and waits until it is.
func (s *Server) Promote() error { return s.do("pg_ctl", "promote", "-D", s.data(), "-w", "-s") }
