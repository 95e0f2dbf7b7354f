package tf

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// NameAttribute is the name of a catalog object.
func NameAttribute(kind catalog.Kind) schema.Attribute {
	return schema.StringAttribute{
		Required: true,
		MarkdownDescription: fmt.Sprintf("Name of the %s in the catalog, unique among its kind: 1 to 63 lower-case letters, digits and hyphens, "+
			"with a letter or digit at both ends. Another name replaces the object.", kind.Title()),
		Validators:    []validator.String{Slug()},
		PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
	}
}

// Slug is the validator of names.
func Slug() validator.String { return slugValidator{} }

type slugValidator struct{}

// Description is the rule.
func (slugValidator) Description(context.Context) string {
	return "must be 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends"
}

// MarkdownDescription is the rule.
func (v slugValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString checks a known name.
func (slugValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if sentence := otp.SlugProblem(req.ConfigValue.ValueString()); sentence != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Name is not a slug",
			fmt.Sprintf("%s is %q. %s", req.Path, req.ConfigValue.ValueString(), sentence))
	}
}
