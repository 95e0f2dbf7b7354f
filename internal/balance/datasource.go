// Package balance is the data source otp_balances: what is left of the money
// and the plan at each vendor.
package balance

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is otp_balances.
type DataSource struct{ tf.VendorData }

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource { return &DataSource{tf.VendorData{Name: "otp_balances"}} }

type model struct {
	tf.OfAccount
	Vendors  types.Set      `tfsdk:"vendors"`
	Balances []balanceModel `tfsdk:"balances"`
}

type balanceModel struct {
	Vendor      types.String `tfsdk:"vendor"`
	Account     types.String `tfsdk:"account"`
	Amount      types.String `tfsdk:"amount"`
	Unit        types.String `tfsdk:"unit"`
	Plan        types.String `tfsdk:"plan"`
	Usage       []usageModel `tfsdk:"usage"`
	WalletPacks []packModel  `tfsdk:"wallet_packs"`
}

type usageModel struct {
	Counter types.String `tfsdk:"counter"`
	Used    types.Int64  `tfsdk:"used"`
	Limit   types.Int64  `tfsdk:"limit"`
}

type packModel struct {
	ID        types.String `tfsdk:"id"`
	Amount    types.String `tfsdk:"amount"`
	ExpiresAt types.String `tfsdk:"expires_at"`
}

// Read asks the vendors for what is left. Where a vendor has several calls for
// that, each fails on its own.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m model
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	accounts := m.In(d.Session)
	vendors, diags := accounts.Choose(ctx, m.Vendors, able())
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var questions []tf.Question[part]
	for _, vendor := range vendors {
		for _, ask := range sources[vendor] {
			questions = append(questions, tf.Question[part]{Vendor: vendor, Ask: func(ctx context.Context) (part, error) {
				fill, err := ask(ctx, accounts)
				return part{vendor, fill}, err
			}})
		}
	}
	parts, diags := tf.AskAll(ctx, accounts, "read the balance", questions)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.Balances = join(m.Account, parts)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// join makes one row of each vendor's parts, which come one after another.
func join(account types.String, parts []part) []balanceModel {
	rows := []balanceModel{}
	for _, p := range parts {
		last := len(rows) - 1
		if last < 0 || rows[last].Vendor.ValueString() != string(p.vendor) {
			rows = append(rows, balanceModel{
				Vendor: types.StringValue(string(p.vendor)), Account: account, Usage: []usageModel{}, WalletPacks: []packModel{},
			})
			last++
		}
		p.fill(&rows[last])
	}
	return rows
}
