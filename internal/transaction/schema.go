package transaction

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const defaultMaxItems = 1000

// Schema describes arguments and result.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "What was sent and verified in a period, and what it cost.",
		Attributes: map[string]schema.Attribute{
			"start_date": schema.StringAttribute{Required: true, MarkdownDescription: "First day, `YYYY-MM-DD`, UTC."},
			"end_date":   schema.StringAttribute{Required: true, MarkdownDescription: "Last day, included, `YYYY-MM-DD`, UTC."},
			"vendors": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.OneOf(readable()...))},
				MarkdownDescription: "Vendors to ask: `" + strings.Join(readable(), "`, `") + "`. Absent: all of these.",
			},
			"max_items": schema.Int64Attribute{
				Optional: true, Validators: []validator.Int64{int64validator.Between(1, 100000)},
				MarkdownDescription: "Most rows to read, 1 to 100,000. Default 1,000; that there are more is a warning.",
			},
			"reveal_personal_data": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether phone numbers are shown in full, and so end up in the state. Default `false`: `+92*****2233`.",
			},
			"transactions": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The rows by vendor, each vendor's newest first.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"vendor":       computed("Vendor of the row."),
					"message_id":   computed("ID of the message at the vendor."),
					"phone_number": computed("The recipient, masked unless `reveal_personal_data` is true."),
					"channel":      computed("Channel of the message, where the vendor tells."),
					"status":       computed("What became of it, in the vendor's words, where it tells."),
					"cost":         computed("Cost as a decimal number, in the unit that `totals` names; null where the vendor does not tell."),
					"created_at":   computed("When it happened, RFC 3339, UTC."),
					"application":  computed("Name of the application whose key was used, where the vendor tells."),
					"description":  computed("The vendor's description of the row."),
				}},
			},
			"totals": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Sums of the rows by vendor.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"vendor": computed("Vendor."),
					"count":  schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of rows."},
					"cost":   computed("Sum of the costs as a decimal number."),
					"unit":   computed("Unit of the costs, such as `credits`."),
				}},
			},
		},
	}
}
