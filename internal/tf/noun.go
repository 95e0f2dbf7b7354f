package tf

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Noun is what one kind of catalog object says about itself; everything else
// is the same for all kinds and lives here. The JSON names of S are the
// attribute names of the schema.
type Noun[S any] struct {
	Kind   catalog.Kind
	Schema schema.Schema
	// Name is the object's name.
	Name func(S) string
	// Unknown notes an attribute whose value is not known yet. at begins with
	// the name of a top-level attribute.
	Unknown func(object *S, at otp.Path)
	// Check applies the rules that need the object alone.
	Check func(S) otp.Problems
	// Computed are the attributes that nobody writes, by name, as they follow
	// from a stored object: strings, int64, maps of these, or nil for null.
	Computed map[string]func(catalog.Object) (any, error)
	// Plan, where there is one, checks an object against others and plans its
	// computed attributes: the same types, or Unknown, also within a map. What
	// it leaves out stays as Terraform proposes.
	Plan func(context.Context, Planned[S]) (Values, diag.Diagnostics)
	// Write, where there is one, adds to what a create or an update writes.
	// planned is what was known of the computed attributes in the plan.
	Write func(object S, planned Values, write *catalog.Write)
}

// Values are values of attributes by name, as plain data.
type Values map[string]any

// Planned is an object in a plan, with what its noun's own plan works with.
type Planned[S any] struct {
	Session *Session
	Object  S
	// Prior is the object as the state has it; nil: it is created.
	Prior *S
	// Computed is what the state has of the computed attributes.
	Computed Values
	// Sources are the revisions of what the object was made from as the last
	// refresh saw them: for the plan of an apply, that of its plan. Empty where
	// there was none since the object was written.
	Sources []catalog.MadeFrom
}

// decoded is an object out of a configuration, plan or state.
type decoded[S any] struct {
	object S
	null   bool
	// unknown are the top-level attributes that are not, or not wholly, known.
	unknown otp.Fields
	// computed is what is known of the attributes that nobody writes.
	computed Values
}

// decode reads an object. What is null is an object without a name.
func (n *Noun[S]) decode(raw tftypes.Value) (decoded[S], diag.Diagnostics) {
	var diags diag.Diagnostics
	d := decoded[S]{null: raw.IsNull()}
	names := slices.Collect(maps.Keys(n.Computed))
	object, unknowns, err := toDomain[S](raw, names...)
	if err == nil {
		d.computed, err = knownValues(raw, names)
	}
	d.object = object
	if err != nil {
		diags.AddError("Could not read the "+n.Kind.Title(), "One of its values does not fit its attribute: "+err.Error()+".")
	}
	for _, at := range unknowns {
		n.Unknown(&d.object, at)
		d.unknown = d.unknown.With(at)
	}
	return d, diags
}

// encode is a stored object as a value of a schema's type.
func (n *Noun[S]) encode(ctx context.Context, t attr.Type, object catalog.Object, more Values) (raw tftypes.Value, err error) {
	computed := Values{}
	maps.Copy(computed, more)
	for name, of := range n.Computed {
		if computed[name], err = of(object); err != nil {
			return raw, fmt.Errorf("the %s of %s in the catalog cannot be understood: %w", name, object.Ref(), err)
		}
	}
	raw, err = toTerraform(t.TerraformType(ctx), object.Spec, computed)
	if err != nil {
		err = fmt.Errorf("%s in the catalog cannot be understood: %w. Another program, or a newer release, may have written it; see its history", object.Ref(), err)
	}
	return raw, err
}

func (n *Noun[S]) ref(object S) catalog.Ref {
	return catalog.Ref{Kind: n.Kind, Name: n.Name(object)}
}

// write is what a create or an update writes.
func (n *Noun[S]) write(d decoded[S]) (catalog.Write, error) {
	spec, err := json.Marshal(d.object)
	if err != nil {
		return catalog.Write{}, err
	}
	w := catalog.Write{Ref: n.ref(d.object), Spec: spec}
	if n.Write != nil {
		n.Write(d.object, d.computed, &w)
	}
	return w, nil
}

// Spec is an object as a profile sees it.
type Spec struct {
	JSON    json.RawMessage
	Unknown otp.Fields // attributes that are not known yet
}

// BrokenRules says that rules failed only when everything was known, at apply.
type BrokenRules struct {
	Ref      catalog.Ref
	Problems otp.Problems
}

// Error is all of them.
func (e *BrokenRules) Error() string { return e.Ref.String() + ": " + e.Problems.Error() }

// identity is how Terraform names a catalog object across states.
type identity struct {
	Name types.String `tfsdk:"name"`
}
