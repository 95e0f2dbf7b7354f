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

var _ datasource.DataSourceWithConfigure = (*Servers)(nil)

// Servers is otp_whatsapp_servers.
type Servers struct{ tf.VendorData }

// NewServers returns the data source.
func NewServers() datasource.DataSource {
	return &Servers{tf.VendorData{Name: "otp_whatsapp_servers"}}
}

type serversModel struct {
	tf.OfAccount
	Servers []serverModel `tfsdk:"servers"`
}

type serverModel struct {
	ID   types.String `tfsdk:"id"`
	Name types.String `tfsdk:"name"`
}

// Schema describes the result.
func (s *Servers) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The WhatsApp servers of the AndroidAPI package, which hold linked WhatsApp accounts.",
		Attributes: map[string]schema.Attribute{
			"account": tf.AccountAttribute("OTP_ANDROIDAPI_EU_SECRET"),
			"servers": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "All servers of the package, in the vendor's order; empty where it has none.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":   tf.Computed("ID of the server."),
					"name": tf.Computed("Name of the server."),
				}},
			},
		},
	}
}

// Read lists the servers.
func (s *Servers) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m serversModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	accounts := m.In(s.Session)
	servers, diags := tf.Ask(ctx, accounts, "list the WhatsApp servers", tf.Question[[]androidapi.Server]{Vendor: otp.AndroidAPI, Ask: vendors.From(accounts.AndroidAPI, (*androidapi.Client).ServerList)})
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.Servers = []serverModel{}
	for _, server := range servers {
		m.Servers = append(m.Servers, serverModel{ID: types.StringValue(string(server.ID)), Name: tf.Told(server.Name)})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
