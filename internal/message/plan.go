package message

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

// ModifyPlan says in time what would keep the code from being sent. A profile
// that this run creates or changes is looked at when it is invoked.
func (d *TestDelivery) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var m testDeliveryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() || d.session == nil || !d.session.Catalog.Known() || m.Profile.IsUnknown() {
		return
	}
	object, err := d.session.Catalog.Settled(ctx, m.Profile.ValueString())
	switch {
	case err != nil:
		resp.Diagnostics.Append(tf.Failure("send the code", err))
		return
	case object == nil || m.Phone.IsUnknown() || m.Route.IsUnknown() || m.EveryRoute.IsUnknown() || m.RecipientIP.IsUnknown():
		return
	}
	if err := application.CheckRequest(object.Document, d.runner(), m.request(), d.session.Ready); err != nil {
		resp.Diagnostics.Append(d.problem(err))
	}
}

func (d *TestDelivery) problem(err error) diag.Diagnostic {
	var outside *application.NotAllowedError
	if errors.As(err, &outside) {
		return diag.NewAttributeErrorDiagnostic(path.Root("phone"), titles[application.NotAllowed], err.Error())
	}
	return tf.Failure("send the code", err)
}
