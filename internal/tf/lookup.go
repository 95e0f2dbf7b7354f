package tf

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

var _ datasource.DataSourceWithConfigure = (*Lookup[struct{}])(nil)

// Lookup is the one implementation of a data source that finds a catalog
// object by name, for objects of another workspace.
type Lookup[S any] struct {
	noun    *Noun[S]
	more    Extra
	session *Session
}

// Extra is what a data source has beyond its resource.
type Extra struct {
	Attributes map[string]schema.Attribute
	// Read gives all of these attributes values, as plain data. asked are those
	// that the configuration gives a value.
	Read func(ctx context.Context, session *Session, asked Values, object catalog.Object) (Values, error)
}

// NewLookup returns the constructor of a noun's data source.
func NewLookup[S any](noun *Noun[S]) func() datasource.DataSource {
	return NewLookupWith(noun, Extra{})
}

// NewLookupWith is NewLookup of a data source that has more than its resource.
func NewLookupWith[S any](noun *Noun[S], more Extra) func() datasource.DataSource {
	return func() datasource.DataSource { return &Lookup[S]{noun: noun, more: more} }
}

// Metadata names the data source, which is called as the resource is.
func (l *Lookup[S]) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = l.noun.Kind.ResourceType()
}

// Configure takes the session.
func (l *Lookup[S]) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	l.session = From(req.ProviderData, &resp.Diagnostics)
}

// Schema is the resource's, all of it computed but the name.
func (l *Lookup[S]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	title := l.noun.Kind.Title()
	attributes := computedAttributes(l.noun.Schema.Attributes)
	attributes["name"] = schema.StringAttribute{
		Required: true, Validators: []validator.String{Slug()},
		MarkdownDescription: "Name of the " + title + " in the catalog.",
	}
	maps.Copy(attributes, l.more.Attributes)
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("Finds a %s of the catalog by its name, for one that another workspace manages. A retired one is not found.", title),
		Attributes:          attributes,
	}
}

// Read finds the object; the error for a name that is not there lists near
// ones.
func (l *Lookup[S]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var name types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("name"), &name)...)
	if resp.Diagnostics.HasError() {
		return
	}
	title := l.noun.Kind.Title()
	if l.session == nil || !l.session.Catalog.Known() {
		resp.Diagnostics.AddError("Catalog is not known", "The URL of the catalog is still unknown, so no "+title+" can be found in it. Give catalog.url a value that Terraform knows when it plans.")
		return
	}
	object, err := l.session.Catalog.find(ctx, catalog.Ref{Kind: l.noun.Kind, Name: name.ValueString()})
	if isA[*catalog.UnknownNameError](err) {
		resp.Diagnostics.Append(diag.WithPath(path.Root("name"), Failure("find the "+title, err)))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(Failure("find the "+title, err))
		return
	}
	more, err := l.extra(ctx, req.Config.Raw, object)
	if err != nil {
		resp.Diagnostics.Append(Failure("find the "+title, err))
		return
	}
	raw, err := l.noun.encode(ctx, resp.State.Schema.Type(), object, more)
	if err != nil {
		resp.Diagnostics.Append(Failure("find the "+title, err))
		return
	}
	resp.State.Raw = raw
}

// extra is what the data source has beyond the resource.
func (l *Lookup[S]) extra(ctx context.Context, config tftypes.Value, object catalog.Object) (Values, error) {
	if l.more.Read == nil {
		return nil, nil
	}
	asked, err := new(decoder).decode(config, nil)
	if err != nil {
		return nil, err
	}
	values, _ := asked.(map[string]any)
	return l.more.Read(ctx, l.session, values, object)
}

// computedAttributes turns a resource's attributes into what a data source
// reads. A kind of attribute that is not here would be a bug that the schema
// test finds.
func computedAttributes(attributes map[string]resourceschema.Attribute) map[string]schema.Attribute {
	result := map[string]schema.Attribute{}
	for name, attribute := range attributes {
		text := attribute.GetMarkdownDescription()
		switch a := attribute.(type) {
		case resourceschema.StringAttribute:
			result[name] = schema.StringAttribute{Computed: true, MarkdownDescription: text}
		case resourceschema.Int64Attribute:
			result[name] = schema.Int64Attribute{Computed: true, MarkdownDescription: text}
		case resourceschema.BoolAttribute:
			result[name] = schema.BoolAttribute{Computed: true, MarkdownDescription: text}
		case resourceschema.SetAttribute:
			result[name] = schema.SetAttribute{Computed: true, MarkdownDescription: text, ElementType: a.ElementType}
		case resourceschema.MapAttribute:
			result[name] = schema.MapAttribute{Computed: true, MarkdownDescription: text, ElementType: a.ElementType}
		case resourceschema.SingleNestedAttribute:
			result[name] = schema.SingleNestedAttribute{Computed: true, MarkdownDescription: text, Attributes: computedAttributes(a.Attributes)}
		case resourceschema.MapNestedAttribute:
			result[name] = schema.MapNestedAttribute{Computed: true, MarkdownDescription: text, NestedObject: schema.NestedAttributeObject{Attributes: computedAttributes(a.NestedObject.Attributes)}}
		case resourceschema.ListNestedAttribute:
			result[name] = schema.ListNestedAttribute{Computed: true, MarkdownDescription: text, NestedObject: schema.NestedAttributeObject{Attributes: computedAttributes(a.NestedObject.Attributes)}}
		}
	}
	return result
}
