package transaction

import (
	"context"
	"iter"
	"maps"
	"math/big"
	"slices"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

// row is one transaction of any vendor; empty is what the vendor does not tell.
type row struct {
	vendor                            otp.Vendor
	messageID, phone, channel, status string
	cost                              string // decimal
	createdAt                         string // RFC 3339
	application, description          string
}

type total struct {
	vendor otp.Vendor
	count  int64
	cost   string
	unit   string
}

// source reads the transactions of one vendor.
type source struct {
	unit string
	rows func(ctx context.Context, session *tf.Session, from, to time.Time) iter.Seq2[row, error]
}

// sources are the vendors that report transactions.
var sources = map[otp.Vendor]source{
	otp.MyOTP: {unit: "credits", rows: myotpRows},
}

// readable are the names of these vendors.
func readable() []string {
	var names []string
	for _, vendor := range slices.Sorted(maps.Keys(sources)) {
		names = append(names, string(vendor))
	}
	return names
}

func asVendors(names []string) []otp.Vendor {
	vendors := make([]otp.Vendor, 0, len(names))
	for _, name := range names {
		vendors = append(vendors, otp.Vendor(name))
	}
	slices.Sort(vendors)
	return vendors
}

// read takes at most so many rows of a vendor and sums them up; more says that
// there are others.
func (d *DataSource) read(ctx context.Context, vendor otp.Vendor, from, to time.Time, most int64) (rows []row, sum total, more bool, err error) {
	if err := d.session.Ready(vendor); err != nil {
		return nil, total{}, false, err
	}
	cost, places := new(big.Rat), 0
	for r, err := range sources[vendor].rows(ctx, d.session, from, to) {
		if err != nil {
			return nil, total{}, false, err
		}
		if int64(len(rows)) == most {
			more = true
			break
		}
		rows = append(rows, r)
		if amount, ok := new(big.Rat).SetString(r.cost); ok {
			cost.Add(cost, amount)
			places = max(places, decimals(r.cost))
		}
	}
	return rows, total{vendor: vendor, count: int64(len(rows)), cost: cost.FloatString(places), unit: sources[vendor].unit}, more, nil
}

// decimals is how many digits a decimal number has behind its point.
func decimals(number string) int {
	for i := range number {
		if number[i] == '.' {
			return len(number) - i - 1
		}
	}
	return 0
}

func myotpRows(ctx context.Context, session *tf.Session, from, to time.Time) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		client, err := session.Vendors.MyOTP()
		if err != nil {
			yield(row{}, err)
			return
		}
		for t, err := range client.ReportAll(ctx, from, to) {
			if err != nil {
				yield(row{}, err)
				return
			}
			at := t.CreatedAt
			if at.Text == "" {
				at = t.Time
			}
			r := row{
				vendor: otp.MyOTP, messageID: t.MessageID, phone: t.PhoneNumber, channel: t.Channel, status: t.Status,
				cost: string(t.Cost), createdAt: at.String(), application: t.Application, description: t.Description,
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}
