package account

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

// Schema describes arguments and result.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "What each vendor tells of the account whose credentials are used: plan, status, what the key may do, how much of the plan is used, and what is left to spend. " +
			"Way2API tells nothing about accounts.",
		Attributes: map[string]schema.Attribute{
			"account": tf.AccountAttribute("OTP_OCTOPUSH_EU_API_KEY"),
			"countries": schema.SetAttribute{
				Optional: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(tf.Country)},
				MarkdownDescription: "Countries for which Octopush says in `credits` how many messages the amount pays, ISO 3166-1 alpha-2 in upper case. Absent: it is not asked.",
			},
			"vendors": tf.VendorsAttribute(vendors.TellAccounts()),
			"accounts": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "One entry for each vendor that answered.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"vendor":  tf.Computed("Vendor."),
					"account": tf.Computed("Slug of the account, as in the argument; null for the default account."),
					"id":      tf.Computed("The vendor's ID of the account, at MyOTP.App; null elsewhere."),
					"plan":    tf.Computed("The plan: name of the package at AndroidAPI, ID of the plan at MyOTP.App; null where there is none or the vendor tells none."),
					"status":  tf.Computed("Status of the account in MyOTP.App's words, such as `active`; null elsewhere."),
					"amount":  tf.Computed("What is left to spend, as a decimal number; null where it could not be read."),
					"unit":    tf.Computed("Unit of the amount: a currency (ISO 4217) at AndroidAPI, `credits` at MyOTP.App, `euros` at Octopush."),
					"permissions": schema.ListNestedAttribute{
						Computed: true,
						MarkdownDescription: "What the account may do and what not, as far as reads that cost nothing can show: permissions of the API key at AndroidAPI, " +
							"entitlements of the plan at MyOTP.App. What is not in the list is not known; it is empty at Octopush.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"name":    tf.Computed("Name in the vendor's words, such as `otp` or `CUSTOM_OTP_LENGTH`."),
							"granted": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the account has it."},
						}},
					},
					"credits": schema.ListNestedAttribute{
						Computed:            true,
						MarkdownDescription: "How many messages to each of `countries` the amount pays, at Octopush; null without `countries`, where it could not be read, and at other vendors. A country that Octopush does not tell about is left out.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"country":  tf.Computed("Country, ISO 3166-1 alpha-2."),
							"product":  tf.Computed("Product in the vendor's words: `premium_sms`, `low_cost_sms`, `vocal_sms` or `hlr`."),
							"messages": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many messages of it the amount pays, if nothing else is sent."},
						}},
					},
					"quotas": schema.ListNestedAttribute{
						Computed:            true,
						MarkdownDescription: "Counters of the AndroidAPI package, by name; empty at other vendors.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"name":  tf.Computed("Name of the counter in the vendor's words, such as `sms_send`."),
							"used":  schema.Int64Attribute{Computed: true, MarkdownDescription: "How much is used."},
							"limit": schema.Int64Attribute{Computed: true, MarkdownDescription: "How much there is; 0 seems to mean that there is no limit, which AndroidAPI does not document."},
						}},
					},
				}},
			},
		},
	}
}
