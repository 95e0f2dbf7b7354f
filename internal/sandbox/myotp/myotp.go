// Package myotp emulates MyOTP.App, as its reference says and without a look at the
// client.
package myotp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Account is what MyOTP knows about the sandbox's customer.
type Account struct {
	Email       string  `json:"email"`
	Application string  `json:"application"` // the key's, as reports name it
	Status      string  `json:"status"`      // "active", or anything else
	Balance     float64 `json:"balance"`     // credits
	// Plan is PlanStarter, PlanBusiness or PlanEnterprise.
	Plan string `json:"plan"`
	// Allowlist holds the addresses calls may come from; "*" opens it.
	Allowlist []string `json:"allowlist"`
	// Prices are credits per message, by channel.
	Prices map[string]float64 `json:"prices"`
	// UnpricedCountries are refused, by ISO 3166 alpha-3 code.
	UnpricedCountries []string `json:"unpriced_countries"`
	// Brand is the account's own, which a request without one is sent under.
	Brand string `json:"brand"`
	// DeniedBrands are refused in a request, upper or lower case alike. The vendor
	// denies names "to prevent impersonation" and publishes no list: these are
	// the sandbox's own.
	DeniedBrands []string `json:"denied_brands"`
}

// MyOTP's plans, each with what the former has (MyOTP reference §1).
const (
	PlanStarter    = "starter"
	PlanBusiness   = "business"   // custom length, expiry, templates, extend, report
	PlanEnterprise = "enterprise" // delivery reports
)

// Check refuses a plan that MyOTP does not have.
func (a Account) Check() error {
	if known := []string{PlanStarter, PlanBusiness, PlanEnterprise}; !slices.Contains(known, a.Plan) {
		return fmt.Errorf("MyOTP plan %q: it is one of %q", a.Plan, known)
	}
	return nil
}

func (a Account) entitled(entitlement string) bool {
	if a.Plan == PlanBusiness {
		return entitlement != "DLR_ACCESS"
	}
	return a.Plan == PlanEnterprise
}

// Emulator is the MyOTP of a sandbox.
type Emulator struct {
	settings Settings
	data     state
	calls    map[string][]time.Time // by address, of the last minute; not kept
}

type state struct {
	Account      Account       `json:"account"`
	Challenges   []*challenge  `json:"challenges"` // oldest first
	Transactions []transaction `json:"transactions"`
}

// challenge is one code that was sent.
type challenge struct {
	MessageID string    `json:"message_id"`
	Phone     string    `json:"phone_number"` // digits only
	Channel   string    `json:"channel"`
	Code      string    `json:"code"`
	SentAt    time.Time `json:"sent_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Consumed  bool      `json:"consumed"`
	Delivery  string    `json:"delivery,omitempty"` // overrides the usual course
}

func (c *challenge) active(now time.Time) bool { return !c.Consumed && now.Before(c.ExpiresAt) }

// Key is the API key that the sandbox accepts.
const Key = "sandbox_myotp_key_0123456789abcd"

func init() {
	emulate.Register("myotp", func() emulate.Settings { return &Settings{} })
}

// New makes the emulator that keeps to the settings.
func (s Settings) New() (emulate.Vendor, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	m := &Emulator{settings: s}
	m.Reset()
	return m, nil
}

// Name is how configuration and errors spell the vendor.
func (m *Emulator) Name() string { return "myotp" }

// Prefix is where its base URL begins on the sandbox.
func (m *Emulator) Prefix() string { return "/myotp" }

// State is what the state file keeps.
func (m *Emulator) State() any { return m.data }

// Credentials are what the sandbox accepts.
func (m *Emulator) Credentials() emulate.Credentials {
	return emulate.Credentials{Variables: map[string]string{"OTP_MYOTP_API_KEY": Key}, Fields: []string{"X-API-Key"}}
}

// Restore takes back what State gave.
func (m *Emulator) Restore(raw []byte) error {
	var data state
	if err := json.Unmarshal(raw, &data); err != nil {
		return err
	}
	m.data = data
	return data.Account.Check()
}

// Reset forgets everything.
func (m *Emulator) Reset() {
	m.calls = nil
	m.data = state{Account: Account{
		Email: "sandbox@example.test", Application: "sandbox", Status: "active", Balance: 1000, Plan: m.settings.Plan,
		Allowlist: []string{"*"}, Prices: map[string]float64{"sms": 1, "whatsapp": 1.5, "telegram": 0.5},
		Brand: "MyOTP.App", DeniedBrands: m.settings.denied(),
	}}
}

// Operations lists what the vendor serves.
func (m *Emulator) Operations() []emulate.Operation {
	return []emulate.Operation{
		{Name: "generate_otp", Sends: true, Method: http.MethodPost, Path: "/generate_otp", Handle: m.paid(m.generate)},
		{Name: "verify_otp", Method: http.MethodPost, Path: "/verify_otp", Handle: m.paid(m.verify)},
		{Name: "extend_otp", Method: http.MethodPost, Path: "/extend_otp", Handle: m.paid(m.extend)},
		{Name: "check_otp_status", Method: http.MethodPost, Path: "/check_otp_status", Handle: m.paid(m.checkStatus)},
		{Name: "check_otp", Method: http.MethodPost, Path: "/check_otp", Handle: m.paid(m.checkStatus)},
		{Name: "report", Method: http.MethodPost, Path: "/report", Handle: m.paid(m.report)},
		{Name: "me", Method: http.MethodGet, Path: "/me", Handle: m.keyed(m.me)},
		{Name: "account", Method: http.MethodGet, Path: "/v1/agent/account", Handle: m.keyed(m.account)},
		{Name: "topup_quote", Method: http.MethodGet, Path: "/v1/topup/quote", Handle: m.topupQuote},
		{Name: "topup", Method: http.MethodPost, Path: "/v1/topup", Handle: m.keyed(m.topup)},
	}
}

// Refuse answers an error. /v1/agent/ has a shape of its own (MyOTP reference §1).
func (m *Emulator) Refuse(path string, status int, sentence string) emulate.Answer {
	shape := "error"
	if strings.HasPrefix(path, "/v1/agent/") {
		shape = "detail"
	}
	return emulate.JSON(status, map[string]any{shape: map[string]any{"http_code": status, "message": sentence}})
}

// keyed checks the key, then the caller's address.
func (m *Emulator) keyed(next func(*emulate.Exchange) emulate.Answer) func(*emulate.Exchange) emulate.Answer {
	return func(x *emulate.Exchange) emulate.Answer {
		if m.tooMany(x) {
			// At the edge, before the key is looked at: neither sent nor charged.
			return emulate.Answer{
				Status: http.StatusTooManyRequests, Header: http.Header{"Content-Type": {"text/plain"}, "Retry-After": {"60"}}, Body: []byte("Too Many Requests"),
			}
		}
		if x.Header.Get("X-API-Key") != Key {
			return m.Refuse(x.Path, http.StatusUnauthorized, "invalid or missing X-API-Key")
		}
		if allowed := m.data.Account.Allowlist; !slices.Contains(allowed, "*") && !slices.Contains(allowed, x.RemoteIP) {
			return m.Refuse(x.Path, http.StatusForbidden, "Access from this IP not allowed")
		}
		return next(x)
	}
}

// paid checks key, address and balance and reads the body. An empty balance
// blocks verifications too: the check is part of authentication (MyOTP reference §1).
func (m *Emulator) paid(next func(*emulate.Exchange, *input) emulate.Answer) func(*emulate.Exchange) emulate.Answer {
	return m.keyed(func(x *emulate.Exchange) emulate.Answer {
		if m.data.Account.Balance <= 0 {
			return m.insufficientBalance(x)
		}
		fields, err := x.Object()
		if err != nil {
			return m.Refuse(x.Path, http.StatusBadRequest, err.Error())
		}
		if id, isText := fields["message_id"].(string); isText && m.find(id, x.Now) != nil {
			x.About = id // whatever else is wrong
		}
		return next(x, &input{fields: fields, lenient: m.settings.Lenient})
	})
}

func (m *Emulator) insufficientBalance(x *emulate.Exchange) emulate.Answer {
	status := http.StatusForbidden
	if m.settings.PaymentRequired {
		status = http.StatusPaymentRequired
	}
	return m.Refuse(x.Path, status, "Insufficient balance")
}

func (m *Emulator) notEntitled(x *emulate.Exchange, entitlement string) emulate.Answer {
	return m.Refuse(x.Path, http.StatusForbidden, entitlement+" is not available with your plan")
}

// tooMany counts a request of an address, a sliding window of a minute. What
// the vendor's window looks like is not documented (MyOTP reference §1).
func (m *Emulator) tooMany(x *emulate.Exchange) bool {
	if m.settings.PerMinute == 0 {
		return false
	}
	recent := slices.DeleteFunc(slices.Clone(m.calls[x.RemoteIP]), func(at time.Time) bool { return !x.Now.Before(at.Add(time.Minute)) })
	if len(recent) >= m.settings.PerMinute {
		return true
	}
	if m.calls == nil {
		m.calls = map[string][]time.Time{}
	}
	m.calls[x.RemoteIP] = append(recent, x.Now)
	return false
}
