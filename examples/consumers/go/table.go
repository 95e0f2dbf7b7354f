// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// ddl makes the table. Run it as a role that is not the one that reads the
// catalog; the program makes no table by itself.
const ddl = `CREATE TABLE otp_challenges (name text PRIMARY KEY, record jsonb NOT NULL, stale bigint NOT NULL);
CREATE INDEX otp_challenges_stale ON otp_challenges (stale);`

// table is a store in PostgreSQL, for any number of servers. A row is locked for
// as long as it takes to count, never while a vendor is asked.
type table struct {
	db  *sql.DB
	now int64
}

func openTable(where string, key []byte, now int64) (*table, error) {
	if len(key) < 32 {
		return nil, errors.New("set OTP_CHALLENGES_KEY to 32 or more random characters, the same on every server")
	}
	db, shown, err := openPostgres(where)
	if err != nil {
		return nil, err
	}
	t := &table{db, now}
	if err := t.change(nil, func([]*record) error { return nil }); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot use the challenges in %s: %w; their table is\n%s", shown, err, ddl), db.Close())
	}
	return t, nil
}

func (t *table) close() error { return t.db.Close() }

func (t *table) change(names []string, work func([]*record) error) error {
	ctx := context.Background()
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after the commit it does nothing
	found := map[string]*record{}
	read := func(name string, text []byte) error {
		r := &record{}
		if err := decode(text, r); err != nil {
			return err
		}
		r.prune(t.now)
		found[name] = r
		return nil
	}
	for _, name := range slices.Sorted(slices.Values(names)) { // in one order, so that no two wait for each other
		if _, err := tx.ExecContext(ctx, "INSERT INTO otp_challenges VALUES ($1, '{}', 0) ON CONFLICT DO NOTHING", name); err != nil {
			return err
		}
		var text []byte
		if err := tx.QueryRowContext(ctx, "SELECT record FROM otp_challenges WHERE name = $1 FOR UPDATE", name).Scan(&text); err != nil {
			return err
		}
		if err := read(name, text); err != nil {
			return err
		}
	}
	records := make([]*record, len(names))
	for i, name := range names {
		records[i] = found[name]
	}
	if err := work(records); err != nil {
		return err
	}
	if err := t.sweep(ctx, tx, found, read); err != nil {
		return err
	}
	for name, r := range found {
		if err := write(ctx, tx, name, r); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// sweep reads what has become stale meanwhile, a few rows at a time.
func (t *table) sweep(ctx context.Context, tx *sql.Tx, found map[string]*record, read func(string, []byte) error) (err error) {
	rows, err := tx.QueryContext(ctx, "SELECT name, record FROM otp_challenges WHERE stale <= $1 LIMIT 100 FOR UPDATE SKIP LOCKED", t.now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		var text []byte
		if err := rows.Scan(&name, &text); err != nil {
			return err
		}
		if found[name] == nil {
			if err := read(name, text); err != nil {
				return err
			}
		}
	}
	return rows.Err()
}

func write(ctx context.Context, tx *sql.Tx, name string, r *record) error {
	if r.stale() == 0 {
		_, err := tx.ExecContext(ctx, "DELETE FROM otp_challenges WHERE name = $1", name)
		return err
	}
	text, err := json.Marshal(r)
	if err == nil {
		_, err = tx.ExecContext(ctx, "UPDATE otp_challenges SET record = $1, stale = $2 WHERE name = $3", string(text), r.stale(), name)
	}
	return err
}
