package whatsapp

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

var (
	_ action.ActionWithConfigure  = (*Link)(nil)
	_ action.ActionWithModifyPlan = (*Link)(nil)
)

// Link is the action otp_whatsapp_link.
type Link struct{ session *tf.Session }

// NewLink returns the action.
func NewLink() action.Action { return &Link{} }

// linkModel is the configuration of the action.
type linkModel struct {
	Phone    types.String   `tfsdk:"phone"`
	ServerID types.String   `tfsdk:"server_id"`
	QRFile   types.String   `tfsdk:"qr_file"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

var actionWords = words{
	sameFile: "Two links have the same qr_file",
	several: func(*pairing.LinkedError) string {
		return " Remove the accounts that are not needed, in the AndroidAPI dashboard."
	},
	gone:  " Invoke the action again: it then links the phone anew.",
	again: "Invoke the action again",
}

// Metadata names the action type.
func (l *Link) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "otp_whatsapp_link"
}

// Configure takes the session.
func (l *Link) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	l.session = tf.From(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan says in time what would be in the way.
func (l *Link) ModifyPlan(_ context.Context, _ action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	if l.session == nil || l.session.Ready(otp.AndroidAPI) != nil {
		return
	}
	if _, err := l.session.Vendors.AndroidAPI(); err != nil {
		resp.Diagnostics.Append(tf.Failure(linkTried, err))
	}
}

// Invoke links the account. An account that is linked already is left alone, or
// linked again where it is not connected.
func (l *Link) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config linkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	timeout, diags := config.Timeouts.Invoke(ctx, pairing.LinkTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	tell := tf.Progress(ctx, resp)
	phone, codes := e164(config.Phone.ValueString()), 0
	result, diags := attempt{
		session: l.session, qrFile: config.QRFile.ValueString(), words: actionWords,
		request: pairing.Request{Phone: phone, Adopt: true, ServerID: config.ServerID.ValueString(), Timeout: timeout},
		show: func(code pairing.Code) error {
			codes++
			// The code begins on a line of its own: Terraform puts the name of
			// the action before what it is told.
			tell(pairing.Invitation(phone, codes > 1) + "\n" + strings.TrimSuffix(drawn(code), "\n"))
			return nil
		},
		tell: tell,
	}.link(ctx)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	tell(result.String())
	if result.Problem != nil {
		resp.Diagnostics.Append(diag.NewErrorDiagnostic("WhatsApp account is linked, but not connected",
			fmt.Sprintf("The QR code was scanned and AndroidAPI has the account %s. %s Invoke the action again: it links the phone again, unless the account has come up by then.",
				result.Account.Unique, result.Problem)))
	}
}

// drawn is the code for whoever reads Terraform's output. Terraform does not
// say whether it writes to a terminal; NO_COLOR is what asks for text alone, see
// https://no-color.org.
func drawn(code pairing.Code) string {
	if os.Getenv("NO_COLOR") != "" {
		return code.Text()
	}
	return code.Colored()
}
