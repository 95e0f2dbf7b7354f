package catalog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// The variables that turn this test binary into a process of its own.
const (
	childVariable = "OTP_CATALOG_TEST_CHILD"
	urlVariable   = "OTP_CATALOG_TEST_URL"
)

// children are what such a process does with a catalog. They write only what
// the protocol of start needs.
var children = map[string]func(s *Store) error{
	"race": race,
	"hang": hang,
}

// raceUpdates is how often each racing process changes the shared brand.
const raceUpdates = 15

// patience bounds how long a process may take, should it hang.
const patience = time.Minute

func TestMain(m *testing.M) {
	do, isChild := children[os.Getenv(childVariable)]
	if !isChild {
		for _, variable := range os.Environ() {
			if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "PG") {
				if err := os.Unsetenv(name); err != nil {
					panic(err)
				}
			}
		}
		code := m.Run()
		if err := pgtest.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		os.Exit(code)
	}
	s, err := Open(os.Getenv(urlVariable), WithActor(fmt.Sprint("process ", os.Getpid())))
	if err == nil {
		err = do(s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// ready tells the parent to go on, and waits for its word.
func ready() error {
	fmt.Println("ready")
	_, err := bufio.NewReader(os.Stdin).ReadString('\n')
	return err
}

// race makes the catalog and then changes one brand again and again, reading
// anew whenever somebody else was faster.
func race(s *Store) error {
	if err := ready(); err != nil {
		return err
	}
	ctx := context.Background()
	mine := Ref{Kind: SenderID, Name: fmt.Sprint("process-", os.Getpid())}
	if _, err := s.Create(ctx, plain(mine, "x")); err != nil {
		return err
	}
	var exists *ExistsError // The other process has changed it already.
	if _, err := s.Create(ctx, plain(acme, "shared")); err != nil && !errors.As(err, &exists) {
		return err
	}
	for i := 0; i < raceUpdates; {
		object, err := s.Get(ctx, acme)
		if err != nil {
			return err
		}
		_, err = s.Update(ctx, plain(acme, fmt.Sprint(os.Getpid(), " ", i)), object.Revision)
		var conflict *ConflictError
		switch {
		case errors.As(err, &conflict):
		case err != nil:
			return err
		default:
			i++
		}
	}
	return nil
}

// hang writes more than SQLite's cache holds, so that changed pages are already
// in the file, and waits for its end before it commits.
func hang(s *Store) error {
	s.beforeCommit = func() {
		if err := ready(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	_, err := s.Create(context.Background(), plain(Ref{Kind: Brand, Name: "huge"}, strings.Repeat("x", 4<<20)))
	return err
}

// child is a running process of this binary.
type child struct {
	command *exec.Cmd
	input   io.WriteCloser
	output  *bufio.Reader
	errors  *strings.Builder
}

// start runs a child until it says that it is ready.
func start(t *testing.T, name, url string) *child {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	c := &child{command: exec.CommandContext(ctx, os.Args[0]), errors: &strings.Builder{}}
	c.command.Env = append(os.Environ(), childVariable+"="+name, urlVariable+"="+url)
	c.command.Stderr = c.errors
	var err error
	c.input, err = c.command.StdinPipe()
	must(t, err)
	output, err := c.command.StdoutPipe()
	must(t, err)
	c.output = bufio.NewReader(output)
	must(t, c.command.Start())
	line, err := c.output.ReadString('\n')
	if err != nil || line != "ready\n" {
		t.Fatalf("the process answered %q, %v: %s", line, err, c.errors)
	}
	return c
}

// finish lets a child go on and gives everything it printed since.
func (c *child) finish(t *testing.T) string {
	t.Helper()
	rest, err := io.ReadAll(c.output)
	must(t, err)
	if err := c.command.Wait(); err != nil {
		t.Errorf("the process failed: %v: %s", err, c.errors)
	}
	return string(rest) + c.errors.String()
}

// kill ends a child as SIGKILL does.
func (c *child) kill(t *testing.T) {
	t.Helper()
	must(t, c.command.Process.Kill())
	if err := c.command.Wait(); err == nil {
		t.Error("the process ended by itself")
	}
}

func TestTwoProcessesMakeAndChangeACatalogTogether(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		racers := []*child{start(t, "race", p.url), start(t, "race", p.url)}
		for _, racer := range racers {
			_, err := io.WriteString(racer.input, "go\n")
			must(t, err)
		}
		for _, racer := range racers {
			equal(t, "", racer.finish(t)) // Goose is silent too.
		}
		s := p.open(t)
		equal(t, int64(1+2*raceUpdates), get(t, s, acme).Revision)
		senders, err := s.List(t.Context(), SenderID)
		must(t, err)
		equal(t, 2, len(senders))
		events, err := s.History(t.Context(), acme)
		must(t, err)
		updates := map[string]int{}
		for i, event := range events {
			if event.Action == ActionUpdate {
				updates[event.Actor]++
			}
			if i > 0 && event.OldRevision != events[i-1].NewRevision {
				t.Errorf("event %d starts from revision %d, and the one before ended with %d", i, event.OldRevision, events[i-1].NewRevision)
			}
		}
		for _, racer := range racers {
			equal(t, raceUpdates, updates[fmt.Sprint("process ", racer.command.Process.Pid)])
		}
	})
}

func TestAKilledWriterLeavesTheCommittedState(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t)
		create(t, s, plain(acme, "one"), plain(signIn, "two"), profile(login, "p", acme, signIn))
		before := p.state(t)
		start(t, "hang", p.url).kill(t)
		snapshot, err := s.Snapshot(t.Context())
		must(t, err)
		equal(t, 3, len(snapshot.Objects))
		equal(t, before, p.state(t))
		create(t, s, plain(Ref{Kind: Brand, Name: "huge"}, "small")) // The killed writer holds nothing.
	})
}

func TestAKilledWriterLeavesAJournalThatAReadRecovers(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"), plain(signIn, "two"), profile(login, "p", acme, signIn))
	committed, directory := fingerprint(t, p), filepath.Dir(path)
	before := files(t, directory)

	writer := start(t, "hang", p.url)
	writer.kill(t)
	torn := files(t, directory)
	if torn["catalog.db"] == before["catalog.db"] || torn["catalog.db-journal"] == "" {
		t.Fatalf("the writer was killed too early, the file is whole: %v", torn)
	}

	snapshot, err := s.Snapshot(t.Context()) // A read recovers the journal.
	must(t, err)
	equal(t, 3, len(snapshot.Objects))
	equal(t, before, files(t, directory))
	equal(t, committed, fingerprint(t, p))
	update(t, s, plain(acme, "next"), 1)
}

func TestAJournalThatMayNotBeRecoveredIsExplained(t *testing.T) {
	t.Parallel()
	p, path := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	start(t, "hang", p.url).kill(t)
	torn := files(t, filepath.Dir(path))
	reader := p.open(t)
	backendOf(t, reader).writable = func(string) bool { return false }
	_, err := reader.Get(t.Context(), acme)
	storageError(t, err, "killed writer left a journal", "user who may write")
	equal(t, torn, files(t, filepath.Dir(path)))
	update(t, s, plain(acme, "two"), 1) // A write recovers it as well.
}

func TestAKilledFirstWriterLeavesNoCatalog(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		start(t, "hang", p.url).kill(t)
		s := p.open(t)
		id, err := s.ID(t.Context())
		must(t, err)
		equal(t, "", id)
		result, err := s.Create(t.Context(), plain(acme, "one"))
		must(t, err)
		equal(t, true, result.CreatedCatalog)
	})
}
