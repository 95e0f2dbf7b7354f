package vendors_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/faulttest"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// operation is one call of one client.
type operation struct {
	folder string // of its contract files: vendor/operation
	call   func(context.Context, *vendors.Clients) (value any, err error)

	// What follows is looked up by find.
	vendor   httpapi.Vendor
	endpoint httpapi.Endpoint
	right    faulttest.Answer
}

// email is what calls are made with, and what no error may say.
const email = "ops@example.test"

// calls makes an operation from a client's method.
func calls[C, V any](folder string, client func(*vendors.Clients) (C, error), method func(C, context.Context) (V, error)) operation {
	return operation{folder: folder, call: func(ctx context.Context, clients *vendors.Clients) (any, error) {
		c, err := client(clients)
		if err != nil {
			return nil, err
		}
		value, err := method(c, ctx)
		v := reflect.ValueOf(value)
		nothing := !v.IsValid() || v.IsZero()
		if err != nil && !nothing {
			return nil, fmt.Errorf("a value beside the error: %w", err)
		}
		if err == nil && nothing && v.Kind() == reflect.Pointer {
			return nil, errors.New("neither a value nor an error")
		}
		return value, err
	}}
}

// operations are the calls of the clients. Those that only documents make meet
// their faults in package delivery.
func operations() []operation {
	a, m, o, w := (*vendors.Clients).AndroidAPI, (*vendors.Clients).MyOTP, (*vendors.Clients).Octopush, (*vendors.Clients).Way2API
	page := androidapi.PageRequest{}
	return []operation{
		calls("androidapi/get_devices", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.Device, error) {
			return c.Devices(ctx, page)
		}),
		calls("androidapi/get_rates", a, (*androidapi.Client).Rates),
		calls("androidapi/get_credits", a, (*androidapi.Client).Credits),
		calls("androidapi/get_subscription", a, (*androidapi.Client).Subscription),
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
			err := c.DeleteAccount(ctx, "9f86d081")
			return err == nil, err
		}),
		calls("androidapi/sms_sent", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.SMSMessage, error) {
			return c.SMSSent(ctx, page)
		}),
		calls("androidapi/sms_pending", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.SMSMessage, error) {
			return c.SMSPending(ctx, page)
		}),
		calls("androidapi/sms_message", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.SMSMessage, error) {
			return c.SMSMessage(ctx, "1042")
		}),
		calls("androidapi/wa_sent", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.WhatsAppMessage, error) {
			return c.WhatsAppSent(ctx, page)
		}),
		calls("androidapi/wa_pending", a, func(c *androidapi.Client, ctx context.Context) ([]androidapi.WhatsAppMessage, error) {
			return c.WhatsAppPending(ctx, page)
		}),
		calls("androidapi/wa_message", a, func(c *androidapi.Client, ctx context.Context) (*androidapi.WhatsAppMessage, error) {
			return c.WhatsAppMessage(ctx, "2201")
		}),
		calls("myotp/check_otp_status", m, func(c *myotp.Client, ctx context.Context) (*myotp.MessageStatus, error) {
			return c.CheckOTPStatus(ctx, "id")
		}),
		calls("myotp/report", m, func(c *myotp.Client, ctx context.Context) (*myotp.ReportPage, error) {
			return c.Report(ctx, myotp.ReportRequest{})
		}),
		calls("myotp/me", m, (*myotp.Client).Me),
		calls("myotp/account", m, (*myotp.Client).AgentAccount),
		calls("octopush/check_balance", o, func(c *octopush.Client, ctx context.Context) (*octopush.Balance, error) {
			return c.CheckBalance(ctx, octopush.BalanceRequest{})
		}),
		calls("octopush/check_credits", o, func(c *octopush.Client, ctx context.Context) (map[string]octopush.Credits, error) {
			return c.CheckCredits(ctx)
		}),
		calls("octopush/monthly_consumption", o, func(c *octopush.Client, ctx context.Context) (*octopush.Consumption, error) {
			return c.MonthlyConsumption(ctx, octopush.ConsumptionRequest{Year: 2026, Month: 9, AgentEmail: email})
		}),
		calls("way2api/pricing", w, (*way2api.Client).Pricing),
	}
}
