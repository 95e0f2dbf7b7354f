package transaction

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
)

var _ datasource.DataSourceWithConfigure = (*Consumption)(nil)

// Consumption is otp_consumption.
type Consumption struct{ tf.VendorData }

// NewConsumption returns the data source.
func NewConsumption() datasource.DataSource {
	return &Consumption{tf.VendorData{Name: "otp_consumption"}}
}

type consumptionModel struct {
	tf.OfAccount
	Year     tf.Integer   `tfsdk:"year"`
	Month    tf.Integer   `tfsdk:"month"`
	Channel  types.String `tfsdk:"channel"`
	Reveal   types.Bool   `tfsdk:"reveal_personal_data"`
	Sendings types.Int64  `tfsdk:"sendings"`
	Cost     types.String `tfsdk:"cost"`
	Agents   []agentModel `tfsdk:"agents"`
}

type agentModel struct {
	Email    types.String `tfsdk:"agent_email"`
	Sendings types.Int64  `tfsdk:"sendings"`
	Cost     types.String `tfsdk:"cost"`
}

// Schema describes arguments and result.
func (c *Consumption) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "What was sent through Octopush in a month, of every kind, and what it cost.",
		Attributes: map[string]schema.Attribute{
			"account": tf.AccountAttribute("OTP_OCTOPUSH_EU_API_KEY"),
			"year":    schema.Int64Attribute{CustomType: tf.IntegerType{}, Required: true, Validators: []validator.Int64{int64validator.Between(2000, 9999)}, MarkdownDescription: "Year, such as `2026`."},
			"month":   schema.Int64Attribute{CustomType: tf.IntegerType{}, Required: true, Validators: []validator.Int64{int64validator.Between(1, 12)}, MarkdownDescription: "Month, 1 to 12."},
			"channel": schema.StringAttribute{
				Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Only messages of this channel, such as `sms` or `voice`, in Octopush's words. It publishes no list of them, and may answer for all channels where it does not know the word. Absent: all.",
			},
			"reveal_personal_data": tf.RevealAttribute("e-mail addresses of agents", "n*****@example.com"),
			"sendings":             schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of sendings."},
			"cost":                 tf.Computed("Their cost in euros, as a decimal number."),
			"agents": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The same by agent, in Octopush's order; empty where nobody has sent.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"agent_email": tf.Computed("E-mail address of the agent, masked unless `reveal_personal_data` is true. The one that is the API login stays masked, because that is a credential."),
					"sendings":    schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of the agent's sendings."},
					"cost":        tf.Computed("Their cost in euros, as a decimal number; null where Octopush does not tell."),
				}},
			},
		},
	}
}

// Read asks for the month.
func (c *Consumption) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m consumptionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	_, diags := tf.Ask(ctx, m.In(c.Session), "read the consumption", tf.Question[any]{Vendor: otp.Octopush, Ask: func(ctx context.Context) (any, error) {
		return nil, m.fill(ctx, m.In(c.Session))
	}})
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (m *consumptionModel) fill(ctx context.Context, accounts tf.Accounts) error {
	client, err := accounts.Octopush()
	if err != nil {
		return err
	}
	found, err := client.MonthlyConsumption(ctx, octopush.ConsumptionRequest{
		Year: m.Year.ValueInt64(), Month: m.Month.ValueInt64(), Channel: m.Channel.ValueString(),
	})
	if err != nil {
		return err
	}
	m.Sendings, m.Cost, m.Agents = types.Int64Value(int64(*found.Sendings)), tf.Told(found.Cost), []agentModel{}
	for _, agent := range found.ByAgent {
		email := agent.AgentEmail
		if !m.Reveal.ValueBool() || client.IsLogin(email) {
			email = tf.MaskEmail(email)
		}
		m.Agents = append(m.Agents, agentModel{
			Email: tf.Told(email), Sendings: types.Int64Value(int64(agent.Sendings)), Cost: tf.Told(agent.Cost),
		})
	}
	return nil
}
