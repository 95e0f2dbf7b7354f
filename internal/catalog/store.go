package catalog

import (
	"context"
	"crypto/rand"
	"os"
	"os/user"
	"strings"
	"sync"
	"time"
)

// Store is one catalog. It is safe for concurrent use.
type Store struct {
	url     string
	backend backend
	schema  schema
	clock   func() time.Time
	actor   func() string
	observe func(query string, rows int)
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
// URL (*URLError) and touches nothing: whether there is a catalog shows when it
// is used.
func Open(url string, options ...Option) (*Store, error) {
	known, err := embeddedSchema()
	if err != nil {
		return nil, err
	}
	database, shown, err := openURL(url)
	if err != nil {
		return nil, err
	}
	s := &Store{
		url: shown, backend: database, schema: known,
		clock: time.Now, actor: sync.OnceValue(defaultActor), pause: pause,
		observe: func(string, int) {},
	}
	for _, option := range options {
		option(s)
	}
	return s, nil
}

// defaultActor is who the environment or the operating system says is running.
func defaultActor() string {
	if actor := os.Getenv("OTP_CATALOG_ACTOR"); actor != "" {
		return actor
	}
	name, host := "unknown", "unknown"
	if current, err := user.Current(); err == nil && current.Username != "" {
		name = current.Username
	}
	if found, err := os.Hostname(); err == nil && found != "" {
		host = found
	}
	return name + "@" + host
}

// URL is the catalog's URL for messages, without secrets.
func (s *Store) URL() string { return s.url }

// Close releases what the store holds. The store cannot be used afterwards.
func (s *Store) Close() error { return s.backend.close() }

// now is the time of the clock as the catalog stores it.
func (s *Store) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// newID makes the ID of a new catalog: 26 characters, 130 random bits.
func newID() string { return strings.ToLower(rand.Text()) }
