package balance

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

// Schema describes arguments and result.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "What is left at each vendor: money or credits, wallet packs, and how much of the plan is used. Way2API does not tell.",
		Attributes: map[string]schema.Attribute{
			"account": tf.AccountAttribute("OTP_OCTOPUSH_EU_API_KEY"),
			"vendors": tf.VendorsAttribute(able()),
			"balances": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "One entry for each vendor that answered.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"account": tf.Computed("Slug of the account, as in the argument; null for the default account."),
					"vendor":  tf.Computed("Vendor."),
					"amount":  tf.Computed("What is left, as a decimal number; null where only the plan could be read."),
					"unit":    tf.Computed("Unit of the amount: a currency (ISO 4217) at AndroidAPI, `credits` at MyOTP.App, `euros` at Octopush."),
					"plan":    tf.Computed("The plan: name of the package at AndroidAPI, ID of the plan at MyOTP.App; null where there is none."),
					"usage": schema.ListNestedAttribute{
						Computed:            true,
						MarkdownDescription: "Counters of the AndroidAPI package, by name; empty at other vendors.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"counter": tf.Computed("Name of the counter in the vendor's words, such as `sms_send`."),
							"used":    schema.Int64Attribute{Computed: true, MarkdownDescription: "How much is used."},
							"limit":   schema.Int64Attribute{Computed: true, MarkdownDescription: "How much there is; 0 seems to mean that there is no limit, which AndroidAPI does not document."},
						}},
					},
					"wallet_packs": schema.ListNestedAttribute{
						Computed:            true,
						MarkdownDescription: "Parts of the Octopush wallet, each with its own expiry; empty at other vendors.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"id":         tf.Computed("ID of the wallet pack."),
							"amount":     tf.Computed("What is left of it, in euros, as a decimal number."),
							"expires_at": tf.Computed("When it expires, RFC 3339, UTC; null where Octopush does not tell."),
						}},
					},
				}},
			},
		},
	}
}
