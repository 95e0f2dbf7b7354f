// Package function holds the provider-defined functions. They need no
// configuration and call nobody.
package function

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

var _ function.Function = smsSegments{}

// All lists the functions.
func All() []func() function.Function {
	return []func() function.Function{
		func() function.Function { return e164{} },
		func() function.Function { return render{} },
		func() function.Function { return smsSegments{} },
	}
}

// smsSegments is sms_segments(text).
type smsSegments struct{}

var segmentsType = map[string]attr.Type{
	"encoding":   types.StringType,
	"characters": types.Int64Type,
	"segments":   types.Int64Type,
}

type segmentsModel struct {
	Encoding   string `tfsdk:"encoding"`
	Characters int64  `tfsdk:"characters"`
	Segments   int64  `tfsdk:"segments"`
}

// Metadata names the function.
func (smsSegments) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "sms_segments"
}

// Definition describes it.
func (smsSegments) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Counts what a text costs as an SMS",
		MarkdownDescription: "Returns an object: `encoding` is `gsm7` (room for 160 characters in one segment, 153 in each of several) or `ucs2` (70 and 67), " +
			"`characters` is the length as it is counted (in `gsm7` the characters `^ { } \\ [ ] ~ | €` count twice, in `ucs2` most emoji), and `segments` is how many messages are paid for.",
		Parameters: []function.Parameter{function.StringParameter{Name: "text", MarkdownDescription: "The text as it is sent, see `render`."}},
		Return:     function.ObjectReturn{AttributeTypes: segmentsType},
	}
}

// Run counts.
func (smsSegments) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	if resp.Error = req.Arguments.Get(ctx, &text); resp.Error != nil {
		return
	}
	count := otp.CountSegments(text)
	resp.Error = resp.Result.Set(ctx, segmentsModel{
		Encoding: string(count.Alphabet), Characters: int64(count.Characters), Segments: int64(count.Segments),
	})
}
