// Package balance is the data source otp_balances: what is left of the money
// and the plan at each vendor.
package balance

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
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
	chosen, diags := accounts.Choose(ctx, m.Vendors, able())
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var questions []tf.Question[part]
	for _, vendor := range chosen {
		questions = append(questions, parts(accounts, vendor)...)
	}
	answers, diags := tf.AskAll(ctx, accounts, "read the balance", questions)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.join(answers)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// telling is a vendor's client that tells what is left.
type telling interface {
	BalanceQuestions() []otp.BalanceQuestion
}

// able are the vendors that tell what is left.
func able() []otp.Vendor { return vendors.Able[telling]() }

// part is what one call tells of a vendor's balance.
type part struct {
	vendor otp.Vendor
	note   func(*otp.Balance)
}

// parts are the questions to one vendor. One that has no client has one question,
// which says why.
func parts(accounts tf.Accounts, vendor otp.Vendor) []tf.Question[part] {
	ask := func(ask otp.BalanceQuestion) tf.Question[part] {
		return tf.Question[part]{Vendor: vendor, Ask: func(ctx context.Context) (part, error) {
			note, err := ask(ctx)
			return part{vendor, note}, err
		}}
	}
	client, err := vendors.Reader[telling](accounts.Clients, vendor)
	if err != nil {
		return []tf.Question[part]{ask(func(context.Context) (func(*otp.Balance), error) { return nil, err })}
	}
	var questions []tf.Question[part]
	for _, question := range client.BalanceQuestions() {
		questions = append(questions, ask(question))
	}
	return questions
}

// join makes one row of each vendor's parts, which come one after another.
func (m *model) join(parts []part) {
	m.Balances = []balanceModel{}
	for i := 0; i < len(parts); {
		vendor, of := parts[i].vendor, otp.Balance{}
		for ; i < len(parts) && parts[i].vendor == vendor; i++ {
			parts[i].note(&of)
		}
		row := balanceModel{
			Vendor: types.StringValue(string(vendor)), Account: m.Account, Amount: tf.Told(of.Amount), Unit: tf.Told(of.Unit), Plan: tf.Told(of.Plan),
			Usage: []usageModel{}, WalletPacks: []packModel{},
		}
		for _, q := range of.Usage {
			row.Usage = append(row.Usage, usageModel{Counter: types.StringValue(q.Name), Used: types.Int64Value(q.Used), Limit: types.Int64Value(q.Limit)})
		}
		for _, p := range of.Packs {
			row.WalletPacks = append(row.WalletPacks, packModel{ID: tf.Told(p.ID), Amount: tf.Told(p.Amount), ExpiresAt: tf.Told(p.ExpiresAt)})
		}
		m.Balances = append(m.Balances, row)
	}
}
