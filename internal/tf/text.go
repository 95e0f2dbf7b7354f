package tf

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

var _ validator.String = Text{}

// Text validates texts that are known.
type Text struct {
	Rule    string // completes "the text …"
	Summary string // title of the diagnostic
	// Problem is what is wrong with a text, in sentences; empty: nothing is.
	// at is the attribute, for those sentences.
	Problem func(at, text string) string
}

// Description is the rule.
func (t Text) Description(context.Context) string { return t.Rule }

// MarkdownDescription is the rule.
func (t Text) MarkdownDescription(ctx context.Context) string { return t.Description(ctx) }

// ValidateString checks a known text.
func (t Text) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := t.Problem(req.Path.String(), req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, t.Summary, problem)
	}
}

// Slug is the validator of names.
func Slug() validator.String {
	return Text{
		Rule:    "must be 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends",
		Summary: "Name is not a slug",
		Problem: func(at, text string) string {
			sentence := otp.SlugProblem(text)
			if sentence == "" {
				return ""
			}
			return fmt.Sprintf("%s is %q. %s", at, text, sentence)
		},
	}
}

// Country takes the codes of countries that have phone numbers.
var Country = Text{
	Rule:    "must be an ISO 3166-1 alpha-2 code in upper case",
	Summary: "Country is not known",
	Problem: func(at, text string) string {
		if otp.IsCountry(text) {
			return ""
		}
		return fmt.Sprintf("%s is %q; write the ISO 3166-1 alpha-2 code of a country, in upper case, such as \"FR\".", at, text)
	},
}
