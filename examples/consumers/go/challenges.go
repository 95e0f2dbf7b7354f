// SPDX-License-Identifier: MPL-2.0

package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

const day = 86400

// store remembers records by name. Nothing but change touches them.
type store interface {
	// change lets work change the records of some names; other programs wait
	// meanwhile. Where work fails, nothing is changed.
	change(names []string, work func(records []*record) error) error
	close() error
}

// record is what the server remembers of a profile and a phone; of an address and
// of the whole profile it has the sends only. Times are Unix seconds.
type record struct {
	Challenge *challenge       `json:"challenge"`
	Sends     []int64          `json:"sends"`   // counted for the limits
	Wrong     []int64          `json:"wrong"`   // wrong codes, over all sends and routes
	Used      map[string]int64 `json:"used"`    // codes that verified, and until when to refuse them
	Serial    int64            `json:"serial"`  // counts the sends, so that a late answer does not replace a newer challenge
	Sending   int64            `json:"sending"` // the send whose outcome is not known yet, or never was
}

// challenge is one code on its way. It holds its route and code policy,
// because the document may change before the code is typed.
type challenge struct {
	Serial    int64           `json:"serial"`
	Number    int             `json:"number"`
	Route     route           `json:"route"`
	Policy    policy          `json:"policy"`
	Outcome   string          `json:"outcome"`
	Kept      map[string]kept `json:"kept"`
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

// openStore opens the file or the table where challenges are.
func openStore(where string, now int64) (store, keyed, error) {
	key := []byte(os.Getenv("OTP_CHALLENGES_KEY"))
	if isPostgres(where) {
		opened, err := openTable(where, key, now)
		return opened, keyed{key}, err
	}
	opened, key, err := openFile(where, key, now)
	return opened, keyed{key}, err
}

// prune drops what is over; credentials go when their challenge expires.
func (r *record) prune(now int64) {
	old := func(at int64) bool { return at <= now-day }
	r.Sends, r.Wrong = slices.DeleteFunc(r.Sends, old), slices.DeleteFunc(r.Wrong, old)
	maps.DeleteFunc(r.Used, func(_ string, until int64) bool { return until <= now })
	if c := r.Challenge; c != nil && c.ExpiresAt <= now {
		c.Code, c.IP = "", ""
		maps.DeleteFunc(c.Kept, func(_ string, entry kept) bool { return entry.MAC != "" })
		if old(c.ExpiresAt) {
			r.Challenge = nil
		}
	}
	if r.Used == nil {
		r.Used = map[string]int64{}
	}
}

// stale is when something of a record is over next; 0: nothing is left.
func (r *record) stale() int64 {
	ends := slices.Collect(maps.Values(r.Used))
	for _, times := range [][]int64{r.Sends, r.Wrong} {
		if len(times) > 0 {
			ends = append(ends, times[0]+day)
		}
	}
	if c := r.Challenge; c != nil {
		end := c.ExpiresAt
		if c.Code+c.IP == "" && !slices.ContainsFunc(slices.Collect(maps.Values(c.Kept)), func(entry kept) bool { return entry.MAC != "" }) {
			end += day
		}
		ends = append(ends, end)
	}
	if len(ends) == 0 {
		return 0
	}
	return slices.Min(ends)
}

// keyed makes keyed hashes.
type keyed struct{ key []byte }

// name is the name of a record, which tells neither phone nor address.
func (k keyed) name(parts ...string) string { return k.mac("", "record", strings.Join(parts, "\x00")) }

// mac is a keyed hash: whoever reads the file without its key cannot try all
// codes.
func (k keyed) mac(phone, kind, value string) string {
	hash := hmac.New(sha256.New, k.key)
	hash.Write([]byte(strings.Join([]string{phone, kind, value}, "\x00")))
	return hex.EncodeToString(hash.Sum(nil))
}

// keep makes the entry of a kept value, false where the answer holds nothing
// usable.
func (k keyed) keep(phone, name string, value any) (kept, bool) {
	text, ok := value.(string)
	number, isNumber := value.(json.Number)
	if isNumber {
		text = plain(number)
	}
	if text == "" || !ok && !isNumber {
		return kept{}, false
	}
	if !strings.HasPrefix(name, "secret_") {
		return kept{Number: isNumber, Value: text}, true
	}
	return kept{Number: isNumber, MAC: k.mac(phone, name, text)}, true
}

var digits = regexp.MustCompile(`^[0-9]+$`)

// matches compares in constant time. A number lost its leading zeros, so the
// length counts too.
func (k keyed) matches(phone, name string, entry kept, typed string, length int) bool {
	if entry.Number {
		if len(typed) != length || !digits.MatchString(typed) {
			return false
		}
		typed = plain(json.Number(typed))
	}
	known := entry.MAC
	if known == "" {
		known = k.mac(phone, name, entry.Value)
	}
	return hmac.Equal([]byte(known), []byte(k.mac(phone, name, typed)))
}
