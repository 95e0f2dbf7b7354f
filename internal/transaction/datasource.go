// Package transaction is the otp_transactions data source.
package transaction

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

// DataSource reads what was sent and what it cost.
type DataSource struct{ session *tf.Session }

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource { return &DataSource{} }

// Metadata names the data source.
func (d *DataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "otp_transactions"
}

// Configure takes the session.
func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.session = tf.From(req.ProviderData, &resp.Diagnostics)
}

// ValidateConfig checks that the range is one.
func (d *DataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var m model
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() || m.StartDate.IsUnknown() || m.EndDate.IsUnknown() {
		return
	}
	m.period(&resp.Diagnostics)
}

// Read fetches every page of every vendor, up to max_items rows.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m model
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	from, to := m.period(&resp.Diagnostics)
	vendors, diags := m.vendors(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	rows, totals, diags := d.collect(ctx, vendors, from, to, m.maxItems())
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	m.fill(ctx, rows, totals, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// collect reads the vendors one after another. One that fails is a warning, as
// long as another answers: half a report is better than none.
func (d *DataSource) collect(ctx context.Context, vendors []otp.Vendor, from, to time.Time, most int64) ([]row, []total, diag.Diagnostics) {
	var diags diag.Diagnostics
	rows, totals := []row{}, []total{}
	var failures []diag.Diagnostic
	truncated := false
	for _, vendor := range vendors {
		found, sum, more, err := d.read(ctx, vendor, from, to, most-int64(len(rows)))
		if err != nil {
			failures = append(failures, tf.Failure("read the transactions", err))
			continue
		}
		rows, totals, truncated = append(rows, found...), append(totals, sum), truncated || more
	}
	for _, failure := range failures {
		if len(failures) == len(vendors) {
			diags.Append(failure)
		} else {
			diags.AddWarning(failure.Summary(), failure.Detail()+" The rows of the other vendors are there.")
		}
	}
	if truncated {
		diags.AddAttributeWarning(path.Root("max_items"), "There are more transactions",
			fmt.Sprintf("Reading stopped after %d rows, so the totals are not those of the whole period. Raise max_items or shorten the period.", most))
	}
	return rows, totals, diags
}
