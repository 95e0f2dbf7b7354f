package whatsapp

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

var (
	_ resource.ResourceWithConfigure   = (*Account)(nil)
	_ resource.ResourceWithIdentity    = (*Account)(nil)
	_ resource.ResourceWithImportState = (*Account)(nil)
	_ resource.ResourceWithModifyPlan  = (*Account)(nil)
)

// accountType is the resource as HCL calls it.
const accountType = "otp_whatsapp_account"

// Account is the resource otp_whatsapp_account.
type Account struct{ session *tf.Session }

// NewAccount returns the resource.
func NewAccount() resource.Resource { return &Account{} }

// Metadata names the resource type.
func (a *Account) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = accountType
}

// Configure takes the session.
func (a *Account) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	a.session = tf.From(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan plans an account that is not connected to become so, and says in
// time what would be in the way of linking it.
func (a *Account) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || len(resp.RequiresReplace) > 0 {
		return // what is created in its place is planned by itself
	}
	var plan resourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || plan.connected() {
		return
	}
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("status"), androidapi.StatusConnected)...)
	}
	if a.session == nil || a.session.Ready(otp.AndroidAPI) != nil {
		return
	}
	if _, err := a.session.Vendors.AndroidAPI(); err != nil {
		resp.Diagnostics.Append(tf.Failure("link the WhatsApp account", err))
	}
	if plan.QRFile.IsNull() && !plan.AdoptExisting.ValueBool() {
		resp.Diagnostics.AddAttributeWarning(path.Root("qr_file"), "QR code will not be shown",
			"The account has to be linked by a QR code, and no qr_file is given to show it. Give one, trigger the action otp_whatsapp_link before the account is created (Terraform 1.14 and later), or link the phone in the AndroidAPI dashboard while the apply waits.")
	}
}

// ImportState imports by handle or phone number, or by identity. An account that is not
// there is an error here, where the others can be named.
func (a *Account) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	wanted := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &wanted)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	accounts, err := a.accounts(ctx)
	if err != nil {
		resp.Diagnostics.Append(tf.Failure("import the WhatsApp account", err))
		return
	}
	account, sentence := pick(accounts, wanted.ValueString())
	if sentence != "" {
		resp.Diagnostics.AddError("WhatsApp account is not there", sentence)
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), string(account.Unique))...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, types.StringValue(string(account.Unique)))...)
}

// pick finds the account of a handle or a number, or says why there is none.
func pick(accounts []androidapi.Account, wanted string) (androidapi.Account, string) {
	var found []androidapi.Account
	var handles []string
	phone := e164(wanted)
	for _, account := range accounts {
		handle := string(account.Unique)
		if handle == wanted || strings.HasPrefix(phone, "+") && pairing.SamePhone(string(account.Phone), phone) {
			found = append(found, account)
		}
		handles = append(handles, fmt.Sprintf("%s (%s)", handle, otp.MaskPhone(string(account.Phone))))
	}
	const advice = "An account is imported by its id or by its phone number, such as +923004445566."
	switch {
	case len(found) == 1 && found[0].Phone != "":
		return found[0], ""
	case len(found) == 1:
		return androidapi.Account{}, fmt.Sprintf("AndroidAPI does not tell the phone number of the WhatsApp account %s, so it cannot be imported. Link it again in the AndroidAPI dashboard first.", wanted)
	case len(found) > 1:
		handles = nil
		for _, account := range found {
			handles = append(handles, string(account.Unique))
		}
		return androidapi.Account{}, fmt.Sprintf("AndroidAPI has %d WhatsApp accounts with that number. Import one of them by its id: %s.", len(found), strings.Join(handles, ", "))
	case len(handles) == 0:
		return androidapi.Account{}, "AndroidAPI has no WhatsApp account at all. Check that the secret belongs to the right AndroidAPI account."
	case len(handles) > 10:
		return androidapi.Account{}, fmt.Sprintf("None of the %d WhatsApp accounts at AndroidAPI is that one. %s The data source otp_whatsapp_accounts lists them.", len(handles), advice)
	}
	return androidapi.Account{}, fmt.Sprintf("None of the WhatsApp accounts at AndroidAPI is that one: they are %s. %s", strings.Join(handles, ", "), advice)
}

// accounts are those of the vendor, as all resources of this run see them.
func (a *Account) accounts(ctx context.Context) ([]androidapi.Account, error) {
	client, err := client(a.session)
	if err != nil {
		return nil, err
	}
	return client.AccountList(ctx)
}

func identify(ctx context.Context, into *tfsdk.ResourceIdentity, id types.String) diag.Diagnostics {
	if into == nil {
		return nil
	}
	return into.Set(ctx, identity{ID: id})
}
