// Package whatsapp is the otp_whatsapp_account resource and list resource, the
// action otp_whatsapp_link, and the data sources otp_whatsapp_accounts and
// otp_whatsapp_servers.
package whatsapp

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

var _ datasource.DataSourceWithConfigure = (*Accounts)(nil)

// Accounts is otp_whatsapp_accounts.
type Accounts struct{ tf.VendorData }

// NewAccounts returns the data source.
func NewAccounts() datasource.DataSource {
	return &Accounts{tf.VendorData{Name: "otp_whatsapp_accounts"}}
}

type accountsModel struct {
	tf.OfAccount
	Reveal   types.Bool     `tfsdk:"reveal_personal_data"`
	Accounts []accountModel `tfsdk:"accounts"`
}

type accountModel struct {
	ID        types.String `tfsdk:"id"`
	Phone     types.String `tfsdk:"phone"`
	Status    types.String `tfsdk:"status"`
	CreatedAt types.String `tfsdk:"created_at"`
}

// Schema describes arguments and result.
func (a *Accounts) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The WhatsApp accounts that are linked to the AndroidAPI account, whoever linked them.",
		Attributes: map[string]schema.Attribute{
			"account":              tf.AccountAttribute("OTP_ANDROIDAPI_EU_SECRET"),
			"reveal_personal_data": tf.RevealAttribute("phone numbers", "+92*****2233"),
			"accounts": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "All accounts, in the vendor's order; empty where there is none.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":         tf.Computed("Handle of the account, which `whatsapp_account` of a route takes."),
					"phone":      tf.Computed("Phone number of the account, masked unless `reveal_personal_data` is true."),
					"status":     tf.Computed("Status in the vendor's words: `connected`, `disconnected`; it publishes no closed list."),
					"created_at": tf.Computed("When the account was linked, RFC 3339, UTC; null where the vendor does not tell."),
				}},
			},
		},
	}
}

// Read lists the accounts.
func (a *Accounts) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m accountsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	of := m.In(a.Session)
	accounts, diags := tf.Ask(ctx, of, "list the WhatsApp accounts", tf.Question[[]androidapi.Account]{Vendor: otp.AndroidAPI, Ask: vendors.From(of.AndroidAPI, (*androidapi.Client).AccountList)})
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.Accounts = []accountModel{}
	for _, account := range accounts {
		m.Accounts = append(m.Accounts, accountModel{
			ID:        types.StringValue(string(account.Unique)),
			Phone:     tf.Told(tf.Phone(string(account.Phone), m.Reveal.ValueBool())),
			Status:    tf.Told(account.Status),
			CreatedAt: tf.Moment(account.Created.Time),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
