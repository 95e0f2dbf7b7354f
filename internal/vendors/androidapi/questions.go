package androidapi

import (
	"cmp"
	"context"
	"maps"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// PermissionOTP is the permission of a key that sends and verifies codes
// (AndroidAPI reference §7).
const PermissionOTP = "otp"

// noCode is verified to see whether a key may: no code of the vendor has
// letters, so it can be nobody's (AndroidAPI reference §7.1).
const noCode = "permission"

// AccountQuestions ask for the balance, the package, and which permissions the
// key has. No call lists the permissions: each is shown by a read that needs it
// (AndroidAPI reference §2). What only a call that does something could show,
// such as sms_send, is left out.
func (c *Client) AccountQuestions() []otp.AccountQuestion {
	return []otp.AccountQuestion{
		atPlan(c.showing(CreditsEndpoint, func(ctx context.Context) (func(*otp.Account), error) {
			found, err := c.Credits(ctx)
			if err != nil {
				return nil, err
			}
			return func(a *otp.Account) {
				a.Amount, a.Unit = string(found.Credits), cmp.Or(string(found.Currency), "credits")
			}, nil
		})),
		atPlan(c.showing(SubscriptionEndpoint, func(ctx context.Context) (func(*otp.Account), error) {
			found, err := c.Subscription(ctx)
			if err != nil {
				return nil, err
			}
			return func(a *otp.Account) {
				a.Plan, a.Quotas = found.Name, found.quotas()
			}, nil
		})),
		atPlan(c.showing(VerifyOTPEndpoint, c.nothing(VerifyOTPEndpoint, VerifyRequest{OTP: noCode}.Fields()))),
		c.showing(DevicesEndpoint, c.nothing(DevicesEndpoint, oneRow)),
		c.showing(RatesEndpoint, c.nothing(RatesEndpoint, nil)),
		c.showing(AccountsEndpoint, c.nothing(AccountsEndpoint, oneRow)),
		c.showing(ServersEndpoint, c.nothing(ServersEndpoint, nil)),
		c.showing(SMSSentEndpoint, c.nothing(SMSSentEndpoint, oneRow)),
		c.showing(WhatsAppSentEndpoint, c.nothing(WhatsAppSentEndpoint, oneRow)),
	}
}

var oneRow = PageRequest{Limit: 1}.Fields()

// nothing makes a call whose answer says nothing about the account beyond that
// the key may make it.
func (c *Client) nothing(endpoint httpapi.Endpoint, fields httpapi.Fields) asking {
	return func(ctx context.Context) (func(*otp.Account), error) {
		var body envelope
		_, err := c.http.Do(ctx, httpapi.Call{Endpoint: endpoint, Fields: maps.Clone(fields)}, &body)
		return func(*otp.Account) {}, err
	}
}

// showing notes with the answer whether the key has the permission for a call. A
// refusal is an answer, too.
func (c *Client) showing(endpoint httpapi.Endpoint, ask asking) otp.AccountQuestion {
	permission := permissions[endpoint.Operation]
	return otp.AccountQuestion{Ask: func(ctx context.Context) (func(*otp.Account), error) {
		note, err := ask(ctx)
		refused := httpapi.IsKind(err, httpapi.Forbidden)
		if err != nil && !refused {
			return nil, err
		}
		return func(a *otp.Account) {
			if !refused {
				note(a)
			}
			a.Permissions = append(a.Permissions, otp.Permission{Name: permission, Granted: !refused})
		}, nil
	}}
}

type asking func(context.Context) (func(*otp.Account), error)

func atPlan(question otp.AccountQuestion) otp.AccountQuestion {
	question.AtPlan = true
	return question
}
