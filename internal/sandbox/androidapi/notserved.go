package androidapi

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// NotServed is what the reference names beside that.
func (a *Emulator) NotServed() []emulate.NotServed {
	return []emulate.NotServed{
		{Reason: "no one-time passwords: plain messages, bulk, USSD", Calls: []string{
			"POST /send/sms", "POST /send/sms.bulk", "POST /send/whatsapp", "POST /send/whatsapp.bulk", "POST /send/ussd",
		}},
		{Reason: "contacts, groups and campaigns", Calls: []string{
			"POST /create/contact", "POST /create/group", "GET /get/contacts", "GET /get/groups", "GET /get/unsubscribed",
			"GET /get/sms.campaigns", "GET /get/wa.campaigns", "GET /get/wa.groups", "GET /get/wa.group.contacts", "GET /remote/start.sms",
			"GET /remote/stop.sms", "GET /remote/start.chats", "GET /remote/stop.chats", "GET /delete/contact", "GET /delete/group",
			"GET /delete/unsubscribed", "GET /delete/sms.campaign", "GET /delete/wa.campaign",
		}},
		{Reason: "the sandbox receives nothing and deletes no history", Calls: []string{
			"GET /get/sms.received", "GET /get/wa.received", "GET /get/ussd", "GET /get/notifications", "GET /get/shorteners",
			"GET /delete/sms.sent", "GET /delete/sms.received", "GET /delete/wa.sent", "GET /delete/wa.received", "GET /delete/ussd",
			"GET /delete/notification",
		}},
	}
}
