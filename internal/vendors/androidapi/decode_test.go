package androidapi

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

func success200(data string) string {
	return `{"status": 200, "message": "OK", "data": ` + data + `}`
}

func TestNumbersMayBeTextAndBack(t *testing.T) {
	t.Parallel()
	rates, err := answer(t, 200, asJSON, success200(`{
		"gateways": [{"id": "3", "name": "Carrier A", "currency": "USD", "pricing": {"default": 0.03, "countries": {"pk": 0.02, "us": "1e-2", "in": "0,04", "fr": null}}},
			{"id": 4, "pricing": {"default": "free"}}, {"id": 5}],
		"partners": [{"unique": "p-1", "sim": [1, "2"], "rate": "4", "priority": 1, "owner": "owner@example.org"}]}`)).Rates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := &Rates{
		Gateways: []Gateway{
			{ID: "3", Name: "Carrier A", Currency: "USD", Default: "0.03", Countries: map[string]httpapi.Decimal{"pk": "0.02", "us": "0.01", "in": "", "fr": ""}},
			{ID: "4", Countries: map[string]httpapi.Decimal{}},
			{ID: "5", Countries: map[string]httpapi.Decimal{}},
		},
		Partners: []Partner{{Unique: "p-1", SIM: Texts{"1", "2"}, Rate: "4", Priority: true, Owner: NewSecret("owner@example.org")}},
	}
	if diff := cmp.Diff(want, rates, cmp.AllowUnexported(httpapi.Secret{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEmptyDataOfEveryForm(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"false", "[]", "{}", "null", `""`} {
		client := answer(t, 200, asJSON, success200(data))
		if rates, err := client.Rates(t.Context()); err != nil || len(rates.Gateways)+len(rates.Partners) != 0 {
			t.Errorf("%s: rates %v, %v", data, rates, err)
		}
		if bundle, err := client.Subscription(t.Context()); err != nil || bundle.Name != "" {
			t.Errorf("%s: subscription %v, %v", data, bundle, err)
		}
		// Only what is documented as an empty list is one: what is taken for gone
		// leaves the state.
		documented := data == "false" || data == "[]"
		if rows, err := client.Devices(t.Context(), PageRequest{}); (err == nil) != documented || rows != nil {
			t.Errorf("%s: devices %v, %v", data, rows, err)
		}
		if rows, err := client.Servers(t.Context()); (err == nil) != documented || rows != nil {
			t.Errorf("%s: servers %v, %v", data, rows, err)
		}
		if err := client.DeleteAccount(t.Context(), accountHandle); err != nil {
			t.Errorf("%s: deletion %v", data, err)
		}
		if state, err := client.LinkState(t.Context(), firstToken); err != nil || state.Linked {
			t.Errorf("%s: link %v, %v", data, state, err)
		}
		if credits, err := client.Credits(t.Context()); err == nil {
			t.Errorf("%s: credits %v", data, credits)
		}
	}
	rates, err := answer(t, 200, asJSON, success200(`{"gateways": false, "partners": []}`)).Rates(t.Context())
	if err != nil || rates.Gateways != nil || rates.Partners != nil {
		t.Errorf("got %v, %v", rates, err)
	}
}

func TestAListWithoutDataIsNoEmptyList(t *testing.T) {
	t.Parallel()
	client := answer(t, 200, asJSON, `{"status": 200, "message": "ok"}`)
	if rows, err := client.Accounts(t.Context(), PageRequest{}); !httpapi.IsKind(err, httpapi.BadAnswer) {
		t.Errorf("got %v, %v", rows, err)
	}
	none := answer(t, 200, asJSON, `{"status": "404", "message": "none"}`)
	if rows, err := none.Accounts(t.Context(), PageRequest{}); err != nil || len(rows) != 0 {
		t.Errorf("404: got %v, %v", rows, err)
	}
}

// PHP writes a list as an object where items are missing.
func TestAListMayBeAnObject(t *testing.T) {
	t.Parallel()
	client := answer(t, 200, asJSON, success200(`{"10": {"unique": "c"}, "0": {"unique": "a"}, "2": {"unique": "b"}}`))
	rows, err := client.Devices(t.Context(), PageRequest{})
	if err != nil || len(rows) != 3 || rows[0].Unique != "a" || rows[1].Unique != "b" || rows[2].Unique != "c" {
		t.Errorf("got %v, %v", rows, err)
	}
	client = answer(t, 200, asJSON, success200(`{"unique": {"unique": "a"}}`))
	if rows, err := client.Devices(t.Context(), PageRequest{}); err == nil {
		t.Errorf("got %v", rows)
	}
}

func TestMomentsOfEveryForm(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 10, 1, 8, 55, 0, 0, time.UTC)
	for raw, want := range map[string]time.Time{
		"1790844900": day, `"1790844900"`: day, `"2026-10-01 08:55:00"`: day, `"2026-10-01T08:55:00Z"`: day,
		"1790844900000": day, `"1790844900000"`: day,
		"0": {}, "-1": {}, `""`: {}, "null": {}, "false": {}, `"soon"`: {},
	} {
		got := at(1)
		if err := json.Unmarshal([]byte(raw), &got); err != nil || !got.Equal(want) {
			t.Errorf("%s: got %v, %v", raw, got, err)
		}
	}
}

func TestTokenComesFromEitherLink(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{"qrstring": "2@A", "qrimagelink": "https://a.example/get/wa.qr?token=", "infolink": "https://a/?token=t3"}`:       "t3",
		`{"qrstring": "2@A", "infolink": "https://a.example//api/get/wa.info?token=t2"}`:                                    "t2",
		`{"qrstring": "2@A", "qrimagelink": "https://a.example/get/wa.qr?x=1&token=t1", "infolink": "https://a/?token=t2"}`: "t1",
		`{"qrstring": "2@A", "qrimagelink": "https://a.example/get/wa.qr", "infolink": "?token=t2"}`:                        "t2",
		`{"qrstring": "2@A", "qrimagelink": "::", "infolink": false}`:                                                       "",
		`{"qrstring": "2@A"}`: "",
	} {
		link, err := answer(t, 200, asJSON, success200(data)).Link(t.Context(), LinkRequest{})
		if err != nil || link.Token.Reveal() != want || link.QR.Reveal() != "2@A" {
			t.Errorf("%s: got %q, %v", data, link.Token.Reveal(), err)
		}
	}
}

func TestPhoneOfALinkedAccount(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{"unique": "u", "wid": "923001112233:7@s.whatsapp.net"}`:             "+923001112233",
		`{"unique": "u", "wid": "923001112233@s.whatsapp.net"}`:               "+923001112233",
		`{"unique": "u", "wid": "+923001112233:12@s.whatsapp.net"}`:           "+923001112233",
		`{"unique": "u", "phone": "+923001112233", "status": "connected"}`:    "+923001112233",
		`{"unique": "u", "phone": "", "wid": "", "status": "connected"}`:      "",
		`{"unique": "u", "wid": "@s.whatsapp.net", "phone": "+923001112233"}`: "+923001112233",
	} {
		state, err := answer(t, 200, asJSON, success200(data)).LinkState(t.Context(), firstToken)
		if err != nil || !state.Linked || state.Unique != "u" || state.Phone != want {
			t.Errorf("%s: got %+v, %v", data, state, err)
		}
	}
	state, err := answer(t, 200, asJSON, success200(`{"status": "waiting", "phone": ""}`)).LinkState(t.Context(), firstToken)
	if err != nil || state.Linked {
		t.Errorf("an account without a handle is linked: %+v, %v", state, err)
	}
}

func TestImageIsKnownByTypeOrByContent(t *testing.T) {
	t.Parallel()
	const png = "\x89PNG\r\n\x1a\n rest of the image"
	for _, test := range []struct{ declared, body, want string }{
		{"image/png", png, "image/png"},
		{"image/jpeg; q=1", "\xff\xd8\xff", "image/jpeg"},
		{"image/svg+xml", "<svg/>", "image/svg+xml"},
		{"application/octet-stream", png, "image/png"},
		{"text/plain", png, "image/png"},
		{"application/octet-stream", "nothing", ""},
		{"image/png", "", ""},
	} {
		image, err := answer(t, 200, test.declared, test.body).QRCode(t.Context(), firstToken)
		switch {
		case test.want == "" && !httpapi.IsKind(err, httpapi.BadAnswer):
			t.Errorf("%q %q: got %v, %v", test.declared, test.body, image, err)
		case test.want != "" && (err != nil || image.ContentType != test.want || string(image.Data) != test.body):
			t.Errorf("%q %q: got %v, %v", test.declared, test.body, image, err)
		}
	}
}

func TestMessageIsTheOneThatWasAskedFor(t *testing.T) {
	t.Parallel()
	for data, good := range map[string]bool{
		`{"id": 1042, "status": "sent"}`: true, `[{"id": "1042", "status": "sent"}]`: true, `{"2": {"id": "1042", "status": "sent"}}`: true,
		`{"id": 1043, "status": "sent"}`: false, `[{"id": 1042}, {"id": 1043}]`: false, `{"0": {"id": 1042}, "2": {"id": 1043}}`: false, `{"status": "sent"}`: false, `"sent"`: false,
	} {
		message, err := answer(t, 200, asJSON, success200(data)).SMSMessage(t.Context(), "1042")
		if good && (err != nil || message.Status != "sent") || !good && !httpapi.IsKind(err, httpapi.BadAnswer) {
			t.Errorf("%s: got %v, %v", data, message, err)
		}
	}
}

func TestAttachmentIsAnAddressOrNothing(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Text{
		"false": "", "null": "", `""`: "", `"https://androidapi.example/uploads/x.pdf"`: "https://androidapi.example/uploads/x.pdf",
	} {
		data := `{"id": 2201, "attachment": ` + raw + `}`
		message, err := answer(t, 200, asJSON, success200(data)).WhatsAppMessage(t.Context(), "2201")
		if err != nil || message.Attachment != want {
			t.Errorf("%s: got %v, %v", raw, message, err)
		}
	}
}

// TestFalseIsNothing: PHP writes false where there is nothing, which must not
// pass for a QR code.
func TestFalseIsNothing(t *testing.T) {
	t.Parallel()
	link, err := answer(t, 200, asJSON, success200(`{"qrstring": false, "already_connected": false}`)).Relink(t.Context(), RelinkRequest{})
	if !httpapi.IsKind(err, httpapi.BadAnswer) {
		t.Errorf("got %+v, %v", link, err)
	}
	link, err = answer(t, 200, asJSON, success200(`{"qrstring": false, "already_connected": true}`)).Relink(t.Context(), RelinkRequest{})
	if err != nil || link.QR.Reveal() != "" || !link.AlreadyConnected {
		t.Errorf("got %+v, %v", link, err)
	}
	devices, err := answer(t, 200, asJSON, success200(`[{"id": 7, "unique": "u", "name": 7, "partner_country": false, "partner_sim": false, "partner_rate": null, "created": false}]`)).Devices(t.Context(), PageRequest{})
	if diff := cmp.Diff([]Device{{ID: "7", Unique: "u", Name: "7"}}, devices); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
