package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

const day = 86400

// challenges is what the server remembers of each profile and phone.
type challenges struct {
	path    string
	key     []byte
	now     int64 // Unix seconds, as all times
	records map[string]*record
	lock    *sql.DB
}

type record struct {
	Challenge *challenge       `json:"challenge"`
	Sends     []int64          `json:"sends"` // counted for the limits
	Wrong     []int64          `json:"wrong"` // wrong codes, over all sends and routes
	Used      map[string]int64 `json:"used"`  // codes that verified, and until when to refuse them
}

// challenge is one code on its way. It holds its route and code policy,
// because the document may change before the code is typed.
type challenge struct {
	Number    int             `json:"number"`
	Route     route           `json:"route"`
	Policy    policy          `json:"policy"`
	Outcome   string          `json:"outcome"`
	Kept      map[string]kept `json:"kept"`
	SentAt    int64           `json:"sent_at"`
	ExpiresAt int64           `json:"expires_at"`
	Code      string          `json:"code"` // keyed hash of a code of our own
	IP        string          `json:"ip"`   // keyed hash
}

// kept is a value of an answer; of a credential only the keyed hash.
type kept struct {
	Number bool   `json:"number"`
	Value  string `json:"value,omitempty"`
	MAC    string `json:"mac,omitempty"`
}

// open reads the challenges for one command; other commands wait, so that no
// count is lost. The lock is an empty SQLite database: it works on every
// system and ends with its process. An application would lock the row of one
// phone.
func open(path string) (*challenges, error) {
	lock, err := sql.Open("sqlite", path+".lock?_pragma=busy_timeout(120000)")
	if err != nil {
		return nil, err
	}
	lock.SetMaxOpenConns(1)
	s := &challenges{path: path, lock: lock, now: time.Now().Unix(), records: map[string]*record{}}
	_, err = lock.ExecContext(context.Background(), "BEGIN EXCLUSIVE")
	if err == nil {
		err = s.read()
	}
	if err != nil {
		return nil, fmt.Errorf("cannot use the challenges %s: %w", path, errors.Join(err, lock.Close()))
	}
	return s, nil
}

func (s *challenges) close() error { return s.lock.Close() }

func (s *challenges) read() (err error) {
	s.key, err = os.ReadFile(s.path + ".key")
	if errors.Is(err, fs.ErrNotExist) {
		s.key = []byte(rand.Text() + rand.Text())
		err = os.WriteFile(s.path+".key", s.key, 0o600)
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = decode(text, &s.records)
	}
	maps.DeleteFunc(s.records, func(_ string, r *record) bool { return s.prune(r) })
	return err
}

// prune drops what is over; credentials go when their challenge expires. It
// reports whether nothing is left.
func (s *challenges) prune(r *record) bool {
	old := func(at int64) bool { return at <= s.now-day }
	r.Sends, r.Wrong = slices.DeleteFunc(r.Sends, old), slices.DeleteFunc(r.Wrong, old)
	maps.DeleteFunc(r.Used, func(_ string, until int64) bool { return until <= s.now })
	if c := r.Challenge; c != nil && c.ExpiresAt <= s.now {
		c.Code, c.IP = "", ""
		maps.DeleteFunc(c.Kept, func(_ string, entry kept) bool { return entry.MAC != "" })
		if old(c.ExpiresAt) {
			r.Challenge = nil
		}
	}
	return r.Challenge == nil && len(r.Sends)+len(r.Wrong)+len(r.Used) == 0
}

func (s *challenges) record(profile, phone string) *record {
	name := profile + " " + phone
	if s.records[name] == nil {
		s.records[name] = &record{Sends: []int64{}, Wrong: []int64{}, Used: map[string]int64{}}
	}
	return s.records[name]
}

// save replaces the file at once, readable for its owner only.
func (s *challenges) save() error {
	text, err := json.Marshal(s.records)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(s.path), "challenges-*") // 0600
	if err != nil {
		return fmt.Errorf("cannot save the challenges: %w", err)
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), s.path)
	}
	if err != nil {
		return fmt.Errorf("cannot save the challenges: %w", errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}

// mac is a keyed hash: whoever reads the file without its key cannot try all
// codes.
func (s *challenges) mac(phone, kind, value string) string {
	hash := hmac.New(sha256.New, s.key)
	hash.Write([]byte(strings.Join([]string{phone, kind, value}, "\x00")))
	return hex.EncodeToString(hash.Sum(nil))
}

// keep makes the entry of a kept value, false where the answer holds nothing
// usable.
func (s *challenges) keep(phone, name string, value any) (kept, bool) {
	text, ok := value.(string)
	number, isNumber := value.(json.Number)
	if isNumber {
		text = number.String()
	}
	if text == "" || !ok && !isNumber {
		return kept{}, false
	}
	if !strings.HasPrefix(name, "secret_") {
		return kept{Number: isNumber, Value: text}, true
	}
	if isNumber {
		text = plain(number)
	}
	return kept{Number: isNumber, MAC: s.mac(phone, name, text)}, true
}

var digits = regexp.MustCompile(`^[0-9]+$`)

// matches compares in constant time. A number lost its leading zeros, so the
// length counts too.
func (s *challenges) matches(phone, name string, entry kept, typed string, length int) bool {
	if entry.Number {
		if len(typed) != length || !digits.MatchString(typed) {
			return false
		}
		typed = plain(json.Number(typed))
	}
	known := entry.MAC
	if known == "" {
		known = s.mac(phone, name, entry.Value)
	}
	return hmac.Equal([]byte(known), []byte(s.mac(phone, name, typed)))
}
