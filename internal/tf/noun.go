package tf

import (
	"context"
	"encoding/json"
	"fmt"

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
	Unknown func(object *S, at []any)
	// Check applies the rules that need the object alone.
	Check func(S) otp.Problems
	// Document is set for profiles, which are compiled.
	Document *Document[S]
}

// Document is what a compiled kind adds: its computed attribute "document" is
// made from the objects it refers to.
type Document[S any] struct {
	// References lists what the object refers to, with the attribute that does;
	// references that are not known yet are left out.
	References func(S) []Reference
	// Compile makes the document from specs by reference. A reference that is
	// not among them is not known yet. The document is empty where something
	// is not known, or wrong.
	Compile func(object S, specs map[catalog.Ref]Spec) (document string, problems otp.Problems, err error)
	// Look warns at plan of what vendors tell about the object's routes; the
	// document is empty where it is not known yet. It calls only vendors whose
	// account is configured.
	Look func(ctx context.Context, session *Session, object S, document string) otp.Problems
	// Derived are the other computed attributes, which follow from the
	// document: strings, integers, or nil for null.
	Derived func(document string) (map[string]any, error)
	// Attributes names them.
	Attributes []string
}

// Reference is one object that a profile names.
type Reference struct {
	catalog.Ref
	Path otp.Path
}

// Spec is an object as a profile sees it.
type Spec struct {
	JSON    json.RawMessage
	Unknown otp.Fields // attributes that are not known yet
}

// documentAttribute is the attribute that holds the document.
const documentAttribute = "document"

func (n *Noun[S]) computed() []string {
	if n.Document == nil {
		return nil
	}
	return append([]string{documentAttribute}, n.Document.Attributes...)
}

// decode reads an object out of a configuration, plan or state, and says which
// of its top-level attributes are not, or not wholly, known yet. What is null
// is an object without a name.
func (n *Noun[S]) decode(raw tftypes.Value) (S, otp.Fields, diag.Diagnostics) {
	var diags diag.Diagnostics
	object, unknowns, err := toDomain[S](raw, n.computed()...)
	if err != nil {
		diags.AddError("Could not read the "+n.Kind.Title(), "One of its values does not fit its attribute: "+err.Error()+".")
	}
	var unknown otp.Fields
	for _, at := range unknowns {
		n.Unknown(&object, at)
		unknown = unknown.With(at)
	}
	return object, unknown, diags
}

// encode is a stored object as a value of a schema's type.
func (n *Noun[S]) encode(ctx context.Context, t attr.Type, object catalog.Object) (raw tftypes.Value, err error) {
	computed := map[string]any{}
	if n.Document != nil {
		if computed, err = n.Document.Derived(object.Document); err != nil {
			return raw, fmt.Errorf("the document of %s in the catalog cannot be understood: %w", object.Ref(), err)
		}
		computed[documentAttribute] = object.Document
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
func (n *Noun[S]) write(object S) (catalog.Write, error) {
	spec, err := json.Marshal(object)
	if err != nil {
		return catalog.Write{}, err
	}
	w := catalog.Write{Ref: n.ref(object), Spec: spec}
	if n.Document == nil {
		return w, nil
	}
	for _, reference := range n.Document.References(object) {
		w.References = append(w.References, reference.Ref)
	}
	w.Compile = func(get func(catalog.Ref) (catalog.Object, error)) (string, error) {
		specs := map[catalog.Ref]Spec{}
		for _, ref := range w.References {
			found, err := get(ref)
			if err != nil {
				return "", err
			}
			specs[ref] = Spec{JSON: found.Spec}
		}
		if problems := n.Check(object); problems.Failed() {
			return "", &ruleError{Ref: w.Ref, Problems: problems}
		}
		document, problems, err := n.Document.Compile(object, specs)
		if err != nil {
			return "", err
		}
		if problems.Failed() {
			return "", &ruleError{Ref: w.Ref, Problems: problems}
		}
		return document, nil
	}
	return w, nil
}

// ruleError says that a rule failed only when everything was known, at apply.
type ruleError struct {
	Ref      catalog.Ref
	Problems otp.Problems
}

func (e *ruleError) Error() string { return e.Ref.String() + ": " + e.Problems.Error() }

// private is what a resource keeps beside its state.
type private struct {
	// CatalogID is the catalog the object lives in: reading another one, or an
	// empty one, must not look like a removal.
	CatalogID string `json:"catalog_id"`
	// Revision is what the next update or delete expects to find.
	Revision int64 `json:"revision"`
	// Claim is the object's as this resource created or imported it. A read
	// keeps it: what another resource has adopted since is not ours to delete.
	Claim string `json:"claim"`
}

const privateKey = "catalog"

type privateGetter interface {
	GetKey(context.Context, string) ([]byte, diag.Diagnostics)
}

type privateSetter interface {
	SetKey(context.Context, string, []byte) diag.Diagnostics
}

func getPrivate(ctx context.Context, from privateGetter) (private, diag.Diagnostics) {
	var p private
	raw, diags := from.GetKey(ctx, privateKey)
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &p); err != nil {
			diags.AddError("Could not read the resource's private state", err.Error()+". This is a bug of the provider; please report it.")
		}
	}
	return p, diags
}

func setPrivate(ctx context.Context, into privateSetter, p private) diag.Diagnostics {
	raw, err := json.Marshal(p)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Could not write the resource's private state", err.Error())}
	}
	return into.SetKey(ctx, privateKey, raw)
}

// identity is how Terraform names a catalog object across states.
type identity struct {
	Name types.String `tfsdk:"name"`
}
