package transaction

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

type model struct {
	StartDate    types.String `tfsdk:"start_date"`
	EndDate      types.String `tfsdk:"end_date"`
	Vendors      types.Set    `tfsdk:"vendors"`
	MaxItems     types.Int64  `tfsdk:"max_items"`
	Reveal       types.Bool   `tfsdk:"reveal_personal_data"`
	Transactions types.List   `tfsdk:"transactions"`
	Totals       types.List   `tfsdk:"totals"`
}

type rowModel struct {
	Vendor      types.String `tfsdk:"vendor"`
	MessageID   types.String `tfsdk:"message_id"`
	PhoneNumber types.String `tfsdk:"phone_number"`
	Channel     types.String `tfsdk:"channel"`
	Status      types.String `tfsdk:"status"`
	Cost        types.String `tfsdk:"cost"`
	CreatedAt   types.String `tfsdk:"created_at"`
	Application types.String `tfsdk:"application"`
	Description types.String `tfsdk:"description"`
}

type totalModel struct {
	Vendor types.String `tfsdk:"vendor"`
	Count  types.Int64  `tfsdk:"count"`
	Cost   types.String `tfsdk:"cost"`
	Unit   types.String `tfsdk:"unit"`
}

// period is the range of days.
func (m model) period(diags *diag.Diagnostics) (from, to time.Time) {
	parse := func(name string, value types.String) time.Time {
		moment, err := time.Parse(time.DateOnly, value.ValueString())
		if err != nil {
			diags.AddAttributeError(path.Root(name), "Date is not one", fmt.Sprintf("%s is %q; write a day of the calendar as YYYY-MM-DD, such as \"2026-01-31\".", name, value.ValueString()))
		}
		return moment
	}
	from, to = parse("start_date", m.StartDate), parse("end_date", m.EndDate)
	if !diags.HasError() && to.Before(from) {
		diags.AddAttributeError(path.Root("end_date"), "Period ends before it begins", fmt.Sprintf("end_date %s is before start_date %s. Exchange them.", m.EndDate.ValueString(), m.StartDate.ValueString()))
	}
	return from, to
}

func (m model) vendors(ctx context.Context) ([]otp.Vendor, diag.Diagnostics) {
	names := readable()
	if m.Vendors.IsNull() {
		return asVendors(names), nil
	}
	names = nil
	diags := m.Vendors.ElementsAs(ctx, &names, false)
	return asVendors(names), diags
}

func (m model) maxItems() int64 {
	if m.MaxItems.IsNull() {
		return defaultMaxItems
	}
	return m.MaxItems.ValueInt64()
}

func (m *model) fill(ctx context.Context, rows []row, totals []total, diags *diag.Diagnostics) {
	lines := make([]rowModel, 0, len(rows))
	for _, r := range rows {
		lines = append(lines, rowModel{
			Vendor:      types.StringValue(string(r.vendor)),
			MessageID:   told(r.messageID),
			PhoneNumber: told(tf.Phone(r.phone, m.Reveal.ValueBool())),
			Channel:     told(r.channel),
			Status:      told(r.status),
			Cost:        told(r.cost),
			CreatedAt:   told(r.createdAt),
			Application: told(r.application),
			Description: told(r.description),
		})
	}
	sums := make([]totalModel, 0, len(totals))
	for _, t := range totals {
		sums = append(sums, totalModel{
			Vendor: types.StringValue(string(t.vendor)),
			Count:  types.Int64Value(t.count),
			Cost:   types.StringValue(t.cost),
			Unit:   types.StringValue(t.unit),
		})
	}
	var found diag.Diagnostics
	m.Transactions, found = types.ListValueFrom(ctx, m.Transactions.ElementType(ctx), lines)
	diags.Append(found...)
	m.Totals, found = types.ListValueFrom(ctx, m.Totals.ElementType(ctx), sums)
	diags.Append(found...)
}

// told is a value that a vendor may leave out.
func told(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}
