package tf

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
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
