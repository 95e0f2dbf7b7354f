package androidapi

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// answer starts a server with one answer for everything.
func answer(t *testing.T, status int, contentType, body string) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may have gone
	}))
	t.Cleanup(server.Close)
	return newTestClient(t, server.URL, "")
}

const asJSON = "application/json"

func TestErrorsSayWhatHappenedAndWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		operation string
		status    int
		kind      string
		body      string
		want      string
	}{
		"refused parameters": {
			"send_otp", 200, asJSON, `{"status": 400, "message": "Invalid Parameters!", "data": false}`,
			`Could not send a code at AndroidAPI: HTTP 200 with code 400: "Invalid Parameters!". Check the values of the request: AndroidAPI does not say which of them it refuses.`,
		},
		"wrong secret": {
			"get_devices", 200, asJSON, `{"status": 401, "message": "Invalid API secret!", "data": false}`,
			`Could not list the devices at AndroidAPI: HTTP 200 with code 401: "Invalid API secret!". Check OTP_ANDROIDAPI_SECRET, or androidapi.secret of the provider. The secret is in the AndroidAPI dashboard (Tools, API Keys).`,
		},
		"wrong secret mirrored": {
			"get_devices", 401, asJSON, `{"status": 401, "message": "Invalid API secret!", "data": false}`,
			`Could not list the devices at AndroidAPI: HTTP 401 with code 401: "Invalid API secret!". Check OTP_ANDROIDAPI_SECRET, or androidapi.secret of the provider. The secret is in the AndroidAPI dashboard (Tools, API Keys).`,
		},
		"permission of a key": {
			"get_rates", 200, asJSON, `{"status": 403, "message": "Access denied!", "data": false}`,
			`Could not read the rates at AndroidAPI: HTTP 200 with code 403: "Access denied!". Give the API key the permission "get_rates" in the AndroidAPI dashboard (Tools, API Keys).`,
		},
		"permission to verify": {
			"get_otp", 200, asJSON, `{"status": 403, "message": "Access denied!", "data": false}`,
			`Could not verify a code at AndroidAPI: HTTP 200 with code 403: "Access denied!". Give the API key the permission "otp" in the AndroidAPI dashboard (Tools, API Keys).`,
		},
		"unknown device": {
			"send_otp", 200, asJSON, `{"status": 404, "message": "Device doesn't exist!", "data": false}`,
			`Could not send a code at AndroidAPI: HTTP 200 with code 404: "Device doesn't exist!". Check the sender: AndroidAPI knows no such device, gateway or WhatsApp account.`,
		},
		"unknown account": {
			"wa_account_delete", 200, asJSON, `{"status": 404, "message": "WhatsApp account doesn't exist!", "data": false}`,
			`Could not delete a WhatsApp account at AndroidAPI: HTTP 200 with code 404: "WhatsApp account doesn't exist!". Check the WhatsApp account: AndroidAPI does not have it, or no longer.`,
		},
		"expired QR code": {
			"wa_info", 200, asJSON, `{"status": "404", "message": "QRCode doesn't exist!", "data": false}`,
			`Could not check a WhatsApp link at AndroidAPI: HTTP 200 with code 404: "QRCode doesn't exist!". The QR code has expired, or was scanned and used up. Ask for another one.`,
		},
		"credits used up": {
			"send_otp", 200, asJSON, `{"status": 403, "message": "Not enough credits!", "data": false}`,
			`Could not send a code at AndroidAPI: HTTP 200 with code 403: "Not enough credits!". Buy credits in the AndroidAPI dashboard, or send from a linked device.`,
		},
		"package used up": {
			"wa_link", 200, asJSON, `{"status": 400, "message": "Your package has no WhatsApp account left.", "data": false}`,
			`Could not link a WhatsApp account at AndroidAPI: HTTP 200 with code 400: "Your package has no WhatsApp account left". Look at the package in the AndroidAPI dashboard: it lacks this, or is used up.`,
		},
		"fault of the vendor": {
			"send_otp", 200, asJSON, `{"status": 500, "message": "Something went wrong!", "data": false}`,
			`Could not send a code at AndroidAPI: HTTP 200 with code 500: "Something went wrong!". AndroidAPI may have carried it out all the same, so it was not repeated. The fault is at AndroidAPI. Try again later.`,
		},
		"status that is not documented": {
			"send_otp", 200, asJSON, `{"status": 202, "message": "Queued.", "data": false}`,
			`Could not send a code at AndroidAPI: HTTP 200 with code 202: "Queued". AndroidAPI may have carried it out all the same, so it was not repeated. AndroidAPI does not document this answer. Check the base URL, or ask its support.`,
		},
		"WhatsApp server is not ready": {
			"wa_link", 200, asJSON, `{"status": 200, "message": "WhatsApp server is not ready!", "data": false}`,
			`Could not link a WhatsApp account at AndroidAPI: HTTP 200, its WhatsApp server made no QR code yet: "WhatsApp server is not ready!". Try again in a few seconds.`,
		},
		"message that is not there": {
			"wa_message", 200, asJSON, `{"status": 200, "message": "Message was found!", "data": []}`,
			`Could not read a WhatsApp message at AndroidAPI: HTTP 200: "Message was found!". Check the message ID. AndroidAPI finds a message once it is no longer pending.`,
		},
		"data of another type": {
			"get_credits", 200, asJSON, `{"status": 200, "message": "Remaining Credits", "data": {"credits": "a lot"}}`,
			`Could not read the credits at AndroidAPI: HTTP 200, the field data.credits of the answer has an unexpected type. Check the base URL of the vendor and any proxy on the way to it.`,
		},
		"page of a proxy": {
			"get_otp", 502, "text/html", `<h1>Bad Gateway</h1>`,
			`Could not verify a code at AndroidAPI: HTTP 502: "<h1>Bad Gateway</h1>". AndroidAPI may have carried it out all the same, so it was not repeated. The fault is at AndroidAPI. Try again later.`,
		},
		"page in place of a list": {
			"get_devices", 404, "text/html", `<h1>Not Found</h1>`,
			`Could not list the devices at AndroidAPI: HTTP 404, the server does not know the path /get/devices: "<h1>Not Found</h1>". Check the base URL of the vendor.`,
		},
		"page in place of an image": {
			"wa_qr", 200, "text/html", `<h1>Just a moment</h1>`,
			`Could not read the QR code of a WhatsApp link at AndroidAPI: HTTP 200, the answer is no image: "<h1>Just a moment</h1>". Check the base URL of the vendor and any proxy on the way to it.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := calls[test.operation](answer(t, test.status, test.kind, test.body), t.Context())
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestAnotherAPIsAnswerIsNoEmptyList: only an envelope with the body status 404
// says that a list is empty.
func TestAnotherAPIsAnswerIsNoEmptyList(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"error": "not found"}`, `[]`, `{"status": 404, "message": "Nothing", "data": [{"id": 1}]}`, ``} {
		rows, err := answer(t, 404, asJSON, body).Devices(t.Context(), PageRequest{})
		if err == nil {
			t.Errorf("%s is taken for %d rows", body, len(rows))
		}
	}
}

// TestNotScannedIsNoVerdictElsewhere: the body status 301 means something to
// get/wa.info only.
func TestNotScannedIsNoVerdictElsewhere(t *testing.T) {
	t.Parallel()
	body := `{"status": 301, "message": "Moved", "data": false}`
	for operation, call := range calls {
		err := call(answer(t, 200, asJSON, body), t.Context())
		if operation == "wa_info" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if !httpapi.IsKind(err, httpapi.BadAnswer) {
			t.Errorf("%s: got %v", operation, err)
		}
	}
}

func TestRefusalsSayThatNothingWasDone(t *testing.T) {
	t.Parallel()
	for _, operation := range sends {
		for _, body := range []string{"400", "401", "403", "404", "429", "500", "503"} {
			err := calls[operation](answer(t, 200, asJSON, `{"status": `+body+`, "message": "No", "data": false}`), t.Context())
			var failure *httpapi.Error
			if !errors.As(err, &failure) || failure.MaybeSent == slices.Contains([]string{"400", "401", "403", "404"}, body) {
				t.Errorf("%s, body status %s: %v", operation, body, err)
			}
		}
	}
}

func TestEveryCallNamesItsPermission(t *testing.T) {
	t.Parallel()
	for _, endpoint := range Endpoints() {
		err := calls[endpoint.Operation](answer(t, 200, asJSON, `{"status": 403, "message": "Access denied!", "data": false}`), t.Context())
		if err == nil || !strings.Contains(err.Error(), "the permission \"") {
			t.Errorf("%s: %v", endpoint.Operation, err)
		}
	}
}
