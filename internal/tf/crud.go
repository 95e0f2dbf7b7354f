package tf

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// Create writes a new object.
func (r *Resource[S]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	w, ok := r.prepare(req.Plan, &resp.Diagnostics)
	if !ok {
		return
	}
	result, err := r.session.Catalog.create(ctx, w)
	if err != nil {
		r.fail("create", err, &resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, private{
		CatalogID: result.CatalogID, Revision: result.Object.Revision, Claim: result.Object.Claim, Resource: newResource(),
	})...)
	r.finish(ctx, result, &resp.State, resp.Identity, &resp.Diagnostics)
	if result.CreatedCatalog && r.session.Catalog.isDefault {
		resp.Diagnostics.AddWarning("Catalog file was created",
			fmt.Sprintf("No catalog was configured, so %s was created in the working directory. It holds your OTP setup and applications read it: keep it with your state. A CI runner that loses its disk loses it. Set catalog.url or OTP_CATALOG_URL to choose another place.", r.session.Catalog.store.URL()))
	}
	r.adopted(result, &resp.Diagnostics)
}

// adopted names what was taken over. The title names it, too: Terraform shows
// but one of several warnings with the same title.
func (r *Resource[S]) adopted(result catalog.Result, diags *diag.Diagnostics) {
	if !result.Adopted {
		return
	}
	former := result.Former
	diags.AddWarning(capital(former.Ref().String())+" was taken over",
		fmt.Sprintf("The %s was in the catalog with exactly this content (revision %d, written by %s at %s) and was taken over, because adopt is \"identical\": this resource may change and delete it from now on. "+
			"If another state managed it, take it out of that one. Unset OTP_CATALOG_ADOPT, or catalog.adopt, for the next run.",
			former.Ref(), former.Revision, former.UpdatedBy, former.UpdatedAt.Format(time.RFC3339)))
}

// Read fills the state from the catalog.
func (r *Resource[S]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var name types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("name"), &name)...)
	// The identity comes first: a CLI that knows none sends none, and a removal
	// without one is an error there.
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, name)...)
	kept, diags := getPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || r.session == nil {
		return
	}
	if !r.session.Catalog.Known() {
		if kept.CatalogID == "" {
			resp.Diagnostics.AddError("Catalog is not known", fmt.Sprintf("The %s %q cannot be imported, because the URL of the catalog is still unknown. Give catalog.url a value that Terraform knows when it plans.", r.noun.Kind.Title(), name.ValueString()))
		}
		return
	}
	ref := catalog.Ref{Kind: r.noun.Kind, Name: name.ValueString()}
	r.session.Catalog.run.refresh(ref)
	snapshot, err := r.session.Catalog.read(ctx)
	if err != nil {
		r.fail("read", err, &resp.Diagnostics)
		return
	}
	if kept.CatalogID != "" && kept.CatalogID != snapshot.ID {
		r.fail("read", &catalog.WrongCatalogError{Catalog: r.session.Catalog.store.URL(), Want: kept.CatalogID, Got: snapshot.ID}, &resp.Diagnostics)
		return
	}
	object, found := snapshot.Get(ref)
	if !found || object.RetiredAt != nil {
		r.session.Catalog.overlay.over(ref)
		resp.State.RemoveResource(ctx)
		if kept.CatalogID != "" { // an import of what is not there ends in Terraform's own error
			resp.Diagnostics.AddWarning(r.noun.title()+" was deleted outside of Terraform", removal(ref, object, r.session.Catalog.store.URL()))
		}
		return
	}
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, private{
		CatalogID: snapshot.ID, Revision: object.Revision, Claim: cmp.Or(kept.Claim, object.Claim),
		Resource: cmp.Or(kept.Resource, newResource()), Sources: note(snapshot, object.MadeFrom),
	})...)
	if kept.Claim != "" && kept.Claim != object.Claim {
		resp.Diagnostics.AddWarning(capital(ref.String())+" belongs to another state now", r.session.Catalog.store.TakenOver(ctx, ref).Error())
	}
	raw, err := r.noun.encode(ctx, resp.State.Schema.Type(), object, nil)
	if err != nil {
		r.fail("read", err, &resp.Diagnostics)
		return
	}
	resp.State.Raw = raw
}

func removal(ref catalog.Ref, object catalog.Object, url string) string {
	how := fmt.Sprintf("%s is no longer in the catalog %s.", capital(ref.String()), url)
	if object.RetiredAt != nil {
		how = fmt.Sprintf("%s was deleted from the catalog %s by %s at %s.", capital(ref.String()), url, object.RetiredBy, object.RetiredAt.Format("2006-01-02 15:04:05 MST"))
	}
	return how + " It was removed from the state; apply to create it again, or remove it from the configuration."
}

// Update replaces an object, if nobody else changed it meanwhile.
func (r *Resource[S]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	w, ok := r.prepare(req.Plan, &resp.Diagnostics)
	kept, diags := getPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if !ok || diags.HasError() {
		return
	}
	w.CatalogID, w.Claim = kept.CatalogID, kept.Claim
	result, err := r.session.Catalog.update(ctx, w, kept.Revision)
	if err != nil {
		r.fail("update", err, &resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, private{
		CatalogID: result.CatalogID, Revision: result.Object.Revision, Claim: result.Object.Claim, Resource: kept.Resource,
	})...)
	r.finish(ctx, result, &resp.State, resp.Identity, &resp.Diagnostics)
	r.adopted(result, &resp.Diagnostics)
}

// Delete removes an object, or retires it while a profile still refers to it.
func (r *Resource[S]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, diags := r.noun.decode(req.State.Raw)
	resp.Diagnostics.Append(diags...)
	kept, diags := getPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.writable(&resp.Diagnostics) {
		return
	}
	ref := r.noun.ref(state.object)
	deleted, err := r.session.Catalog.delete(ctx, ref, catalog.Expectation{CatalogID: kept.CatalogID, Revision: kept.Revision, Claim: kept.Claim})
	if err != nil {
		r.fail("delete", err, &resp.Diagnostics)
		return
	}
	if deleted.Adopted {
		resp.Diagnostics.AddWarning(capital(ref.String())+" was taken over and deleted",
			fmt.Sprintf("The %s belonged to another state by now and was deleted all the same, because adopt is \"identical\" and its content was what this state knew. Unset OTP_CATALOG_ADOPT, or catalog.adopt, for the next run.", ref))
	}
	if deleted.Retired {
		var users []string
		for _, user := range deleted.UsedBy {
			users = append(users, user.String())
		}
		resp.Diagnostics.AddWarning(r.noun.title()+" is retired, not gone",
			fmt.Sprintf("%s still refers to %s, so it was retired: nothing new may refer to it, and documents made from it stay valid. It goes when the last profile refers to something else. If such a profile is in another workspace, change it there.", capital(strings.Join(users, ", ")), ref))
	}
}

// prepare turns a plan into what is to be written.
func (r *Resource[S]) prepare(plan tfsdk.Plan, diags *diag.Diagnostics) (catalog.Write, bool) {
	planned, found := r.noun.decode(plan.Raw)
	diags.Append(found...)
	if diags.HasError() || !r.writable(diags) {
		return catalog.Write{}, false
	}
	w, err := r.noun.write(planned)
	if err != nil {
		r.fail("write", err, diags)
		return catalog.Write{}, false
	}
	return w, true
}

func (r *Resource[S]) writable(diags *diag.Diagnostics) bool {
	if r.session != nil && r.session.Catalog.Known() {
		return true
	}
	diags.AddError("Catalog is not known", "The URL of the catalog is still unknown, so nothing can be written. Give catalog.url a value that Terraform knows when it applies.")
	return false
}

// finish fills the state from what was written.
func (r *Resource[S]) finish(ctx context.Context, result catalog.Result, state *tfsdk.State, id *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	raw, err := r.noun.encode(ctx, state.Schema.Type(), result.Object, nil)
	if err != nil {
		r.fail("read back", err, diags)
		return
	}
	state.Raw = raw
	diags.Append(r.identify(ctx, id, types.StringValue(result.Object.Name))...)
}

func (r *Resource[S]) identify(ctx context.Context, id *tfsdk.ResourceIdentity, name types.String) diag.Diagnostics {
	if id == nil {
		return nil
	}
	return id.Set(ctx, identity{Name: name})
}
