package sandbox

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"time"
)

// OctopushSettings choose a reading where Octopush's documents are silent or
// disagree. The zero value is the default reading.
type OctopushSettings struct {
	// Created answers 201 to a sent code, as other creating calls do. False: 200.
	Created bool `json:"created"`
	// DropOutOfRange replaces a number outside its range by the account's
	// default. False: by the nearest end of the range.
	DropOutOfRange bool `json:"drop_out_of_range"`
	// RefuseRepairs answers 400 to what the vendor would silently put right.
	// False: put right, sent, and noted in Request.Repaired.
	RefuseRepairs bool `json:"refuse_repairs"`
}

// OctopushAccount is what Octopush knows about the sandbox's customer.
type OctopushAccount struct {
	Forbidden   bool         `json:"forbidden"` // answers 403 to everything
	WalletPacks []WalletPack `json:"wallet_packs"`
	// Prices are euros by ISO 3166 alpha-2 country and product; "" is every
	// other country.
	Prices      map[string]map[string]float64 `json:"prices"`
	SubAccounts map[string]SubAccount         `json:"sub_accounts"` // by e-mail address
	Defaults    OctopushDefaults              `json:"defaults"`
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

// OctopushDefaults stand in for what a send leaves out. At the vendor they are
// set in the dashboard and cannot be read (Octopush reference §2.3).
type OctopushDefaults struct {
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

type octopush struct {
	settings OctopushSettings
	data     octopushState
}

type octopushState struct {
	Account     OctopushAccount       `json:"account"`
	Challenges  []*octopushChallenge  `json:"challenges"` // oldest first
	Consumption []octopushConsumption `json:"consumption"`
}

// octopushChallenge is one code that was sent.
type octopushChallenge struct {
	Token            string    `json:"otp_request_token"`
	Phone            string    `json:"phone_number"` // E.164
	Code             string    `json:"code"`
	ExpiresAt        time.Time `json:"expires_at"`
	MaxWrongAttempts int       `json:"max_wrong_attempts"`
	WrongAttempts    int       `json:"wrong_attempts"`
	Consumed         bool      `json:"consumed"`
}

// octopushConsumption is what was sent over a channel in a month.
type octopushConsumption struct {
	Year     int     `json:"year"`
	Month    int     `json:"month"`
	Channel  string  `json:"channel"`
	Sendings int     `json:"number_of_sendings"`
	Cost     float64 `json:"cost"` // euros
}

const (
	octopushLogin = "sandbox@octopush.test"
	octopushKey   = "sandbox_octopush_key_0123456789ab"
)

// Numbers of answers. 194 to 199 are documented (Octopush reference §2.2). The
// others are of the vendor's older API, and that this one uses them is inferred
// (Octopush reference §13.2).
const (
	octopushBadCredentials = 101
	octopushNoCredit       = 104
	octopushNoNumber       = 117
	octopushUndefined      = 125
	octopushNoRecipient    = 194
	octopushNoCode         = 195
	octopushTooMany        = 196
	octopushExpired        = 197
	octopushNotFound       = 198
	octopushWrongCode      = 199
	octopushNoAccess       = 207
	octopushNoSubAccount   = 210
)

func newOctopush(settings OctopushSettings) *octopush {
	o := &octopush{settings: settings}
	o.reset()
	return o
}

func (o *octopush) name() string   { return "octopush" }
func (o *octopush) prefix() string { return "/octopush/v1/public" }
func (o *octopush) state() any     { return o.data }

func (o *octopush) credentials() credentials {
	return credentials{
		map[string]string{"OTP_OCTOPUSH_API_LOGIN": octopushLogin, "OTP_OCTOPUSH_API_KEY": octopushKey},
		[]string{"api-login", "api-key"},
	}
}

func (o *octopush) restore(state []byte) error {
	var data octopushState
	if err := json.Unmarshal(state, &data); err != nil {
		return err
	}
	o.data = data
	return nil
}

func (o *octopush) reset() {
	prices := map[string]map[string]float64{}
	for _, country := range []string{"", "ES", "FR", "GB", "IN"} {
		prices[country] = map[string]float64{"sms_premium": 0.05, "sms_low_cost": 0.04, "vocal_sms": 0.06, "hlr": 0.01}
	}
	o.data = octopushState{Account: OctopushAccount{
		WalletPacks: []WalletPack{{"0d0c6a1e-0000-4000-8000-000000000001", 37.5, "2031-01-31T10:00:00+01:00"}},
		Prices:      prices,
		SubAccounts: map[string]SubAccount{"ab12cd34@sub-accounts.com": {
			FirstName: "Nadia", LastName: "Example", CompanyName: "Example Engines", APIKey: "sandbox_subaccount_key_0123456789",
			Callback: SubAccountCallback{
				Inbounds: new("https://hooks.example.com/in"), Deliveries: new("https://hooks.example.com/dr"),
				BlacklistedNumbers: new("https://hooks.example.com/stop"), Email: new("in@example.com"),
			},
		}},
		Defaults: OctopushDefaults{
			Text: "Your code is {code}", Channel: "sms", Sender: "OCTOPUSH", CodeLength: 6, Digits: true,
			ValidityPeriod: 300, MaxWrongAttempts: 3, VoiceLanguage: "en-US", VoiceGender: "female",
		},
	}}
}

func (o *octopush) operations() []operation {
	return []operation{
		{"otp_generate", http.MethodPost, "/service/otp/generate", o.keyed(o.generate)},
		{"otp_validate", http.MethodPut, "/service/otp/validate", o.keyed(o.validate)},
		{"check_balance", http.MethodGet, "/wallet/check-balance", o.keyed(o.checkBalance)},
		{"check_credits", http.MethodGet, "/wallet/check-credits", o.keyed(o.checkCredits)},
		{"monthly_consumption", http.MethodPost, "/monthly-consumption", o.keyed(o.monthlyConsumption)},
		{"subaccount", http.MethodGet, "/subaccount/{email}", o.keyed(o.subAccount)},
	}
}

// refuse answers an error in the envelope of the OTP calls. The vendor documents
// no body for 401 and 403 and no answer at all to unknown paths.
func (o *octopush) refuse(_ string, status int, sentence string) answer {
	code := octopushUndefined
	switch status {
	case http.StatusUnauthorized:
		code = octopushBadCredentials
	case http.StatusForbidden:
		code = octopushNoAccess
	}
	return jsonAnswer(status, map[string]any{"code": code, "message": sentence})
}

// keyed checks the two headers, both required (Octopush reference §1).
func (o *octopush) keyed(next func(*exchange) answer) func(*exchange) answer {
	return func(x *exchange) answer {
		if !strings.EqualFold(x.header.Get("api-login"), octopushLogin) || x.header.Get("api-key") != octopushKey {
			return o.refuse(x.path, http.StatusUnauthorized, "Invalid credentials.")
		}
		if o.data.Account.Forbidden {
			return o.refuse(x.path, http.StatusForbidden, "Forbidden.")
		}
		return next(x)
	}
}

// problem is an error answer of an operation. All that are documented are 400.
func (o *octopush) problem(code int, sentence string) answer {
	return jsonAnswer(http.StatusBadRequest, map[string]any{"code": code, "message": sentence})
}

// refused is the answer to a request that had to be repaired, where the
// sandbox is set to refuse those.
func (o *octopush) refused(x *exchange) (answer, bool) {
	if !o.settings.RefuseRepairs || len(x.repaired) == 0 {
		return answer{}, false
	}
	return o.problem(octopushUndefined, "The sandbox is set to refuse what Octopush silently repairs: "+strings.Join(x.repaired, "; ")), true
}

// balance is what is left in the wallet, in euros.
func (a OctopushAccount) balance() float64 {
	sum := 0.0
	for _, pack := range a.WalletPacks {
		sum += pack.Credit
	}
	return money(sum)
}

// price is what one unit of a product costs in a country, in euros.
func (a OctopushAccount) price(country, product string) float64 {
	if prices, ok := a.Prices[country]; ok {
		return prices[product]
	}
	return a.Prices[""][product]
}

// money rounds to hundredths of a cent, which sums of floats drift from.
func money(amount float64) float64 { return math.Round(amount*10000) / 10000 }
