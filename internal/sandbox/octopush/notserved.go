package octopush

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// NotServed is what the reference names beside that.
func (o *Emulator) NotServed() []emulate.NotServed {
	return []emulate.NotServed{
		{Reason: "no one-time passwords: campaigns, contacts, lookups", Calls: []string{
			"POST /sms-campaign/send", "GET /sms-campaign/draft", "DELETE /sms-campaign/cancel", "POST /sms-campaign-on-list/create",
			"POST /sms-campaign-on-list/send", "GET /sms-campaign-on-list/status", "DELETE /sms-campaign-on-list/cancel",
			"POST /voice-campaign/send", "GET /voice-campaign/draft", "DELETE /voice-campaign/cancel", "POST /voice-campaign-on-list/create",
			"POST /multi-channel/send", "DELETE /multi-channel/cancel", "POST /email-templates", "POST /contact/create",
			"DELETE /contact/delete", "POST /contact/hlr-request", "POST /contact-list/create", "POST /contact-list/empty",
		}},
		{Reason: "it spends money or makes customers, which nothing here does", Calls: []string{
			"POST /billing/settings/edit", "POST /subaccount/create", "PATCH /subaccount/{email}/edit",
			"POST /subaccount/credit-transfer/token", "POST /subaccount/credit-transfer/transfer",
		}},
	}
}
