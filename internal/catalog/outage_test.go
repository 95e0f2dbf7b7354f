package catalog

import (
	"fmt"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// A server without a connection left, or one that is gone, fails a run of many
// objects once, and not once per object.
func TestAServerThatCannotBeReachedIsAskedOncePerMoment(t *testing.T) {
	t.Parallel()
	p, schema := postgresSchema(t)
	lonely := "lonely_outage_" + schema
	execute(t, administer(t, "postgres"), "CREATE ROLE "+lonely+" LOGIN CONNECTION LIMIT 0")
	execute(t, p.raw(t), "GRANT USAGE, CREATE ON SCHEMA "+schema+" TO "+lonely)
	s := place{url: pgtest.Shared(t).URL(lonely, postgresDatabase, "search_path="+schema)}.open(t)
	now := time.Now()
	s.reads.now = func() time.Time { return now }
	s.writes.now = s.reads.now
	pauses := hurry(s)
	for i := range 120 {
		ref := Ref{Kind: Brand, Name: fmt.Sprintf("brand-%d", i)}
		_, err := s.Get(t.Context(), ref)
		storageError(t, err, "read the "+ref.String(), "53300")
		_, err = s.Create(t.Context(), plain(ref, "x"))
		storageError(t, err, "create the "+ref.String(), "53300")
	}
	equal(t, int64(2*(attempts-1)), pauses.Load())

	execute(t, administer(t, "postgres"), "ALTER ROLE "+lonely+" CONNECTION LIMIT -1")
	_, err := s.Create(t.Context(), plain(acme, "x"))
	storageError(t, err, "as another call of this run found a moment ago")
	now = now.Add(outageKept)
	create(t, s, plain(acme, "x"))
}

// Writers of one process wait for a locked file together, and not one after
// another.
func TestWritersOfOneProcessWaitForALockedFileTogether(t *testing.T) {
	t.Parallel()
	p, _ := sqliteFile(t)
	s := p.open(t)
	create(t, s, plain(acme, "one"))
	other, err := p.raw(t).Conn(t.Context())
	must(t, err)
	_, err = other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	must(t, err)
	replaceWriter(t, s, "_busy_timeout=1")
	b, waited := backendOf(t, s), make(chan error)
	b.turn <- struct{}{} // Somebody else's turn, so that they queue.
	for range 3 {
		go func() {
			_, err := s.Update(t.Context(), plain(acme, "two"), 1)
			waited <- err
		}()
	}
	asked := 0
	admit := b.admit
	b.admit = func() error {
		err := admit()
		if err == nil {
			asked++
		}
		return err
	}
	<-b.turn
	for range 3 {
		storageError(t, <-waited, "another process kept the file locked")
	}
	equal(t, 1, asked)
	equal(t, spec("one"), get(t, s, acme).Spec) // Reads go on.
	must(t, other.Close())
}
