package androidapi

import (
	"fmt"
	"strconv"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

const (
	deviceHandle  = "00000000-0000-0000-aaaa-bbbbccccdddd"
	partnerHandle = "00000000-0000-0000-1111-222233334444"
	accountHandle = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"
	recipient     = "+923004445566"
)

func at(seconds int64) Moment { return Moment{Time: time.Unix(seconds, 0).UTC()} }

// with is a copy of a value with something changed.
func with[T any](value T, change func(*T)) T {
	change(&value)
	return value
}

func newerDevice() Device {
	return Device{
		ID: "7", Unique: deviceHandle, Name: "Counter phone", Version: "Android 13", Manufacturer: "Samsung",
		LimitStatus: true, LimitInterval: "daily", LimitNumber: 200, Created: at(1700000000),
	}
}

func device() Device {
	return with(newerDevice(), func(d *Device) {
		d.RandomMin, d.RandomMax = 5, 10
		d.NotificationPackages, d.PartnerSIM = Texts{"com.example.app"}, Texts{"1"}
		d.PartnerCountry, d.PartnerRate, d.PartnerCurrency = "PK", "3", "PKR"
	})
}

func secondDevice() Device {
	return with(device(), func(d *Device) {
		d.ID, d.Unique, d.Name = "8", "00000000-0000-0000-d57d-f30cb6a89289", "Warehouse phone"
		d.Version, d.Manufacturer, d.LimitStatus, d.LimitNumber = "Android 12", "Xiaomi", false, 0
		d.NotificationPackages, d.PartnerSIM, d.Created = nil, nil, at(1700000050)
	})
}

func pendingSMS() SMSMessage {
	return SMSMessage{
		ID: "1042", Mode: "Devices", Sender: deviceHandle, SenderType: "device", SIM: 1, API: true,
		Recipient: recipient, Message: NewSecret("Hello"), Created: at(1790844900),
	}
}

func sms() SMSMessage {
	return with(pendingSMS(), func(m *SMSMessage) { m.Status, m.StatusCode = "sent", "SMS_SENT" })
}

func failedSMS() SMSMessage {
	return with(pendingSMS(), func(m *SMSMessage) { m.ID, m.Status = "1045", "failed" })
}

func partnerSMS(m SMSMessage) SMSMessage {
	m.ID, m.Mode, m.Sender, m.SenderType = "1044", "Credits", partnerHandle, "partner_device"
	m.Message = NewSecret("Your code is 482913")
	return m
}

func gatewaySMS() SMSMessage {
	return with(partnerSMS(sms()), func(m *SMSMessage) {
		m.ID, m.Sender, m.SenderType, m.SIM, m.StatusCode = "1043", "Carrier A", "gateway", 0, ""
	})
}

func pendingChat() WhatsAppMessage {
	return WhatsAppMessage{
		ID: "2201", Account: "+923001112233", API: true, Recipient: recipient,
		Message: NewSecret("Hello"), Created: at(1790844900),
	}
}

func chat() WhatsAppMessage {
	return with(pendingChat(), func(m *WhatsAppMessage) { m.Status = "sent" })
}

func failedChat() WhatsAppMessage {
	return with(chat(), func(m *WhatsAppMessage) { m.ID, m.Status = "2202", "failed" })
}

func account() Account {
	return Account{ID: "12", Phone: "+923001112233", Unique: accountHandle, Status: StatusConnected, Created: at(1700000000)}
}

func secondAccount() Account {
	return Account{
		ID: "13", Phone: "+923007778899", Unique: "1b4f0e9851971998e732078544c96b36c3d01cedf7caa332359d6f1d",
		Status: "disconnected", Created: at(1700000060),
	}
}

func rates() *Rates {
	return &Rates{
		Gateways: []Gateway{
			{ID: "3", Name: "Carrier A", Currency: "USD", Default: "0.03", Countries: map[string]httpapi.Decimal{"pk": "0.02", "us": "0.01"}},
			{ID: "4", Name: "Carrier B", Currency: "USD", Default: "0.05", Countries: map[string]httpapi.Decimal{}},
		},
		Partners: []Partner{{
			Unique: partnerHandle, Name: "Shop phone", Version: "Android 12", SIM: Texts{"1"}, Country: "PK",
			Currency: "PKR", Rate: "4", Owner: NewSecret("owner@example.org"), Status: "online",
		}},
	}
}

func usage() map[string]Usage {
	return map[string]Usage{
		"sms_send": {10, 500}, "sms_receive": {4, 500}, "ussd": {}, "notifications": {}, "contacts": {2, 100},
		"devices": {2, 5}, "apikeys": {1, 5}, "webhooks": {0, 5}, "actions": {}, "scheduled": {},
		"wa_send": {3, 0}, "wa_receive": {9, 0}, "wa_accounts": {1, 10},
	}
}

func link(token string) *Link {
	return &Link{QR: NewSecret("2@AAAA,BBBB,CCCC,DDDD"), Token: NewSecret(token)}
}

const (
	firstToken  = "0123456789abcdef0123456789abcdef"
	secondToken = "fedcba9876543210fedcba9876543210"
)

// series are made-up rows with the given numbers.
func series[T any](row func(n int) T, from, to int) []T {
	var list []T
	for n := from; n != to; n += max(-1, min(1, to-from)) {
		list = append(list, row(n))
	}
	return append(list, row(to))
}

func phoneNumber(n int) Device {
	return with(newerDevice(), func(d *Device) {
		d.LimitStatus, d.LimitNumber = false, 0
		d.PartnerCountry, d.PartnerRate, d.PartnerCurrency = "PK", "0", "PKR"
		d.ID, d.Name = Text(strconv.Itoa(n)), Text(fmt.Sprintf("Phone %d", n))
		d.Unique, d.Created = Text(fmt.Sprintf("00000000-0000-4000-8000-%012d", n)), at(1790845200)
	})
}

func smsNumber(n int) SMSMessage {
	return with(sms(), func(m *SMSMessage) {
		m.ID, m.Message, m.Created = Text(strconv.Itoa(900+n)), NewSecret(fmt.Sprintf("Message %d", n)), at(int64(1790844480+60*n))
	})
}

func chatNumber(n int) WhatsAppMessage {
	return with(chat(), func(m *WhatsAppMessage) {
		m.ID, m.Message, m.Created = Text(strconv.Itoa(900+n)), NewSecret(fmt.Sprintf("Message %d", n)), at(int64(1790844480+60*n))
	})
}

// verdicts are the errors that the body status alone does not tell.
func verdicts() map[string]verdict {
	notReady := verdict{Kind: httpapi.Unavailable}
	usedUp := verdict{Kind: httpapi.PlanFeature, Code: "403"}
	return map[string]verdict{
		"wa_link/package_used_up": usedUp,
		"wa_link/not_ready":       notReady,
		"wa_relink/not_ready":     notReady,
	}
}
