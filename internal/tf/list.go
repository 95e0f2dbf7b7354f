package tf

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

var _ list.ListResourceWithConfigure = (*List[struct{}])(nil)

// List is the one implementation of a list resource over the catalog: with it
// `terraform query` finds what is there and writes the import blocks.
type List[S any] struct{ Resource[S] }

// NewList returns the constructor of a noun's list resource.
func NewList[S any](noun *Noun[S]) func() list.ListResource {
	return func() list.ListResource { return &List[S]{Resource[S]{noun: noun}} }
}

// ListResourceConfigSchema takes no arguments: a catalog lists whole.
func (l *List[S]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: "Lists every " + l.noun.Kind.Title() + " of the catalog by name, without the retired ones. It takes no arguments."}
}

// List streams the objects by name.
func (l *List[S]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	if l.session == nil || !l.session.Catalog.Known() {
		diags.AddError("Catalog is not known", "The URL of the catalog is not known, so it cannot be listed. Give catalog.url a value, or set OTP_CATALOG_URL.")
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	snapshot, err := l.session.Catalog.read(ctx)
	if err != nil {
		diags.Append(Failure("list the "+l.noun.Kind.Title()+"s", err))
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	objects := snapshot.List(l.noun.Kind)
	if req.Limit > 0 && int64(len(objects)) > req.Limit {
		objects = objects[:req.Limit]
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for _, object := range objects {
			if !push(l.result(ctx, req, object)) {
				return
			}
		}
	}
}

func (l *List[S]) result(ctx context.Context, req list.ListRequest, object catalog.Object) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = object.Name
	result.Diagnostics.Append(result.Identity.Set(ctx, identity{Name: types.StringValue(object.Name)})...)
	if !req.IncludeResource {
		return result
	}
	raw, err := l.noun.encode(ctx, req.ResourceSchema.Type(), object, nil)
	if err != nil {
		l.fail("list", err, &result.Diagnostics)
		return result
	}
	result.Resource.Raw = raw
	return result
}
