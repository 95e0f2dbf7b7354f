package myotp

import (
	"maps"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// expected is what the client makes of every contract file.
func expected() map[string]expectation {
	all := expectedStatuses()
	maps.Copy(all, expectedReads())
	return all
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
