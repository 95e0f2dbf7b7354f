package transaction_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
)

// september is a period with its last day, which a new sandbox is in.
func september(more map[string]any) map[string]any {
	arguments := map[string]any{"start_date": "2026-09-01", "end_date": "2026-10-01"}
	for name, value := range more {
		arguments[name] = value
	}
	return arguments
}

func transaction(vendor, id, phone, channel, status string, cost any, at string, application, description any) map[string]any {
	return map[string]any{
		"vendor": vendor, "message_id": id, "phone_number": phone, "channel": channel, "status": status, "cost": cost,
		"created_at": at, "application": application, "description": description,
		"message_type": nil, "force_send": nil, "client_ip": nil,
	}
}

// of is a row with what only MyOTP.App tells.
func of(messageType, forceSend, clientIP any, row map[string]any) map[string]any {
	row["message_type"], row["force_send"], row["client_ip"] = messageType, forceSend, clientIP
	return row
}

func sum(vendor string, count int64, cost, unit any) map[string]any {
	return map[string]any{"vendor": vendor, "count": count, "cost": cost, "unit": unit}
}

// myotpReport is a report whose description says more than it should.
const myotpReport = `{"total_count": 1, "total_pages": 1, "current_page": 1, "per_page": 100, "transactions": [{
	"message_id": "m-1", "phone_number": "14155550123", "cost": 1.25, "created_at": "2026-09-30T23:59:59Z", "message_type": 1, "force_send": false, "channel": "sms",
	"status": "delivered", "description": "OTP to +14155550123 for 203.0.113.5", "client_ip": "203.0.113.5", "application": "shop"}]}`

func TestTransactionsAreAsTheVendorsTellThem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reveal                       any
		american, pakistani, message string
		address                      string
	}{
		"masked":   {nil, "+14*****0123", "+92*****5566", "OTP to +14*****0123 for *****", "*****"},
		"revealed": {true, "+14155550123", "+923004445566", "OTP to +14155550123 for 203.0.113.5", "203.0.113.5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := providertest.NewSandbox(t)
			for _, channel := range []string{"sms", "whatsapp"} {
				if err := androidapi.At(s).AddSentMessages(channel, 2); err != nil {
					t.Fatal(err)
				}
				if err := s.Advance(30 * time.Second); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.SetDelivery("903", "failed"); err != nil {
				t.Fatal(err)
			}
			providertest.Answer(t, s, "myotp", "report", myotpReport)
			state := providertest.NewWalk(t, s, otp.AndroidAPI, otp.MyOTP).Reads("otp_transactions", september(map[string]any{"reveal_personal_data": test.reveal}))
			want := []any{ // of each vendor the newest first, whatever the channel
				transaction("androidapi", "904", test.pakistani, "whatsapp", "sent", nil, "2026-10-01T09:00:30Z", nil, nil),
				transaction("androidapi", "902", test.pakistani, "sms", "sent", nil, "2026-10-01T09:00:00Z", nil, nil),
				transaction("androidapi", "903", test.pakistani, "whatsapp", "failed", nil, "2026-10-01T08:59:30Z", nil, nil),
				transaction("androidapi", "901", test.pakistani, "sms", "sent", nil, "2026-10-01T08:59:00Z", nil, nil),
				of("1", false, test.address, transaction("myotp", "m-1", test.american, "sms", "delivered", "1.25", "2026-09-30T23:59:59Z", "shop", test.message)),
			}
			if diff := cmp.Diff(any(want), state["transactions"]); diff != "" {
				t.Error(diff)
			}
			totals := []any{sum("androidapi", 4, nil, nil), sum("myotp", 1, "1.25", "credits")}
			if diff := cmp.Diff(any(totals), state["totals"]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAPeriodWithoutTransactions(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]androidapi.Settings{"empty list": {}, "body status 404": {EmptyList404: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sandbox.StartForTest(t, sandbox.Options{Settings: sandbox.Settings{AndroidAPI: settings}})
			state := providertest.NewWalk(t, s, otp.AndroidAPI, otp.MyOTP).Reads("otp_transactions", september(nil))
			want := []any{sum("androidapi", 0, nil, nil), sum("myotp", 0, "0", "credits")}
			if diff := cmp.Diff(any(want), state["totals"]); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(any([]any{}), state["transactions"]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// AndroidAPI's lists take no dates: both ends of the period are ours to keep.
func TestAPeriodOfAndroidAPIHasBothItsDays(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	row := func(id, created string) string {
		return fmt.Sprintf(`{"id": %s, "status": "sent", "recipient": "+923001112233", "message": "Your code is 123456", "created": %s}`, id, created)
	}
	rows := []string{row("1", "1788220799"), row("2", "1788220800"), row("3", "1788307199"), row("4", "1788307200"), row("5", "null"), row("6", `"soon"`)}
	providertest.Answer(t, s, "androidapi", "sms_sent", `{"status": 200, "message": "Sent SMS Messages", "data": [`+strings.Join(rows, ",")+`]}`)
	state := providertest.NewWalk(t, s, otp.AndroidAPI).Reads("otp_transactions", map[string]any{"start_date": "2026-09-01", "end_date": "2026-09-01"})
	// A message without a date could be of any day: the last, but not hidden.
	if diff := cmp.Diff([]any{"3", "2", "5", "6"}, providertest.Column(state["transactions"], "message_id")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{"2026-09-01T23:59:59Z", "2026-09-01T00:00:00Z", nil, nil}, providertest.Column(state["transactions"], "created_at")); diff != "" {
		t.Error(diff)
	}
	if text := strings.Join(providertest.Everything(state), " "); strings.Contains(text, "123456") || strings.Contains(text, "Your code") {
		t.Errorf("the text of a message is in %s", text)
	}
}

// Groups have addresses in place of phone numbers.
func TestAWhatsAppAddressIsNoPhoneNumber(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	providertest.Answer(t, s, "androidapi", "wa_sent", `{"status": 200, "message": "Sent WhatsApp Chats", "data": [
		{"id": 1, "status": "sent", "recipient": "923001112233@s.whatsapp.net", "created": 1790000000},
		{"id": 2, "status": "sent", "recipient": "120363000000000001@g.us", "created": 1790000000}]}`)
	state := providertest.NewWalk(t, s, otp.AndroidAPI).Reads("otp_transactions", september(map[string]any{"reveal_personal_data": true}))
	if diff := cmp.Diff([]any{"+923001112233", nil}, providertest.Column(state["transactions"], "phone_number")); diff != "" {
		t.Error(diff)
	}
}

func TestManyTransactionsAreWholeAndInOrder(t *testing.T) {
	t.Parallel()
	sms := func(s *sandbox.Server, n int) error { return androidapi.At(s).AddSentMessages("sms", n) }
	chats := func(s *sandbox.Server, n int) error { return androidapi.At(s).AddSentMessages("whatsapp", n) }
	rows := func(s *sandbox.Server, n int) error { return myotp.At(s).AddTransactions(n) }
	const uuid = "00000000-0000-4000-8000-00000000"
	for name, test := range map[string]struct {
		vendor   otp.Vendor
		path     string
		add      func(s *sandbox.Server, n int) error
		more     int // that are added while the list is read
		count    int // those that later pages show are there, too
		newest   string
		requests map[string]int
	}{
		"SMS of AndroidAPI, growing":      {otp.AndroidAPI, "/get/sms.sent", sms, 1, 3000, "3900", map[string]int{"sms_sent": 31, "wa_sent": 1}},
		"WhatsApp of AndroidAPI, growing": {otp.AndroidAPI, "/get/wa.sent", chats, 150, 3050, "3950", map[string]int{"sms_sent": 1, "wa_sent": 32}},
		"MyOTP.App":                       {otp.MyOTP, "/report", rows, 0, 3000, uuid + "3000", map[string]int{"report": 30}},
		"MyOTP.App, growing":              {otp.MyOTP, "/report", rows, 150, 3050, uuid + "3050", map[string]int{"report": 32}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := providertest.NewSandbox(t)
			if err := test.add(s, 3000); err != nil {
				t.Fatal(err)
			}
			url := providertest.Before(t, s, test.path, func() error {
				// What comes later is newer, and pushes the others on.
				return errors.Join(s.Advance(24*time.Hour), test.add(s, test.more))
			})
			state := providertest.NewWalkAt(t, s, url, test.vendor).Reads("otp_transactions", september(map[string]any{"max_items": 5000, "start_date": "2026-09-02", "end_date": "2026-10-02"}))
			ids := providertest.Column(state["transactions"], "message_id")
			if len(ids) != test.count || !providertest.Distinct(ids) || ids[0] != test.newest {
				t.Fatalf("%d transactions from %v", len(ids), ids[:min(len(ids), 3)])
			}
			last := "9999"
			for i, at := range providertest.Column(state["transactions"], "created_at") {
				if at.(string) >= last {
					t.Fatalf("transaction %d of %v comes after one of %s", i, at, last)
				}
				last = at.(string)
			}
			if diff := cmp.Diff(test.requests, providertest.Requested(s)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMoreTransactionsThanAskedForOverAllVendors(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	if err := androidapi.At(s).AddSentMessages("sms", 30); err != nil {
		t.Fatal(err)
	}
	if err := myotp.At(s).AddTransactions(30); err != nil {
		t.Fatal(err)
	}
	w := providertest.NewWalk(t, s, otp.AndroidAPI, otp.MyOTP)
	for most, want := range map[int][]any{
		30: {sum("androidapi", 30, nil, nil), sum("myotp", 0, "0", "credits")},
		40: {sum("androidapi", 30, nil, nil), sum("myotp", 10, "10", "credits")},
	} {
		state := w.Warns("otp_transactions", september(map[string]any{"max_items": most}), fmt.Sprintf(`^There are more transactions: Reading stopped after %d rows`, most))
		if diff := cmp.Diff(any(want), state["totals"]); diff != "" {
			t.Error(diff)
		}
	}
	w.Reads("otp_transactions", september(map[string]any{"max_items": 60}))
}

// Its lists take no dates, so one reading serves every period of a walk.
func TestTheListsOfAndroidAPIAreReadOnceForAllPeriods(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	if err := androidapi.At(s).AddSentMessages("sms", 150); err != nil {
		t.Fatal(err)
	}
	w := providertest.NewWalk(t, s, otp.AndroidAPI)
	for month, count := range map[string]int64{"2026-09": 0, "2026-10": 150} {
		state := w.Reads("otp_transactions", map[string]any{"start_date": month + "-01", "end_date": month + "-28"})
		if diff := cmp.Diff(any([]any{sum("androidapi", count, nil, nil)}), state["totals"]); diff != "" {
			t.Errorf("%s: %s", month, diff)
		}
	}
	if diff := cmp.Diff(map[string]int{"sms_sent": 2, "wa_sent": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
}

func TestTransactionsOfOneVendorSurviveTheFailureOfAnother(t *testing.T) {
	t.Parallel()
	for _, permission := range []string{"get_sms_sent", "get_wa_sent"} {
		t.Run(permission, func(t *testing.T) {
			t.Parallel()
			s := providertest.Changed(t, providertest.Forbid(permission))
			if err := myotp.At(s).AddTransactions(2); err != nil {
				t.Fatal(err)
			}
			w := providertest.NewWalk(t, s, otp.AndroidAPI, otp.MyOTP)
			missing := `^AndroidAPI could not read the transactions: .*Give the API key the permission "` + permission + `"`
			state := w.Warns("otp_transactions", september(nil), missing+`.*Everything else was read and is there\.$`)
			if diff := cmp.Diff(any([]any{sum("myotp", 2, "2", "credits")}), state["totals"]); diff != "" {
				t.Error(diff)
			}
			w.Fails("otp_transactions", september(map[string]any{"vendors": providertest.SetOf("androidapi")}), missing)

			if err := myotp.At(s).Update(func(a *myotp.Account) { a.Plan = myotp.PlanStarter }); err != nil {
				t.Fatal(err)
			}
			_, diagnostics := w.Read("otp_transactions", september(nil))
			if len(diagnostics) != 2 {
				t.Fatalf("want an error of each vendor: %v", providertest.Texts(diagnostics))
			}
			for i, want := range []string{"AndroidAPI could not", "MyOTP.App could not"} {
				if d := diagnostics[i]; d.Severity != tfprotov6.DiagnosticSeverityError || !strings.HasPrefix(d.Summary, want) {
					t.Errorf("%s %q, want an error that begins with %q", d.Severity, d.Summary, want)
				}
			}
			if detail := diagnostics[1].Detail; !strings.Contains(detail, "API_REPORTING") || !strings.Contains(detail, "plan of the account lacks the feature") {
				t.Errorf("the feature is not named: %s", detail)
			}
		})
	}
}

func TestTransactionsAskOnlyVendorsWithCredentials(t *testing.T) {
	t.Parallel()
	s := providertest.NewSandbox(t)
	providertest.NewWalk(t, s, otp.MyOTP, otp.Octopush).Reads("otp_transactions", september(nil))
	if diff := cmp.Diff(map[string]int{"report": 1}, providertest.Requested(s)); diff != "" {
		t.Error(diff)
	}
	providertest.NewWalk(t, s, otp.Octopush).Fails("otp_transactions", september(nil),
		`^No vendor is configured: .*Set OTP_ANDROIDAPI_SECRET for AndroidAPI, OTP_MYOTP_API_KEY for MyOTP\.App, or write`)
}
