package androidapi

// newAccount is the customer of a new sandbox. Names and numbers are made
// up; the device of the vendor's own samples is there, so that they work.
func newAccount() Account {
	return Account{
		Permissions: []string{
			"otp", "get_devices", "get_rates", "get_credits", "get_subscription", "get_earnings", "create_whatsapp",
			"get_wa_accounts", "delete_wa_account", "validate_wa_phone", "get_sms_sent", "get_sms_pending", "get_sms_received",
			"get_wa_sent", "get_wa_pending", "get_wa_received",
		},
		Credits: 125.504, Currency: "USD", Earnings: 0.75, Package: "Basic",
		Usage: map[string]Usage{
			"sms_send": {10, 500}, "sms_receive": {4, 500}, "ussd": {}, "notifications": {}, "contacts": {2, 100}, "devices": {2, 5},
			"apikeys": {1, 5}, "webhooks": {0, 5}, "actions": {}, "scheduled": {}, "wa_send": {3, 0}, "wa_receive": {9, 0}, "wa_accounts": {1, 10},
		},
		Devices: []Device{
			{
				ID: "7", Unique: "00000000-0000-0000-aaaa-bbbbccccdddd", Name: "Counter phone", Version: "Android 13", Manufacturer: "Samsung",
				RandomMin: 5, RandomMax: 10, LimitStatus: true, LimitInterval: "daily", LimitNumber: 200,
				NotificationPackages: []string{"com.example.app"}, PartnerSIM: []string{"1"}, PartnerCountry: "PK", PartnerRate: 3,
				PartnerCurrency: "PKR", Created: 1700000000,
			},
			{
				ID: "8", Unique: "00000000-0000-0000-d57d-f30cb6a89289", Name: "Warehouse phone", Version: "Android 12", Manufacturer: "Xiaomi",
				RandomMin: 5, RandomMax: 10, LimitInterval: "daily", NotificationPackages: []string{}, PartnerSIM: []string{},
				PartnerCountry: "PK", PartnerRate: 3, PartnerCurrency: "PKR", Created: 1700000050,
			},
		},
		Gateways: []Gateway{
			{ID: 3, Name: "Carrier A", Currency: "USD", Pricing: Pricing{Default: "0.03", Countries: Countries{"pk": "0.02", "us": "0.01"}}},
			{ID: 4, Name: "Carrier B", Currency: "USD", Pricing: Pricing{Default: "0.05", Countries: Countries{}}},
		},
		Partners: []Partner{{
			Unique: "00000000-0000-0000-1111-222233334444", Name: "Shop phone", Version: "Android 12", SIM: []string{"1"}, Country: "PK",
			Currency: "PKR", Rate: 4, Owner: "owner@example.org", Status: "online",
		}},
		WhatsAppServers: []WhatsAppServer{{1, "Shared"}, {2, "Business"}},
		WhatsApp: []WhatsAppAccount{{
			12, "+923001112233", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15", WhatsAppConnected, 1700000000,
		}},
		NotOnWhatsApp: []string{},
	}
}
