package message

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

var _ action.ActionWithConfigure = (*Verify)(nil)

// Verify is the action otp_verify.
type Verify struct{ acting }

// NewVerify returns the action.
func NewVerify() action.Action { return &Verify{acting{name: "otp_verify"}} }

type verifyModel struct {
	Profile     types.String `tfsdk:"profile"`
	Phone       types.String `tfsdk:"phone"`
	Code        types.String `tfsdk:"code"`
	RecipientIP types.String `tfsdk:"recipient_ip"`
}

// Schema describes the action.
func (v *Verify) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Verifies a code against the last one that this machine has sent to the phone by the profile, as an application does. Anything but a right code is an error.",
		Attributes: map[string]schema.Attribute{
			"profile": profileAttribute(),
			"phone":   phoneAttribute(),
			"code": schema.StringAttribute{
				Required: true, Validators: []validator.String{stringvalidator.LengthBetween(1, 64)},
				MarkdownDescription: "Code as the person reads it; spaces and hyphens do not matter. Terraform shows the configuration of an action in its plans: give the code by a variable that is `sensitive`.",
			},
			"recipient_ip": recipientIPAttribute(),
		},
	}
}

// Invoke verifies.
func (v *Verify) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var m verifyModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	v.with(ctx, resp, "verify the code", func(t *application.Application) error {
		result, err := t.Verify(ctx, m.Profile.ValueString(), delivery.Recipient{Phone: m.Phone.ValueString(), IP: m.RecipientIP.ValueString()}, m.Code.ValueString())
		conclude(ctx, result, resp, "The code is right")
		return err
	})
}

// conclude reports a result, if there is one.
func conclude(ctx context.Context, result application.Result, resp *action.InvokeResponse, good string) {
	if result.Outcome == "" {
		return
	}
	blame(result, resp)
	if result.Good() {
		tf.Progress(ctx, resp)(fmt.Sprintf("%s: %s", good, summary(result)))
	}
}
