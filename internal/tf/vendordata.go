package tf

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// VendorData is what all data sources that ask vendors have in common. They embed
// it.
type VendorData struct {
	Name    string // the data source, as in HCL
	Session *Session
}

// Metadata names the data source.
func (d *VendorData) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = d.Name
}

// Configure takes the session.
func (d *VendorData) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.Session = From(req.ProviderData, &resp.Diagnostics)
}

// RevealAttribute is the argument that shows personal data: what names them in
// the plural, example is how one looks when it is masked.
func RevealAttribute(what, example string) schema.Attribute {
	return schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: "Whether " + what + " are shown in full, and so end up in the state. Default `false`: `" + example + "`.",
	}
}

// Computed is a text of a result.
func Computed(description string) schema.Attribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// Told is a text that a vendor may leave out; null where it does.
func Told[S ~string](text S) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(string(text))
}

// Moment is a time in RFC 3339 and UTC; null where a vendor tells none.
func Moment(at time.Time) types.String {
	if at.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339))
}
