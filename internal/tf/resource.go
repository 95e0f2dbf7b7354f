package tf

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Resource is the one implementation of a resource that lives in the catalog.
type Resource[S any] struct {
	noun    *Noun[S]
	session *Session
}

var (
	_ resource.ResourceWithConfigure      = (*Resource[struct{}])(nil)
	_ resource.ResourceWithIdentity       = (*Resource[struct{}])(nil)
	_ resource.ResourceWithImportState    = (*Resource[struct{}])(nil)
	_ resource.ResourceWithModifyPlan     = (*Resource[struct{}])(nil)
	_ resource.ResourceWithValidateConfig = (*Resource[struct{}])(nil)
)

// NewResource returns the constructor of a noun's resource.
func NewResource[S any](noun *Noun[S]) func() resource.Resource {
	return func() resource.Resource { return &Resource[S]{noun: noun} }
}

// Metadata names the resource type.
func (r *Resource[S]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.noun.Kind.ResourceType()
}

// Schema is the noun's.
func (r *Resource[S]) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.noun.Schema
}

// IdentitySchema says that an object is identified by its name.
func (r *Resource[S]) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"name": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "Name of the " + r.noun.Kind.Title() + " in the catalog.",
		},
	}}
}

// Configure takes the session.
func (r *Resource[S]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.session = From(req.ProviderData, &resp.Diagnostics)
}

// ValidateConfig applies the rules that need the object alone. Terraform calls
// it again with every value known before it plans and before it applies, so
// warnings wait for the plan, where they come once.
func (r *Resource[S]) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	config, diags := r.noun.decode(req.Config.Raw)
	nulls, empty, err := meaningless(req.Config.Raw)
	if diags.HasError() || err != nil {
		return // a number of the wrong shape, which the framework itself reports
	}
	// What stands for nothing is reported here and, for the rules, not known:
	// one mistake gives one message.
	for _, at := range nulls {
		r.noun.Unknown(&config.object, at)
		of := at[:len(at)-1]
		resp.Diagnostics.AddAttributeError(Path(of), "Collection holds null",
			fmt.Sprintf("%s holds a null among its values, which stands for nothing. Leave it out, for example with `{ for k, v in var.x : k => v if v != null }` or compact().", of))
	}
	for _, at := range empty {
		attribute, diags := r.noun.Schema.AttributeAtPath(ctx, Path(at))
		if diags.HasError() || !attribute.IsOptional() {
			continue // required: a rule of its own says what it takes
		}
		r.noun.Unknown(&config.object, at)
		resp.Diagnostics.AddAttributeError(Path(at), "Attribute is empty",
			fmt.Sprintf("%s is an empty string, which stands for nothing. Leave it out, or set it to null.", at))
	}
	problems, _ := split(r.noun.Check(config.object))
	resp.Diagnostics.Append(Report(problems)...)
}

// ImportState imports by name, as an ID or an identity.
func (r *Resource[S]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if sentence := otp.SlugProblem(req.ID); req.ID != "" && sentence != "" {
		resp.Diagnostics.AddError("Import ID is not a name", fmt.Sprintf("A %s is imported by its name, and %q is none. %s", r.noun.Kind.Title(), req.ID, sentence))
		return
	}
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("name"), path.Root("name"), req, resp)
}

func (n *Noun[S]) title() string { return capital(n.Kind.Title()) }

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
