package sandbox

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"time"
)

// AndroidAPISettings choose a reading where AndroidAPI's documents are silent
// or disagree (AndroidAPI reference §14). The zero value is the default reading.
type AndroidAPISettings struct {
	// MirrorStatus answers a body status of 401 and 403 with the same HTTP
	// status. False: HTTP 200 around every envelope.
	MirrorStatus bool `json:"mirror_status"`
	// EmptyList404 answers an empty list with body status 404 and data false.
	// False: an empty array.
	EmptyList404 bool `json:"empty_list_404"`
	// MessageID is the key of a send's message ID: MessageIDCamel (the default),
	// MessageIDLower or MessageIDNone.
	MessageID string `json:"message_id"`
	// SingleAsArray answers a single message as an array of one. False: an object.
	SingleAsArray bool `json:"single_as_array"`
	// ReusableCodes lets a code verify until it expires. False: once.
	ReusableCodes bool `json:"reusable_codes"`
	// LeadingZeros makes codes that may begin with 0, which the number in the
	// send's answer then loses. False: codes begin with 1 to 9, as in every sample.
	LeadingZeros bool `json:"leading_zeros"`
	// OptionalPlaceholder sends a message without {{otp}}, and without a code.
	// False: such a message is refused.
	OptionalPlaceholder bool `json:"optional_placeholder"`
	// Exhausted400 answers 400 to a send without credits or package left. False: 403.
	Exhausted400 bool `json:"exhausted_400"`
	// PendingSeconds is how long a message waits among the pending ones. 0 means
	// 5 seconds, below 0 not at all.
	PendingSeconds int `json:"pending_seconds"`
	// RefuseDisconnected answers 404 to a send from a disconnected WhatsApp
	// account. False: the message is taken and fails.
	RefuseDisconnected bool `json:"refuse_disconnected"`
	// ShortDevices leaves out what newer versions do not tell about a device.
	ShortDevices bool `json:"short_devices"`
	// RequireServer makes sid required when linking, as in older versions.
	RequireServer bool `json:"require_server"`
	// QRSeconds is how long a QR code lives. 0 means 60 seconds.
	QRSeconds int `json:"qr_seconds"`
	// RotateQR replaces an expired QR code under the same token. False: the
	// token is gone and a new link is needed.
	RotateQR bool `json:"rotate_qr"`
	// InfoWaiting200 answers status 200 and data false while nobody has scanned.
	// False: status 301.
	InfoWaiting200 bool `json:"info_waiting_200"`
	// InfoPhone tells status, unique and phone after a scan. False: wid and unique.
	InfoPhone bool `json:"info_phone"`
	// RelinkConnected gives a QR code for a connected account too. False:
	// already_connected.
	RelinkConnected bool `json:"relink_connected"`
	// RelinkInfoLink adds the infolink to a relink's answer. False: it is left
	// out, as in the samples.
	RelinkInfoLink bool `json:"relink_infolink"`
}

// The keys of a send's message ID.
const (
	MessageIDCamel = "messageId" // the vendor's connector
	MessageIDLower = "messageid" // another instance's documentation
	MessageIDNone  = "none"      // the vendor's own sample
)

func (s *AndroidAPISettings) check() error {
	if s.MessageID == "" {
		s.MessageID = MessageIDCamel
	}
	if known := []string{MessageIDCamel, MessageIDLower, MessageIDNone}; !slices.Contains(known, s.MessageID) {
		return fmt.Errorf("AndroidAPI setting message_id is %q: it is one of %q", s.MessageID, known)
	}
	if s.PendingSeconds == 0 {
		s.PendingSeconds = 5
	}
	if s.QRSeconds < 0 {
		return fmt.Errorf("AndroidAPI setting qr_seconds is %d: it is 0 for the default or more", s.QRSeconds)
	}
	if s.QRSeconds == 0 {
		s.QRSeconds = 60
	}
	return nil
}

type androidapi struct {
	settings AndroidAPISettings
	data     androidState
}

type androidState struct {
	Account  AndroidAPIAccount `json:"account"`
	Codes    []*androidCode    `json:"codes"`    // oldest first
	Messages []*androidMessage `json:"messages"` // oldest first
	Links    []*androidLink    `json:"links"`    // oldest first
	LastID   int               `json:"last_id"`  // of the last message
}

// androidCode is one code that was sent.
type androidCode struct {
	Phone     string    `json:"phone"`
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
	Used      bool      `json:"used"`
}

const androidSecret = "sandbox_androidapi_secret_0123456789abcd"

func newAndroidAPI(settings AndroidAPISettings) *androidapi {
	a := &androidapi{settings: settings}
	a.reset()
	return a
}

func (a *androidapi) name() string   { return "androidapi" }
func (a *androidapi) prefix() string { return "/androidapi/api" }
func (a *androidapi) state() any     { return a.data }

func (a *androidapi) credentials() credentials {
	return credentials{map[string]string{"OTP_ANDROIDAPI_SECRET": androidSecret}, []string{"secret"}}
}

func (a *androidapi) restore(state []byte) error {
	var data androidState
	if err := json.Unmarshal(state, &data); err != nil {
		return err
	}
	a.data = data
	return data.Account.check()
}

func (a *androidapi) reset() {
	a.data = androidState{Account: androidAccount(), LastID: 900}
}

// operations are served to GET and POST alike: which verb goes where is
// documented in more than one way (AndroidAPI reference §1.2).
func (a *androidapi) operations() []operation {
	return []operation{
		{"send_otp", "", "/send/otp", a.secret("otp", a.sendOTP)},
		{"get_otp", "", "/get/otp", a.secret("otp", a.verifyOTP)},
		{"get_devices", "", "/get/devices", a.secret("get_devices", a.getDevices)},
		{"get_rates", "", "/get/rates", a.secret("get_rates", a.getRates)},
		{"get_credits", "", "/get/credits", a.secret("get_credits", a.getCredits)},
		{"get_subscription", "", "/get/subscription", a.secret("get_subscription", a.getSubscription)},
		{"get_earnings", "", "/get/earnings", a.secret("get_earnings", a.getEarnings)},
		{"wa_servers", "", "/get/wa.servers", a.secret("create_whatsapp", a.waServers)},
		{"wa_link", "", "/create/wa.link", a.secret("create_whatsapp", a.waLink)},
		{"wa_qr", "", "/get/wa.qr", a.read(a.waQR)},
		{"wa_info", "", "/get/wa.info", a.read(a.waInfo)},
		{"wa_relink", "", "/create/wa.relink", a.secret("create_whatsapp", a.waRelink)},
		{"wa_accounts", "", "/get/wa.accounts", a.secret("get_wa_accounts", a.waAccounts)},
		{"wa_account_delete", "", "/delete/wa.account", a.secret("delete_wa_account", a.waDelete)},
		{"validate_whatsapp", "", "/validate/whatsapp", a.secret("validate_wa_phone", a.waValidate)},
		{"sms_sent", "", "/get/sms.sent", a.secret("get_sms_sent", a.sent("sms", "Sent SMS Messages"))},
		{"sms_pending", "", "/get/sms.pending", a.secret("get_sms_pending", a.pending("sms", "Pending SMS Messages"))},
		{"sms_message", "", "/get/sms.message", a.secret("", a.message("sms", "sms"))},
		{"wa_sent", "", "/get/wa.sent", a.secret("get_wa_sent", a.sent("whatsapp", "Sent WhatsApp Chats"))},
		{"wa_pending", "", "/get/wa.pending", a.secret("get_wa_pending", a.pending("whatsapp", "Pending WhatsApp Chats"))},
		{"wa_message", "", "/get/wa.message", a.secret("", a.message("whatsapp", "wa"))},
	}
}

// refuse answers a page, not an envelope: what the vendor answers to an unknown
// path is not documented, and a body status 404 over HTTP 200 could pass for an
// empty list.
func (a *androidapi) refuse(_ string, status int, sentence string) answer {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return answer{
		status, http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		[]byte("<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1><p>" + html.EscapeString(sentence) + "</p></body></html>"),
	}
}

// read reads the parameters of a request.
func (a *androidapi) read(next func(*exchange, *androidInput) answer) func(*exchange) answer {
	return func(x *exchange) answer {
		if x.method != http.MethodGet && x.method != http.MethodPost {
			return a.refuse(x.path, http.StatusMethodNotAllowed, x.method+" "+x.path)
		}
		in := newAndroidInput(x)
		out := answer{}
		if in.problem == "" {
			out = next(x, in)
		}
		if in.problem != "" {
			x.problem = in.problem // the vendor never says which parameter is invalid
			return a.problem(http.StatusBadRequest, "Invalid Parameters!")
		}
		return out
	}
}

// secret checks the secret, then the key's permission; an empty one is checked
// by the operation. A request without a secret has invalid parameters: that is
// how JSON bodies, which are not read, are answered (AndroidAPI reference §1.2).
func (a *androidapi) secret(permission string, next func(*exchange, *androidInput) answer) func(*exchange) answer {
	return a.read(func(x *exchange, in *androidInput) answer {
		secret := in.required("secret")
		switch {
		case in.problem != "":
			return answer{}
		case secret != androidSecret:
			return a.problem(http.StatusUnauthorized, "Invalid API secret!")
		case permission != "" && !a.permits(permission):
			return a.denied()
		}
		return next(x, in)
	})
}

func (a *androidapi) permits(permission string) bool {
	return slices.Contains(a.data.Account.Permissions, permission)
}

func (a *androidapi) denied() answer { return a.problem(http.StatusForbidden, "Access denied!") }

// success is an envelope with data. All parameters have been read by now: what
// is left over is of no use.
func (a *androidapi) success(in *androidInput, message string, data any) answer {
	in.ignore("no such parameter", slices.Sorted(maps.Keys(in.values))...)
	return a.envelope(http.StatusOK, message, data)
}

// problem is an envelope without data. Of its texts only "Invalid Parameters!"
// and "OTP is invalid or expired!" are documented.
func (a *androidapi) problem(status int, message string) answer {
	return a.envelope(status, message, false)
}

func (a *androidapi) envelope(status int, message string, data any) answer {
	httpStatus := http.StatusOK
	if a.settings.MirrorStatus && (status == http.StatusUnauthorized || status == http.StatusForbidden) {
		httpStatus = status
	}
	return jsonAnswer(httpStatus, map[string]any{"status": status, "message": message, "data": data})
}

// exhausted is the answer when credits or package are used up. None is
// documented (AndroidAPI reference §14.12).
func (a *androidapi) exhausted(message string) answer {
	if a.settings.Exhausted400 {
		return a.problem(http.StatusBadRequest, message)
	}
	return a.problem(http.StatusForbidden, message)
}

// listPage is one page of rows.
func listPage[T any](a *androidapi, in *androidInput, title string, rows []T) answer {
	limit, page := in.number("limit", 10, 0), in.number("page", 1, 0)
	if in.problem != "" {
		return answer{}
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

func (a *androidapi) nothing() answer { return a.problem(http.StatusNotFound, "Nothing was found!") }
