package device

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*List)(nil)

// List is otp_devices.
type List struct{ tf.VendorData }

// NewList returns the data source.
func NewList() datasource.DataSource { return &List{tf.VendorData{Name: "otp_devices"}} }

type listModel struct {
	tf.OfAccount
	Devices []model `tfsdk:"devices"`
}

// Schema describes the result.
func (l *List) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The Android devices that are linked to the AndroidAPI account. No API creates, edits or deletes them: they are paired in the vendor's app.",
		Attributes: map[string]schema.Attribute{
			"account": tf.AccountAttribute("OTP_ANDROIDAPI_EU_SECRET"),
			"devices": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "All devices, in the vendor's order; empty where there is none.",
				NestedObject:        schema.NestedAttributeObject{Attributes: attributes()},
			},
		},
	}
}

// Read lists the devices.
func (l *List) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m listModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	devices, diags := all(ctx, m.In(l.Session))
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	m.Devices = []model{}
	for _, device := range devices {
		m.Devices = append(m.Devices, newModel(device))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
