package main

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func text() schema.Attribute   { return schema.StringAttribute{Optional: true} }
func number() schema.Attribute { return schema.Int64Attribute{Optional: true} }
func flag() schema.Attribute   { return schema.BoolAttribute{Optional: true} }

func set() schema.Attribute {
	return schema.SetAttribute{Optional: true, ElementType: types.StringType}
}

func nested(members map[string]schema.Attribute) schema.Attribute {
	return schema.SingleNestedAttribute{Optional: true, Attributes: members}
}

// plain is what a brand or a message template has to keep.
func plain() map[string]schema.Attribute {
	return map[string]schema.Attribute{"name": schema.StringAttribute{Required: true}, "text": text()}
}

// profile is the schema of otp_profile.
func profile() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name": schema.StringAttribute{Required: true}, "brand": text(), "template": text(),
		"code": nested(map[string]schema.Attribute{
			"length": number(), "digits": flag(), "upper_case": flag(), "lower_case": flag(), "special_characters": flag(), "exclude_confusing": flag(),
		}),
		"validity_seconds": number(), "max_wrong_attempts": number(), "allowed_countries": set(),
		"limits": nested(map[string]schema.Attribute{
			"resend_after_seconds": number(), "per_phone_hour": number(), "per_phone_day": number(), "per_ip_hour": number(), "per_profile_hour": number(),
		}),
		"resend_route": text(),
		"routes": schema.ListNestedAttribute{Required: true, NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"vendor": text(), "channel": text(), "sender_id": text(), "whatsapp_account": text(), "countries": set(), "account": text(),
			"androidapi": nested(map[string]schema.Attribute{"priority": flag()}),
			"myotp":      nested(map[string]schema.Attribute{"force_send": flag()}),
			"octopush": nested(map[string]schema.Attribute{
				"bind_recipient_ip": flag(),
				"voice": nested(map[string]schema.Attribute{
					"language": text(), "gender": text(), "translations": schema.MapAttribute{Optional: true, ElementType: types.StringType},
				}),
			}),
		}}},
		"sms_segments": number(),
		"document":     schema.StringAttribute{Computed: true},
		"made_from":    schema.MapAttribute{Optional: true, ElementType: types.Int64Type},
	}
}
