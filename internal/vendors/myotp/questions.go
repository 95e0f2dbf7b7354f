package myotp

import (
	"context"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// The entitlements of a plan that gate fields and calls (MyOTP reference §1).
const (
	EntitlementLength    = "CUSTOM_OTP_LENGTH"   // otp_length
	EntitlementExpiry    = "CUSTOM_OTP_EXPIRY"   // otp_validity
	EntitlementTemplates = "ACCESS_TO_TEMPLATES" // template_order
	EntitlementExtend    = "EXTEND_OTP"
	EntitlementReport    = "API_REPORTING"
)

// business are the entitlements that every plan from Business up has, and no
// smaller one (MyOTP reference §1).
var business = []string{EntitlementLength, EntitlementExpiry, EntitlementTemplates, EntitlementExtend, EntitlementReport}

// AccountQuestions ask who the key belongs to, which is the vendor's own test of
// a key; for the account with its balance; and for a report, which only plans
// from Business up have: no call names the entitlements of a plan.
func (c *Client) AccountQuestions() []otp.AccountQuestion {
	return []otp.AccountQuestion{
		{Ask: func(ctx context.Context) (func(*otp.Account), error) {
			_, err := c.Me(ctx)
			return func(*otp.Account) {}, err
		}},
		{AtPlan: true, Ask: func(ctx context.Context) (func(*otp.Account), error) {
			found, err := c.AgentAccount(ctx)
			if err != nil {
				return nil, err
			}
			return func(a *otp.Account) {
				a.ID, a.Plan, a.Status = found.ID, string(found.PlanID), found.Status
				a.Amount, a.Unit = string(found.Balance), "credits"
			}, nil
		}},
		{AtPlan: true, Ask: func(ctx context.Context) (func(*otp.Account), error) {
			_, err := c.Report(ctx, ReportRequest{PerPage: 1})
			lacks := httpapi.IsKind(err, httpapi.PlanFeature)
			if err != nil && !lacks {
				return nil, err
			}
			return func(a *otp.Account) {
				for _, name := range business {
					a.Permissions = append(a.Permissions, otp.Permission{Name: name, Granted: !lacks})
				}
			}, nil
		}},
	}
}
