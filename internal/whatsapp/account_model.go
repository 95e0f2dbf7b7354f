package whatsapp

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

// resourceModel is a WhatsApp account as the resource and its list have it.
type resourceModel struct {
	Phone         types.String   `tfsdk:"phone"`
	ServerID      types.String   `tfsdk:"server_id"`
	AdoptExisting types.Bool     `tfsdk:"adopt_existing"`
	QRFile        types.String   `tfsdk:"qr_file"`
	Timeouts      timeouts.Value `tfsdk:"timeouts"`
	ID            types.String   `tfsdk:"id"`
	Status        types.String   `tfsdk:"status"`
	CreatedAt     types.String   `tfsdk:"created_at"`
}

// noTimeouts is the attribute where nobody has given it.
func noTimeouts() timeouts.Value {
	members := map[string]attr.Type{"create": types.StringType, "update": types.StringType, "delete": types.StringType}
	return timeouts.Value{Object: types.ObjectNull(members)}
}

// read takes over what the vendor says. A number that it does not tell is the
// one that is known.
func (m *resourceModel) read(account androidapi.Account) {
	m.fill(account)
	// A number is kept as the configuration spells it.
	if account.Phone != "" && !pairing.SamePhone(string(account.Phone), e164(m.Phone.ValueString())) {
		m.Phone = types.StringValue(pairing.E164(string(account.Phone)))
	}
}

// fill takes over what only the vendor can say.
func (m *resourceModel) fill(account androidapi.Account) {
	m.ID = types.StringValue(string(account.Unique))
	m.Status = types.StringValue(pairing.Status(account))
	m.CreatedAt = tf.Moment(account.Created.Time)
}

func (m *resourceModel) connected() bool {
	return m.Status.ValueString() == androidapi.StatusConnected
}

// identity is what an account is told apart by.
type identity struct {
	ID types.String `tfsdk:"id"`
}
