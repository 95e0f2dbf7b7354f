package tf

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// planDocument compiles a profile with everything it refers to as it will be,
// and compares the result with the prior state: equal, the document stays;
// otherwise it is unknown until the apply, when all of that is in the catalog.
// A planned known document could differ from the one that the apply makes,
// which Terraform refuses.
func (r *Resource[S]) planDocument(ctx context.Context, object S, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	specs := map[catalog.Ref]Spec{}
	for _, reference := range r.noun.Document.References(object) {
		spec, diags := r.resolve(ctx, reference, r.noun.ref(object))
		resp.Diagnostics.Append(diags...)
		if !diags.HasError() {
			specs[reference.Ref] = spec
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	document, problems, err := r.noun.Document.Compile(object, specs)
	if err != nil {
		r.fail("compile", err, &resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(Report(problems)...)
	if problems.Failed() {
		return
	}
	planned := types.StringUnknown()
	if !req.State.Raw.IsNull() {
		var prior types.String
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root(documentAttribute), &prior)...)
		if document != "" && prior.ValueString() == document {
			planned = prior
		}
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(documentAttribute), planned)...)
}

// resolve finds what a profile refers to as it will be after this run.
func (r *Resource[S]) resolve(ctx context.Context, reference Reference, profile catalog.Ref) (Spec, diag.Diagnostics) {
	var diags diag.Diagnostics
	e, stored, err := r.session.Catalog.lookup(ctx, reference.Ref, profile.Name)
	at := attributePath(reference.Path)
	switch url := r.session.Catalog.store.URL(); {
	case err != nil:
		r.fail("plan", err, &diags)
	case e.gone:
		diags.AddAttributeError(at, "Referenced object is deleted in this run",
			fmt.Sprintf("%s refers to %s, which this run deletes. Refer to another one, or keep it. %s", capital(profile.String()), reference.Ref, referenceAdvice(reference.Kind)))
	case e.missing && stored.RetiredAt != nil:
		err := &catalog.RetiredReferenceError{Profile: profile, Ref: reference.Ref, By: stored.RetiredBy, At: *stored.RetiredAt}
		diags.AddAttributeError(at, title("", err), err.Error())
	case e.missing:
		err := &catalog.MissingReferenceError{Profile: profile, Ref: reference.Ref, Catalog: url}
		diags.AddAttributeError(at, title("", err), err.Error())
	}
	return Spec{JSON: e.spec, Unknown: e.unknown}, diags
}
