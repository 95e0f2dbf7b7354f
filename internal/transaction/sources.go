package transaction

import (
	"context"
	"iter"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// row is one transaction of any vendor; empty is what the vendor does not tell.
type row struct {
	messageID, phone, channel, status string
	cost                              string    // decimal
	createdAt                         time.Time // zero: as createdText
	createdText                       string    // as the vendor writes it, where that is not understood
	application, description          string
	messageType                       string // the vendor's number
	forceSend                         *bool
	clientIP                          string // personal data, also in the description
}

// report is what one vendor tells of a period.
type report struct {
	vendor otp.Vendor
	rows   []row
	cost   string // sum of the costs, decimal; empty: the vendor tells none
	unit   string
}

// source reads the transactions of one vendor.
type source struct {
	unit string // of the costs; empty: the vendor tells no costs
	rows func(ctx context.Context, accounts tf.Accounts, days period) iter.Seq2[row, error]
}

// sources are the vendors that report transactions.
var sources = map[otp.Vendor]source{
	otp.AndroidAPI: {rows: androidapiRows},
	otp.MyOTP:      {unit: "credits", rows: myotpRows},
}

// able are these vendors.
func able() []otp.Vendor { return slices.Sorted(maps.Keys(sources)) }

// read takes at most so many rows of a vendor and sums them up; more says that
// there are others.
func read(ctx context.Context, accounts tf.Accounts, vendor otp.Vendor, days period, most int64) (found report, more bool, err error) {
	found = report{vendor: vendor, unit: sources[vendor].unit}
	cost, places := new(big.Rat), 0
	for r, err := range sources[vendor].rows(ctx, accounts, days) {
		if err != nil {
			return report{}, false, err
		}
		if int64(len(found.rows)) == most {
			more = true
			break
		}
		found.rows = append(found.rows, r)
		if amount, ok := new(big.Rat).SetString(r.cost); ok {
			cost.Add(cost, amount)
			places = max(places, decimals(r.cost))
		}
	}
	// What came while the list was read stands between older rows.
	slices.SortStableFunc(found.rows, row.newestFirst)
	if found.unit != "" {
		found.cost = httpapi.SpellDecimal(cost.FloatString(places))
	}
	return found, more, nil
}

// newestFirst is an order; a row without a time is last.
func (r row) newestFirst(other row) int { return other.createdAt.Compare(r.createdAt) }

// decimals is how many digits a decimal number has behind its point.
func decimals(number string) int {
	_, fraction, _ := strings.Cut(number, ".")
	return len(fraction)
}

func myotpRows(ctx context.Context, accounts tf.Accounts, days period) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		client, err := accounts.MyOTP()
		if err != nil {
			yield(row{}, err)
			return
		}
		for t, err := range client.ReportAll(ctx, days.first, days.last) {
			if err != nil {
				yield(row{}, err)
				return
			}
			at := t.CreatedAt
			if at.Text == "" {
				at = t.Time
			}
			r := row{
				messageID: t.MessageID, phone: t.PhoneNumber, channel: t.Channel, status: t.Status, cost: string(t.Cost),
				createdAt: at.Time, createdText: at.Text, application: t.Application, description: t.Description, clientIP: t.ClientIP,
				messageType: string(t.MessageType), forceSend: t.ForceSend,
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}
