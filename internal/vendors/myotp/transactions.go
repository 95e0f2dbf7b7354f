package myotp

import (
	"context"
	"iter"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// TransactionUnit is what the costs count (MyOTP reference §1).
func (c *Client) TransactionUnit() string { return "credits" }

// Transactions are those of the report, see ReportAll.
func (c *Client) Transactions(ctx context.Context, first, last time.Time) iter.Seq2[otp.Transaction, error] {
	return func(yield func(otp.Transaction, error) bool) {
		for t, err := range c.ReportAll(ctx, first, last) {
			if err != nil {
				yield(otp.Transaction{}, err)
				return
			}
			at := t.CreatedAt
			if at.Text == "" {
				at = t.Time
			}
			if !yield(otp.Transaction{
				MessageID: t.MessageID, Phone: t.PhoneNumber, Channel: t.Channel, Status: t.Status, Cost: string(t.Cost),
				CreatedAt: at.Time, CreatedText: at.Text, Application: t.Application, Description: t.Description, ClientIP: t.ClientIP,
				MessageType: string(t.MessageType), ForceSend: t.ForceSend,
			}, nil) {
				return
			}
		}
	}
}
