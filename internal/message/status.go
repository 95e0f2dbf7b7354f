// Package message is what Terraform does with single messages: the data source
// otp_message_status, and the actions otp_test_delivery, otp_verify and otp_extend.
package message

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
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
				Required: true, Validators: []validator.String{stringvalidator.OneOf(otp.Names(able())...)},
				MarkdownDescription: "Vendor that sent the message: `" + strings.Join(otp.Names(able()), "` or `") + "`.",
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

// telling is a vendor's client that tells what became of a message.
type telling interface {
	// CheckMessage says what is wrong with a channel and an ID, without an account.
	// What is not known yet is empty.
	CheckMessage(channel otp.Channel, id string) otp.Problems
	MessageReport(ctx context.Context, channel otp.Channel, id string) (otp.MessageReport, error)
}

// able are the vendors that tell what became of a message.
func able() []otp.Vendor { return vendors.Able[telling]() }

// ValidateConfig checks what only holds for one of the vendors.
func (s *Status) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var m statusModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	vendor, _ := vendors.Find(otp.Vendor(m.Vendor.ValueString()))
	if rules, tells := httpapi.Rules[telling](vendor); tells {
		resp.Diagnostics.Append(tf.Report(rules.CheckMessage(otp.Channel(m.Channel.ValueString()), m.MessageID.ValueString()))...)
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
	found, diags := tf.Ask(ctx, accounts, "check the message", tf.Question[otp.MessageReport]{Vendor: vendor, Ask: func(ctx context.Context) (otp.MessageReport, error) {
		client, err := vendors.Reader[telling](accounts.Clients, vendor)
		if err != nil {
			return otp.MessageReport{}, err
		}
		return client.MessageReport(ctx, otp.Channel(m.Channel.ValueString()), m.MessageID.ValueString())
	}})
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(tf.Report(found.Remarks)...)
	m.Status, m.IsActive, m.ExpiresAt = types.StringValue(found.Outcome), types.BoolPointerValue(found.Active), tf.Told(found.ExpiresAt)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
