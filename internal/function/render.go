package function

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

var _ function.Function = render{}

// render is render(text, values).
type render struct{}

// Metadata names the function.
func (render) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "render"
}

// Definition describes it.
func (render) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Fills the placeholders of a message text",
		MarkdownDescription: "Returns the text of a message template as a recipient sees it. Filling is one pass: what a value holds is not looked at again. " +
			"A placeholder without a value, and a value without its placeholder's name, are errors.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "text", MarkdownDescription: "Text with `{{otp}}`, `{{brand}}`, `{{validity_minutes}}` and `{{expiry_time}}`."},
			function.MapParameter{Name: "values", ElementType: types.StringType, MarkdownDescription: "Values by placeholder: `otp`, `brand`, `validity_minutes`, `expiry_time`."},
		},
		Return: function.StringReturn{},
	}
}

// Run fills.
func (render) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	var values map[string]string
	if resp.Error = req.Arguments.Get(ctx, &text, &values); resp.Error != nil {
		return
	}
	parsed, faults := otp.ParseText(text)
	if len(faults) > 0 {
		resp.Error = function.NewArgumentFuncError(0, "The text has a wrong placeholder: "+strings.TrimSuffix(faults[0].String(), "."))
		return
	}
	filled := map[otp.Placeholder]string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !otp.Placeholder(name).Valid() {
			resp.Error = function.NewArgumentFuncError(1, fmt.Sprintf("There is no placeholder {{%s}}: the names are otp, brand, validity_minutes and expiry_time", name))
			return
		}
		filled[otp.Placeholder(name)] = values[name]
	}
	for _, placeholder := range otp.Placeholders() {
		if _, given := filled[placeholder]; !given && parsed.Count(placeholder) > 0 {
			resp.Error = function.NewArgumentFuncError(1, fmt.Sprintf("The text holds {{%s}}, but values has no %s. Add it", placeholder, placeholder))
			return
		}
	}
	resp.Error = resp.Result.Set(ctx, parsed.Expand(filled))
}
