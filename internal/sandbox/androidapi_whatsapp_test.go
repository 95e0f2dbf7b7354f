package sandbox

import (
	"bytes"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"rsc.io/qr"
)

const secondPhone = "+923007778899"

// tokenOf is the token in the links of an answer.
func tokenOf(t *testing.T, got response) string {
	t.Helper()
	link, _ := got.data()["qrimagelink"].(string)
	address, err := url.Parse(link)
	must(t, err)
	token := address.Query().Get("token")
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(token) {
		t.Fatalf("token %q: %s", token, got.raw)
	}
	return token
}

// byToken asks what needs no secret.
func byToken(t *testing.T, s *Server, path, token string) response {
	t.Helper()
	return get(t, s, "/androidapi/api"+path+"?token="+token)
}

// shows checks that an image is the QR code of a text.
func shows(t *testing.T, image response, text string) {
	t.Helper()
	if media := image.header.Get("Content-Type"); media != "image/png" {
		t.Fatalf("Content-Type %q: %s", media, image.raw)
	}
	got, err := png.Decode(bytes.NewReader([]byte(image.raw)))
	must(t, err)
	want, err := qr.Encode(text, qr.L)
	must(t, err)
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
	s := open(t, Options{})
	must(t, s.UpdateAndroidAPI(func(a *AndroidAPIAccount) { a.WhatsApp, a.LinksNotReady = nil, 2 }))
	for range 2 {
		if got := androidGet(t, s, "/create/wa.link", nil); got.body["data"] != false {
			t.Fatalf("not ready: %s", got.raw)
		}
	}
	link := androidGet(t, s, "/create/wa.link", params{"sid": "2"})
	token, text := tokenOf(t, link), ""
	text, _ = link.data()["qrstring"].(string)
	if !strings.HasPrefix(text, "2@") || strings.Count(text, ",") != 3 {
		t.Errorf("qrstring %q", text)
	}
	for _, name := range []string{"qrimagelink", "infolink"} {
		if address, _ := link.data()[name].(string); !strings.HasPrefix(address, s.URL()+"/androidapi/api/get/wa.") {
			t.Errorf("%s is %q", name, address)
		}
	}
	shows(t, byToken(t, s, "/get/wa.qr", token), text)
	if got := byToken(t, s, "/get/wa.info", token); got.status != http.StatusOK || got.verdict() != 301 || got.body["data"] != false {
		t.Errorf("before the scan: %s", got.raw)
	}
	if n := len(androidGet(t, s, "/get/wa.accounts", nil).rows(t)); n != 0 {
		t.Errorf("%d accounts before the scan", n)
	}
	if waiting := s.WhatsAppLinks(); len(waiting) != 1 || waiting[0].Token != token || waiting[0].QR != text || waiting[0].Expired {
		t.Errorf("waiting: %+v", waiting)
	}

	must(t, s.ScanQR(token, secondPhone))
	info := byToken(t, s, "/get/wa.info", token)
	unique, _ := info.data()["unique"].(string)
	if wid, _ := info.data()["wid"].(string); !strings.HasPrefix(wid, "923007778899:") || !strings.HasSuffix(wid, "@s.whatsapp.net") || len(unique) != 56 {
		t.Errorf("after the scan: %s", info.raw)
	}
	if got := byToken(t, s, "/get/wa.qr", token); got.verdict() != 404 {
		t.Errorf("a scanned QR code is still shown: %s", got.raw)
	}
	account := fields{"id": 1.0, "phone": secondPhone, "unique": unique, "status": "connected", "created": float64(start.Unix())}
	if diff := cmp.Diff([]fields{account}, androidGet(t, s, "/get/wa.accounts", nil).rows(t)); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
	send := byWhatsApp()
	send["account"], send["priority"] = unique, "1"
	androidSendOTP(t, s, send)
	if got := last(t, s.Messages()); got.Sender != secondPhone {
		t.Errorf("sent from %q", got.Sender)
	}

	must(t, s.DisconnectWhatsApp(unique))
	if got := s.WhatsAppAccounts(); len(got) != 1 || got[0].Status != WhatsAppDisconnected {
		t.Errorf("disconnected: %+v", got)
	}
	androidSendOTP(t, s, send)
	if n := len(s.Messages()); n != 1 {
		t.Errorf("%d messages: a disconnected account sends nothing", n)
	}
	relink := androidGet(t, s, "/create/wa.relink", params{"unique": unique})
	must(t, s.ScanQR(tokenOf(t, relink), secondPhone))
	if got := byToken(t, s, "/get/wa.info", tokenOf(t, relink)).data()["unique"]; got != unique {
		t.Errorf("the relinked account is %v, was %s", got, unique)
	}
	if got := androidGet(t, s, "/create/wa.relink", params{"unique": unique}); got.data()["already_connected"] != true {
		t.Errorf("relinking again: %s", got.raw)
	}
	androidSendOTP(t, s, send)
	if n := len(s.Messages()); n != 2 {
		t.Errorf("%d messages after it was relinked", n)
	}

	if got := androidGet(t, s, "/delete/wa.account", params{"unique": unique}); got.verdict() != 200 || got.body["data"] != false {
		t.Errorf("delete: %s", got.raw)
	}
	for what, got := range map[string]response{
		"delete": androidGet(t, s, "/delete/wa.account", params{"unique": unique}),
		"send":   androidSendOTP(t, s, send),
		"relink": androidGet(t, s, "/create/wa.relink", params{"unique": unique}),
		"info":   byToken(t, s, "/get/wa.info", token),
	} {
		if got.verdict() != 404 {
			t.Errorf("%s after the delete: %s", what, got.raw)
		}
	}
	if n := len(s.WhatsAppAccounts()); n != 0 {
		t.Errorf("%d accounts after the delete", n)
	}
}

func TestQRCodeExpires(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	token := tokenOf(t, androidGet(t, s, "/create/wa.link", nil))
	must(t, s.Advance(59*time.Second))
	if got := byToken(t, s, "/get/wa.info", token); got.verdict() != 301 {
		t.Errorf("a second early: %s", got.raw)
	}
	must(t, s.Advance(time.Second))
	for _, path := range []string{"/get/wa.info", "/get/wa.qr"} {
		if got := byToken(t, s, path, token); got.verdict() != 404 {
			t.Errorf("%s: %s", path, got.raw)
		}
	}
	if err := s.ScanQR(token, secondPhone); err == nil || !strings.Contains(err.Error(), "expired at 2026-10-01T09:01:00Z") {
		t.Errorf("ScanQR says %v", err)
	}
	other := tokenOf(t, androidGet(t, s, "/create/wa.link", nil))
	must(t, s.ExpireQR(other))
	if got := byToken(t, s, "/get/wa.qr", other); got.verdict() != 404 {
		t.Errorf("expired by hand: %s", got.raw)
	}
	if n := len(s.WhatsAppAccounts()); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

func TestQRCodeIsReplacedUnderItsToken(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Settings: Settings{AndroidAPI: AndroidAPISettings{RotateQR: true, QRSeconds: 20}}})
	link := androidGet(t, s, "/create/wa.link", nil)
	token := tokenOf(t, link)
	first, _ := link.data()["qrstring"].(string)
	shows(t, byToken(t, s, "/get/wa.qr", token), first)
	must(t, s.Advance(20*time.Second))
	image := byToken(t, s, "/get/wa.qr", token)
	second := s.WhatsAppLinks()[0].QR
	if second == first {
		t.Error("the QR code is the same after it expired")
	}
	shows(t, image, second)
	must(t, s.ExpireQR(token))
	must(t, s.ScanQR(token, secondPhone))
	if got := byToken(t, s, "/get/wa.info", token); got.verdict() != 200 {
		t.Errorf("after the scan: %s", got.raw)
	}
}

func TestScanThatCannotBe(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.DisconnectWhatsApp(supportUnique))
	fresh := tokenOf(t, androidGet(t, s, "/create/wa.link", nil))
	done := tokenOf(t, androidGet(t, s, "/create/wa.link", nil))
	must(t, s.ScanQR(done, secondPhone))
	relink := tokenOf(t, androidGet(t, s, "/create/wa.relink", params{"unique": supportUnique}))
	before := s.WhatsAppAccounts()
	for want, scan := range map[string]struct{ token, phone string }{
		"write it like":             {fresh, "923007778899"},
		"none has the token":        {"0", "+923001234567"},
		"has been scanned by 92300": {done, "+923001234567"},
		"linked to another account": {relink, secondPhone},
	} {
		if err := s.ScanQR(scan.token, scan.phone); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ScanQR says %v, want %q", err, want)
		}
	}
	if err := s.ExpireQR(done); err == nil {
		t.Error("a scanned QR code expired")
	}
	if diff := cmp.Diff(before, s.WhatsAppAccounts()); diff != "" {
		t.Errorf("a refused scan changed the accounts (-before +after):\n%s", diff)
	}
}

func TestScanWithAPhoneThatIsKnown(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	must(t, s.DisconnectWhatsApp(supportUnique))
	must(t, s.ScanQR(tokenOf(t, androidGet(t, s, "/create/wa.link", nil)), supportPhone))
	want := []WhatsAppAccount{{12, supportPhone, supportUnique, WhatsAppConnected, 1700000000}}
	if diff := cmp.Diff(want, s.WhatsAppAccounts()); diff != "" {
		t.Errorf("linked again (-want +got):\n%s", diff)
	}
	must(t, s.DisconnectWhatsApp(supportUnique))
	must(t, s.ScanQR(tokenOf(t, androidGet(t, s, "/create/wa.relink", params{"unique": supportUnique})), secondPhone))
	want[0].Phone = secondPhone
	if diff := cmp.Diff(want, s.WhatsAppAccounts()); diff != "" {
		t.Errorf("relinked with another phone (-want +got):\n%s", diff)
	}
}

func TestWhatsAppOverTheControlPath(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	token := tokenOf(t, androidGet(t, s, "/create/wa.link", nil))
	if page := get(t, s, "/"); !strings.Contains(page.raw, token) || !strings.Contains(page.raw, "/_sandbox/androidapi/scan") {
		t.Error("the inbox does not say how to scan")
	}
	if got := get(t, s, "/_sandbox/androidapi/links"); !strings.Contains(got.raw, `"token":"`+token+`"`) {
		t.Errorf("links: %s", got.raw)
	}
	if got := post(t, s, "/_sandbox/androidapi/scan", fields{"token": token, "phone": secondPhone}); got.status != http.StatusOK {
		t.Errorf("scan: %s", got.raw)
	}
	if page := get(t, s, "/"); strings.Contains(page.raw, token) {
		t.Error("the inbox still shows a scanned QR code")
	}
	post(t, s, "/_sandbox/androidapi/disconnect", fields{"unique": supportUnique})
	if got := get(t, s, "/_sandbox/androidapi/accounts"); strings.Count(got.raw, `"status":"connected"`) != 1 || strings.Count(got.raw, `"status":"disconnected"`) != 1 {
		t.Errorf("accounts: %s", got.raw)
	}
	other := tokenOf(t, androidGet(t, s, "/create/wa.link", nil))
	post(t, s, "/_sandbox/androidapi/expire", fields{"token": other})
	if got := get(t, s, "/_sandbox/androidapi/links"); !strings.Contains(got.raw, `"expired":true`) {
		t.Errorf("links after one expired: %s", got.raw)
	}
	post(t, s, "/_sandbox/androidapi/devices", fields{"count": 3})
	post(t, s, "/_sandbox/androidapi/gateways", fields{"count": 2})
	post(t, s, "/_sandbox/androidapi/messages", fields{"channel": "whatsapp", "count": 4})
	account := s.androidapi.data.Account
	if len(account.Devices) != 5 || len(account.Gateways) != 4 || len(androidGet(t, s, "/get/wa.sent", nil).rows(t)) != 4 {
		t.Errorf("%d devices, %d gateways", len(account.Devices), len(account.Gateways))
	}
}

// walk reads a list to its end, as clients have to: there are no totals.
func walk(t *testing.T, s *Server, path, limit, id string) (seen []any, pages int) {
	t.Helper()
	for {
		pages++
		rows := androidGet(t, s, path, params{"limit": limit, "page": strconv.Itoa(pages)}).rows(t)
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
	s := open(t, Options{})
	must(t, s.UpdateAndroidAPI(func(a *AndroidAPIAccount) { a.Devices = nil }))
	must(t, s.AddDevices(500))
	must(t, s.AddSentMessages("sms", 3000))
	must(t, s.AddSentMessages("whatsapp", 3000))
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
	if n := len(androidGet(t, s, "/get/sms.sent", nil).rows(t)); n != 10 {
		t.Errorf("%d rows by default", n)
	}
	for _, beyond := range []params{{"page": "9223372036854775807"}, {"limit": "9223372036854775807", "page": "2"}} {
		if rows := androidGet(t, s, "/get/sms.sent", beyond).rows(t); len(rows) != 0 {
			t.Errorf("%v: %d rows", beyond, len(rows))
		}
	}
	if rows := androidGet(t, s, "/get/sms.sent", params{"limit": "9223372036854775807"}).rows(t); len(rows) != 3000 {
		t.Errorf("all at once: %d rows", len(rows))
	}
}
