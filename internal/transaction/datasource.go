// Package transaction is the data sources about what was sent and what it cost:
// otp_transactions and otp_consumption.
package transaction

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

var (
	_ datasource.DataSourceWithConfigure      = (*DataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*DataSource)(nil)
)

// DataSource is otp_transactions.
type DataSource struct{ tf.VendorData }

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{tf.VendorData{Name: "otp_transactions"}}
}

// distant is a day that no period begins after: today is not known while a
// configuration is checked.
var distant = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// ValidateConfig checks that the range is one.
func (d *DataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var m model
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() || m.StartDate.IsUnknown() || m.EndDate.IsUnknown() {
		return
	}
	m.period(distant, &resp.Diagnostics)
}

// Read fetches every page of every vendor, up to max_items rows.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m model
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	days := m.period(clock.Or(d.Session.Clock).Now(), &resp.Diagnostics)
	accounts := m.In(d.Session)
	chosen, diags := accounts.Choose(ctx, m.Vendors, able())
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	reports, diags := collect(ctx, accounts, chosen, days, m.maxItems())
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.fill(reports)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// collect reads the vendors one after another, at most so many rows of all
// together.
func collect(ctx context.Context, accounts tf.Accounts, chosen []otp.Vendor, days period, most int64) ([]report, diag.Diagnostics) {
	left, truncated := most, false
	reports, diags := tf.AskEach(ctx, accounts, "read the transactions", chosen, func(ctx context.Context, vendor otp.Vendor) (report, error) {
		found, more, err := read(ctx, accounts, vendor, days, left)
		if err != nil {
			return report{}, err
		}
		left, truncated = left-int64(len(found.rows)), truncated || more
		return found, nil
	})
	if truncated && !diags.HasError() {
		diags.AddAttributeWarning(path.Root("max_items"), "There are more transactions",
			fmt.Sprintf("Reading stopped after %d rows, so the totals are not those of the whole period. Raise max_items or shorten the period.", most))
	}
	return reports, diags
}
