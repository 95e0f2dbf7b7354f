package whatsapp

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

// Create links the account. Once its code was scanned there is an account, and
// so there is a state, whatever happens then: an error would have it destroyed.
func (a *Account) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan resourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, pairing.LinkTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	result, diags := a.link(ctx, plan, pairing.Request{
		Phone: e164(plan.Phone.ValueString()), Adopt: plan.AdoptExisting.ValueBool(), ServerID: plan.ServerID.ValueString(), Timeout: timeout,
	})
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	plan.fill(result.Account)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, plan.ID)...)
	if result.Problem != nil {
		resp.Diagnostics.AddWarning("WhatsApp account is linked, but not connected",
			fmt.Sprintf("The QR code was scanned and the account %s exists. %s The account is in the state; the next plan links it again, unless it has come up by then.", plan.ID.ValueString(), result.Problem))
	}
}

// Read fills the state from the list that all accounts of this run share: the
// vendor has no reading of a single account.
func (a *Account) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state resourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	// The identity comes first: a CLI that knows none sends none, and a removal
	// without one is an error there.
	resp.Diagnostics.Append(identify(ctx, resp.Identity, state.ID)...)
	if resp.Diagnostics.HasError() || a.session == nil || a.session.Ready(otp.AndroidAPI) != nil {
		return
	}
	accounts, err := a.accounts(ctx)
	if err != nil {
		resp.Diagnostics.Append(tf.Failure("read the WhatsApp account", err))
		return
	}
	for _, account := range accounts {
		if string(account.Unique) == state.ID.ValueString() {
			state.read(account)
			resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
			return
		}
	}
	resp.State.RemoveResource(ctx)
	resp.Diagnostics.AddWarning("WhatsApp account was deleted outside of Terraform",
		fmt.Sprintf("AndroidAPI no longer has the WhatsApp account %s. It was removed from the state; apply to link the phone anew, or remove it from the configuration.", state.ID.ValueString()))
}

// Update links the account again where it is not connected. Everything else
// that can change counts for the next link only.
func (a *Account) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state resourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, pairing.LinkTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !state.connected() {
		result, diags := a.link(ctx, plan, pairing.Request{
			Phone: e164(plan.Phone.ValueString()), Unique: state.ID.ValueString(), ServerID: plan.ServerID.ValueString(), Timeout: timeout,
		})
		resp.Diagnostics.Append(diags...)
		switch {
		case diags.HasError():
			return
		case string(result.Account.Unique) != state.ID.ValueString():
			resp.Diagnostics.AddError("WhatsApp account came back as another one",
				fmt.Sprintf("AndroidAPI has linked the phone as the account %s, in place of %s. Take the old one out of the state with a removed block, then take the new one over:%s",
					result.Account.Unique, state.ID.ValueString(), importBlock(string(result.Account.Unique))))
			return
		case result.Problem != nil:
			resp.Diagnostics.AddAttributeError(path.Root("status"), "WhatsApp account is linked again, but not connected",
				fmt.Sprintf("%s Plan again: the account may have come up by then.", result.Problem))
			return
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, plan.ID)...)
}

// Delete removes the account from the vendor, which logs the phone out.
func (a *Account) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state resourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, pairing.UnlinkTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	linker, err := linker(a.session)
	if err == nil {
		defer forget(a.session)
		err = linker.Unlink(ctx, state.ID.ValueString(), timeout)
	}
	if err != nil {
		resp.Diagnostics.Append(tf.Failure("delete the WhatsApp account", err))
	}
}
