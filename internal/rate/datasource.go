// Package rate is the data source otp_rates: what vendors charge for a message.
package rate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
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
	chosen, diags := accounts.Choose(ctx, m.Vendors, able())
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	answers, diags := tf.AskEach(ctx, accounts, "read the rates", chosen, func(ctx context.Context, vendor otp.Vendor) (rates, error) {
		client, err := vendors.Reader[telling](accounts.Clients, vendor)
		if err != nil {
			return rates{}, err
		}
		rows, err := client.RateRows(ctx)
		return rates{vendor, rows}, err
	})
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

func (m *model) add(of rates) {
	rows := of.rows
	if !m.Country.IsNull() {
		rows = in(rows, m.Country.ValueString())
	}
	for _, r := range rows {
		m.Rates = append(m.Rates, rateModel{
			Vendor:   types.StringValue(string(of.vendor)),
			Kind:     tf.Told(r.Kind),
			ID:       tf.Told(r.ID),
			Name:     tf.Told(r.Name),
			Country:  tf.Told(r.Country),
			Price:    tf.Told(r.Price),
			Currency: tf.Told(r.Currency),
			Status:   tf.Told(r.Status),
		})
	}
}
