// Package message is what Terraform does with single messages: the data source
// otp_message_status, and the actions otp_test_delivery, otp_verify and otp_extend.
package message

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

var (
	_ datasource.DataSourceWithConfigure      = (*Status)(nil)
	_ datasource.DataSourceWithValidateConfig = (*Status)(nil)
)

// Status is otp_message_status.
type Status struct{ tf.VendorData }

// NewStatus returns the data source.
func NewStatus() datasource.DataSource { return &Status{tf.VendorData{Name: "otp_message_status"}} }

type statusModel struct {
	tf.OfAccount
	Vendor    types.String `tfsdk:"vendor"`
	MessageID types.String `tfsdk:"message_id"`
	Channel   types.String `tfsdk:"channel"`
	Status    types.String `tfsdk:"status"`
	IsActive  types.Bool   `tfsdk:"is_active"`
	ExpiresAt types.String `tfsdk:"expires_at"`
}

// Schema describes arguments and result.
func (s *Status) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "What became of one message, in the words that profile documents use for every vendor. Octopush and Way2API do not tell.",
		Attributes: map[string]schema.Attribute{
			"account": tf.AccountAttribute("OTP_MYOTP_EU_API_KEY"),
			"vendor": schema.StringAttribute{
				Required: true, Validators: []validator.String{stringvalidator.OneOf(string(otp.AndroidAPI), string(otp.MyOTP))},
				MarkdownDescription: "Vendor that sent the message: `androidapi` or `myotp`.",
			},
			"message_id": schema.StringAttribute{
				Required: true, Validators: []validator.String{stringvalidator.LengthBetween(1, 128)},
				MarkdownDescription: "ID of the message as the vendor told it when it was sent, 1 to 128 characters; a number at AndroidAPI.",
			},
			"channel": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.OneOf(string(otp.SMS), string(otp.WhatsApp))},
				MarkdownDescription: "AndroidAPI only, which numbers the messages of each channel on their own: `sms` or `whatsapp`. Default `sms`.",
			},
			"status": tf.Computed("`delivered`, `pending`, `failed`, `not_found`, `unavailable` (the vendor has no report for the plan, market or carrier) or `unknown` (a report that nobody documents). " +
				"AndroidAPI never learns of a delivery: what it has sent stays `pending`."),
			"is_active":  schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the code in the message can still be verified; null where the vendor does not tell."},
			"expires_at": tf.Computed("When the code expires, RFC 3339, UTC; null where the vendor does not tell."),
		},
	}
}

// number is an ID of AndroidAPI.
var number = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)

// ValidateConfig checks what only holds for one of the vendors.
func (s *Status) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var m statusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	switch otp.Vendor(m.Vendor.ValueString()) {
	case otp.AndroidAPI:
		if id := m.MessageID; !id.IsUnknown() && !number.MatchString(id.ValueString()) {
			resp.Diagnostics.AddAttributeError(path.Root("message_id"), "Message ID is not one of AndroidAPI",
				fmt.Sprintf("message_id is %q; AndroidAPI numbers its messages: 1042.", id.ValueString()))
		}
	case otp.MyOTP:
		if !m.Channel.IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root("channel"), "MyOTP.App needs no channel",
				"MyOTP.App finds a message of any channel by its ID. Remove channel.")
		}
	}
}

// Read asks what became of the message. One that the vendor does not know is a
// status, not an error.
func (s *Status) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m statusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	vendor := otp.Vendor(m.Vendor.ValueString())
	accounts := m.In(s.Session)
	question := tf.Question[report]{Vendor: vendor, Ask: func(ctx context.Context) (report, error) {
		if vendor == otp.MyOTP {
			return askMyOTP(ctx, accounts, m.MessageID.ValueString())
		}
		return askAndroidAPI(ctx, accounts, otp.Channel(m.Channel.ValueString()), m.MessageID.ValueString())
	}}
	found, diags := tf.Ask(ctx, accounts, "check the message", question)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	found.warn(&resp.Diagnostics)
	m.Status, m.IsActive, m.ExpiresAt = types.StringValue(found.status), found.active, tf.Told(found.expiresAt)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// report is what a vendor tells about a message.
type report struct {
	status    string     // one of the outcomes of a status call
	active    types.Bool // null: the vendor does not tell
	expiresAt string     // RFC 3339; empty: the vendor does not tell
	words     string     // the vendor's own, where there are any
}

// warn says what to do where the plan of the account is why there is no report
// (MyOTP reference §5).
func (r report) warn(diags *diag.Diagnostics) {
	if r.status == otp.OutcomeUnavailable && strings.Contains(r.words, "plan") {
		diags.AddAttributeWarning(path.Root("status"), "Plan of MyOTP.App has no delivery reports",
			fmt.Sprintf("MyOTP.App answered %q. Delivery reports (DLR_ACCESS) belong to its plan Enterprise; without them the status stays unavailable, while is_active and expires_at are right.", r.words))
	}
}
