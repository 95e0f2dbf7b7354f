package myotp_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
)

func TestMyOTPTakesWhatAnyDocumentTakes(t *testing.T) {
	t.Parallel()
	for ranges, want := range map[string]map[string][]int{
		"":                  {"otp_length": {3, 8}, "otp_validity": {30, 86400}, "duration": {30, 14400}},
		myotp.RangesSeed:    {"otp_length": {3, 8}, "otp_validity": {30, 14400}, "duration": {30, 14400}},
		myotp.RangesOpenAPI: {"otp_length": {4, 8}, "otp_validity": {60, 86400}, "duration": {60, 14400}},
	} {
		s := sandboxtest.Open(t, sandbox.Options{Settings: sandbox.Settings{MyOTP: myotp.Settings{Ranges: ranges}}})
		id := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone}).Text("message_id")
		for field, bounds := range want {
			for i, bound := range bounds {
				for _, value := range []int{bound, bound + 2*i - 1} {
					path, body := "/generate_otp", sandboxtest.Fields{"phone_number": phone, "force_send": true, field: value}
					if field == "duration" {
						path, body = "/extend_otp", sandboxtest.Fields{"message_id": id, field: value}
					}
					got := sandboxtest.MyOTP(t, s, path, body)
					if taken := got.Status == http.StatusOK; taken != (value == bound) {
						t.Errorf("ranges %q, %s %d: %s", ranges, field, value, got.Raw)
					}
				}
			}
		}
	}
}

func TestMyOTPBrands(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	sandboxtest.Must(t, myotp.At(s).Update(func(a *myotp.Account) { a.Brand, a.DeniedBrands = "Acme", []string{"Globex"} }))
	send := func(brand string) sandboxtest.Response {
		body := sandboxtest.Fields{"phone_number": phone, "force_send": true}
		if brand != "" {
			body["brand"] = brand
		}
		return sandboxtest.MyOTP(t, s, "/generate_otp", body)
	}
	for _, brand := range []string{"", "Initech"} {
		got := send(brand)
		want := brand
		if want == "" {
			want = "Acme"
		}
		if message := sandboxtest.Last(t, s.Messages()); got.Status != http.StatusOK || message.Sender != want || !strings.Contains(message.Text, want) {
			t.Errorf("brand %q: %s, sent as %+v", brand, got.Raw, message)
		}
	}
	if got := send("GLOBEX"); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "brand is not allowed") || len(s.Messages()) != 2 {
		t.Errorf("a denied brand: %s", got.Raw)
	}
}

func TestMyOTPReportNamesThePhoneOfACodeThatWasUsedTwice(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	id := sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone}).Text("message_id")
	code := sandboxtest.Last(t, s.Messages()).Code
	for range 2 {
		sandboxtest.MyOTP(t, s, "/verify_otp", sandboxtest.Fields{"message_id": id, "otp": code})
	}
	rows, _ := sandboxtest.MyOTP(t, s, "/report", nil).Body["transactions"].([]any)
	if len(rows) != 3 {
		t.Fatalf("rows %v", rows)
	}
	for _, row := range rows {
		if row, _ := row.(sandboxtest.Fields); row["phone_number"] != phone || row["country"] != "USA" || row["message_id"] != id {
			t.Errorf("row %v", row)
		}
	}
}

func TestMyOTPRateAtTheEdge(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{Settings: sandbox.Settings{MyOTP: myotp.Settings{PerMinute: 3}}})
	var got []int
	for i := range 5 {
		if i == 4 {
			sandboxtest.Must(t, s.Advance(time.Minute))
		}
		got = append(got, sandboxtest.MyOTP(t, s, "/generate_otp", sandboxtest.Fields{"phone_number": phone, "force_send": true}).Status)
	}
	if want := []int{200, 200, 200, 429, 200}; !slices.Equal(got, want) || len(s.Messages()) != 4 {
		t.Errorf("answers %v with %d messages, want %v", got, len(s.Messages()), want)
	}
}

// Nobody who follows a link ends up at the vendor.
func TestMyOTPLinksStayInTheSandbox(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Open(t, sandbox.Options{})
	got, err := sandboxtest.Send(t, http.MethodGet, s.URL()+"/myotp/v1/agent/account", map[string]string{"X-API-Key": myotp.Key}, nil)
	sandboxtest.Must(t, err)
	links := strings.Count(got.Raw, "http")
	if links != 3 || strings.Count(got.Raw, s.URL()) != links {
		t.Errorf("links out of the sandbox: %s", got.Raw)
	}
	topup, _ := got.Body["topup"].(sandboxtest.Fields)
	quote, _ := topup["quote"].(string)
	if answer, err := sandboxtest.Send(t, http.MethodGet, quote, nil, nil); err != nil || answer.Status != http.StatusOK {
		t.Errorf("the quote: %v %s", err, answer.Raw)
	}
}
