// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// file is a store in one file, for one machine.
type file struct {
	path string
	now  int64
	lock *sql.DB
}

// openFile opens the file, and its key where none is given. The lock is an empty
// SQLite database: it works on every system and ends with its process.
func openFile(path string, key []byte, now int64) (*file, []byte, error) {
	lock, err := sql.Open("sqlite", path+".lock?_pragma=busy_timeout(120000)")
	if err != nil {
		return nil, nil, err
	}
	lock.SetMaxOpenConns(1)
	f := &file{path, now, lock}
	if len(key) == 0 {
		key, err = f.readKey()
	}
	if err == nil {
		err = f.change(nil, func([]*record) error { return nil }) // that it can be written is seen before anything is sent
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("cannot use the challenges %s: %w", path, err), lock.Close())
	}
	return f, key, nil
}

func (f *file) readKey() ([]byte, error) {
	made, err := os.OpenFile(f.path+".key", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = made.WriteString(rand.Text() + rand.Text())
		err = errors.Join(err, made.Close())
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(f.path + ".key")
}

func (f *file) close() error { return f.lock.Close() }

func (f *file) change(names []string, work func([]*record) error) (err error) {
	ctx := context.Background()
	connection, err := f.lock.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	if _, err = connection.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return err
	}
	defer func() {
		_, rolled := connection.ExecContext(ctx, "ROLLBACK") // the lock; nothing is in it
		err = errors.Join(err, rolled)
	}()
	all := map[string]*record{}
	text, err := os.ReadFile(f.path)
	if err == nil {
		err = decode(text, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.New("the file cannot be read, or is not well formed")
	}
	records := make([]*record, len(names))
	for i, name := range names {
		if all[name] == nil {
			all[name] = &record{}
		}
		records[i] = all[name]
	}
	for _, r := range all {
		r.prune(f.now)
	}
	if err := work(records); err != nil {
		return err
	}
	for name, r := range all {
		if r.stale() == 0 {
			delete(all, name)
		}
	}
	return f.save(all)
}

// save replaces the file at once, readable for its owner only.
func (f *file) save(all map[string]*record) error {
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(f.path), "challenges-*") // 0600
	if err != nil {
		return err
	}
	_, err = next.Write(text)
	err = errors.Join(err, next.Sync(), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(next.Name()))
	}
	return nil
}
