package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Path is where the file is: what Variable says, or else the user's folder for
// what programs keep.
func Path() (string, error) {
	if path := os.Getenv(Variable); path != "" {
		return path, nil
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no place to remember what was sent, so that limits could not be kept: %w. Set %s to a file that can be written", err, Variable)
	}
	return filepath.Join(folder, "terraform-provider-otp", "deliveries.db"), nil
}

// Open opens the file and makes it where it is not there. A nil clock is the
// system's. The error is an *Error.
func Open(ctx context.Context, path string, clock func() time.Time) (*Ledger, error) {
	if clock == nil {
		clock = time.Now
	}
	l := &Ledger{path: path, clock: clock}
	if err := l.create(); err != nil {
		return nil, &Error{path, err}
	}
	parameters := url.Values{"mode": {"rw"}, "_txlock": {"immediate"}, "_pragma": {"busy_timeout(10000)", "synchronous(FULL)", "secure_delete(ON)"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()+"?"+parameters.Encode())
	if err != nil {
		return nil, &Error{path, err}
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(-1) // between calls no lock is held, and a file that was replaced is noticed
	l.db = db
	if err := l.prepare(ctx); err != nil {
		return nil, &Error{path, errors.Join(err, db.Close())}
	}
	return l, nil
}

// Close closes the file.
func (l *Ledger) Close() error { return l.db.Close() }

// create makes the file for its owner alone, before SQLite would for all.
func (l *Ledger) create() error {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return err
	}
	creating.Lock()
	defer creating.Unlock()
	file, err := os.OpenFile(l.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// private refuses a file that others can use: the key of its hashes is in it, so
// that whoever reads it can try out every phone number and every code. What was
// read is not unread by a repair, so its owner decides.
func (l *Ledger) private() error {
	info, err := os.Stat(l.path)
	if err != nil {
		return err
	}
	const others = 0o077
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&others != 0 { // which has no such modes
		return fmt.Errorf("others than its owner can use it (its mode is %04o), and who reads it can find out to whom codes were sent. "+
			"Run `chmod 600 '%s'` where nobody has read it; otherwise delete it when no code is on its way any more", mode, l.path)
	}
	return nil
}

func (l *Ledger) prepare(ctx context.Context) error {
	return l.transaction(ctx, func(tx *sql.Tx) error {
		var found int
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&found); err != nil {
			return err
		}
		switch found {
		case 0:
			var theirs int // such as the tables of a catalog
			if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&theirs); err != nil {
				return err
			}
			if theirs > 0 {
				return errors.New("it is the database of another program, and was left as it is")
			}
			if err := l.private(); err != nil {
				return err
			}
			const tables = "CREATE TABLE secret (key BLOB NOT NULL); CREATE TABLE records (name TEXT PRIMARY KEY, record TEXT NOT NULL, lasts INTEGER NOT NULL); PRAGMA user_version = 1"
			if _, err := tx.ExecContext(ctx, tables); err != nil {
				return err
			}
			key := rand.Text() + rand.Text()
			if _, err := tx.ExecContext(ctx, "INSERT INTO secret VALUES (?)", key); err != nil {
				return err
			}
		case version:
			if err := l.private(); err != nil {
				return err
			}
		default:
			return fmt.Errorf("it has version %d, and this release knows %d", found, version)
		}
		return tx.QueryRowContext(ctx, "SELECT key FROM secret").Scan(&l.key)
	})
}
