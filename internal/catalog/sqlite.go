package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite" // Registers the driver "sqlite".
	sqlite3 "modernc.org/sqlite/lib"
)

// busyTimeout is how long a call waits for other processes to release the file.
const busyTimeout = 10 * time.Second

const (
	problemNotADatabase = "the file is not a SQLite database; it was left untouched"
	remedyNotADatabase  = "Correct catalog.url, or bring the file back from its backup."
)

// creating serialises the making of catalog files in this process: closing a
// descriptor drops every POSIX lock that the process holds on that file, those of
// SQLite included, so no connection may be open on it meanwhile.
var creating sync.Mutex

// sqlite is a catalog in one file. Between calls no lock is held, and a file that
// was replaced is noticed: reads keep no connection, and writes look whether the
// one that they keep is still on the file at the path.
type sqlite struct {
	path     string
	writable func(path string) bool
	reader   *sql.DB // mode=rw, which may recover the journal of a killed writer.
	readOnly *sql.DB // mode=ro, for a file that this user may not write.
	// writing are the parameters of the connection that writes.
	writing []string
	turn    chan struct{} // Held by the one writer; kept belongs to it.
	kept    *kept
	// admit refuses a writer that has waited for its turn in vain.
	admit func() error
}

var _ backend = (*sqlite)(nil)

func newSQLite(path string) (*sqlite, error) {
	b := &sqlite{
		path: filepath.Clean(path), writable: writable, writing: []string{"mode=rw", "_txlock=immediate"},
		turn: make(chan struct{}, 1), admit: func() error { return nil },
	}
	var err error
	if b.reader, err = openSQLite(4, b.dsn("mode=rw", "_query_only=1")); err != nil {
		return nil, err
	}
	if b.readOnly, err = openSQLite(4, b.dsn("mode=ro", "_query_only=1")); err != nil {
		return nil, err
	}
	return b, nil
}

// openSQLite prepares a pool; it touches no file.
func openSQLite(connections int, dsn string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("prepare the SQLite driver: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(-1)
	return db, nil
}

// dsn is a SQLite URI with what all connections share. The journal mode is left
// at SQLite's default, a rollback journal: setting it would write to a catalog
// before its schema version is known. See https://www.sqlite.org/uri.html.
func (b *sqlite) dsn(parameters ...string) string {
	path := filepath.ToSlash(b.path)
	if filepath.VolumeName(b.path) != "" {
		path = "/" + path
	}
	shared := []string{
		fmt.Sprintf("_busy_timeout=%d", busyTimeout.Milliseconds()),
		"_foreign_keys=1", "_synchronous=FULL", "_dqs=0", "_error_rc=1",
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(append(parameters, shared...), "&")
}

// present reports whether the file holds anything. It does not open the file,
// for the reason given at creating.
func (b *sqlite) present() (bool, error) {
	info, err := os.Stat(b.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !info.Mode().IsRegular():
		return false, &fault{
			problem: "the path is a directory or another thing that is not a file",
			remedy:  "Correct catalog.url.",
			err:     fmt.Errorf("%s: %v", b.path, info.Mode().Type()),
		}
	case info.Size() == 1:
		// SQLite takes one byte for an empty database and would overwrite it
		// (unixFileSize in os_unix.c).
		return false, &fault{
			problem: problemNotADatabase,
			remedy:  remedyNotADatabase,
			err:     fmt.Errorf("%s: one byte", b.path),
		}
	}
	return info.Size() > 0, nil
}

func (b *sqlite) read(ctx context.Context) (*transaction, error) {
	present, err := b.present()
	if err != nil {
		return nil, err
	}
	if !present {
		return nil, errNoCatalog
	}
	pool := b.readOnly
	if b.writable(b.path) {
		pool = b.reader
	}
	tx, err := pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	return &transaction{Tx: tx}, err
}

func (b *sqlite) write(ctx context.Context) (*transaction, error) {
	present, err := b.present()
	if err != nil {
		return nil, err
	}
	if !present {
		return nil, errNoCatalog
	}
	if !b.writable(b.path) {
		return nil, &fault{
			problem: "this user may not write to the file",
			remedy:  "Give the user that runs Terraform write permission on the file and its directory.",
			err:     fs.ErrPermission,
		}
	}
	return b.begin(ctx)
}

// create makes the file, empty and readable by its owner only, unless it exists.
// SQLite gives the journal the same permissions.
func (b *sqlite) create(context.Context) error {
	creating.Lock()
	defer creating.Unlock()
	if _, err := os.Stat(filepath.Dir(b.path)); errors.Is(err, fs.ErrNotExist) {
		return &fault{
			problem: fmt.Sprintf("its directory %q does not exist", filepath.Dir(b.path)),
			remedy:  "Create the directory, or correct catalog.url.",
			err:     fs.ErrNotExist,
		}
	}
	file, err := os.OpenFile(b.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// migrate runs the migrations on one connection that keeps the file locked
// across their transactions.
//
// It marks the file as ours, so that other programs can tell; see recognise.
func (b *sqlite) migrate(ctx context.Context, s schema) (err error) {
	db, err := openSQLite(1, b.dsn("mode=rw", "_txlock=exclusive"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxIdleConns(1)
	if err := holdLock(ctx, db); err != nil {
		return err
	}
	// The other program may have been faster.
	if _, err := b.recognise(ctx, db); err != nil {
		return err
	}
	if err := s.up(ctx, goose.DialectSQLite3, db); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return err
}

// holdLock makes db keep its exclusive lock until it closes. The mode is set
// inside the transaction that takes the lock: a connection in this mode does not
// give back even a shared lock, so two that both waited for the exclusive one
// would block each other.
func holdLock(ctx context.Context, db *sql.DB) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer rollback(tx, &err)
	if _, err := tx.ExecContext(ctx, "PRAGMA locking_mode = EXCLUSIVE"); err != nil {
		return err
	}
	return tx.Commit()
}

func (b *sqlite) rebind(query string) string { return query }

// lock needs no query: a write has the file for itself.
func (b *sqlite) lock([]lock) (query string, args []any) { return "", nil }

// passing is never true: SQLite itself waits for other processes.
func (b *sqlite) passing(error) bool { return false }

// unreachable says that another process has the file to itself.
func (b *sqlite) unreachable(err error) bool {
	var failure *driver.Error
	return errors.As(err, &failure) && failure.Code()&primaryCode == sqlite3.SQLITE_BUSY
}

func (b *sqlite) close() error {
	b.turn <- struct{}{}
	defer func() { <-b.turn }()
	b.drop()
	return errors.Join(b.reader.Close(), b.readOnly.Close())
}

// primaryCode is the low byte of an extended result code,
// https://www.sqlite.org/rescode.html.
const primaryCode = 0xff

func (b *sqlite) explain(err error) (problem, remedy string) {
	var failure *driver.Error
	if !errors.As(err, &failure) {
		return "the file cannot be used", "Check the file, its directory and their permissions, then run again."
	}
	switch failure.Code() & primaryCode {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Sprintf("another process kept the file locked for %s", busyTimeout),
			"Wait for that process, or close the program that has the file open, then run again."
	case sqlite3.SQLITE_NOTADB:
		return problemNotADatabase, remedyNotADatabase
	case sqlite3.SQLITE_CORRUPT:
		return "the file is damaged or cut short; it was left untouched",
			"Bring the file back from its backup."
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return "the file or its directory may not be written, or a killed writer left a journal that this user may not recover",
			"Run as a user who may write to the file and its directory: a plan as that user recovers the journal."
	case sqlite3.SQLITE_FULL:
		return "the disk is full", "Free some space, then run again. Nothing was written."
	case sqlite3.SQLITE_CANTOPEN:
		return "the file or its journal cannot be opened",
			"Check that the file exists, and that its directory may be written."
	case sqlite3.SQLITE_IOERR:
		return "the disk reported an error", "Check the disk, and that the file is not on a network file system."
	default:
		return "SQLite refused the operation", "If it happens again, please report it with this message."
	}
}
