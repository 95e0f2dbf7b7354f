package profile

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
)

func profileSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Joins a brand, a message template, a code policy and an ordered list of routes, checks them at plan against every rule " +
			"the vendors document, and compiles them to a document: for each route the exact requests to send, verify, extend and check a code.",
		Attributes: map[string]schema.Attribute{
			"name": tf.NameAttribute(catalog.Profile),
			"brand": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the brand. Write it as a reference, `otp_brand.<label>.name`, so that Terraform knows the order.",
			},
			"template": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the message template. Write it as a reference, `otp_message_template.<label>.name`.",
			},
			"code": codeAttribute(),
			"validity_seconds": schema.Int64Attribute{
				CustomType: tf.IntegerType{},
				Optional:   true, Computed: true, Default: int64default.StaticInt64(otp.DefaultValiditySeconds),
				MarkdownDescription: "How long a code is good, in seconds. Default 300; below 60 and above 900 is warned of. Each vendor has its own bounds: MyOTP.App 30 to 14,400 " +
					"(Telegram 60 to 3,600; WhatsApp exactly what the template says), Octopush 3 to 10,000,000.",
			},
			"max_wrong_attempts": schema.Int64Attribute{
				CustomType: tf.IntegerType{},
				Optional:   true, Computed: true, Default: int64default.StaticInt64(otp.DefaultMaxWrongAttempts),
				MarkdownDescription: "After how many wrong codes a code is void, 1 to 100. Default 3; above 10 is warned of. Only Octopush keeps it; elsewhere the application must.",
			},
			"allowed_countries": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Countries that codes may be sent to, ISO 3166 alpha-2 in upper case. Absent: all, which is warned of, because it invites SMS pumping. A number that no numbering plan at hand places in a country is in none of these; the guide on placeholders and routes says how to let it in.",
			},
			"limits": limitsAttribute(),
			"resend_route": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Where a person who asks for another code is served: `same` begins at the first route again, `next` at the one behind the route " +
					"that served last, round and round among those that serve the country. Default `same`. The application does it, as the document says.",
			},
			"routes": schema.ListNestedAttribute{
				Required:            true,
				MarkdownDescription: "Ways to deliver a code, in order of preference.",
				NestedObject:        schema.NestedAttributeObject{Attributes: routeAttributes()},
			},
			segmentsAttribute: schema.Int64Attribute{
				Computed: true,
				MarkdownDescription: "How many SMS segments, each paid for, the longest message takes: over all SMS routes with a free text and all locales, with brand, " +
					"validity and a code of full length filled in. Null where no route sends a free text by SMS.",
			},
			documentAttribute: schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The compiled profile as JSON, which applications read from the catalog. It holds neither secrets nor hosts. " +
					"A plan shows it as it will be. Read a part of it with `jsondecode`.",
			},
			madeFromAttribute: schema.MapAttribute{
				Computed: true, ElementType: types.Int64Type,
				MarkdownDescription: "What the document was made from: the revisions in the catalog of the brand, the message template and the sender IDs, " +
					"such as `\"brand/acme\" = 7`. In a plan, the revision of an object that the same run changes is not known yet.",
			},
		},
	}
}

func codeAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "What a code looks like. Absent: six digits.",
		Attributes: map[string]schema.Attribute{
			"length":             schema.Int64Attribute{CustomType: tf.IntegerType{}, Optional: true, MarkdownDescription: "Number of characters, 3 to 32. Default 6. AndroidAPI makes 6, MyOTP.App 3 to 8 over SMS (3 is warned of) and 4 to 8 otherwise, Octopush 4 to 32, Way2API 4 to 8."},
			"digits":             schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether codes have digits. Default `true`."},
			"upper_case":         schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether codes have upper-case letters. Default `false`. Only Octopush can."},
			"lower_case":         schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether codes have lower-case letters. Default `false`. Only Octopush can."},
			"special_characters": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether codes have any of `! # $ % & ? @`. Default `false`. Only Octopush can."},
			"exclude_confusing":  schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether look-alike characters such as 0 and O are left out. Default `false`. Only Octopush can."},
		},
	}
}

func limitsAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "How many codes may be sent to one phone, on behalf of one address of a person, and by the whole profile. The application keeps these limits; no vendor does.",
		Attributes: map[string]schema.Attribute{
			"resend_after_seconds": schema.Int64Attribute{CustomType: tf.IntegerType{}, Optional: true, MarkdownDescription: "Seconds before a person may ask for another code. Default 30."},
			"per_phone_hour":       schema.Int64Attribute{CustomType: tf.IntegerType{}, Optional: true, MarkdownDescription: "Codes per phone and hour. Default 5."},
			"per_phone_day":        schema.Int64Attribute{CustomType: tf.IntegerType{}, Optional: true, MarkdownDescription: "Codes per phone and day. Default 10."},
			"per_ip_hour": schema.Int64Attribute{
				CustomType: tf.IntegerType{},
				Optional:   true,
				MarkdownDescription: "Codes per hour that one address of a person may ask for, to whatever phones, where the application knows it; an IPv6 address counts by its " +
					"first 64 bits. A thousand phones from one address is how SMS pumping looks. Default 60; 0 for no limit.",
			},
			"per_profile_hour": schema.Int64Attribute{
				CustomType:          tf.IntegerType{},
				Optional:            true,
				MarkdownDescription: "Codes per hour that the whole profile may send: what an attack can cost at most. Choose it well above a busy hour. Default 0: no limit.",
			},
		},
	}
}

// vendorNames are the listed vendors, as HCL spells them.
func vendorNames() string {
	names := make([]string, 0, len(otp.Vendors()))
	for _, vendor := range otp.Vendors() {
		names = append(names, "`"+string(vendor)+"`")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func routeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"vendor":  schema.StringAttribute{Required: true, MarkdownDescription: vendorNames() + "."},
		"channel": schema.StringAttribute{Required: true, MarkdownDescription: "`sms`, `voice_sms` (Octopush), `whatsapp` (AndroidAPI, MyOTP.App) or `telegram` (MyOTP.App)."},
		"sender_id": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Name of the sender ID, for AndroidAPI and Octopush. Write it as a reference, `otp_sender_id.<label>.name`.",
		},
		"whatsapp_account": schema.StringAttribute{Optional: true, MarkdownDescription: "ID of the WhatsApp account that sends, for AndroidAPI over WhatsApp."},
		"countries": schema.SetAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Countries that the route serves, ISO 3166 alpha-2 in upper case. Absent: every allowed one.",
		},
		"account": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "A second account of the same vendor, as a slug: applications then read its credentials from `OTP_<VENDOR>_<ACCOUNT>_…`, " +
				"such as `OTP_OCTOPUSH_EU_API_KEY` for `eu`. Where they are set, plans look at that account with them.",
		},
		"androidapi": schema.SingleNestedAttribute{
			Optional: true, MarkdownDescription: "Options that only AndroidAPI has.",
			Attributes: map[string]schema.Attribute{
				"priority": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether a WhatsApp message is sent at once rather than queued. Default `false`."},
			},
		},
		"myotp": schema.SingleNestedAttribute{
			Optional: true, MarkdownDescription: "Options that only MyOTP.App has.",
			Attributes: map[string]schema.Attribute{
				"force_send": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether a resend may replace a code that is still valid, which is billed again. Default `true`."},
			},
		},
		"octopush": octopushAttribute(),
	}
}

func octopushAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true, MarkdownDescription: "Options that only Octopush has.",
		Attributes: map[string]schema.Attribute{
			"bind_recipient_ip": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether a code is bound to the recipient's IP address. Default `false`. Octopush does not document how the address is checked.",
			},
			"voice": schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "How a voice message is read aloud. Needed with channel `voice_sms`.",
				Attributes: map[string]schema.Attribute{
					"language": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "Language of `text`: `de-DE`, `el-GR`, `en-GB`, `en-US`, `es-ES`, `es-LA`, `fr-FR`, `hu-HU`, `it-IT`, `pl-PL`, `pt-BR`, `ru-RU` or `sv-SE`.",
					},
					"gender": schema.StringAttribute{Optional: true, MarkdownDescription: "`female` or `male`. Default `female`."},
					"translations": schema.MapAttribute{
						Optional: true, ElementType: types.StringType,
						MarkdownDescription: "Languages of the template's translations, by locale. A translation without one is not read aloud: the default text is, in its own language, which is warned of. Empty: none.",
					},
				},
			},
		},
	}
}
