// Package rate is the data source otp_rates: what vendors charge for a message.
package rate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is otp_rates.
type DataSource struct{ tf.VendorData }

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource { return &DataSource{tf.VendorData{Name: "otp_rates"}} }

type model struct {
	tf.OfAccount
	Vendors types.Set    `tfsdk:"vendors"`
	Country types.String `tfsdk:"country"`
	Rates   []rateModel  `tfsdk:"rates"`
}

type rateModel struct {
	Vendor   types.String `tfsdk:"vendor"`
	Kind     types.String `tfsdk:"kind"`
	ID       types.String `tfsdk:"id"`
	Name     types.String `tfsdk:"name"`
	Country  types.String `tfsdk:"country"`
	Price    types.String `tfsdk:"price"`
	Currency types.String `tfsdk:"currency"`
	Status   types.String `tfsdk:"status"`
}

// Read asks the vendors for their prices.
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
	var questions []tf.Question[[]rate]
	for _, vendor := range vendors {
		questions = append(questions, tf.Question[[]rate]{Vendor: vendor, Ask: func(ctx context.Context) ([]rate, error) {
			return sources[vendor](ctx, accounts)
		}})
	}
	answers, diags := tf.AskAll(ctx, accounts, "read the rates", questions)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.Rates = []rateModel{}
	for i := range answers {
		m.add(answers[i])
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (m *model) add(rates []rate) {
	if !m.Country.IsNull() {
		rates = in(rates, m.Country.ValueString())
	}
	for _, r := range rates {
		m.Rates = append(m.Rates, rateModel{
			Vendor:   types.StringValue(string(r.vendor)),
			Kind:     types.StringValue(r.kind),
			ID:       tf.Told(r.id),
			Name:     tf.Told(r.name),
			Country:  tf.Told(r.country),
			Price:    tf.Told(r.price),
			Currency: tf.Told(r.currency),
			Status:   tf.Told(r.status),
		})
	}
}
