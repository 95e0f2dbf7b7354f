package whatsapp

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
)

var accountWords = words{
	sameFile: "Two resources have the same qr_file",
	several: func(linked *pairing.LinkedError) string {
		advice := " Take it over with an import block and plan again, or set adopt_existing = true:"
		if len(linked.Accounts) > 1 {
			advice = " Take over the one that you mean with an import block and plan again:"
		}
		return advice + importBlock(string(linked.Accounts[0].Unique))
	},
	gone:  " Plan again: Terraform then links the phone anew.",
	again: "Apply again",
}

// link links the account of a resource, and shows the code in the file of its
// configuration. A phone that is linked stays reserved.
func (a *Account) link(ctx context.Context, m resourceModel, request pairing.Request) (pairing.Result, diag.Diagnostics) {
	release, free := a.session.Reservations.Take(ownerReservation(request.Phone))
	if !free {
		return pairing.Result{}, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("phone"), "Two resources have the same phone",
			"Another "+accountType+" of this run links this phone, or has linked it. A phone has one account: remove one of the resources.")}
	}
	result, diags := attempt{session: a.session, request: request, qrFile: m.QRFile.ValueString(), words: accountWords}.link(ctx)
	if diags.HasError() {
		release()
	}
	return result, diags
}
