package catalog

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"sync"
	"time"
)

// Store is one catalog. It is safe for concurrent use.
type Store struct {
	url      string
	warnings []string
	backend  backend
	schema   schema
	clock    func() time.Time
	actor    func() string
	observe  func(query string, rows int)
	// reads and writes remember failures apart: who may not write may well read.
	reads, writes *outage
	// pause waits before the next attempt at a failed call.
	pause func(ctx context.Context, attempt int) error
	// beforeCommit runs at the end of every write transaction; nil outside
	// tests.
	beforeCommit func()
}

// Option changes a Store as it is opened.
type Option func(*Store)

// WithClock sets the source of all times; the default is time.Now.
func WithClock(clock func() time.Time) Option {
	return func(s *Store) { s.clock = clock }
}

// WithActor sets the name that the history records for every write. The default
// is the environment variable OTP_CATALOG_ACTOR, or else the user of the
// operating system at its host.
func WithActor(actor string) Option {
	return func(s *Store) { s.actor = func() string { return actor } }
}

// WithObserver calls observe after each query of the catalog, with its text and
// the number of rows that were read, for tests and measurements. It may be called
// by several goroutines at a time.
func WithObserver(observe func(query string, rows int)) Option {
	return func(s *Store) { s.observe = observe }
}

// Open prepares the catalog at url: sqlite:PATH, or a PostgreSQL URL, which may
// leave out what the environment, the service file and .pgpass say. It checks the
// URL (*URLError) and the actor (*ActorError), and touches nothing: whether there is a catalog shows when it
// is used.
func Open(url string, options ...Option) (*Store, error) {
	known, err := embeddedSchema()
	if err != nil {
		return nil, err
	}
	database, shown, warnings, err := openURL(url)
	if err != nil {
		return nil, err
	}
	s := &Store{
		url: shown, warnings: warnings, backend: database, schema: known,
		clock: time.Now, pause: pause,
		observe: func(string, int) {}, reads: &outage{now: time.Now}, writes: &outage{now: time.Now},
	}
	if files, ok := database.(*sqlite); ok {
		files.admit = s.writes.admit
	}
	for _, option := range options {
		option(s)
	}
	if s.actor == nil {
		if err := CheckActor(os.Getenv(actorVariable)); err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.actor = sync.OnceValue(defaultActor)
	}
	return s, nil
}

// URL is the catalog's URL for messages, without secrets.
func (s *Store) URL() string { return s.url }

// Warnings are sentences about parameters of the URL that are ignored.
func (s *Store) Warnings() []string { return s.warnings }

// Close releases what the store holds. The store cannot be used afterwards.
func (s *Store) Close() error { return s.backend.close() }

// now is the time of the clock as the catalog stores it.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// newID makes the ID of a new catalog: 26 characters, 130 random bits.
func newID() string { return strings.ToLower(rand.Text()) }
