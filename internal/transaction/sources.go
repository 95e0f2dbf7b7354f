package transaction

import (
	"context"
	"iter"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// telling is a vendor's client that tells what was sent.
type telling interface {
	// TransactionUnit is the unit of the costs; empty: the vendor tells no costs.
	TransactionUnit() string
	Transactions(ctx context.Context, first, last time.Time) iter.Seq2[otp.Transaction, error]
}

// able are the vendors that tell what was sent.
func able() []otp.Vendor { return vendors.Able[telling]() }

// report is what one vendor tells of a period.
type report struct {
	vendor otp.Vendor
	rows   []otp.Transaction
	cost   string // sum of the costs, decimal; empty: the vendor tells none
	unit   string
}

// read takes at most so many rows of a vendor and sums them up; more says that
// there are others.
func read(ctx context.Context, accounts tf.Accounts, vendor otp.Vendor, days period, most int64) (found report, more bool, err error) {
	client, err := vendors.Reader[telling](accounts.Clients, vendor)
	if err != nil {
		return report{}, false, err
	}
	found = report{vendor: vendor, unit: client.TransactionUnit()}
	cost, places := new(big.Rat), 0
	for r, err := range client.Transactions(ctx, days.first, days.last) {
		if err != nil {
			return report{}, false, err
		}
		if int64(len(found.rows)) == most {
			more = true
			break
		}
		found.rows = append(found.rows, r)
		if amount, ok := new(big.Rat).SetString(r.Cost); ok {
			cost.Add(cost, amount)
			places = max(places, decimals(r.Cost))
		}
	}
	// What came while the list was read stands between older rows.
	slices.SortStableFunc(found.rows, otp.Transaction.NewestFirst)
	if found.unit != "" {
		found.cost = httpapi.SpellDecimal(cost.FloatString(places))
	}
	return found, more, nil
}

// decimals is how many digits a decimal number has behind its point.
func decimals(number string) int {
	_, fraction, _ := strings.Cut(number, ".")
	return len(fraction)
}
