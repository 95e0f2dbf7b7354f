package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// model is the provider block.
type model struct {
	AndroidAPI types.Object `tfsdk:"androidapi"`
	MyOTP      types.Object `tfsdk:"myotp"`
	Octopush   types.Object `tfsdk:"octopush"`
	Way2API    types.Object `tfsdk:"way2api"`
	Catalog    types.Object `tfsdk:"catalog"`
	HTTP       types.Object `tfsdk:"http"`
}

func attributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"androidapi": vendorBlock(otp.AndroidAPI, map[string]string{"secret": "API secret, from Tools → API Keys of the dashboard."}),
		"myotp":      vendorBlock(otp.MyOTP, map[string]string{"api_key": "API key, 32 characters, from the dashboard."}),
		"octopush": vendorBlock(otp.Octopush, map[string]string{
			"api_login": "API login: the e-mail address of the account.",
			"api_key":   "API key of the account.",
		}),
		"way2api": vendorBlock(otp.Way2API, map[string]string{"api_key": "API key, from the dashboard."}),
		"catalog": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Where brands, message templates, sender IDs and profiles are kept, and applications read them.",
			Attributes: map[string]schema.Attribute{
				"url": schema.StringAttribute{
					Optional: true, Sensitive: true,
					MarkdownDescription: "`sqlite:PATH` or `postgres://USER@HOST/DATABASE`; or `OTP_CATALOG_URL`. Default `" + catalog.DefaultURL + "`, a file in the working directory. " +
						"A PostgreSQL password is better in `PGPASSWORD` or `.pgpass` than in the URL.",
				},
			},
		},
		"http": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "How vendors are called.",
			Attributes: map[string]schema.Attribute{
				"timeout":                 schema.StringAttribute{Optional: true, MarkdownDescription: "How long one request may take, as a duration such as `45s`. Default `30s`."},
				"max_retries":             schema.Int64Attribute{Optional: true, MarkdownDescription: "How often a failed read is tried again, 0 to 10. Default 3. A send is never repeated."},
				"max_requests_per_second": schema.Float64Attribute{Optional: true, MarkdownDescription: "Requests per second to one vendor account, retries included. Default: what the vendor documents."},
			},
		},
	}
}

func vendorBlock(vendor otp.Vendor, credentials map[string]string) schema.Attribute {
	block := schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "The account at " + vendor.Title() + ". Only calls to the vendor need it; profiles do not.",
		Attributes: map[string]schema.Attribute{
			"base_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("Address of the API, or `%s`: https without user name, query or fragment; http for the loopback host only. "+
					"It never enters a document.", vendor.Variable("", "BASE_URL")),
			},
		},
	}
	for name, description := range credentials {
		block.Attributes[name] = schema.StringAttribute{
			Optional: true, Sensitive: true,
			MarkdownDescription: fmt.Sprintf("%s Or `%s`.", description, vendor.Variable("", strings.ToUpper(name))),
		}
	}
	return block
}
