package function

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/nyaruka/phonenumbers"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

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
		MarkdownDescription: "Returns the number in the E.164 form that vendors take, such as `+33612345678`, whatever spaces, brackets and hyphens it was written with. " +
			"A number whose length is possible nowhere is an error; whether it is in use is not checked.",
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
	number, err := phonenumbers.Parse(phone, region)
	if err != nil {
		// Terraform itself ends the sentence.
		resp.Error = function.NewArgumentFuncError(0, "This is no phone number. Write it with digits, and with its country code (+33…) or a default_country")
		return
	}
	// Numbering plans change faster than the library's copy of them, so only the
	// length is judged.
	if !phonenumbers.IsPossibleNumber(number) {
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("No number under +%d is that long or that short. Check the digits", number.GetCountryCode()))
		return
	}
	resp.Error = resp.Result.Set(ctx, phonenumbers.Format(number, phonenumbers.E164))
}
