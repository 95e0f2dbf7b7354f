package androidapi

import (
	"maps"
)

// results are what the client makes of the contract files that succeed. All
// others are errors.
func results() map[string]any {
	all := map[string]any{}
	maps.Copy(all, whatsAppResults())
	maps.Copy(all, messageResults())
	maps.Copy(all, map[string]any{
		"get_devices/one":              []Device{device()},
		"get_devices/two":              []Device{device(), secondDevice()},
		"get_devices/newer_rows":       []Device{newerDevice()},
		"get_devices/empty":            []Device(nil),
		"get_devices/empty_404":        []Device(nil),
		"get_devices/beyond_last_page": []Device(nil),
		"get_devices/default_page":     series(phoneNumber, 1, 10),
		"get_devices/last_page":        series(phoneNumber, 11, 12),
		"get_devices/post_form":        []Device{device()},
		"get_rates/success":            rates(),
		"get_rates/empty":              &Rates{},
		"get_credits/success":          &Credits{Credits: "125.504", Currency: "USD"},
		"get_credits/none":             &Credits{Credits: "0", Currency: "USD"},
		"get_subscription/success":     &Subscription{Name: "Basic", Usage: usage()},
		"get_subscription/no_package":  &Subscription{},
	})
	return all
}

func whatsAppResults() map[string]any {
	image := &Image{} // the bytes of the file, see check
	scanned := &LinkState{Linked: true, Unique: accountHandle, Phone: "+923001112233"}
	return map[string]any{
		"wa_servers/success": []Server{{ID: "1", Name: "Shared"}, {ID: "2", Name: "Business"}},
		"wa_servers/none":    []Server(nil),

		"wa_link/success":             link(firstToken),
		"wa_link/server":              link(firstToken),
		"wa_link/doubled_slash":       link(firstToken),
		"wa_link/post_form":           link(firstToken),
		"wa_relink/connected":         link(firstToken),
		"wa_relink/infolink":          link(firstToken),
		"wa_relink/server":            link(firstToken),
		"wa_relink/disconnected":      link(secondToken),
		"wa_relink/already_connected": &Link{AlreadyConnected: true},

		"wa_qr/success":         image,
		"wa_qr/expired_rotated": image,

		"wa_info/scanned":         scanned,
		"wa_info/scanned_phone":   scanned,
		"wa_info/waiting":         &LinkState{},
		"wa_info/waiting_200":     &LinkState{},
		"wa_info/expired_rotated": &LinkState{},

		"wa_accounts/connected":    []Account{account()},
		"wa_accounts/disconnected": []Account{account(), secondAccount()},
		"wa_accounts/second_page":  []Account{secondAccount()},
		"wa_accounts/empty":        []Account(nil),
		"wa_accounts/empty_404":    []Account(nil),

		"wa_account_delete/success": "deleted",
	}
}

func messageResults() map[string]any {
	one, two, bad := sms(), chat(), failedSMS()
	badChat := failedChat()
	return map[string]any{
		"sms_sent/device":           []SMSMessage{sms()},
		"sms_sent/gateway":          []SMSMessage{gatewaySMS()},
		"sms_sent/partner":          []SMSMessage{partnerSMS(sms())},
		"sms_sent/failed":           []SMSMessage{failedSMS()},
		"sms_sent/default_page":     series(smsNumber, 12, 3),
		"sms_sent/last_page":        series(smsNumber, 2, 1),
		"sms_sent/pending_and_sent": []SMSMessage{sms()},
		"sms_sent/empty":            []SMSMessage(nil),
		"sms_sent/empty_404":        []SMSMessage(nil),

		"sms_pending/device":           []SMSMessage{pendingSMS()},
		"sms_pending/partner":          []SMSMessage{partnerSMS(pendingSMS())},
		"sms_pending/pending_and_sent": []SMSMessage{with(pendingSMS(), func(m *SMSMessage) { m.ID = "3000" })},
		"sms_pending/empty":            []SMSMessage(nil),
		"sms_pending/empty_404":        []SMSMessage(nil),

		"sms_message/sent":       &one,
		"sms_message/sent_array": &one,
		"sms_message/failed":     &bad,

		"wa_sent/sent":             []WhatsAppMessage{chat()},
		"wa_sent/failed":           []WhatsAppMessage{failedChat()},
		"wa_sent/default_page":     series(chatNumber, 12, 3),
		"wa_sent/last_page":        series(chatNumber, 2, 1),
		"wa_sent/pending_and_sent": []WhatsAppMessage{chat()},
		"wa_sent/empty":            []WhatsAppMessage(nil),
		"wa_sent/empty_404":        []WhatsAppMessage(nil),

		"wa_pending/waiting":          []WhatsAppMessage{pendingChat()},
		"wa_pending/pending_and_sent": []WhatsAppMessage{with(pendingChat(), func(m *WhatsAppMessage) { m.ID = "3000" })},
		"wa_pending/empty":            []WhatsAppMessage(nil),
		"wa_pending/empty_404":        []WhatsAppMessage(nil),

		"wa_message/sent":       &two,
		"wa_message/sent_array": &two,
		"wa_message/failed":     &badChat,
	}
}

// impossible are requests that the typed client cannot send, with the reason.
func impossible() map[string]string {
	const (
		always = "a field that is always sent is left out"
		zero   = "zero leaves the choice to the vendor and is not sent"
		post   = "the client sends a GET"
		unique = "an account is named by its handle only"
		only   = "the client reads sent messages only"
		token  = "a token is always sent"
	)
	reasons := map[string]string{
		"get_devices/post_form": post,
		"get_devices/json_body": "a GET has no body",
		"wa_link/post_form":     post,

		"wa_qr/missing_token":    token,
		"wa_qr/secret_for_token": token,
		"wa_info/missing_token":  token,

		"wa_relink/missing_unique":         always,
		"wa_relink/by_id":                  unique,
		"wa_account_delete/missing_unique": always,
		"wa_account_delete/by_id":          unique,
	}
	for _, list := range []string{"get_devices", "wa_accounts", "sms_sent", "sms_pending", "wa_sent", "wa_pending"} {
		reasons[list+"/limit_zero"] = zero
		reasons[list+"/page_zero"] = zero
	}
	for _, message := range []string{"sms_message", "wa_message"} {
		reasons[message+"/received"] = only
		reasons[message+"/unknown_type"] = only
		reasons[message+"/missing_type"] = only
		reasons[message+"/missing_id"] = always
	}
	return reasons
}
