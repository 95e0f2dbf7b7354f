package tf

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// planDocument compiles a profile with everything it refers to as it will be,
// and compares the result with the prior state: equal, the document stays;
// otherwise it is unknown until the apply, when all of that is in the catalog.
// A planned known document could differ from the one that the apply makes,
// which Terraform refuses.
func (r *Resource[S]) planDocument(ctx context.Context, object S, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	profile := r.noun.ref(object)
	references, wanted := r.noun.Document.References(object), []catalog.Ref{profile}
	for _, reference := range references {
		wanted = append(wanted, reference.Ref)
	}
	if err := r.session.Catalog.load(ctx, wanted...); err != nil {
		r.fail("plan", err, &resp.Diagnostics)
		return
	}
	specs, same := map[catalog.Ref]Spec{}, true
	for _, reference := range references {
		spec, unchanged, diags := r.resolve(ctx, reference, profile)
		resp.Diagnostics.Append(diags...)
		if !diags.HasError() {
			specs[reference.Ref], same = spec, same && unchanged
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
	resp.Diagnostics.Append(Report(r.noun.Document.Look(ctx, r.session, object, document))...)
	// Where anything else of the profile changes, Terraform has it unknown
	// already, and it stays so: who knows what is in the catalog by then.
	var prior, planned types.String
	resp.Diagnostics.Append(resp.Plan.GetAttribute(ctx, path.Root(documentAttribute), &planned)...)
	if same = same && !req.State.Raw.IsNull() && !planned.IsUnknown(); same {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root(documentAttribute), &prior)...)
		same = document != "" && prior.ValueString() == document
	}
	resp.Diagnostics.Append(r.setComputed(req.State.Raw, &resp.Plan, same)...)
}

// setComputed plans every computed attribute as it was, or as unknown.
func (r *Resource[S]) setComputed(prior tftypes.Value, plan *tfsdk.Plan, same bool) diag.Diagnostics {
	names := r.noun.computed()
	raw, err := tftypes.Transform(plan.Raw, func(at *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		steps := at.Steps()
		if len(steps) != 1 {
			return v, nil
		}
		name, ok := steps[0].(tftypes.AttributeName)
		switch {
		case !ok || !slices.Contains(names, string(name)):
			return v, nil
		case !same:
			return tftypes.NewValue(v.Type(), tftypes.UnknownValue), nil
		}
		kept, _, err := tftypes.WalkAttributePath(prior, at)
		if err != nil {
			return v, err
		}
		value, ok := kept.(tftypes.Value)
		if !ok {
			return v, fmt.Errorf("%s is no value", at)
		}
		return value, nil
	})
	if err != nil {
		return diag.Diagnostics{Failure("plan the "+r.noun.Kind.Title(), err)}
	}
	plan.Raw = raw
	return nil
}

// resolve finds what a profile refers to as it will be after this run, and
// says whether that is what its document was made from. A document that would
// come out the same is made anew all the same, for the record of its making.
func (r *Resource[S]) resolve(ctx context.Context, reference Reference, profile catalog.Ref) (Spec, bool, diag.Diagnostics) {
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
		// Terraform plans a profile before it destroys it, too, and does not
		// tell the provider what for.
		diags.AddAttributeError(at, title("", err), err.Error()+" To destroy the profile, take it out of the configuration and apply, or run destroy with -refresh=false.")
	case e.missing:
		err := &catalog.MissingReferenceError{Profile: profile, Ref: reference.Ref, Catalog: url}
		diags.AddAttributeError(at, title("", err), err.Error())
	}
	if diags.HasError() {
		return Spec{}, false, diags
	}
	unchanged, err := r.session.Catalog.madeFrom(ctx, profile, stored)
	if err != nil {
		r.fail("plan", err, &diags)
	}
	return Spec{JSON: e.spec, Unknown: e.unknown}, unchanged && e.same(entry{spec: stored.Spec}), diags
}
