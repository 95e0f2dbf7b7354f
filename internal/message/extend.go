package message

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

var _ action.ActionWithConfigure = (*Extend)(nil)

// Extend is the action otp_extend.
type Extend struct{ acting }

// NewExtend returns the action.
func NewExtend() action.Action { return &Extend{acting{name: "otp_extend"}} }

type extendModel struct {
	Profile types.String `tfsdk:"profile"`
	Phone   types.String `tfsdk:"phone"`
	Seconds tf.Integer   `tfsdk:"seconds"`
}

// Schema describes the action.
func (e *Extend) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lets the last code that this machine has sent to the phone by the profile be valid for longer. Of the vendors, only MyOTP.App can do that.",
		Attributes: map[string]schema.Attribute{
			"profile": profileAttribute(),
			"phone":   phoneAttribute(),
			"seconds": schema.Int64Attribute{
				CustomType: tf.IntegerType{},
				Required:   true, Validators: []validator.Int64{extension{}},
				MarkdownDescription: "Seconds to add to the validity of the code, 30 to 14,400 at a time. Below 60 is warned of: MyOTP.App's newest document begins there.",
			},
		},
	}
}

// Invoke extends.
func (e *Extend) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var m extendModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	e.with(ctx, resp, "extend the code", func(t *application.Application) error {
		result, err := t.Extend(ctx, m.Profile.ValueString(), delivery.Recipient{Phone: m.Phone.ValueString()}, m.Seconds.ValueInt64())
		conclude(ctx, result, resp, "The code is valid for longer")
		return err
	})
}
