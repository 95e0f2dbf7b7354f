package rate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

// Schema describes arguments and result.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "What AndroidAPI's gateways and partner devices, and Way2API's service, charge for a message. MyOTP.App and Octopush tell no prices.",
		Attributes: map[string]schema.Attribute{
			"account": tf.AccountAttribute("OTP_ANDROIDAPI_EU_SECRET"),
			"vendors": tf.VendorsAttribute(able()),
			"country": schema.StringAttribute{
				Optional: true, Validators: []validator.String{tf.Country},
				MarkdownDescription: "Only what a message to this country costs, an ISO 3166-1 alpha-2 code such as `FR`: of a gateway the price of that country or, where it has none, the default price.",
			},
			"rates": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Prices of one message by vendor: gateways first, each with its default price and then its countries, then partner devices.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"vendor":   tf.Computed("Vendor."),
					"kind":     tf.Computed("`gateway` or `partner` (somebody else's device) at AndroidAPI, `service` at Way2API."),
					"id":       tf.Computed("ID of the gateway, handle of the partner device (both are what `androidapi.gateway` of an `otp_sender_id` takes), or code of the service."),
					"name":     tf.Computed("Name at the vendor."),
					"country":  tf.Computed("ISO 3166-1 alpha-2 code of the country: where a message of a gateway goes to, where a partner device is. Null for the default price of a gateway."),
					"price":    tf.Computed("Price of one message as a decimal number; null where the vendor does not tell, as Way2API does not to everybody."),
					"currency": tf.Computed("Currency of the price, ISO 4217; null where the vendor does not tell."),
					"status":   tf.Computed("Status of a partner device in the vendor's words, such as `online`; null for everything else."),
				}},
			},
		},
	}
}
