package whatsapp

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
)

// Schema describes the resource.
func (a *Account) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	kept := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A WhatsApp account at AndroidAPI: a phone whose WhatsApp sends the messages of a profile's `whatsapp` route. " +
			"Creating it asks for a QR code and waits until the phone has scanned it; if the account loses its connection, the next apply links it again.",
		Attributes: map[string]schema.Attribute{
			"phone": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Number of the phone, in international form (E.164): `+`, country code and number, 15 digits at most, such as `+923004445566`. Spaces, hyphens and a line feed do no harm. " +
					"`provider::otp::e164` makes it of national forms. Another number replaces the account; another spelling changes nothing.",
				Validators:    []validator.String{phoneNumber},
				PlanModifiers: planPhone(),
			},
			"server_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "WhatsApp server that links the account, an `id` of `otp_whatsapp_servers`. Absent: AndroidAPI chooses. " +
					"It counts when the account is linked; a change alone moves nothing.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"adopt_existing": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether an account that the number has at AndroidAPI already is taken over, and linked again where it is not connected. " +
					"Default `false`: creating it fails and prints the `import` block.",
			},
			"qr_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "File that shows the QR code while Terraform waits: a PNG picture that only its owner may read, " +
					"replaced whenever AndroidAPI replaces the code and removed when the wait is over. A relative path starts at the working directory; the folder must exist. " +
					"A file that is there and no such picture is not overwritten.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"timeouts": waits(ctx),
			"id": schema.StringAttribute{
				Computed: true, PlanModifiers: kept,
				MarkdownDescription: "AndroidAPI's handle of the account (`unique`), which `whatsapp_account` of a route takes.",
			},
			"status": schema.StringAttribute{
				Computed: true, PlanModifiers: kept,
				MarkdownDescription: "`connected`, or what AndroidAPI says instead, such as `disconnected`; it publishes no closed list. Whatever is not `connected` is planned to become so.",
			},
			"created_at": schema.StringAttribute{
				Computed: true, PlanModifiers: kept,
				MarkdownDescription: "When the account was linked first, RFC 3339, UTC; null where AndroidAPI does not tell.",
			},
		},
	}
}

// waits are the timeouts: those of the module, in our words.
func waits(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, CreateDescription: lasts("creating waits for the scan and for the connection after it, together", pairing.LinkTimeout),
		Update: true, UpdateDescription: lasts("linking again waits for the scan and for the connection after it, together", pairing.LinkTimeout),
		Delete: true, DeleteDescription: lasts("a removal that AndroidAPI fails to carry out is tried again", pairing.UnlinkTimeout),
	})
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	nested.MarkdownDescription = fmt.Sprintf("How long operations may take. AndroidAPI is asked every %s while Terraform waits.", pairing.Interval)
	for name, member := range nested.Attributes {
		if text, ok := member.(schema.StringAttribute); ok {
			text.MarkdownDescription = text.Description
			text.Validators = append(text.Validators, positive)
			nested.Attributes[name] = text
		}
	}
	return nested
}

// lasts describes a timeout.
func lasts(what string, otherwise time.Duration) string {
	return fmt.Sprintf("How long %s, as a duration such as `90s` or `15m`. Default `%s`.", what, otherwise)
}

// IdentitySchema says that an account is identified by its handle.
func (a *Account) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: "AndroidAPI's handle of the account."},
	}}
}
