package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Way2APISettings choose a reading where Way2API's documents are silent or
// disagree (Way2API reference §8). The zero value is the default reading.
type Way2APISettings struct {
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

func (s Way2APISettings) check() error {
	if s.PerMinute < 0 || s.PerDay < 0 {
		return fmt.Errorf("Way2API settings per_minute %d and per_day %d: 0 is no limit, less is nothing", s.PerMinute, s.PerDay)
	}
	return nil
}

// Way2APIAccount is what Way2API knows about the sandbox's customer.
type Way2APIAccount struct {
	Balance float64 `json:"balance"`
	Price   float64 `json:"price"` // of a send; made up, in the unit of the balance
	// NoAccess answers 403: the key may not use the service.
	NoAccess   bool `json:"no_access"`
	KeyExpired bool `json:"key_expired"`
	// Allowlist holds the addresses calls may come from; "*" opens it.
	Allowlist []string `json:"allowlist"`
}

type way2api struct {
	settings Way2APISettings
	data     way2State
}

type way2State struct {
	Account Way2APIAccount `json:"account"`
	Calls   []time.Time    `json:"calls"` // of the service, oldest first
}

const way2Key = "sandbox_way2api_key_0123456789ab"

func newWay2API(settings Way2APISettings) *way2api {
	w := &way2api{settings: settings}
	w.reset()
	return w
}

func (w *way2api) name() string   { return "way2api" }
func (w *way2api) prefix() string { return "/way2api/api/v1" }
func (w *way2api) state() any     { return w.data }

func (w *way2api) credentials() credentials {
	return credentials{map[string]string{"OTP_WAY2API_API_KEY": way2Key}, []string{"X-API-Key"}}
}

func (w *way2api) restore(state []byte) error {
	var data way2State
	if err := json.Unmarshal(state, &data); err != nil {
		return err
	}
	w.data = data
	return nil
}

func (w *way2api) reset() {
	w.data = way2State{Account: Way2APIAccount{Balance: 100, Price: 0.25, Allowlist: []string{"*"}}}
}

func (w *way2api) operations() []operation {
	return []operation{
		{"send_otp_pin", http.MethodPost, "/aws/send_otp-pin", w.keyed(w.send)},
		{"pricing", http.MethodGet, "/pricing", w.pricing},
	}
}

// refuse answers an error. Of the bodies only the one of a validation error is
// documented (Way2API reference §3).
func (w *way2api) refuse(_ string, status int, sentence string) answer {
	code := "REQUEST_FAILED"
	if status == http.StatusNotFound {
		code = "NOT_FOUND"
	}
	return w.problem(status, code, sentence)
}

func (w *way2api) problem(status int, code, sentence string) answer {
	return jsonAnswer(status, map[string]any{"success": false, "message": sentence, "data": map[string]any{"error_code": code}})
}

// keyed checks the key, the access to the service and the limits.
func (w *way2api) keyed(next func(*exchange) answer) func(*exchange) answer {
	return func(x *exchange) answer {
		account := w.data.Account
		switch given, right := w.key(x); {
		case !given:
			return w.problem(http.StatusUnauthorized, "MISSING_API_KEY", "API key is missing.")
		case !right:
			return w.problem(http.StatusUnauthorized, "INVALID_API_KEY", "API key is not valid.")
		case account.KeyExpired:
			return w.problem(http.StatusUnauthorized, "INVALID_API_KEY", "API key has expired.")
		case !slices.Contains(account.Allowlist, "*") && !slices.Contains(account.Allowlist, x.remoteIP):
			return w.problem(http.StatusUnauthorized, "INVALID_API_KEY", "API key is not valid from this address.")
		case account.NoAccess:
			return w.problem(http.StatusForbidden, "NO_API_ACCESS", "API key has no access to this service.")
		}
		if wait := w.wait(x.now); wait > 0 {
			out := w.problem(http.StatusTooManyRequests, "RATE_LIMITED", "Rate limit exceeded.")
			out.header.Set("Retry-After", fmt.Sprint(int(wait.Seconds())))
			return out
		}
		if w.settings.PerMinute > 0 || w.settings.PerDay > 0 {
			w.data.Calls = append(w.data.Calls, x.now)
		}
		return next(x)
	}
}

// key reports whether a key was given and whether it is right. Which of two
// headers counts is unknown: both must be right.
func (w *way2api) key(x *exchange) (given, right bool) {
	right = true
	for name, want := range map[string]string{"Authorization": "Bearer " + way2Key, "X-API-Key": way2Key} {
		if value := x.header.Get(name); value != "" {
			given, right = true, right && value == want
		}
	}
	return given, right
}

// wait is how long the limits keep the next call back, in whole seconds: a
// sliding window of a minute, and a cap of the day (Way2API reference §4). That
// a refused call does not count is inferred.
func (w *way2api) wait(now time.Time) time.Duration {
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
func (w *way2api) pricing(x *exchange) answer {
	var price any = "require_login"
	if given, right := w.key(x); given && right && w.settings.ShowPrices {
		price = w.data.Account.Price
	}
	return jsonAnswer(http.StatusOK, map[string]any{"success": true, "message": "", "data": map[string]any{
		"result": []any{map[string]any{"code": "send_otppin_sms", "slug": "send-otp-pin-sms", "price": price}},
	}})
}
