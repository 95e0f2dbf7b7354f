// Package ledger remembers the sends of this machine, as an application would:
// limits, wrong codes and the code that is on its way have to outlive the
// program that sent it.
//
// It is a SQLite file that its owner alone may read. Phone numbers and codes
// are in it as keyed hashes, so that they are not found by looking; the key is
// in the file, too. Everything goes when the file is used a day after it is over.
package ledger

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // Registers the driver "sqlite".
)

// Variable is the environment variable that names the file.
const Variable = "OTP_DELIVERIES_FILE"

// version is that of the file's tables.
const version = 1

// Ledger is an open file. It is safe for concurrent use, by processes too.
type Ledger struct {
	db    *sql.DB
	path  string
	key   []byte
	clock func() time.Time
}

// creating serialises the making of files in this process: closing a descriptor
// drops the locks that SQLite holds on the same file.
var creating sync.Mutex

// Error says why the file cannot be used. What that means for a send is its
// caller's to say.
type Error struct {
	Path  string
	cause error
}

// Error says what to do.
func (e *Error) Error() string {
	return fmt.Sprintf("the file that remembers what was sent from here, %s, cannot be used: %v. "+
		"Set %s to a file that can be written, or move this one away", e.Path, e.cause, Variable)
}

// Unwrap is the reason.
func (e *Error) Unwrap() error { return e.cause }

func (l *Ledger) transaction(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		// It fails where SQLite has taken everything back by itself, as on a full
		// disk. At the latest the end of the connection does.
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

// Of is whose sends are meant: limits count for a phone and a profile, for an
// address and a profile, and for the profile.
type Of struct {
	Catalog string // its ID
	Profile string
	Phone   string // E.164
	// Address is the person's IP address; empty: it is not known.
	Address string
}

// network is what an address counts by: an IPv6 address by its first 64 bits,
// because whoever has one has all of those.
func (of Of) network() string {
	address, err := netip.ParseAddr(of.Address)
	if err != nil {
		return ""
	}
	if address = address.Unmap().WithZone(""); address.Is6() {
		return netip.PrefixFrom(address, 64).Masked().String()
	}
	return address.String()
}

// names are the rows that a send counts in, beside that of the phone. The first
// is empty where no address is known.
func (l *Ledger) names(of Of) (address, profile string) {
	if network := of.network(); network != "" {
		address = l.hash("address", of.Catalog, of.Profile, network)
	}
	return address, l.hash("profile", of.Catalog, of.Profile)
}

// hash is the keyed hash of something that must not be kept.
func (l *Ledger) hash(parts ...string) string {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(mac.Sum(nil))
}

// HashCode is the keyed hash of a code.
func (l *Ledger) HashCode(of Of, code string) string {
	return l.hash("code", of.Catalog, of.Profile, of.Phone, code)
}

// read reads a record; one that is not there is empty. A challenge that another
// release has written in a form of its own is left out: the limits count on, and
// another code can be sent.
func read(ctx context.Context, tx *sql.Tx, name string) (Record, error) {
	var text string
	err := tx.QueryRowContext(ctx, "SELECT record FROM records WHERE name = ?", name).Scan(&text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Record{}, nil
	case err != nil:
		return Record{}, err
	}
	var record struct {
		Record
		Challenge json.RawMessage `json:"challenge"`
	}
	if err := json.Unmarshal([]byte(text), &record); err != nil {
		return Record{}, err
	}
	var challenge *Challenge
	if len(record.Challenge) > 0 && json.Unmarshal(record.Challenge, &challenge) == nil {
		record.Record.Challenge = challenge
	}
	return record.Record, nil
}

// readTally reads the sends that count for an address or a profile.
func readTally(ctx context.Context, tx *sql.Tx, name string) (tally, error) {
	if name == "" {
		return nil, nil
	}
	record, err := read(ctx, tx, name)
	return tally(record.Sends), err
}

func write(ctx context.Context, tx *sql.Tx, name string, record Record, lasts time.Time) error {
	raw, err := json.Marshal(record)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET record = excluded.record, lasts = excluded.lasts",
		name, string(raw), lasts.Add(time.Second-1).Unix())
	return err
}

// Change reads a record, lets do change it and writes it, as one transaction.
// Where do fails, nothing is written and its error is returned; other errors
// are an *Error. A cancelled context does not keep it from being written:
// what has happened has to be remembered.
func (l *Ledger) Change(ctx context.Context, of Of, do func(record *Record, now time.Time) error) error {
	ctx = context.WithoutCancel(ctx)
	var own error
	err := l.transaction(ctx, func(tx *sql.Tx) error {
		var key []byte
		if err := tx.QueryRowContext(ctx, "SELECT key FROM secret").Scan(&key); err != nil {
			return err
		}
		if !hmac.Equal(key, l.key) {
			return errors.New("it was replaced while it was in use")
		}
		name, now := l.hash("record", of.Catalog, of.Profile, of.Phone), l.clock().UTC()
		address, profile := l.names(of)
		record, err := read(ctx, tx, name)
		if err == nil {
			record.address, err = readTally(ctx, tx, address)
		}
		if err == nil {
			record.profile, err = readTally(ctx, tx, profile)
		}
		if err != nil {
			return err
		}
		record.prune(now)
		if own = do(&record, now); own != nil {
			return own
		}
		err = write(ctx, tx, name, record, record.lasts())
		for name, sends := range map[string]tally{address: record.address, profile: record.profile} {
			if name != "" && err == nil {
				err = write(ctx, tx, name, Record{Sends: sends}, sends.lasts())
			}
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM records WHERE lasts <= ?", now.Unix())
		return err
	})
	switch {
	case own != nil:
		return own
	case err != nil:
		return &Error{l.path, err}
	}
	return nil
}
