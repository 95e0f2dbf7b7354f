package pgtest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAServerListensUntilItIsStoppedAndLeavesNothing(t *testing.T) {
	s := Shared(t)
	if Shared(t) != s {
		t.Error("the second test got another server")
	}
	for network, address := range map[string]string{
		"unix": filepath.Join(s.Socket, fmt.Sprint(".s.PGSQL.", s.Port)),
		"tcp":  fmt.Sprint("127.0.0.1:", s.Port),
	} {
		conn, err := new(net.Dialer).DialContext(t.Context(), network, address)
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.Socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of the server is still there: %v", err)
	}
	if err := Stop(); err != nil {
		t.Errorf("a second stop: %v", err)
	}
}

// recorder is a test that says what became of it.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) { r.skipped = fmt.Sprintf(format, args...) }

func (r *recorder) Fatalf(format string, args ...any) { r.failed = fmt.Sprintf(format, args...) }

func TestAMissingServerSkipsTestsUnlessItIsRequired(t *testing.T) {
	failed = errMissing
	defer func() { failed = nil }()
	t.Setenv(RequireVariable, "")
	optional := &recorder{TB: t}
	Shared(optional)
	if !strings.Contains(optional.skipped, "PostgreSQL is not installed") || !strings.Contains(optional.skipped, "are skipped") {
		t.Errorf("skipped with %q", optional.skipped)
	}
	t.Setenv(RequireVariable, "1")
	required := &recorder{TB: t}
	Shared(required)
	if required.skipped != "" || !strings.Contains(required.failed, "apt-get install postgresql") {
		t.Errorf("skipped with %q, failed with %q", required.skipped, required.failed)
	}
}

func TestAMissingBackupProgramSkipsTestsUnlessItIsRequired(t *testing.T) {
	programs := t.TempDir()
	for _, name := range []string{"initdb", "pg_ctl"} {
		if err := os.WriteFile(filepath.Join(programs, name), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv(RequireVariable, "")
	optional := &recorder{TB: t}
	(&Server{}).Standby(optional)
	if !strings.Contains(optional.skipped, "without pg_basebackup") || !strings.Contains(optional.skipped, "are skipped") {
		t.Errorf("skipped with %q", optional.skipped)
	}
	t.Setenv(RequireVariable, "1")
	required := &recorder{TB: t}
	(&Server{}).Standby(required)
	if required.skipped != "" || !strings.Contains(required.failed, "without pg_basebackup") {
		t.Errorf("skipped with %q, failed with %q", required.skipped, required.failed)
	}
}
