// Package way2api emulates Way2API, as its reference says and without a look at the
// client.
package way2api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Settings choose a reading where Way2API's documents are silent or
// disagree (Way2API reference §8). The zero value is the default reading.
type Settings struct {
	// BadInput400 answers 400 to invalid input, as the table of the vendor's
	// page says. False: 422.
	BadInput400 bool `json:"bad_input_400"`
	// Worldwide sends to every country, as the vendor's page says. False: India.
	Worldwide bool `json:"worldwide"`
	// Pending answers 202 to every send: taken, charged and under way.
	Pending bool `json:"pending"`
	// PerMinute is how many sends the key may make in any 60 seconds, PerDay how
	// many on a day of UTC. 0: as many as one likes. The vendor's numbers are
	// not published.
	PerMinute int `json:"per_minute"`
	PerDay    int `json:"per_day"`
	// ShowPrices shows prices as numbers to a caller with the key. False:
	// "require_login" to everybody.
	ShowPrices bool `json:"show_prices"`
}

func (s Settings) check() error {
	if s.PerMinute < 0 || s.PerDay < 0 {
		return fmt.Errorf("Way2API settings per_minute %d and per_day %d: 0 is no limit, less is nothing", s.PerMinute, s.PerDay)
	}
	return nil
}

// Account is what Way2API knows about the sandbox's customer.
type Account struct {
	Balance float64 `json:"balance"`
	Price   float64 `json:"price"` // of a send; made up, in the unit of the balance
	// NoAccess answers 403: the key may not use the service.
	NoAccess   bool `json:"no_access"`
	KeyExpired bool `json:"key_expired"`
	// Allowlist holds the addresses calls may come from; "*" opens it.
	Allowlist []string `json:"allowlist"`
}

// Emulator is the Way2API of a sandbox.
type Emulator struct {
	settings Settings
	data     state
}

type state struct {
	Account Account     `json:"account"`
	Calls   []time.Time `json:"calls"` // of the service, oldest first
}

// Key is the API key that the sandbox accepts.
const Key = "sandbox_way2api_key_0123456789ab"

func init() {
	emulate.Register("way2api", func() emulate.Settings { return &Settings{} })
}

// New makes the emulator that keeps to the settings.
func (s Settings) New() (emulate.Vendor, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	w := &Emulator{settings: s}
	w.Reset()
	return w, nil
}

// Name is how configuration and errors spell the vendor.
func (w *Emulator) Name() string { return "way2api" }

// Prefix is where its base URL begins on the sandbox.
func (w *Emulator) Prefix() string { return "/way2api/api/v1" }

// State is what the state file keeps.
func (w *Emulator) State() any { return w.data }

// Credentials are what the sandbox accepts.
func (w *Emulator) Credentials() emulate.Credentials {
	return emulate.Credentials{Variables: map[string]string{"OTP_WAY2API_API_KEY": Key}, Fields: []string{"X-API-Key"}}
}

// Restore takes back what State gave.
func (w *Emulator) Restore(raw []byte) error {
	var data state
	if err := json.Unmarshal(raw, &data); err != nil {
		return err
	}
	w.data = data
	return nil
}

// Reset forgets everything.
func (w *Emulator) Reset() {
	w.data = state{Account: Account{Balance: 100, Price: 0.25, Allowlist: []string{"*"}}}
}

// Operations lists what the vendor serves.
func (w *Emulator) Operations() []emulate.Operation {
	return []emulate.Operation{
		{Name: "send_otp_pin", Sends: true, Method: http.MethodPost, Path: "/aws/send_otp-pin", Handle: w.keyed(w.send)},
		{Name: "pricing", Method: http.MethodGet, Path: "/pricing", Handle: w.pricing},
	}
}

// Refuse answers an error. Of the bodies only the one of a validation error is
// documented (Way2API reference §3).
func (w *Emulator) Refuse(_ string, status int, sentence string) emulate.Answer {
	code := "REQUEST_FAILED"
	if status == http.StatusNotFound {
		code = "NOT_FOUND"
	}
	return w.problem(status, code, sentence)
}

func (w *Emulator) problem(status int, code, sentence string) emulate.Answer {
	return emulate.JSON(status, map[string]any{"success": false, "message": sentence, "data": map[string]any{"error_code": code}})
}

// keyed checks the key, the access to the service and the limits.
func (w *Emulator) keyed(next func(*emulate.Exchange) emulate.Answer) func(*emulate.Exchange) emulate.Answer {
	return func(x *emulate.Exchange) emulate.Answer {
		account := w.data.Account
		switch given, right := w.key(x); {
		case !given:
			return w.problem(http.StatusUnauthorized, "MISSING_API_KEY", "API key is missing.")
		case !right:
			return w.problem(http.StatusUnauthorized, "INVALID_API_KEY", "API key is not valid.")
		case account.KeyExpired:
			return w.problem(http.StatusUnauthorized, "INVALID_API_KEY", "API key has expired.")
		case !slices.Contains(account.Allowlist, "*") && !slices.Contains(account.Allowlist, x.RemoteIP):
			return w.problem(http.StatusUnauthorized, "INVALID_API_KEY", "API key is not valid from this address.")
		case account.NoAccess:
			return w.problem(http.StatusForbidden, "NO_API_ACCESS", "API key has no access to this service.")
		}
		if wait := w.wait(x.Now); wait > 0 {
			out := w.problem(http.StatusTooManyRequests, "RATE_LIMITED", "Rate limit exceeded.")
			out.Header.Set("Retry-After", fmt.Sprint(int(wait.Seconds())))
			return out
		}
		if w.settings.PerMinute > 0 || w.settings.PerDay > 0 {
			w.data.Calls = append(w.data.Calls, x.Now)
		}
		return next(x)
	}
}

// key reports whether a key was given and whether it is right. Which of two
// headers counts is unknown: both must be right.
func (w *Emulator) key(x *emulate.Exchange) (given, right bool) {
	right = true
	for name, want := range map[string]string{"Authorization": "Bearer " + Key, "X-API-Key": Key} {
		if value := x.Header.Get(name); value != "" {
			given, right = true, right && value == want
		}
	}
	return given, right
}

// wait is how long the limits keep the next call back, in whole seconds: a
// sliding window of a minute, and a cap of the day (Way2API reference §4). That
// a refused call does not count is inferred.
func (w *Emulator) wait(now time.Time) time.Duration {
	today := now.Truncate(24 * time.Hour)
	w.data.Calls = slices.DeleteFunc(slices.Clone(w.data.Calls), func(at time.Time) bool {
		return at.Before(today) && !now.Before(at.Add(time.Minute))
	})
	recent := slices.DeleteFunc(slices.Clone(w.data.Calls), func(at time.Time) bool { return !now.Before(at.Add(time.Minute)) })
	onDay := slices.DeleteFunc(slices.Clone(w.data.Calls), func(at time.Time) bool { return at.Before(today) })
	if limit := w.settings.PerDay; limit > 0 && len(onDay) >= limit {
		return today.Add(24 * time.Hour).Sub(now)
	}
	if limit := w.settings.PerMinute; limit > 0 && len(recent) >= limit {
		return recent[len(recent)-limit].Add(time.Minute).Sub(now)
	}
	return 0
}

// pricing is public. Its layout is not documented (Way2API reference §5).
func (w *Emulator) pricing(x *emulate.Exchange) emulate.Answer {
	var price any = "require_login"
	if given, right := w.key(x); given && right && w.settings.ShowPrices {
		price = w.data.Account.Price
	}
	return emulate.JSON(http.StatusOK, map[string]any{"success": true, "message": "", "data": map[string]any{
		"result": []any{map[string]any{"code": "send_otppin_sms", "slug": "send-otp-pin-sms", "price": price}},
	}})
}

// Check refuses what the sandbox could not charge.
func (a Account) Check() error {
	if a.Price < 0 {
		return fmt.Errorf("Way2API price %v: it is 0 or more", a.Price)
	}
	return nil
}
