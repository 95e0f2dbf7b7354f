package function

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

var _ function.Function = e164{}

// e164 is e164(phone, default_country).
type e164 struct{}

// Metadata names the function.
func (e164) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "e164"
}

// Definition describes it.
func (e164) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Writes a phone number in international form",
		MarkdownDescription: "Returns the number in the E.164 form that vendors take, such as `+33612345678`, whatever it was written with: spaces, brackets and hyphens, a line feed or punctuation behind it, invisible marks of direction, digits of other scripts. " +
			"Nothing is guessed: letters (also an O for a zero), extensions, numbers that can only be dialled locally, and numbers of an impossible length are errors. Whether a number is in use is not checked.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "phone", MarkdownDescription: "The number as people write it."},
			function.StringParameter{
				Name: "default_country", AllowNullValue: true,
				MarkdownDescription: "Country of a number without a country code, ISO 3166 alpha-2 in upper case; an empty string where all numbers have one.",
			},
		},
		Return: function.StringReturn{},
	}
}

// Run parses, checks and formats. The number is personal data, so no error
// repeats it.
func (e164) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var phone string
	var country *string
	if resp.Error = req.Arguments.Get(ctx, &phone, &country); resp.Error != nil {
		return
	}
	region := ""
	if country != nil && *country != "" { // OpenTofu hands no null to a function
		if region = *country; !otp.IsCountry(region) {
			resp.Error = function.NewArgumentFuncError(1, fmt.Sprintf("%q is not an ISO 3166 alpha-2 country code in upper case, such as \"FR\" or \"IN\"", region))
			return
		}
	}
	number, err := otp.ReadPhone(phone, region)
	if err != nil {
		sentence := err.Error() // Terraform itself ends it
		if problem := (*otp.PhoneError)(nil); errors.As(err, &problem) && problem.NoCountry {
			sentence = "It has no country code. Write it with one (+33…), or give a default_country"
		}
		resp.Error = function.NewArgumentFuncError(0, sentence)
		return
	}
	resp.Error = resp.Result.Set(ctx, number)
}
