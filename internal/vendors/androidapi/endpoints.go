package androidapi

import (
	"net/http"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// The calls of AndroidAPI that are used. Most travel as GET, whatever they do
// (AndroidAPI reference §1.2), so Read is not told by the method.
var (
	// SendOTPEndpoint makes and sends a code (AndroidAPI reference §7.1).
	SendOTPEndpoint = httpapi.Endpoint{
		Operation: "send_otp", Purpose: "send a code",
		Method: http.MethodPost, Path: "/send/otp", Encoding: otp.Multipart,
	}
	// VerifyOTPEndpoint checks a code. It is a GET and yet no repeatable call:
	// whether success uses the code up is not documented (§7.2).
	VerifyOTPEndpoint = httpapi.Endpoint{
		Operation: "get_otp", Purpose: "verify a code",
		Method: http.MethodGet, Path: "/get/otp", Encoding: otp.Query,
	}

	// DevicesEndpoint lists the linked devices (§4).
	DevicesEndpoint = read("get_devices", "/get/devices", "list the devices")
	// RatesEndpoint reads the prices of gateways and partner devices (§5).
	RatesEndpoint = read("get_rates", "/get/rates", "read the rates")
	// CreditsEndpoint reads the balance (§6.1).
	CreditsEndpoint = read("get_credits", "/get/credits", "read the credits")
	// SubscriptionEndpoint reads the package and its usage (§6.2).
	SubscriptionEndpoint = read("get_subscription", "/get/subscription", "read the subscription")

	// ServersEndpoint lists the WhatsApp servers of the package (§3.1).
	ServersEndpoint = read("wa_servers", "/get/wa.servers", "list the WhatsApp servers")
	// LinkEndpoint begins to link a WhatsApp account (§3.2).
	LinkEndpoint = httpapi.Endpoint{
		Operation: "wa_link", Purpose: "link a WhatsApp account",
		Method: http.MethodGet, Path: "/create/wa.link", Encoding: otp.Query,
	}
	// RelinkEndpoint links an account again that lost its connection (§3.5).
	RelinkEndpoint = httpapi.Endpoint{
		Operation: "wa_relink", Purpose: "link a WhatsApp account again",
		Method: http.MethodGet, Path: "/create/wa.relink", Encoding: otp.Query,
	}
	// QREndpoint draws the QR code of a link. Its token takes the place of the
	// secret (§3.3).
	QREndpoint = picture(public(read("wa_qr", "/get/wa.qr", "read the QR code of a WhatsApp link")))
	// InfoEndpoint says whether the QR code of a link was scanned; by token,
	// too (§3.4).
	InfoEndpoint = public(read("wa_info", "/get/wa.info", "check a WhatsApp link"))
	// AccountsEndpoint lists the WhatsApp accounts (§3.6).
	AccountsEndpoint = read("wa_accounts", "/get/wa.accounts", "list the WhatsApp accounts")
	// DeleteAccountEndpoint removes a WhatsApp account (§3.7).
	DeleteAccountEndpoint = httpapi.Endpoint{
		Operation: "wa_account_delete", Purpose: "delete a WhatsApp account",
		Method: http.MethodGet, Path: "/delete/wa.account", Encoding: otp.Query,
	}

	// SMSSentEndpoint lists the text messages that were sent (§9.1).
	SMSSentEndpoint = read("sms_sent", "/get/sms.sent", "list the sent SMS messages")
	// SMSPendingEndpoint lists the text messages that wait (§9.2).
	SMSPendingEndpoint = read("sms_pending", "/get/sms.pending", "list the pending SMS messages")
	// SMSMessageEndpoint reads one text message (§9.4).
	SMSMessageEndpoint = read("sms_message", "/get/sms.message", "read an SMS message")
	// WhatsAppSentEndpoint lists the WhatsApp messages that were sent (§9.6).
	WhatsAppSentEndpoint = read("wa_sent", "/get/wa.sent", "list the sent WhatsApp messages")
	// WhatsAppPendingEndpoint lists the WhatsApp messages that wait (§9.7).
	WhatsAppPendingEndpoint = read("wa_pending", "/get/wa.pending", "list the pending WhatsApp messages")
	// WhatsAppMessageEndpoint reads one WhatsApp message (§9.9).
	WhatsAppMessageEndpoint = read("wa_message", "/get/wa.message", "read a WhatsApp message")
)

func read(operation, path, purpose string) httpapi.Endpoint {
	return httpapi.Endpoint{
		Operation: operation, Purpose: purpose,
		Method: http.MethodGet, Path: path, Encoding: otp.Query, Read: true,
	}
}

func public(e httpapi.Endpoint) httpapi.Endpoint {
	e.Public = true
	return e
}

func picture(e httpapi.Endpoint) httpapi.Endpoint {
	e.Accept = "image/*, application/json"
	return e
}

// Endpoints lists every call that the client makes.
func Endpoints() []httpapi.Endpoint {
	return []httpapi.Endpoint{
		SendOTPEndpoint, VerifyOTPEndpoint,
		DevicesEndpoint, RatesEndpoint, CreditsEndpoint, SubscriptionEndpoint,
		ServersEndpoint, LinkEndpoint, RelinkEndpoint, QREndpoint, InfoEndpoint,
		AccountsEndpoint, DeleteAccountEndpoint,
		SMSSentEndpoint, SMSPendingEndpoint, SMSMessageEndpoint,
		WhatsAppSentEndpoint, WhatsAppPendingEndpoint, WhatsAppMessageEndpoint,
	}
}
