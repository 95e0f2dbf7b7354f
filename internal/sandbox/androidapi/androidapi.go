// Package androidapi emulates AndroidAPI, as its reference says and without a look at the
// client.
package androidapi

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Emulator is the AndroidAPI of a sandbox.
type Emulator struct {
	settings Settings
	data     state
}

type state struct {
	Account  Account     `json:"account"`
	Codes    []*sentCode `json:"codes"`    // oldest first
	Messages []*message  `json:"messages"` // oldest first
	Links    []*link     `json:"links"`    // oldest first
	LastID   int         `json:"last_id"`  // of the last message
}

// sentCode is one code that was sent.
type sentCode struct {
	Phone     string    `json:"phone"`
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
	Used      bool      `json:"used"`
	MessageID string    `json:"message_id,omitempty"`
}

// Secret is the API secret that the sandbox accepts.
const Secret = "sandbox_androidapi_secret_0123456789abcd"

func init() {
	emulate.Register("androidapi", func() emulate.Settings { return &Settings{} })
}

// New makes the emulator that keeps to the settings.
func (s Settings) New() (emulate.Vendor, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	a := &Emulator{settings: s}
	a.Reset()
	return a, nil
}

// Name is how configuration and errors spell the vendor.
func (a *Emulator) Name() string { return "androidapi" }

// Prefix is where its base URL begins on the sandbox.
func (a *Emulator) Prefix() string { return "/androidapi/api" }

// State is what the state file keeps.
func (a *Emulator) State() any { return a.data }

// Credentials are what the sandbox accepts.
func (a *Emulator) Credentials() emulate.Credentials {
	return emulate.Credentials{Variables: map[string]string{"OTP_ANDROIDAPI_SECRET": Secret}, Fields: []string{"secret"}}
}

// Restore takes back what State gave.
func (a *Emulator) Restore(raw []byte) error {
	var data state
	if err := json.Unmarshal(raw, &data); err != nil {
		return err
	}
	a.data = data
	return data.Account.Check()
}

// Reset forgets everything.
func (a *Emulator) Reset() {
	a.data = state{Account: newAccount(), LastID: 900}
}

// Operations are served to GET and POST alike: which verb goes where is
// documented in more than one way (AndroidAPI reference §1.2).
func (a *Emulator) Operations() []emulate.Operation {
	return []emulate.Operation{
		{Name: "send_otp", Sends: true, Path: "/send/otp", Handle: a.secret("otp", a.sendOTP)},
		{Name: "get_otp", Path: "/get/otp", Handle: a.secret("otp", a.verifyOTP)},
		{Name: "get_devices", Path: "/get/devices", Handle: a.secret("get_devices", a.getDevices)},
		{Name: "get_rates", Path: "/get/rates", Handle: a.secret("get_rates", a.getRates)},
		{Name: "get_credits", Path: "/get/credits", Handle: a.secret("get_credits", a.getCredits)},
		{Name: "get_subscription", Path: "/get/subscription", Handle: a.secret("get_subscription", a.getSubscription)},
		{Name: "get_earnings", Path: "/get/earnings", Handle: a.secret("get_earnings", a.getEarnings)},
		{Name: "wa_servers", Path: "/get/wa.servers", Handle: a.secret("create_whatsapp", a.waServers)},
		{Name: "wa_link", Path: "/create/wa.link", Handle: a.secret("create_whatsapp", a.waLink)},
		{Name: "wa_qr", Path: "/get/wa.qr", Handle: a.read(a.waQR)},
		{Name: "wa_info", Path: "/get/wa.info", Handle: a.read(a.waInfo)},
		{Name: "wa_relink", Path: "/create/wa.relink", Handle: a.secret("create_whatsapp", a.waRelink)},
		{Name: "wa_accounts", Path: "/get/wa.accounts", Handle: a.secret("get_wa_accounts", a.waAccounts)},
		{Name: "wa_account_delete", Path: "/delete/wa.account", Handle: a.secret("delete_wa_account", a.waDelete)},
		{Name: "validate_whatsapp", Path: "/validate/whatsapp", Handle: a.secret("validate_wa_phone", a.waValidate)},
		{Name: "sms_sent", Path: "/get/sms.sent", Handle: a.secret("get_sms_sent", a.sent("sms", "Sent SMS Messages"))},
		{Name: "sms_pending", Path: "/get/sms.pending", Handle: a.secret("get_sms_pending", a.pending("sms", "Pending SMS Messages"))},
		{Name: "sms_message", Path: "/get/sms.message", Handle: a.secret("", a.message("sms", "sms"))},
		{Name: "wa_sent", Path: "/get/wa.sent", Handle: a.secret("get_wa_sent", a.sent("whatsapp", "Sent WhatsApp Chats"))},
		{Name: "wa_pending", Path: "/get/wa.pending", Handle: a.secret("get_wa_pending", a.pending("whatsapp", "Pending WhatsApp Chats"))},
		{Name: "wa_message", Path: "/get/wa.message", Handle: a.secret("", a.message("whatsapp", "wa"))},
	}
}

// Refuse answers in the vendor's envelope. The vendor serves far more than the
// sandbox, for each a permission: to a path that is not served the sandbox's key
// holds none. A body status 404 would pass for an empty list.
func (a *Emulator) Refuse(_ string, status int, sentence string) emulate.Answer {
	switch status {
	case http.StatusNotFound:
		return a.denied()
	case http.StatusMethodNotAllowed:
		return a.problem(http.StatusBadRequest, "Invalid Parameters!")
	}
	out := a.problem(http.StatusBadRequest, sentence)
	out.Status = status
	return out
}

// read reads the parameters of a request.
func (a *Emulator) read(next func(*emulate.Exchange, *input) emulate.Answer) func(*emulate.Exchange) emulate.Answer {
	return func(x *emulate.Exchange) emulate.Answer {
		if x.Method != http.MethodGet && x.Method != http.MethodPost {
			return a.Refuse(x.Path, http.StatusMethodNotAllowed, "")
		}
		in := newInput(x)
		out := emulate.Answer{}
		if in.problem == "" {
			out = next(x, in)
		}
		if in.problem != "" {
			x.Problem = in.problem // the vendor never says which parameter is invalid
			return a.problem(http.StatusBadRequest, "Invalid Parameters!")
		}
		return out
	}
}

// secret checks the secret, then the key's permission; an empty one is checked
// by the operation. A request without a secret has invalid parameters: that is
// how JSON bodies, which are not read, are answered (AndroidAPI reference §1.2).
func (a *Emulator) secret(permission string, next func(*emulate.Exchange, *input) emulate.Answer) func(*emulate.Exchange) emulate.Answer {
	return a.read(func(x *emulate.Exchange, in *input) emulate.Answer {
		secret := in.required("secret")
		switch {
		case in.problem != "":
			return emulate.Answer{}
		case secret != Secret:
			return a.problem(http.StatusUnauthorized, "Invalid API secret!")
		case permission != "" && !a.permits(permission):
			return a.denied()
		}
		return next(x, in)
	})
}

func (a *Emulator) permits(permission string) bool {
	return slices.Contains(a.data.Account.Permissions, permission)
}

func (a *Emulator) denied() emulate.Answer { return a.problem(http.StatusForbidden, "Access denied!") }

// success is an envelope with data. All parameters have been read by now: what
// is left over is of no use.
func (a *Emulator) success(in *input, message string, data any) emulate.Answer {
	in.ignore("no such parameter", slices.Sorted(maps.Keys(in.values))...)
	return a.envelope(http.StatusOK, message, data)
}

// problem is an envelope without data. Of its texts only "Invalid Parameters!"
// and "OTP is invalid or expired!" are documented.
func (a *Emulator) problem(status int, message string) emulate.Answer {
	return a.envelope(status, message, false)
}

func (a *Emulator) envelope(status int, message string, data any) emulate.Answer {
	httpStatus := http.StatusOK
	if a.settings.MirrorStatus && (status == http.StatusUnauthorized || status == http.StatusForbidden) {
		httpStatus = status
	}
	return emulate.JSON(httpStatus, map[string]any{"status": status, "message": message, "data": data})
}

// exhausted is the answer when credits or package are used up. None is
// documented (AndroidAPI reference §14.12).
func (a *Emulator) exhausted(message string) emulate.Answer {
	if a.settings.Exhausted400 {
		return a.problem(http.StatusBadRequest, message)
	}
	return a.problem(http.StatusForbidden, message)
}

// listPage is one page of rows.
func listPage[T any](a *Emulator, in *input, title string, rows []T) emulate.Answer {
	limit, page := in.number("limit", 10, 0), in.number("page", 1, 0)
	if in.problem != "" {
		return emulate.Answer{}
	}
	var shown []T
	// A page number may be as large as an integer gets: compare before multiplying.
	if pages := (len(rows)-1)/limit + 1; len(rows) > 0 && page <= pages {
		shown = rows[(page-1)*limit : min(len(rows), page*limit)]
	}
	if len(shown) == 0 {
		if a.settings.EmptyList404 {
			return a.nothing()
		}
		return a.success(in, title, []T{})
	}
	return a.success(in, title, shown)
}

func (a *Emulator) nothing() emulate.Answer {
	return a.problem(http.StatusNotFound, "Nothing was found!")
}
