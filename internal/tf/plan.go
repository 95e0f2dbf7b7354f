package tf

import (
	"context"
	"encoding/json"
	"errors"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// ModifyPlan registers the object as it will be, so that profiles planned after
// it see it, refuses what the apply would refuse, and plans the computed
// attributes.
func (r *Resource[S]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.session == nil {
		return
	}
	prior, diags := r.noun.decode(req.State.Raw)
	resp.Diagnostics.Append(diags...)
	next, diags := r.noun.decode(resp.Plan.Raw)
	resp.Diagnostics.Append(diags...)
	kept, diags := getPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !next.null {
		_, warnings := split(r.noun.Check(next.object))
		resp.Diagnostics.Append(Report(warnings)...)
	}
	if next.unknown["name"] || !r.session.Catalog.Known() {
		return // while its name is not known, nobody can refer to it
	}
	if err := r.session.Catalog.noPlace(); err != nil && !next.null {
		resp.Diagnostics.AddError(NoPlace, err.Error())
		return
	}
	// A replacement is planned once with the state, and once more without it
	// and with the private state of the first plan.
	again := prior.null && kept.Resource != ""
	if kept.Resource == "" {
		kept.Resource = newResource()
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, kept)...)
	}
	r.register(prior, next, kept.Resource, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	defer func() {
		if resp.Diagnostics.HasError() {
			r.session.Catalog.overlay.over(r.noun.ref(next.object))
		}
	}()
	if prior.null && !next.null && !again && len(next.unknown) == 0 {
		r.planCreate(ctx, next, resp)
	}
	if r.noun.Plan != nil && !next.null && !resp.Diagnostics.HasError() {
		r.planComputed(ctx, prior, next, kept, resp)
	}
	if !prior.null && !resp.Plan.Raw.Equal(req.State.Raw) && !resp.Diagnostics.HasError() {
		if err := r.session.Catalog.takenOver(ctx, r.noun.ref(prior.object), kept.Claim); err != nil {
			r.fail("plan", err, &resp.Diagnostics)
		}
	}
}

// register puts an object into the overlay, and what it leaves.
func (r *Resource[S]) register(prior, next decoded[S], resource string, resp *resource.ModifyPlanResponse) {
	put := func(object S, e entry) {
		e.resource = resource
		err := r.session.Catalog.overlay.put(r.noun.ref(object), e)
		var shared *sharedNameError
		switch {
		case errors.As(err, &shared):
			resp.Diagnostics.AddError(shared.title(), shared.Error())
		case err != nil:
			resp.Diagnostics.AddError("Terraform does not know the order", err.Error())
		}
	}
	if before := r.noun.Name(prior.object); before != "" && before != r.noun.Name(next.object) {
		put(prior.object, entry{gone: true})
	}
	if next.null {
		return
	}
	spec, err := json.Marshal(next.object)
	if err != nil {
		resp.Diagnostics.Append(Failure("plan the "+r.noun.Kind.Title(), err))
		return
	}
	put(next.object, entry{spec: spec, unknown: next.unknown, created: prior.null})
}

// planCreate says which names are taken, of what this run plans and of what
// depends on it. It is the apply that refuses them: Terraform plans a resource
// with create_before_destroy once more when it applies it, with the old object
// out of its sight, and would lose hold of that one if that plan failed.
func (r *Resource[S]) planCreate(ctx context.Context, next decoded[S], resp *resource.ModifyPlanResponse) {
	spec, err := json.Marshal(next.object)
	if err == nil {
		err = r.session.Catalog.taken(ctx, r.noun.ref(next.object), spec)
	}
	var taken *catalog.ExistsError
	switch {
	case errors.As(err, &taken):
		resp.Diagnostics.AddWarning(capital(taken.Ref.String())+" exists already, so the apply will be refused", taken.Error())
	case err != nil:
		r.fail("plan", err, &resp.Diagnostics)
	}
}

// planComputed has the noun plan its computed attributes.
func (r *Resource[S]) planComputed(ctx context.Context, prior, next decoded[S], kept private, resp *resource.ModifyPlanResponse) {
	planned := Planned[S]{Session: r.session, Object: next.object, Computed: prior.computed, Sources: kept.Sources}
	if !prior.null {
		planned.Prior = &prior.object
	}
	values, diags := r.noun.Plan(ctx, planned)
	resp.Diagnostics.Append(diags...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(r.set(&resp.Plan, values)...)
	}
}

// set plans attributes.
func (r *Resource[S]) set(plan *tfsdk.Plan, values Values) diag.Diagnostics {
	var members map[string]tftypes.Value
	err := plan.Raw.As(&members)
	members = maps.Clone(members)
	for name, value := range values {
		if err == nil {
			members[name], err = encode(members[name].Type(), value)
		}
	}
	if err != nil {
		return diag.Diagnostics{Failure("plan the "+r.noun.Kind.Title(), err)}
	}
	plan.Raw = tftypes.NewValue(plan.Raw.Type(), members)
	return nil
}

// fail reports why something could not be done with an object; rules that only
// failed now are reported at their attributes.
func (r *Resource[S]) fail(verb string, err error, diags *diag.Diagnostics) {
	var broken *BrokenRules
	if errors.As(err, &broken) {
		problems, _ := split(broken.Problems)
		diags.Append(Report(problems)...)
		return
	}
	diags.Append(Failure(verb+" the "+r.noun.Kind.Title(), err))
}

// note is what Read keeps of what a document was made from.
func note(snapshot *catalog.Snapshot, made []catalog.MadeFrom) []catalog.MadeFrom {
	var noted []catalog.MadeFrom
	for _, from := range made {
		if object, found := snapshot.Get(from.Ref); found {
			noted = append(noted, catalog.MadeFrom{Ref: from.Ref, Revision: object.Revision})
		}
	}
	return noted
}
