// Package octopush emulates Octopush, as its reference says and without a look at the
// client.
package octopush

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Settings choose a reading where Octopush's documents are silent or
// disagree. The zero value is the default reading.
type Settings struct {
	// Created answers 201 to a sent code, as other creating calls do. False: 200.
	Created bool `json:"created"`
	// DropOutOfRange replaces a number outside its range by the account's
	// default. False: by the nearest end of the range.
	DropOutOfRange bool `json:"drop_out_of_range"`
	// RefuseRepairs answers 400 to what the vendor would silently put right.
	// False: put right, sent, and noted in Request.Repaired.
	RefuseRepairs bool `json:"refuse_repairs"`
}

// Account is what Octopush knows about the sandbox's customer.
type Account struct {
	Forbidden   bool         `json:"forbidden"` // answers 403 to everything
	WalletPacks []WalletPack `json:"wallet_packs"`
	// Prices are euros by ISO 3166 alpha-2 country and product; "" is every
	// other country.
	Prices      map[string]map[string]float64 `json:"prices"`
	SubAccounts map[string]SubAccount         `json:"sub_accounts"` // by e-mail address
	Defaults    Defaults                      `json:"defaults"`
}

// WalletPack is prepaid credit in euros.
type WalletPack struct {
	ID             string  `json:"wallet_pack_id"`
	Credit         float64 `json:"credit"`
	ExpirationDate string  `json:"expiration_date"` // ISO 8601 with offset
}

// SubAccount is a sub-account as reading it shows it.
type SubAccount struct {
	FirstName   string             `json:"first_name"`
	LastName    string             `json:"last_name"`
	CompanyName string             `json:"company_name"`
	APIKey      string             `json:"api_key"`
	Callback    SubAccountCallback `json:"callback"`
}

// SubAccountCallback is where a sub-account's events go; nil: nowhere.
type SubAccountCallback struct {
	Inbounds           *string `json:"callback_url_for_inbounds"`
	Deliveries         *string `json:"callback_url_for_deliveries"`
	BlacklistedNumbers *string `json:"callback_url_for_blacklisted_numbers"`
	Visits             *string `json:"callback_url_for_visits"`
	Email              *string `json:"email"`
}

// Defaults stand in for what a send leaves out. At the vendor they are
// set in the dashboard and cannot be read (Octopush reference §2.3).
type Defaults struct {
	Text             string `json:"text"`
	Channel          string `json:"channel"`
	Sender           string `json:"sender"`
	CodeLength       int    `json:"code_length"`
	Digits           bool   `json:"allow_digits"`
	UpperCase        bool   `json:"allow_upper_case"`
	LowerCase        bool   `json:"allow_lower_case"`
	SpecialChars     bool   `json:"allow_special_chars"`
	RemoveConfusing  bool   `json:"remove_confusing_characters"`
	ValidityPeriod   int    `json:"validity_period"` // seconds
	MaxWrongAttempts int    `json:"max_wrong_attempts"`
	VoiceLanguage    string `json:"voice_language"`
	VoiceGender      string `json:"voice_gender"`
}

// Emulator is the Octopush of a sandbox.
type Emulator struct {
	settings Settings
	data     state
}

type state struct {
	Account     Account       `json:"account"`
	Challenges  []*challenge  `json:"challenges"` // oldest first
	Consumption []consumption `json:"consumption"`
}

// challenge is one code that was sent.
type challenge struct {
	Token            string    `json:"otp_request_token"`
	Ticket           string    `json:"ticket_number"`
	Phone            string    `json:"phone_number"` // E.164
	Code             string    `json:"code"`
	ExpiresAt        time.Time `json:"expires_at"`
	MaxWrongAttempts int       `json:"max_wrong_attempts"`
	WrongAttempts    int       `json:"wrong_attempts"`
	Consumed         bool      `json:"consumed"`
}

// consumption is what was sent over a channel in a month.
type consumption struct {
	Year     int     `json:"year"`
	Month    int     `json:"month"`
	Channel  string  `json:"channel"`
	Sendings int     `json:"number_of_sendings"`
	Cost     float64 `json:"cost"` // euros
}

// What the sandbox accepts.
const (
	Login = "sandbox@octopush.test"
	Key   = "sandbox_octopush_key_0123456789ab"
)

// Numbers of answers. 194 to 199 are documented (Octopush reference §2.2). The
// others are of the vendor's older API, and that this one uses them is inferred
// (Octopush reference §13.2).
const (
	badCredentials = 101
	noCredit       = 104
	noNumber       = 117
	undefined      = 125
	noRecipient    = 194
	noCode         = 195
	tooMany        = 196
	expired        = 197
	notFound       = 198
	wrongCode      = 199
	noAccess       = 207
	noSubAccount   = 210
)

func init() {
	emulate.Register("octopush", func() emulate.Settings { return &Settings{} })
}

// New makes the emulator that keeps to the settings.
func (s Settings) New() (emulate.Vendor, error) {
	o := &Emulator{settings: s}
	o.Reset()
	return o, nil
}

// Name is how configuration and errors spell the vendor.
func (o *Emulator) Name() string { return "octopush" }

// Prefix is where its base URL begins on the sandbox.
func (o *Emulator) Prefix() string { return "/octopush/v1/public" }

// State is what the state file keeps.
func (o *Emulator) State() any { return o.data }

// Credentials are what the sandbox accepts.
func (o *Emulator) Credentials() emulate.Credentials {
	return emulate.Credentials{
		Variables: map[string]string{"OTP_OCTOPUSH_API_LOGIN": Login, "OTP_OCTOPUSH_API_KEY": Key},
		Fields:    []string{"api-login", "api-key"},
	}
}

// Restore takes back what State gave.
func (o *Emulator) Restore(raw []byte) error {
	var data state
	if err := json.Unmarshal(raw, &data); err != nil {
		return err
	}
	o.data = data
	return nil
}

// Reset forgets everything.
func (o *Emulator) Reset() {
	prices := map[string]map[string]float64{}
	for _, country := range []string{"", "ES", "FR", "GB", "IN"} {
		prices[country] = map[string]float64{"sms_premium": 0.05, "sms_low_cost": 0.04, "vocal_sms": 0.06, "hlr": 0.01}
	}
	o.data = state{Account: Account{
		WalletPacks: []WalletPack{{"0d0c6a1e-0000-4000-8000-000000000001", 37.5, "2031-01-31T10:00:00+01:00"}},
		Prices:      prices,
		SubAccounts: map[string]SubAccount{"ab12cd34@sub-accounts.com": {
			FirstName: "Nadia", LastName: "Example", CompanyName: "Example Engines", APIKey: "sandbox_subaccount_key_0123456789",
			Callback: SubAccountCallback{
				Inbounds: new("https://hooks.example.com/in"), Deliveries: new("https://hooks.example.com/dr"),
				BlacklistedNumbers: new("https://hooks.example.com/stop"), Email: new("in@example.com"),
			},
		}},
		Defaults: Defaults{
			Text: "Your code is {code}", Channel: "sms", Sender: "OCTOPUSH", CodeLength: 6, Digits: true,
			ValidityPeriod: 300, MaxWrongAttempts: 3, VoiceLanguage: "en-US", VoiceGender: "female",
		},
	}}
}

// Operations lists what the vendor serves.
func (o *Emulator) Operations() []emulate.Operation {
	return []emulate.Operation{
		{Name: "otp_generate", Sends: true, Method: http.MethodPost, Path: "/service/otp/generate", Handle: o.keyed(o.generate)},
		{Name: "otp_validate", Method: http.MethodPut, Path: "/service/otp/validate", Handle: o.keyed(o.validate)},
		{Name: "check_balance", Method: http.MethodGet, Path: "/wallet/check-balance", Handle: o.keyed(o.checkBalance)},
		{Name: "check_credits", Method: http.MethodGet, Path: "/wallet/check-credits", Handle: o.keyed(o.checkCredits)},
		{Name: "monthly_consumption", Method: http.MethodPost, Path: "/monthly-consumption", Handle: o.keyed(o.monthlyConsumption)},
		{Name: "subaccount", Method: http.MethodGet, Path: "/subaccount/{email}", Handle: o.keyed(o.subAccount)},
	}
}

// Refuse answers an error in the envelope of the OTP calls. The vendor documents
// no body for 401 and 403 and no answer at all to unknown paths.
func (o *Emulator) Refuse(_ string, status int, sentence string) emulate.Answer {
	code := undefined
	switch status {
	case http.StatusUnauthorized:
		code = badCredentials
	case http.StatusForbidden:
		code = noAccess
	}
	return emulate.JSON(status, map[string]any{"code": code, "message": sentence})
}

// keyed checks the two headers, both required (Octopush reference §1).
func (o *Emulator) keyed(next func(*emulate.Exchange) emulate.Answer) func(*emulate.Exchange) emulate.Answer {
	return func(x *emulate.Exchange) emulate.Answer {
		if !strings.EqualFold(x.Header.Get("api-login"), Login) || x.Header.Get("api-key") != Key {
			return o.Refuse(x.Path, http.StatusUnauthorized, "Invalid credentials.")
		}
		if o.data.Account.Forbidden {
			return o.Refuse(x.Path, http.StatusForbidden, "Forbidden.")
		}
		return next(x)
	}
}

// problem is an error answer of an operation. All that are documented are 400.
func (o *Emulator) problem(code int, sentence string) emulate.Answer {
	return emulate.JSON(http.StatusBadRequest, map[string]any{"code": code, "message": sentence})
}

// refused is the answer to a request that had to be repaired, where the
// sandbox is set to refuse those.
func (o *Emulator) refused(x *emulate.Exchange) (emulate.Answer, bool) {
	if !o.settings.RefuseRepairs || len(x.Repaired) == 0 {
		return emulate.Answer{}, false
	}
	return o.problem(undefined, "The sandbox is set to refuse what Octopush silently repairs: "+strings.Join(x.Repaired, "; ")), true
}

// balance is what is left in the wallet, in euros.
func (a Account) balance() float64 {
	sum := 0.0
	for _, pack := range a.WalletPacks {
		sum += pack.Credit
	}
	return emulate.Money(sum)
}

// price is what one unit of a product costs in a country, in euros.
func (a Account) price(country, product string) float64 {
	if prices, ok := a.Prices[country]; ok {
		return prices[product]
	}
	return a.Prices[""][product]
}

// Check refuses what the sandbox could not charge.
func (a Account) Check() error {
	for _, pack := range a.WalletPacks {
		if pack.Credit < 0 {
			return fmt.Errorf("wallet pack %s: a credit of %v is less than nothing", pack.ID, pack.Credit)
		}
	}
	return nil
}
