package whatsapp

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
)

// Schema describes the action.
func (l *Link) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Links a WhatsApp account at AndroidAPI: shows a QR code in Terraform's output, replaces it whenever AndroidAPI does, waits until a phone has scanned it and the account is connected, and says who was linked. " +
			"A phone that is linked and connected already is left alone; one that has lost its connection is linked again.",
		Attributes: map[string]schema.Attribute{
			"phone": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Number of the phone that has to scan, in international form (E.164), such as `+923004445566`. If another one does, its new account is removed again and the action fails. " +
					"Absent: whichever phone scans is linked.",
				Validators: []validator.String{phoneNumber},
			},
			"server_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "WhatsApp server that links the account, an `id` of `otp_whatsapp_servers`. Absent: AndroidAPI chooses.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"qr_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "File that shows the QR code, too, for an output that cannot: a PNG picture that only its owner may read, replaced whenever AndroidAPI replaces the code and removed when the wait is over. " +
					"A file that is there and no such picture is not overwritten.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"timeouts": linkWait(ctx),
		},
	}
}

// linkWait is the timeout: that of the module, in our words.
func linkWait(ctx context.Context) schema.Attribute {
	attribute := timeouts.AttributesWithOpts(ctx, timeouts.Opts{InvokeDescription: lasts("the action waits for the scan and for the connection after it, together", pairing.LinkTimeout)})
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	nested.MarkdownDescription = fmt.Sprintf("How long the action may take. AndroidAPI is asked every %s meanwhile.", pairing.Interval)
	for name, member := range nested.Attributes {
		if text, ok := member.(schema.StringAttribute); ok {
			text.MarkdownDescription = text.Description
			text.Validators = append(text.Validators, positive)
			nested.Attributes[name] = text
		}
	}
	return nested
}
