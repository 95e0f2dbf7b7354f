package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// MyOTPSettings choose a reading where MyOTP's documents disagree
// (MyOTP reference §12). The zero value is the newer reading.
type MyOTPSettings struct {
	// PaymentRequired answers 402 to an empty balance, as the published page
	// and the OpenAPI file say. False: 403, as it is in practice.
	PaymentRequired bool `json:"payment_required"`
	// SeedRanges takes the ranges of the published page: codes of 3–8 digits,
	// validity and extension of 30–14400 seconds. False: 4–8 digits, 60–86400
	// and 60–14400 seconds, as in the OpenAPI file.
	SeedRanges bool `json:"seed_ranges"`
	// UnknownID404 answers 404 to an unknown message ID, as the published page
	// says. False: 200 with a message.
	UnknownID404 bool `json:"unknown_id_404"`
	// ExpiredStatus answers an expired code with the status "expired" and no
	// reason. False: the status "failed" and the reason "expired".
	ExpiredStatus bool `json:"expired_status"`
	// CheckFields names the fields of a status answer: CheckBoth (the default),
	// CheckNewer, CheckSeed or CheckAliases.
	CheckFields string `json:"check_fields"`
	// ReportRows names the fields of a report: RowsBoth (the default),
	// RowsOlder or RowsNewer.
	ReportRows string `json:"report_rows"`
	// Lenient ignores unknown fields and takes numbers in quotes. The vendor
	// documents neither; false refuses both.
	Lenient bool `json:"lenient"`
}

// The fields of a status answer.
const (
	CheckBoth    = "both"    // is_active and is_valid
	CheckNewer   = "newer"   // is_active
	CheckSeed    = "seed"    // is_valid
	CheckAliases = "aliases" // both, and the deprecated names that end with a colon
)

// The fields of a report row.
const (
	RowsBoth  = "both"  // the union
	RowsOlder = "older" // the published page: no totals
	RowsNewer = "newer" // what newer vendor clients read
)

func (s *MyOTPSettings) check() error {
	if s.CheckFields == "" {
		s.CheckFields = CheckBoth
	}
	if s.ReportRows == "" {
		s.ReportRows = RowsBoth
	}
	if known := []string{CheckBoth, CheckNewer, CheckSeed, CheckAliases}; !slices.Contains(known, s.CheckFields) {
		return fmt.Errorf("MyOTP setting check_fields is %q: it is one of %q", s.CheckFields, known)
	}
	if known := []string{RowsBoth, RowsOlder, RowsNewer}; !slices.Contains(known, s.ReportRows) {
		return fmt.Errorf("MyOTP setting report_rows is %q: it is one of %q", s.ReportRows, known)
	}
	return nil
}

// MyOTPAccount is what MyOTP knows about the sandbox's customer.
type MyOTPAccount struct {
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
}

// MyOTP's plans, each with what the former has (MyOTP reference §1).
const (
	PlanStarter    = "starter"
	PlanBusiness   = "business"   // custom length, expiry, templates, extend, report
	PlanEnterprise = "enterprise" // delivery reports
)

func (a MyOTPAccount) check() error {
	if known := []string{PlanStarter, PlanBusiness, PlanEnterprise}; !slices.Contains(known, a.Plan) {
		return fmt.Errorf("MyOTP plan %q: it is one of %q", a.Plan, known)
	}
	return nil
}

func (a MyOTPAccount) entitled(entitlement string) bool {
	if a.Plan == PlanBusiness {
		return entitlement != "DLR_ACCESS"
	}
	return a.Plan == PlanEnterprise
}

type myotp struct {
	settings MyOTPSettings
	data     myotpState
}

type myotpState struct {
	Account      MyOTPAccount       `json:"account"`
	Challenges   []*myotpChallenge  `json:"challenges"` // oldest first
	Transactions []myotpTransaction `json:"transactions"`
}

// myotpChallenge is one code that was sent.
type myotpChallenge struct {
	MessageID string    `json:"message_id"`
	Phone     string    `json:"phone_number"` // digits only
	Channel   string    `json:"channel"`
	Code      string    `json:"code"`
	SentAt    time.Time `json:"sent_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Consumed  bool      `json:"consumed"`
	Checks    int       `json:"checks"`             // how often its status was asked
	Delivery  string    `json:"delivery,omitempty"` // overrides the usual course
}

func (c *myotpChallenge) active(now time.Time) bool { return !c.Consumed && now.Before(c.ExpiresAt) }

const myotpKey = "sandbox_myotp_key_0123456789abcd"

func newMyOTP(settings MyOTPSettings) *myotp {
	m := &myotp{settings: settings}
	m.reset()
	return m
}

func (m *myotp) name() string   { return "myotp" }
func (m *myotp) prefix() string { return "/myotp" }
func (m *myotp) state() any     { return m.data }

func (m *myotp) credentials() credentials {
	return credentials{map[string]string{"OTP_MYOTP_API_KEY": myotpKey}, []string{"X-API-Key"}}
}

func (m *myotp) restore(state []byte) error {
	var data myotpState
	if err := json.Unmarshal(state, &data); err != nil {
		return err
	}
	m.data = data
	return data.Account.check()
}

func (m *myotp) reset() {
	m.data = myotpState{Account: MyOTPAccount{
		Email: "sandbox@example.test", Application: "sandbox", Status: "active", Balance: 1000, Plan: PlanEnterprise,
		Allowlist: []string{"*"}, Prices: map[string]float64{"sms": 1, "whatsapp": 1.5, "telegram": 0.5},
	}}
}

func (m *myotp) operations() []operation {
	return []operation{
		{"generate_otp", http.MethodPost, "/generate_otp", m.paid(m.generate)},
		{"verify_otp", http.MethodPost, "/verify_otp", m.paid(m.verify)},
		{"extend_otp", http.MethodPost, "/extend_otp", m.paid(m.extend)},
		{"check_otp_status", http.MethodPost, "/check_otp_status", m.paid(m.checkStatus)},
		{"check_otp", http.MethodPost, "/check_otp", m.paid(m.checkStatus)},
		{"report", http.MethodPost, "/report", m.paid(m.report)},
		{"me", http.MethodGet, "/me", m.keyed(m.me)},
		{"account", http.MethodGet, "/v1/agent/account", m.keyed(m.account)},
		{"topup_quote", http.MethodGet, "/v1/topup/quote", m.topupQuote},
		{"topup", http.MethodPost, "/v1/topup", m.keyed(m.topup)},
	}
}

// refuse answers an error. /v1/agent/ has a shape of its own (MyOTP reference §1).
func (m *myotp) refuse(path string, status int, sentence string) answer {
	shape := "error"
	if strings.HasPrefix(path, "/v1/agent/") {
		shape = "detail"
	}
	return jsonAnswer(status, map[string]any{shape: map[string]any{"http_code": status, "message": sentence}})
}

// keyed checks the key, then the caller's address.
func (m *myotp) keyed(next func(*exchange) answer) func(*exchange) answer {
	return func(x *exchange) answer {
		if x.header.Get("X-API-Key") != myotpKey {
			return m.refuse(x.path, http.StatusUnauthorized, "invalid or missing X-API-Key")
		}
		if allowed := m.data.Account.Allowlist; !slices.Contains(allowed, "*") && !slices.Contains(allowed, x.remoteIP) {
			return m.refuse(x.path, http.StatusForbidden, "Access from this IP not allowed")
		}
		return next(x)
	}
}

// paid checks key, address and balance and reads the body. An empty balance
// blocks verifications too: the check is part of authentication (MyOTP reference §1).
func (m *myotp) paid(next func(*exchange, *myotpInput) answer) func(*exchange) answer {
	return m.keyed(func(x *exchange) answer {
		if m.data.Account.Balance <= 0 {
			return m.insufficientBalance(x)
		}
		fields, err := x.object()
		if err != nil {
			return m.refuse(x.path, http.StatusBadRequest, err.Error())
		}
		return next(x, &myotpInput{fields: fields, lenient: m.settings.Lenient})
	})
}

func (m *myotp) insufficientBalance(x *exchange) answer {
	status := http.StatusForbidden
	if m.settings.PaymentRequired {
		status = http.StatusPaymentRequired
	}
	return m.refuse(x.path, status, "Insufficient balance")
}

func (m *myotp) notEntitled(x *exchange, entitlement string) answer {
	return m.refuse(x.path, http.StatusForbidden, entitlement+" is not available with your plan")
}
