package androidapi_test

import (
	"bytes"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"rsc.io/qr"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

const secondPhone = "+923007778899"

// byToken asks what needs no secret.
func byToken(t *testing.T, s *sandbox.Server, path, token string) sandboxtest.Response {
	t.Helper()
	return sandboxtest.Get(t, s, "/androidapi/api"+path+"?token="+token)
}

// shows checks that an image is the QR code of a text.
func shows(t *testing.T, image sandboxtest.Response, text string) {
	t.Helper()
	if media := image.Header.Get("Content-Type"); media != "image/png" {
		t.Fatalf("Content-Type %q: %s", media, image.Raw)
	}
	got, err := png.Decode(bytes.NewReader([]byte(image.Raw)))
	sandboxtest.Must(t, err)
	want, err := qr.Encode(text, qr.L)
	sandboxtest.Must(t, err)
	const margin = 4 // modules around the code
	scale := got.Bounds().Dx() / (want.Size + 2*margin)
	if scale < 2 || got.Bounds().Dx() != scale*(want.Size+2*margin) {
		t.Fatalf("an image of %v for %d modules", got.Bounds(), want.Size)
	}
	for y := range want.Size {
		for x := range want.Size {
			gray, _, _, _ := got.At((x+margin)*scale, (y+margin)*scale).RGBA()
			if black := gray == 0; black != want.Black(x, y) {
				t.Fatalf("module %d,%d is black: %v", x, y, black)
			}
		}
	}
}

// The whole life of an account, as a client sees it.
func TestWhatsAppLife(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, androidapi.At(s).Update(func(a *androidapi.Account) { a.WhatsApp, a.LinksNotReady = nil, 2 }))
	for range 2 {
		if got := sandboxtest.AndroidAPI(t, s, "/create/wa.link", nil); got.Body["data"] != false {
			t.Fatalf("not ready: %s", got.Raw)
		}
	}
	link := sandboxtest.AndroidAPI(t, s, "/create/wa.link", sandboxtest.Params{"sid": "2"})
	token, text := sandboxtest.TokenOf(t, link), ""
	text, _ = link.Data()["qrstring"].(string)
	if !strings.HasPrefix(text, "2@") || strings.Count(text, ",") != 3 {
		t.Errorf("qrstring %q", text)
	}
	for _, name := range []string{"qrimagelink", "infolink"} {
		if address, _ := link.Data()[name].(string); !strings.HasPrefix(address, s.URL()+"/androidapi/api/get/wa.") {
			t.Errorf("%s is %q", name, address)
		}
	}
	shows(t, byToken(t, s, "/get/wa.qr", token), text)
	if got := byToken(t, s, "/get/wa.info", token); got.Status != http.StatusOK || got.Verdict() != 301 || got.Body["data"] != false {
		t.Errorf("before the scan: %s", got.Raw)
	}
	if n := len(sandboxtest.AndroidAPI(t, s, "/get/wa.accounts", nil).Rows(t)); n != 0 {
		t.Errorf("%d accounts before the scan", n)
	}
	if waiting := androidapi.At(s).WhatsAppLinks(); len(waiting) != 1 || waiting[0].Token != token || waiting[0].QR != text || waiting[0].Expired {
		t.Errorf("waiting: %+v", waiting)
	}

	sandboxtest.Must(t, androidapi.At(s).ScanQR(token, secondPhone))
	info := byToken(t, s, "/get/wa.info", token)
	unique, _ := info.Data()["unique"].(string)
	if wid, _ := info.Data()["wid"].(string); !strings.HasPrefix(wid, "923007778899:") || !strings.HasSuffix(wid, "@s.whatsapp.net") || len(unique) != 56 {
		t.Errorf("after the scan: %s", info.Raw)
	}
	if got := byToken(t, s, "/get/wa.qr", token); got.Verdict() != 404 {
		t.Errorf("a scanned QR code is still shown: %s", got.Raw)
	}
	account := sandboxtest.Fields{"id": 1.0, "phone": secondPhone, "unique": unique, "status": "connected", "created": float64(sandboxtest.Start.Unix())}
	if diff := cmp.Diff([]sandboxtest.Fields{account}, sandboxtest.AndroidAPI(t, s, "/get/wa.accounts", nil).Rows(t)); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
	send := sandboxtest.ByWhatsApp()
	send["account"], send["priority"] = unique, "1"
	sandboxtest.SendOTP(t, s, send)
	if got := sandboxtest.Last(t, s.Messages()); got.Sender != secondPhone {
		t.Errorf("sent from %q", got.Sender)
	}

	sandboxtest.Must(t, androidapi.At(s).DisconnectWhatsApp(unique))
	if got := androidapi.At(s).WhatsAppAccounts(); len(got) != 1 || got[0].Status != androidapi.WhatsAppDisconnected {
		t.Errorf("disconnected: %+v", got)
	}
	sandboxtest.SendOTP(t, s, send)
	if n := len(s.Messages()); n != 1 {
		t.Errorf("%d messages: a disconnected account sends nothing", n)
	}
	relink := sandboxtest.AndroidAPI(t, s, "/create/wa.relink", sandboxtest.Params{"unique": unique})
	sandboxtest.Must(t, androidapi.At(s).ScanQR(sandboxtest.TokenOf(t, relink), secondPhone))
	if got := byToken(t, s, "/get/wa.info", sandboxtest.TokenOf(t, relink)).Data()["unique"]; got != unique {
		t.Errorf("the relinked account is %v, was %s", got, unique)
	}
	if got := sandboxtest.AndroidAPI(t, s, "/create/wa.relink", sandboxtest.Params{"unique": unique}); got.Data()["already_connected"] != true {
		t.Errorf("relinking again: %s", got.Raw)
	}
	sandboxtest.SendOTP(t, s, send)
	if n := len(s.Messages()); n != 2 {
		t.Errorf("%d messages after it was relinked", n)
	}

	if got := sandboxtest.AndroidAPI(t, s, "/delete/wa.account", sandboxtest.Params{"unique": unique}); got.Verdict() != 200 || got.Body["data"] != false {
		t.Errorf("delete: %s", got.Raw)
	}
	for what, got := range map[string]sandboxtest.Response{
		"delete": sandboxtest.AndroidAPI(t, s, "/delete/wa.account", sandboxtest.Params{"unique": unique}),
		"send":   sandboxtest.SendOTP(t, s, send),
		"relink": sandboxtest.AndroidAPI(t, s, "/create/wa.relink", sandboxtest.Params{"unique": unique}),
		"info":   byToken(t, s, "/get/wa.info", token),
	} {
		if got.Verdict() != 404 {
			t.Errorf("%s after the delete: %s", what, got.Raw)
		}
	}
	if n := len(androidapi.At(s).WhatsAppAccounts()); n != 0 {
		t.Errorf("%d accounts after the delete", n)
	}
}

func TestQRCodeExpires(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	token := sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.link", nil))
	sandboxtest.Must(t, s.Advance(59*time.Second))
	if got := byToken(t, s, "/get/wa.info", token); got.Verdict() != 301 {
		t.Errorf("a second early: %s", got.Raw)
	}
	sandboxtest.Must(t, s.Advance(time.Second))
	for _, path := range []string{"/get/wa.info", "/get/wa.qr"} {
		if got := byToken(t, s, path, token); got.Verdict() != 404 {
			t.Errorf("%s: %s", path, got.Raw)
		}
	}
	if err := androidapi.At(s).ScanQR(token, secondPhone); err == nil || !strings.Contains(err.Error(), "expired at 2026-10-01T09:01:00Z") {
		t.Errorf("ScanQR says %v", err)
	}
	other := sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.link", nil))
	sandboxtest.Must(t, androidapi.At(s).ExpireQR(other))
	if got := byToken(t, s, "/get/wa.qr", other); got.Verdict() != 404 {
		t.Errorf("expired by hand: %s", got.Raw)
	}
	if n := len(androidapi.At(s).WhatsAppAccounts()); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

func TestQRCodeIsReplacedUnderItsToken(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{Settings: sandbox.Settings{AndroidAPI: androidapi.Settings{RotateQR: true, QRSeconds: 20}}})
	link := sandboxtest.AndroidAPI(t, s, "/create/wa.link", nil)
	token := sandboxtest.TokenOf(t, link)
	first, _ := link.Data()["qrstring"].(string)
	shows(t, byToken(t, s, "/get/wa.qr", token), first)
	sandboxtest.Must(t, s.Advance(20*time.Second))
	image := byToken(t, s, "/get/wa.qr", token)
	second := androidapi.At(s).WhatsAppLinks()[0].QR
	if second == first {
		t.Error("the QR code is the same after it expired")
	}
	shows(t, image, second)
	sandboxtest.Must(t, androidapi.At(s).ExpireQR(token))
	sandboxtest.Must(t, androidapi.At(s).ScanQR(token, secondPhone))
	if got := byToken(t, s, "/get/wa.info", token); got.Verdict() != 200 {
		t.Errorf("after the scan: %s", got.Raw)
	}
}

func TestScanThatCannotBe(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, androidapi.At(s).DisconnectWhatsApp(sandboxtest.SupportUnique))
	fresh := sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.link", nil))
	done := sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.link", nil))
	sandboxtest.Must(t, androidapi.At(s).ScanQR(done, secondPhone))
	relink := sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.relink", sandboxtest.Params{"unique": sandboxtest.SupportUnique}))
	before := androidapi.At(s).WhatsAppAccounts()
	for want, scan := range map[string]struct{ token, phone string }{
		"write it like":             {fresh, "923007778899"},
		"none has the token":        {"0", "+923001234567"},
		"has been scanned by 92300": {done, "+923001234567"},
		"linked to another account": {relink, secondPhone},
	} {
		if err := androidapi.At(s).ScanQR(scan.token, scan.phone); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ScanQR says %v, want %q", err, want)
		}
	}
	if err := androidapi.At(s).ExpireQR(done); err == nil {
		t.Error("a scanned QR code expired")
	}
	if diff := cmp.Diff(before, androidapi.At(s).WhatsAppAccounts()); diff != "" {
		t.Errorf("a refused scan changed the accounts (-before +after):\n%s", diff)
	}
}

func TestScanWithAPhoneThatIsKnown(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, androidapi.At(s).DisconnectWhatsApp(sandboxtest.SupportUnique))
	sandboxtest.Must(t, androidapi.At(s).ScanQR(sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.link", nil)), sandboxtest.SupportPhone))
	want := []androidapi.WhatsAppAccount{{12, sandboxtest.SupportPhone, sandboxtest.SupportUnique, androidapi.WhatsAppConnected, 1700000000}}
	if diff := cmp.Diff(want, androidapi.At(s).WhatsAppAccounts()); diff != "" {
		t.Errorf("linked again (-want +got):\n%s", diff)
	}
	sandboxtest.Must(t, androidapi.At(s).DisconnectWhatsApp(sandboxtest.SupportUnique))
	sandboxtest.Must(t, androidapi.At(s).ScanQR(sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.relink", sandboxtest.Params{"unique": sandboxtest.SupportUnique})), secondPhone))
	want[0].Phone = secondPhone
	if diff := cmp.Diff(want, androidapi.At(s).WhatsAppAccounts()); diff != "" {
		t.Errorf("relinked with another phone (-want +got):\n%s", diff)
	}
}

func TestWhatsAppOverTheControlPath(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	token := sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.link", nil))
	if view := sandboxtest.Get(t, s, "/_sandbox/view"); !strings.Contains(view.Raw, token) {
		t.Error("the page does not show the link")
	}
	if image := sandboxtest.Get(t, s, "/_sandbox/androidapi/qr/"+token); image.Header.Get("Content-Type") != "image/png" {
		t.Errorf("the image: %s", image.Raw)
	}
	if got := sandboxtest.Get(t, s, "/_sandbox/androidapi/links"); !strings.Contains(got.Raw, `"token":"`+token+`"`) {
		t.Errorf("links: %s", got.Raw)
	}
	if got := sandboxtest.Post(t, s, "/_sandbox/androidapi/scan", sandboxtest.Fields{"token": token, "phone": secondPhone}); got.Status != http.StatusOK {
		t.Errorf("scan: %s", got.Raw)
	}
	if view := sandboxtest.Get(t, s, "/_sandbox/view"); strings.Contains(view.Raw, `"token":"`+token) {
		t.Error("the page still shows a scanned QR code")
	}
	if image := sandboxtest.Get(t, s, "/_sandbox/androidapi/qr/"+token); image.Status != http.StatusNotFound {
		t.Errorf("the image after the scan: HTTP status %d", image.Status)
	}
	sandboxtest.Post(t, s, "/_sandbox/androidapi/disconnect", sandboxtest.Fields{"unique": sandboxtest.SupportUnique})
	if got := sandboxtest.Get(t, s, "/_sandbox/androidapi/accounts"); strings.Count(got.Raw, `"status":"connected"`) != 1 || strings.Count(got.Raw, `"status":"disconnected"`) != 1 {
		t.Errorf("accounts: %s", got.Raw)
	}
	other := sandboxtest.TokenOf(t, sandboxtest.AndroidAPI(t, s, "/create/wa.link", nil))
	sandboxtest.Post(t, s, "/_sandbox/androidapi/expire", sandboxtest.Fields{"token": other})
	if got := sandboxtest.Get(t, s, "/_sandbox/androidapi/links"); !strings.Contains(got.Raw, `"expired":true`) {
		t.Errorf("links after one expired: %s", got.Raw)
	}
	sandboxtest.Post(t, s, "/_sandbox/androidapi/devices", sandboxtest.Fields{"count": 3})
	sandboxtest.Post(t, s, "/_sandbox/androidapi/gateways", sandboxtest.Fields{"count": 2})
	sandboxtest.Post(t, s, "/_sandbox/androidapi/messages", sandboxtest.Fields{"channel": "whatsapp", "count": 4})
	account := sandboxtest.Account(t, androidapi.At(s).Account)
	if len(account.Devices) != 5 || len(account.Gateways) != 4 || len(sandboxtest.AndroidAPI(t, s, "/get/wa.sent", nil).Rows(t)) != 4 {
		t.Errorf("%d devices, %d gateways", len(account.Devices), len(account.Gateways))
	}
}

// walk reads a list to its end, as clients have to: there are no totals.
func walk(t *testing.T, s *sandbox.Server, path, limit, id string) (seen []any, pages int) {
	t.Helper()
	for {
		pages++
		rows := sandboxtest.AndroidAPI(t, s, path, sandboxtest.Params{"limit": limit, "page": strconv.Itoa(pages)}).Rows(t)
		if len(rows) == 0 {
			return seen, pages
		}
		for _, row := range rows {
			seen = append(seen, row[id])
		}
	}
}

func TestPagesOfManyRows(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, androidapi.At(s).Update(func(a *androidapi.Account) { a.Devices = nil }))
	sandboxtest.Must(t, androidapi.At(s).AddDevices(500))
	sandboxtest.Must(t, androidapi.At(s).AddSentMessages("sms", 3000))
	sandboxtest.Must(t, androidapi.At(s).AddSentMessages("whatsapp", 3000))
	for _, test := range []struct {
		path, limit, id string
		rows, pages     int
	}{
		{"/get/devices", "100", "id", 500, 6},
		{"/get/devices", "33", "unique", 500, 17},
		{"/get/sms.sent", "100", "id", 3000, 31},
		{"/get/wa.sent", "999", "id", 3000, 5},
		{"/get/sms.pending", "100", "id", 0, 1},
	} {
		seen, pages := walk(t, s, test.path, test.limit, test.id)
		distinct := map[any]bool{}
		for _, id := range seen {
			distinct[id] = true
		}
		if len(seen) != test.rows || len(distinct) != test.rows || pages != test.pages {
			t.Errorf("%s: %d rows, %d distinct, on %d pages", test.path, len(seen), len(distinct), pages)
		}
	}
	if n := len(sandboxtest.AndroidAPI(t, s, "/get/sms.sent", nil).Rows(t)); n != 10 {
		t.Errorf("%d rows by default", n)
	}
	for _, beyond := range []sandboxtest.Params{{"page": "9223372036854775807"}, {"limit": "9223372036854775807", "page": "2"}} {
		if rows := sandboxtest.AndroidAPI(t, s, "/get/sms.sent", beyond).Rows(t); len(rows) != 0 {
			t.Errorf("%v: %d rows", beyond, len(rows))
		}
	}
	if rows := sandboxtest.AndroidAPI(t, s, "/get/sms.sent", sandboxtest.Params{"limit": "9223372036854775807"}).Rows(t); len(rows) != 3000 {
		t.Errorf("all at once: %d rows", len(rows))
	}
}
