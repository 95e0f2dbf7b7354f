// Package account is the data source otp_accounts: what each vendor tells of the
// account whose credentials are used.
package account

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// DataSource is otp_accounts.
type DataSource struct{ tf.VendorData }

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource { return &DataSource{tf.VendorData{Name: "otp_accounts"}} }

type model struct {
	tf.OfAccount
	Countries types.Set      `tfsdk:"countries"`
	Vendors   types.Set      `tfsdk:"vendors"`
	Accounts  []accountModel `tfsdk:"accounts"`
}

type accountModel struct {
	Vendor      types.String      `tfsdk:"vendor"`
	Account     types.String      `tfsdk:"account"`
	ID          types.String      `tfsdk:"id"`
	Plan        types.String      `tfsdk:"plan"`
	Status      types.String      `tfsdk:"status"`
	Amount      types.String      `tfsdk:"amount"`
	Unit        types.String      `tfsdk:"unit"`
	Permissions []permissionModel `tfsdk:"permissions"`
	Quotas      []quotaModel      `tfsdk:"quotas"`
	Credits     []creditModel     `tfsdk:"credits"` // nil: null
}

type permissionModel struct {
	Name    types.String `tfsdk:"name"`
	Granted types.Bool   `tfsdk:"granted"`
}

type quotaModel struct {
	Name  types.String `tfsdk:"name"`
	Used  types.Int64  `tfsdk:"used"`
	Limit types.Int64  `tfsdk:"limit"`
}

type creditModel struct {
	Country  types.String `tfsdk:"country"`
	Product  types.String `tfsdk:"product"`
	Messages types.Int64  `tfsdk:"messages"`
}

const tried = "tell about the account"

// Read asks each vendor about its account.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m model
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	accounts := m.In(d.Session)
	chosen, diags := accounts.Choose(ctx, m.Vendors, vendors.TellAccounts())
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var countries []string
	resp.Diagnostics.Append(m.Countries.ElementsAs(ctx, &countries, false)...)
	m.Accounts, diags = tf.AskEach(ctx, accounts, tried, chosen, func(ctx context.Context, vendor otp.Vendor) (accountModel, error) {
		told, err := accounts.Told(ctx, vendor, len(countries) > 0)
		for _, unread := range told.Unread {
			resp.Diagnostics.AddWarning(accounts.Title(vendor)+" could not tell all about the account", unread.Error()+" Everything else was read and is there.")
		}
		return newModel(string(vendor), m.Account, told, countries), err
	})
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func newModel(vendor string, slug types.String, told vendors.Told, countries []string) accountModel {
	m := accountModel{
		Vendor: types.StringValue(vendor), Account: slug, ID: tf.Told(told.ID), Plan: tf.Told(told.Plan), Status: tf.Told(told.Status),
		Amount: tf.Told(told.Amount), Unit: tf.Told(told.Unit), Permissions: []permissionModel{}, Quotas: []quotaModel{},
	}
	for _, p := range told.Permissions {
		m.Permissions = append(m.Permissions, permissionModel{types.StringValue(p.Name), types.BoolValue(p.Granted)})
	}
	for _, q := range told.Quotas {
		m.Quotas = append(m.Quotas, quotaModel{types.StringValue(q.Name), types.Int64Value(q.Used), types.Int64Value(q.Limit)})
	}
	if told.Credits == nil {
		return m
	}
	m.Credits = []creditModel{}
	for _, c := range told.Credits {
		if slices.Contains(countries, c.Country) {
			m.Credits = append(m.Credits, creditModel{types.StringValue(c.Country), types.StringValue(c.Product), types.Int64Value(c.Messages)})
		}
	}
	return m
}
