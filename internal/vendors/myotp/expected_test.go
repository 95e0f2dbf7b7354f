package myotp

import (
	"maps"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// expected is what the client makes of every contract file.
func expected() map[string]expectation {
	all := expectedSends()
	maps.Copy(all, expectedChecks())
	maps.Copy(all, expectedStatuses())
	maps.Copy(all, expectedReads())
	return all
}

func sent(expires string, cost httpapi.Decimal, code string) expectation {
	return good(&Generated{
		MessageID: messageID, Status: "accepted", Message: "OTP sent",
		DateSent: at("2026-10-01T09:00:00Z"), ExpiresAt: at(expires), Cost: cost, Code: httpapi.NewSecret(code),
	})
}

func expectedSends() map[string]expectation {
	const fiveMinutes = "2026-10-01T09:05:00Z"
	fault := expectation{kind: httpapi.Unavailable, maybe: true}
	return map[string]expectation{
		"generate_otp/sms":                        sent(fiveMinutes, "1", ""),
		"generate_otp/sms_all_parameters":         sent("2026-10-01T09:10:00Z", "1", ""),
		"generate_otp/seed_all_parameters":        sent("2026-10-01T09:00:30Z", "1", "407"),
		"generate_otp/after_expiry":               sent(fiveMinutes, "1", ""),
		"generate_otp/force_send":                 sent(fiveMinutes, "1", ""),
		"generate_otp/own_code":                   sent(fiveMinutes, "1", "4071"),
		"generate_otp/return_otp":                 sent(fiveMinutes, "1", "482913"),
		"generate_otp/telegram":                   sent("2026-10-01T10:00:00Z", "0.5", ""),
		"generate_otp/whatsapp":                   sent("2026-10-01T09:10:00Z", "1.5", ""),
		"generate_otp/whatsapp_default_template":  sent(fiveMinutes, "1.5", ""),
		"generate_otp/flags_as_strings":           sent(fiveMinutes, "1", "").but("flags are sent as JSON booleans"),
		"generate_otp/already_active":             bad(httpapi.Conflict),
		"generate_otp/address_not_allowed":        bad(httpapi.Forbidden),
		"generate_otp/insufficient_balance":       bad(httpapi.InsufficientBalance),
		"generate_otp/payment_required":           bad(httpapi.InsufficientBalance),
		"generate_otp/plan":                       bad(httpapi.PlanFeature),
		"generate_otp/wrong_key":                  bad(httpapi.Unauthorized),
		"generate_otp/missing_key":                bad(httpapi.Unauthorized),
		"generate_otp/rate_limited":               bad(httpapi.RateLimited),
		"generate_otp/server_error":               fault,
		"generate_otp/server_error_html":          fault,
		"generate_otp/brand_with_space":           bad(httpapi.Invalid),
		"generate_otp/destination_unknown":        bad(httpapi.Invalid),
		"generate_otp/destination_unpriced":       bad(httpapi.Invalid),
		"generate_otp/length_too_long":            bad(httpapi.Invalid),
		"generate_otp/length_too_short":           bad(httpapi.Invalid),
		"generate_otp/own_code_letters":           bad(httpapi.Invalid),
		"generate_otp/phone_with_plus":            bad(httpapi.Invalid),
		"generate_otp/telegram_template":          bad(httpapi.Invalid),
		"generate_otp/telegram_validity_too_long": bad(httpapi.Invalid),
		"generate_otp/template_too_high":          bad(httpapi.Invalid),
		"generate_otp/validity_too_long":          bad(httpapi.Invalid),
		"generate_otp/validity_too_short":         bad(httpapi.Invalid),
		"generate_otp/voice":                      bad(httpapi.Invalid),
		"generate_otp/whatsapp_sms_template":      bad(httpapi.Invalid),
		"generate_otp/missing_phone":              bad(httpapi.Invalid).but("the phone number is always sent"),
		"generate_otp/unknown_field":              bad(httpapi.Invalid).but("there is no such field"),
		"generate_otp/wrong_type":                 bad(httpapi.Invalid).but("lengths are sent as JSON integers"),
	}
}

func verdict(outcome, status, reason, message string) expectation {
	return good(&Verification{Outcome: outcome, Status: status, Reason: reason, Message: message})
}

func expectedChecks() map[string]expectation {
	right := verdict(otp.OutcomeOK, "success", "", "OTP verified")
	wrong := verdict(otp.OutcomeWrongCode, "failed", "invalid", "OTP does not match")
	unknown := verdict(otp.OutcomeNotFound, "failed", "not found", "OTP not found")
	extended := func(expires string) expectation {
		return good(&Extended{Status: "success", Message: "OTP extended", ExpiresAt: at(expires)})
	}
	return map[string]expectation{
		"verify_otp/success":              right,
		"verify_otp/success_by_both":      right,
		"verify_otp/success_by_phone":     right,
		"verify_otp/older_by_message_id":  right,
		"verify_otp/older_by_phone":       wrong,
		"verify_otp/invalid":              wrong,
		"verify_otp/expired":              verdict(otp.OutcomeExpired, "failed", "expired", "OTP expired"),
		"verify_otp/expired_status":       verdict(otp.OutcomeExpired, "expired", "", "OTP expired"),
		"verify_otp/not_found":            unknown,
		"verify_otp/not_found_by_phone":   unknown,
		"verify_otp/used_twice":           unknown,
		"verify_otp/not_found_404":        verdict(otp.OutcomeNotFound, "", "", ""),
		"verify_otp/letters":              bad(httpapi.Invalid),
		"verify_otp/neither":              bad(httpapi.Invalid),
		"verify_otp/missing_code":         bad(httpapi.Invalid).but("the code is always sent"),
		"verify_otp/wrong_key":            bad(httpapi.Unauthorized),
		"verify_otp/insufficient_balance": bad(httpapi.InsufficientBalance),
		"verify_otp/address_not_allowed":  bad(httpapi.Forbidden),

		"extend_otp/success":            extended("2026-10-01T09:14:00Z"),
		"extend_otp/seed_shortest":      extended("2026-10-01T09:04:30Z"),
		"extend_otp/not_found":          bad(httpapi.NotFound),
		"extend_otp/plan":               bad(httpapi.PlanFeature),
		"extend_otp/expired":            bad(httpapi.Invalid),
		"extend_otp/duration_too_long":  bad(httpapi.Invalid),
		"extend_otp/duration_too_short": bad(httpapi.Invalid),
		"extend_otp/missing_message_id": bad(httpapi.Invalid).but("the message ID is always sent"),
		"extend_otp/wrong_key":          bad(httpapi.Unauthorized),
	}
}

func expectedStatuses() map[string]expectation {
	report := func(words string, active bool) expectation {
		return good(&MessageStatus{Report: words, Active: active, ExpiresAt: at("2026-10-01T09:04:00Z")})
	}
	all := map[string]expectation{
		"check_otp/both_spellings": report("DELIVRD", true),
		"check_otp/seed":           report("DELIVRD", true),
		"check_otp/unknown_404":    bad(httpapi.NotFound),

		"check_otp_status/verified": report("DELIVRD", false),
		"check_otp_status/expired": good(&MessageStatus{
			Report: "DELIVRD", ExpiresAt: at("2026-10-01T08:55:00Z"),
		}),
		"check_otp_status/unknown":             bad(httpapi.NotFound),
		"check_otp_status/unknown_aliases":     bad(httpapi.NotFound),
		"check_otp_status/unknown_404":         bad(httpapi.NotFound),
		"check_otp_status/forgotten":           bad(httpapi.NotFound),
		"check_otp_status/missing_message_id":  bad(httpapi.Invalid).but("the message ID is always sent"),
		"check_otp_status/wrong_key":           bad(httpapi.Unauthorized),
		"check_otp_status/address_not_allowed": bad(httpapi.Forbidden),
	}
	for name, words := range map[string]string{
		"accepted_by_carrier": "ATES", "aliases": "DELIVRD", "both_spellings": "DELIVRD", "delivered": "DELIVRD",
		"undelivered": "UNDELIV", "carrier_expired": "EXPIRED", "rejected": "REJECTD",
		"whatsapp_sent": "sent", "whatsapp_delivered": "delivered", "whatsapp_read": "read", "telegram_pending": "pending",
		"failed": "failed", "whatsapp_undeliverable": "failed.Undeliverable", "whatsapp_provider": "failed.Provider", "no_balance": "failed.NoBalance",
		"pending": "Pending: the carrier has not reported yet", "not_yet_accepted": "Pending: not yet accepted by the carrier",
		"plan": "Not available with your plan", "market_unavailable": "Not available for this market", "carrier_unavailable": "Not available from the carrier",
	} {
		all["check_otp_status/"+name] = report(words, true)
	}
	return all
}
