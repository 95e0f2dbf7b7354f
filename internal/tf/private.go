package tf

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// private is what a resource keeps beside its state.
type private struct {
	// CatalogID is the catalog the object lives in: reading another one, or an
	// empty one, must not look like a removal.
	CatalogID string `json:"catalog_id"`
	// Revision is what the next update or delete expects to find.
	Revision int64 `json:"revision"`
	// Claim is the object's as this resource created or imported it. A read
	// keeps it: what another resource has taken over since is not ours to
	// change or delete.
	Claim string `json:"claim"`
	// Resource tells this resource from others of its name in one run: the
	// provider is not told addresses. It is random, and goes wherever the state
	// of the resource goes.
	Resource string `json:"resource"`
	// Sources are the revisions, as Read saw them, of what a profile's document
	// was made from. The plan of an apply gets what the Read of its plan noted,
	// and so can tell what has changed in between. A write notes nothing: what
	// is noted is never older than the last refresh.
	Sources []catalog.MadeFrom `json:"sources,omitempty"`
}

const privateKey = "catalog"

// newResource names a resource that has no private state yet.
func newResource() string { return rand.Text() }

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
