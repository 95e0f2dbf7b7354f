package transaction

import (
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

type model struct {
	tf.OfAccount
	StartDate    types.String `tfsdk:"start_date"`
	EndDate      types.String `tfsdk:"end_date"`
	Vendors      types.Set    `tfsdk:"vendors"`
	MaxItems     tf.Integer   `tfsdk:"max_items"`
	Reveal       types.Bool   `tfsdk:"reveal_personal_data"`
	Transactions []rowModel   `tfsdk:"transactions"`
	Totals       []totalModel `tfsdk:"totals"`
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
	MessageType types.String `tfsdk:"message_type"`
	ForceSend   types.Bool   `tfsdk:"force_send"`
	ClientIP    types.String `tfsdk:"client_ip"`
}

type totalModel struct {
	Vendor types.String `tfsdk:"vendor"`
	Count  types.Int64  `tfsdk:"count"`
	Cost   types.String `tfsdk:"cost"`
	Unit   types.String `tfsdk:"unit"`
}

// period is a range of days, UTC, both included.
type period struct{ first, last time.Time }

// lastDays is how many days a period goes back that has no beginning (MyOTP
// reference §6).
const lastDays = 7

// period reads the range of days. Without an end it ends today, and without a
// beginning it begins seven days before its end.
func (m *model) period(today time.Time, diags *diag.Diagnostics) period {
	parse := func(name string, value types.String) time.Time {
		moment, err := time.Parse(time.DateOnly, value.ValueString())
		if err != nil {
			diags.AddAttributeError(path.Root(name), "Date is not one", fmt.Sprintf("%s is %q; write a day of the calendar as YYYY-MM-DD, such as \"2026-01-31\".", name, value.ValueString()))
		}
		return moment
	}
	if m.EndDate.IsNull() {
		m.EndDate = types.StringValue(today.UTC().Format(time.DateOnly))
	}
	last := parse("end_date", m.EndDate)
	if m.StartDate.IsNull() {
		m.StartDate = types.StringValue(last.AddDate(0, 0, -lastDays).Format(time.DateOnly))
	}
	p := period{parse("start_date", m.StartDate), last}
	if !diags.HasError() && p.last.Before(p.first) {
		diags.AddAttributeError(path.Root("end_date"), "Period ends before it begins", fmt.Sprintf("end_date %s is before start_date %s. Exchange them.", m.EndDate.ValueString(), m.StartDate.ValueString()))
	}
	return p
}

func (m model) maxItems() int64 {
	if m.MaxItems.IsNull() {
		return defaultMaxItems
	}
	return m.MaxItems.ValueInt64()
}

func (m *model) fill(reports []report) {
	reveal := m.Reveal.ValueBool()
	m.Transactions, m.Totals = []rowModel{}, []totalModel{}
	for _, report := range reports {
		vendor := types.StringValue(string(report.vendor))
		for _, r := range report.rows {
			m.Transactions = append(m.Transactions, rowModel{
				Vendor:      vendor,
				MessageID:   tf.Told(r.MessageID),
				PhoneNumber: tf.Told(tf.Phone(r.Phone, reveal)),
				Channel:     tf.Told(r.Channel),
				Status:      tf.Told(r.Status),
				Cost:        tf.Told(r.Cost),
				CreatedAt:   created(r),
				Application: tf.Told(r.Application),
				Description: tf.Told(words(r, reveal)),
				MessageType: tf.Told(r.MessageType),
				ForceSend:   types.BoolPointerValue(r.ForceSend),
				ClientIP:    tf.Told(address(r, reveal)),
			})
		}
		m.Totals = append(m.Totals, totalModel{
			Vendor: vendor,
			Count:  types.Int64Value(int64(len(report.rows))),
			Cost:   tf.Told(report.cost),
			Unit:   tf.Told(report.unit),
		})
	}
}

func created(r otp.Transaction) types.String {
	if r.CreatedAt.IsZero() {
		return tf.Told(r.CreatedText)
	}
	return tf.Moment(r.CreatedAt)
}

// hidden stands for what is personal and has no part that may be shown.
const hidden = "*****"

// address is where the request came from.
func address(r otp.Transaction, reveal bool) string {
	if reveal || r.ClientIP == "" {
		return r.ClientIP
	}
	return hidden
}

// words are the vendor's description. Nobody says what it may hold, so the
// recipient's number and the address of the caller are masked in it, too.
func words(r otp.Transaction, reveal bool) string {
	if reveal {
		return r.Description
	}
	text := r.Description
	if digits := strings.TrimPrefix(r.Phone, "+"); digits != "" {
		masked := otp.MaskPhone(digits)
		text = strings.NewReplacer("+"+digits, masked, digits, masked).Replace(text)
	}
	if r.ClientIP != "" {
		text = strings.ReplaceAll(text, r.ClientIP, hidden)
	}
	return text
}
