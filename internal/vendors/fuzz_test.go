package vendors_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// operation is one call of one client; value reports whether it gave one.
type operation struct {
	folder string // of its contract files
	call   func(context.Context, *vendors.Clients) (value bool, err error)
}

// calls makes an operation from a client's method.
func calls[C, V any](folder string, client func(*vendors.Clients) (C, error), method func(C, context.Context) (V, error)) operation {
	return operation{folder, func(ctx context.Context, clients *vendors.Clients) (bool, error) {
		c, err := client(clients)
		if err != nil {
			return false, err
		}
		_, err = method(c, ctx)
		return err == nil, err
	}}
}

func operations() []operation {
	a, m, o, w := (*vendors.Clients).AndroidAPI, (*vendors.Clients).MyOTP, (*vendors.Clients).Octopush, (*vendors.Clients).Way2API
	page := androidapi.PageRequest{}
	return []operation{
		calls("androidapi/send_otp", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.Sent, error) {
			return c.SendOTP(ctx, androidapi.SendRequest{})
		}),
		calls("androidapi/get_otp", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.Verification, error) {
			return c.VerifyOTP(ctx, "123456")
		}),
		calls("androidapi/get_devices", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.Device, error) {
			return c.Devices(ctx, page)
		}),
		calls("androidapi/get_rates", a, (*androidapi.Client).Rates),
		calls("androidapi/get_credits", a, (*androidapi.Client).Credits),
		calls("androidapi/get_subscription", a, (*androidapi.Client).Subscription),
		calls("androidapi/get_earnings", a, (*androidapi.Client).Earnings),
		calls("androidapi/wa_servers", a, (*androidapi.Client).Servers),
		calls("androidapi/wa_link", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.Link, error) {
			return c.Link(ctx, androidapi.LinkRequest{})
		}),
		calls("androidapi/wa_relink", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.Link, error) {
			return c.Relink(ctx, androidapi.RelinkRequest{Unique: "9f86d081"})
		}),
		calls("androidapi/wa_qr", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.Image, error) {
			return c.QRCode(ctx, "token")
		}),
		calls("androidapi/wa_info", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.LinkState, error) {
			return c.LinkState(ctx, "token")
		}),
		calls("androidapi/wa_accounts", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.Account, error) {
			return c.Accounts(ctx, page)
		}),
		calls("androidapi/wa_account_delete", a, func(c *androidapi.Client, ctx context.Context) (bool, error) {
			return true, c.DeleteAccount(ctx, "9f86d081")
		}),
		calls("androidapi/validate_whatsapp", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.Validated, error) {
			return c.ValidateWhatsApp(ctx, androidapi.ValidateRequest{})
		}),
		calls("androidapi/sms_sent", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.SMSMessage, error) {
			return c.SMSSent(ctx, page)
		}),
		calls("androidapi/sms_pending", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.SMSMessage, error) {
			return c.SMSPending(ctx, page)
		}),
		calls("androidapi/sms_message", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.SMSMessage, error) {
			return c.SMSMessage(ctx, "1")
		}),
		calls("androidapi/wa_sent", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.WhatsAppMessage, error) {
			return c.WhatsAppSent(ctx, page)
		}),
		calls("androidapi/wa_pending", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.WhatsAppMessage, error) {
			return c.WhatsAppPending(ctx, page)
		}),
		calls("androidapi/wa_message", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.WhatsAppMessage, error) {
			return c.WhatsAppMessage(ctx, "1")
		}),
		calls("myotp/generate_otp", m, func(c *myotp.Client, ctx context.Context) (*myotp.Generated, error) {
			return c.GenerateOTP(ctx, myotp.GenerateRequest{})
		}),
		calls("myotp/verify_otp", m, func(c *myotp.Client, ctx context.Context) (*myotp.Verification, error) {
			return c.VerifyOTP(ctx, myotp.VerifyRequest{})
		}),
		calls("myotp/extend_otp", m, func(c *myotp.Client, ctx context.Context) (*myotp.Extended, error) {
			return c.ExtendOTP(ctx, "id", 60)
		}),
		calls("myotp/check_otp_status", m, func(c *myotp.Client, ctx context.Context) (*myotp.MessageStatus, error) {
			return c.CheckOTPStatus(ctx, "id")
		}),
		calls("myotp/report", m, func(c *myotp.Client, ctx context.Context) (*myotp.ReportPage, error) {
			return c.Report(ctx, myotp.ReportRequest{})
		}),
		calls("myotp/me", m, (*myotp.Client).Me),
		calls("myotp/account", m, (*myotp.Client).AgentAccount),
		calls("myotp/topup_quote", m, func(c *myotp.Client, ctx context.Context) (*myotp.Quote, error) { return c.TopupQuote(ctx, 100) }),
		calls("octopush/otp_generate", o, func(c *octopush.Client, ctx context.Context) (*octopush.Generated, error) {
			return c.Generate(ctx, octopush.GenerateRequest{})
		}),
		calls("octopush/otp_validate", o, func(c *octopush.Client, ctx context.Context) (*octopush.Validation, error) {
			return c.Validate(ctx, octopush.ValidateRequest{})
		}),
		calls("octopush/check_balance", o, func(c *octopush.Client, ctx context.Context) (*octopush.Balance, error) {
			return c.CheckBalance(ctx, octopush.BalanceRequest{})
		}),
		calls("octopush/check_credits", o, func(c *octopush.Client, ctx context.Context) (map[string]octopush.Credits, error) {
			return c.CheckCredits(ctx)
		}),
		calls("octopush/monthly_consumption", o, func(c *octopush.Client, ctx context.Context) (*octopush.Consumption, error) {
			return c.MonthlyConsumption(ctx, octopush.ConsumptionRequest{})
		}),
		calls("octopush/subaccount", o, func(c *octopush.Client, ctx context.Context) (*octopush.SubAccount, error) {
			return c.SubAccount(ctx, "ops@example.test")
		}),
		calls("way2api/send_otp_pin", w, func(c *way2api.Client, ctx context.Context) (*way2api.Sent, error) {
			return c.SendOTPPIN(ctx, way2api.SendRequest{})
		}),
		calls("way2api/pricing", w, (*way2api.Client).Pricing),
	}
}

// scripted is a vendor that gives one answer to everything.
type scripted struct {
	status      int
	contentType string
	body        []byte
}

// patience is what a call may take before it counts as hanging.
const patience = 20 * time.Second

func FuzzAnswers(f *testing.F) {
	all := operations()
	for number, o := range all {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(o.folder), "testdata", "contract", filepath.Base(o.folder), "*.json"))
		if err != nil || len(files) == 0 {
			f.Fatalf("%s has no contract files (%v)", o.folder, err)
		}
		for _, file := range files {
			status, body := answer(f, file)
			f.Add(uint8(number), uint16(status), "application/json", body)
			f.Add(uint8(number), uint16(status), "text/html", body)
			f.Add(uint8(number), uint16(status), "application/json", body[:len(body)/2])
		}
	}
	var script atomic.Pointer[scripted]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s := script.Load()
		w.Header().Set("Content-Type", s.contentType)
		w.WriteHeader(s.status)
		// A client that has read enough may have hung up.
		_, _ = w.Write(s.body)
	}))
	f.Cleanup(server.Close)
	clients := vendors.New(vendors.Config{Accounts: map[otp.Vendor]httpapi.Account{
		otp.AndroidAPI: {Credentials: map[string]string{"SECRET": "made-up"}, BaseURL: server.URL},
		otp.MyOTP:      {Credentials: map[string]string{"API_KEY": "made-up"}, BaseURL: server.URL},
		otp.Octopush:   {Credentials: map[string]string{"API_LOGIN": "made-up", "API_KEY": "made-up"}, BaseURL: server.URL},
		otp.Way2API:    {Credentials: map[string]string{"API_KEY": "made-up"}, BaseURL: server.URL},
	}, HTTP: httpapi.Options{MaxRequestsPerSecond: 1e6},
	})
	f.Fuzz(func(t *testing.T, number uint8, status uint16, contentType string, body []byte) {
		script.Store(&scripted{status: 200 + int(status)%400, contentType: contentType, body: body})
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		o := all[int(number)%len(all)]
		value, err := o.call(ctx, clients)
		var failure *httpapi.Error
		switch {
		case ctx.Err() != nil:
			t.Fatalf("%s hangs", o.folder)
		case value == (err != nil):
			t.Fatalf("%s gave a value and an error, or neither", o.folder)
		case err != nil && (!errors.As(err, &failure) || !failure.Vendor.Valid() || failure.Kind == ""):
			t.Fatalf("%s: an error of another type: %#v", o.folder, err)
		}
	})
}

func answer(f *testing.F, file string) (status int, body []byte) {
	f.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	var contract struct {
		Response struct {
			Status  int
			Body    json.RawMessage
			RawBody string `json:"raw_body"`
		}
	}
	if err := json.Unmarshal(raw, &contract); err != nil {
		f.Fatal(err)
	}
	body = contract.Response.Body
	if contract.Response.RawBody != "" {
		body = []byte(contract.Response.RawBody)
	}
	return contract.Response.Status - 200, body
}

// Every vendor takes part.
func TestEveryEndpointIsFuzzed(t *testing.T) {
	fuzzed := map[string]bool{"myotp/check_otp": true} // the older path of check_otp_status
	for _, o := range operations() {
		fuzzed[o.folder] = true
	}
	for vendor, endpoints := range map[otp.Vendor][]httpapi.Endpoint{
		otp.AndroidAPI: androidapi.Endpoints(), otp.MyOTP: myotp.Endpoints(), otp.Octopush: octopush.Endpoints(), otp.Way2API: way2api.Endpoints(),
	} {
		for _, endpoint := range endpoints {
			if !fuzzed[string(vendor)+"/"+endpoint.Operation] {
				t.Errorf("%s of %s is not fuzzed", endpoint.Operation, vendor)
			}
		}
	}
}
