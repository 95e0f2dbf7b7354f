// Package messagetemplate is the otp_message_template resource, data source and list resource.
package messagetemplate

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

const (
	templateOrder = "Number of the SMS template at MyOTP.App, 1 to 99. Where it is absent the vendor's default, 1, serves."
	whatsAppOrder = "Number of the WhatsApp template at MyOTP.App: 12 (English, 5 minutes), 13 (English, 10 minutes), " +
		"14 (Spanish, 5 minutes) or 15 (Spanish, 10 minutes). Needed for WhatsApp routes."
)

var noun = &tf.Noun[otp.MessageTemplate]{
	Kind: catalog.MessageTemplate,
	Schema: schema.Schema{
		MarkdownDescription: "The wording of a message: free text for vendors that take one, and the numbers or words by which the others know theirs. " +
			"It lives in the catalog; no vendor has an API for message templates.",
		Attributes: map[string]schema.Attribute{
			"name": tf.NameAttribute(catalog.MessageTemplate),
			"text": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Default wording for vendors that take free text (AndroidAPI, Octopush). It must hold `{{otp}}` exactly once (a WebOTP message twice: in its sentence " +
					"and in the last line, `@example.com #{{otp}}`), and may hold `{{brand}}`, `{{validity_minutes}}` and, for Octopush only, `{{expiry_time}}`. " +
					"Octopush takes 1,224 characters at most once these are filled in. Line feeds at the end are not sent, which is warned of.",
			},
			"translations": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Wordings for other locales, by BCP 47 language tag such as `fr` or `pt-BR`, with the same rules as `text`. " +
					"An application picks the longest match and falls back to `text`. Empty: none. A route that cannot send one of them sends its default wording, which is warned of.",
			},
			"myotp":   myotpAttribute(),
			"way2api": way2apiAttribute(),
		},
	},
	Name:    func(t otp.MessageTemplate) string { return t.Name },
	Unknown: func(t *otp.MessageTemplate, at otp.Path) { t.Unknown = t.Unknown.With(at) },
	Check:   func(t otp.MessageTemplate) otp.Problems { return vendors.Compilers().CheckTemplate(t) },
}

func myotpAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "How MyOTP.App knows the template: by number. Its texts are the vendor's own.",
		Attributes: map[string]schema.Attribute{
			"template_order":          schema.Int64Attribute{CustomType: tf.IntegerType{}, Optional: true, MarkdownDescription: templateOrder},
			"whatsapp_template_order": schema.Int64Attribute{CustomType: tf.IntegerType{}, Optional: true, MarkdownDescription: whatsAppOrder},
			"translations": schema.MapNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Numbers for other locales, by BCP 47 language tag. Empty: none.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"template_order":          schema.Int64Attribute{CustomType: tf.IntegerType{}, Optional: true, MarkdownDescription: templateOrder},
					"whatsapp_template_order": schema.Int64Attribute{CustomType: tf.IntegerType{}, Optional: true, MarkdownDescription: whatsAppOrder},
				}},
			},
		},
	}
}

func way2apiAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "What Way2API builds its wording from.",
		Attributes: map[string]schema.Attribute{
			"content": schema.StringAttribute{Required: true, MarkdownDescription: "What the message calls the code: `OTP` or `PIN`."},
			"purpose": schema.StringAttribute{Required: true, MarkdownDescription: "What the code is for: `login`, `registration`, `password_reset`, `transaction`, " +
				"`account_verification`, `two_factor_auth`, `payment_confirmation`, `order_confirmation`, `profile_update` or `withdrawal`."},
			"share_with": schema.StringAttribute{Required: true, MarkdownDescription: "Whom the recipient may tell the code: `no_one`, `executive`, `manager`, `support_team` or `admin`."},
		},
	}
}

// NewResource returns the constructor of the resource.
func NewResource() func() resource.Resource { return tf.NewResource(noun) }

// NewDataSource returns the constructor of the data source.
func NewDataSource() func() datasource.DataSource { return tf.NewLookup(noun) }

// NewListResource returns the constructor of the list resource.
func NewListResource() func() list.ListResource { return tf.NewList(noun) }
