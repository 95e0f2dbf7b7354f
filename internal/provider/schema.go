package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// model is the provider block.
type model struct {
	Vendors map[otp.Vendor]types.Object // of every listed vendor
	Catalog types.Object
	HTTP    types.Object
}

// newModel reads the provider block.
func newModel(ctx context.Context, config tfsdk.Config) (model, diag.Diagnostics) {
	m := model{Vendors: map[otp.Vendor]types.Object{}}
	diags := config.GetAttribute(ctx, path.Root("catalog"), &m.Catalog)
	diags.Append(config.GetAttribute(ctx, path.Root("http"), &m.HTTP)...)
	for _, vendor := range vendors.All() {
		var block types.Object
		diags.Append(config.GetAttribute(ctx, path.Root(string(vendor.Name)), &block)...)
		m.Vendors[vendor.Name] = block
	}
	return m, diags
}

func attributes() map[string]schema.Attribute {
	all := map[string]schema.Attribute{
		"catalog": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Where brands, message templates, sender IDs and profiles are kept, and applications read them.",
			Attributes: map[string]schema.Attribute{
				"url": schema.StringAttribute{
					Optional: true, Sensitive: true,
					MarkdownDescription: "`sqlite:PATH` or `postgres://USER@HOST/DATABASE`; or `OTP_CATALOG_URL`. Default `" + catalog.DefaultURL + "`, a file in the working directory. " +
						"A PostgreSQL password is better in `PGPASSWORD` or `.pgpass` than in the URL.",
				},
				"adopt": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "`identical` lets a run take over objects of the catalog that are exactly as configured, each with a warning; or `OTP_CATALOG_ADOPT`. " +
						"It is for the one run after an apply that was killed before it saved its state. Absent: what is there already is refused.",
				},
			},
		},
		"http": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "How vendors are called.",
			Attributes: map[string]schema.Attribute{
				"timeout":     schema.StringAttribute{Optional: true, MarkdownDescription: "How long one request may take, as a duration such as `45s`. Default `30s`."},
				"max_retries": schema.Int64Attribute{CustomType: tf.IntegerType{}, Optional: true, MarkdownDescription: "How often a failed read is tried again, 0 to 10. Default 3. A send is never repeated."},
				"check_accounts": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether plans ask vendors that have credentials if the account can do what a profile wants, and warn where it cannot. " +
					"Default `true`. With `false`, planning a profile calls no vendor. A route with an `account` of its own is looked at with the credentials of that account. What cannot be read within 5 seconds is left out."},
				"max_requests_per_second": schema.Float64Attribute{Optional: true, MarkdownDescription: "Requests per second to one vendor account, retries included. Default: what the vendor documents."},
			},
		},
	}
	for _, vendor := range vendors.All() {
		all[string(vendor.Name)] = vendorBlock(vendor)
	}
	return all
}

func vendorBlock(vendor httpapi.Vendor) schema.Attribute {
	block := schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "The account at " + vendor.Title + ". Only calls to the vendor need it; profiles do not.",
		Attributes: map[string]schema.Attribute{
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("Address of the API, or `%s`: https without user name, query or fragment; http for the loopback host only. "+
					"It never enters a document.", vendor.Name.Variable("", "BASE_URL")),
			},
		},
	}
	for _, credential := range vendor.Credentials {
		block.Attributes[strings.ToLower(credential.Field)] = schema.StringAttribute{
			Optional: true, Sensitive: true,
			MarkdownDescription: fmt.Sprintf("%s Or `%s`.", credential.Where, vendor.Name.Variable("", credential.Field)),
		}
	}
	return block
}
