package delivery

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Kept is what later calls need of a send: the values that the document keeps
// of its answer, and what the duties compare with. It is opaque and can be
// stored as JSON. It belongs on the server and lasts no longer than the code.
//
// Codes, phone numbers, addresses and values that are credentials are in it as
// keyed hashes only. Their key is made of the credentials of the route, which
// whoever finds a Kept does not have; a verification needs the same ones. The
// zero Kept is of no send.
type Kept struct{ record *record }

// keptVersion is the version of the stored form.
const keptVersion = 1

type record struct {
	Version   int              `json:"version"`
	Profile   string           `json:"profile"`
	Route     int              `json:"route"`
	Vendor    otp.Vendor       `json:"vendor"`
	Channel   otp.Channel      `json:"channel"`
	Outcome   string           `json:"outcome"` // of the send
	ExpiresAt time.Time        `json:"expires_at"`
	Salt      string           `json:"salt"`
	Check     string           `json:"check"` // tells whether the credentials are still the same
	Phone     string           `json:"phone"`
	IP        string           `json:"ip,omitempty"`
	Code      string           `json:"code,omitempty"` // only of a code that the sender made
	Values    map[string]value `json:"values"`
}

// value is a kept value, or of a credential the keyed hash.
type value struct {
	Text   string `json:"text,omitempty"`
	Hash   string `json:"hash,omitempty"`
	Number bool   `json:"number,omitempty"` // it is a JSON number in the answer
}

// Route is the number of the route that sent, false for the zero Kept.
func (k Kept) Route() (number int, ok bool) {
	if k.record == nil {
		return 0, false
	}
	return k.record.Route, true
}

// ExpiresAt is when the code is over by the sender's clock; the zero time for
// the zero Kept.
func (k Kept) ExpiresAt() time.Time {
	if k.record == nil {
		return time.Time{}
	}
	return k.record.ExpiresAt
}

// Expired is what may be left of it when the code is over: no hash of a code, an
// address or a credential.
func (k Kept) Expired() Kept {
	if k.record == nil {
		return k
	}
	left := *k.record
	left.Code, left.IP, left.Values = "", "", maps.Clone(left.Values)
	maps.DeleteFunc(left.Values, func(_ string, kept value) bool { return kept.Hash != "" })
	return Kept{&left}
}

// String names what is kept without the values.
func (k Kept) String() string {
	if k.record == nil {
		return "nothing kept"
	}
	names := strings.Join(slices.Sorted(maps.Keys(k.record.Values)), ", ")
	return fmt.Sprintf("kept of %s: [%s]", k.record.origin(), names)
}

// GoString is String, for %#v.
func (k Kept) GoString() string { return k.String() }

func (r *record) origin() string {
	return fmt.Sprintf("routes[%d] (%s, %s) of profile %q", r.Route, r.Vendor, r.Channel, r.Profile)
}

// MarshalJSON writes the stored form; null for the zero Kept.
func (k Kept) MarshalJSON() ([]byte, error) { return json.Marshal(k.record) }

// UnmarshalJSON reads the stored form. The errors quote nothing of it.
func (k *Kept) UnmarshalJSON(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var stored *record
	if err := decoder.Decode(&stored); err != nil {
		return errors.New("what was kept of a send cannot be read: it is not as this program wrote it")
	}
	if stored != nil && stored.Version != keptVersion {
		return fmt.Errorf("what was kept of a send has version %d, and this release knows %d; send another code", stored.Version, keptVersion)
	}
	k.record = stored
	return nil
}

// key makes the keyed hashes of one Kept.
type key []byte

func (r *Runner) key(at route, salt string) key {
	var credentials []string
	for _, name := range variables(at.Send) {
		credentials = append(credentials, r.variable(name))
	}
	mac := hmac.New(sha256.New, []byte(strings.Join(credentials, "\x00")))
	mac.Write([]byte("terraform-provider-otp kept " + salt))
	return mac.Sum(nil)
}

func (k key) hash(kind, text string) string {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte(kind + "\x00" + text))
	return hex.EncodeToString(mac.Sum(nil))
}

// same compares in constant time.
func same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// keep makes the Kept of a send. missing are the values that its answer lacks.
func (r *Runner) keep(at route, to Recipient, code string, got verdict) (kept Kept, missing []string) {
	salt := rand.Text()
	k := r.key(at, salt)
	stored := &record{
		Version: keptVersion, Profile: r.document.Profile, Route: at.number, Vendor: at.Vendor, Channel: at.Channel, Outcome: got.Outcome,
		ExpiresAt: r.options.Clock().UTC().Add(time.Duration(r.document.ValiditySeconds) * time.Second),
		Salt:      salt, Check: k.hash("check", ""), Phone: k.hash("phone", to.Phone), Values: map[string]value{},
	}
	if to.IP != "" {
		stored.IP = k.hash("ip", to.IP)
	}
	if code != "" {
		stored.Code = k.hash("code", code)
	}
	if got.Outcome != otp.OutcomeOK && got.Outcome != otp.OutcomePending {
		return Kept{stored}, nil
	}
	for _, name := range slices.Sorted(maps.Keys(at.Send.Keep)) {
		found, ok := got.reply.keepable(at.Send.Keep[name])
		if !ok {
			missing = append(missing, name)
			continue
		}
		if strings.HasPrefix(name, "secret_") {
			found.Text, found.Hash = "", k.hash(name, found.Text)
		}
		stored.Values[name] = found
	}
	return Kept{stored}, missing
}

// keepable is a value of an answer that can be filled in: a text, or a number as
// plainly as it can be written.
func (r reply) keepable(pointer string) (value, bool) {
	if pointer == "" {
		return value{}, false
	}
	found, _ := r.at(pointer)
	switch found := found.(type) {
	case string:
		return value{Text: found}, found != ""
	case json.Number:
		if number, isWhole := whole(found); isWhole {
			return value{Text: fmt.Sprint(number), Number: true}, true
		}
		return value{Text: found.String(), Number: true}, true
	}
	return value{}, false
}

// texts are the kept values that can be filled in.
func (r *record) texts() map[string]string {
	texts := map[string]string{}
	for name, kept := range r.Values {
		if kept.Text != "" {
			texts[name] = kept.Text
		}
	}
	return texts
}

// expects reports whether what a person typed is a kept value. A number has
// lost the zeros it began with, so the length counts as well.
func (k key) expects(name string, kept value, typed string, length int64) bool {
	fits := true
	if kept.Number {
		fits = int64(len(typed)) == length
		typed = cmp.Or(strings.TrimLeft(typed, "0"), "0")
	}
	known := kept.Hash
	if known == "" {
		known = k.hash(name, kept.Text)
	}
	return same(known, k.hash(name, typed)) && fits
}
