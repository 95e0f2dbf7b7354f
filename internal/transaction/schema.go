package transaction

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

const defaultMaxItems = 1000

// Schema describes arguments and result.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "What was sent and verified in a period, and what it cost.",
		Attributes: map[string]schema.Attribute{
			"start_date": schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: "First day, `YYYY-MM-DD`, UTC. Absent: seven days before `end_date`."},
			"end_date":   schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: "Last day, included, `YYYY-MM-DD`, UTC. Absent: today."},
			"account":    tf.AccountAttribute("OTP_MYOTP_EU_API_KEY"),
			"vendors":    tf.VendorsAttribute(able()),
			"max_items": schema.Int64Attribute{
				CustomType: tf.IntegerType{},
				Optional:   true, Validators: []validator.Int64{int64validator.Between(1, 100000)},
				MarkdownDescription: "Most rows to read, 1 to 100,000. Default 1,000; that there are more is a warning.",
			},
			"reveal_personal_data": tf.RevealAttribute("phone numbers and IP addresses", "+92*****2233"),
			"transactions": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The rows by vendor, each vendor's newest first.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"vendor":       tf.Computed("Vendor of the row."),
					"message_id":   tf.Computed("ID of the message at the vendor."),
					"phone_number": tf.Computed("The recipient, masked unless `reveal_personal_data` is true."),
					"channel":      tf.Computed("Channel of the message, where the vendor tells."),
					"status":       tf.Computed("What became of it, in the vendor's words, where it tells."),
					"cost":         tf.Computed("Cost as a decimal number, in the unit that `totals` names; null where the vendor does not tell."),
					"created_at":   tf.Computed("When it happened, RFC 3339, UTC; null where the vendor does not tell."),
					"application":  tf.Computed("Name of the application whose key was used, where the vendor tells."),
					"description":  tf.Computed("The vendor's description of the row, where there is one. The recipient's number is masked in it, too."),
					"message_type": tf.Computed("MyOTP.App's number that tells a send from a verification, which it does not explain; null elsewhere."),
					"force_send":   schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the code was sent although another one was still valid, where the vendor tells (MyOTP.App); null elsewhere."},
					"client_ip":    tf.Computed("IP address that the request came from, where the vendor tells (MyOTP.App), masked unless `reveal_personal_data` is true; null elsewhere."),
				}},
			},
			"totals": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Sums of the rows by vendor.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"vendor": tf.Computed("Vendor."),
					"count":  schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of rows."},
					"cost":   tf.Computed("Sum of the costs as a decimal number; null where the vendor tells no costs."),
					"unit":   tf.Computed("Unit of the costs, such as `credits`; null where the vendor tells no costs."),
				}},
			},
		},
	}
}
