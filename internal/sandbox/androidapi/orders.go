package androidapi

import (
	"fmt"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Orders are what a person or a test may tell AndroidAPI from outside the
// process.
func (a *Emulator) Orders() []emulate.Order {
	const token, unique = "3f2a…", "9f86d0…"
	return []emulate.Order{
		emulate.AccountOrder("AndroidAPI", func(h emulate.Host) emulate.Customer[Account] { return At(h).Customer }),
		emulate.Read("accounts", "The linked WhatsApp accounts.", func(h emulate.Host) (any, error) { return At(h).WhatsAppAccounts(), nil }),
		emulate.Read("links", "The QR codes that nobody has scanned, oldest first.", func(h emulate.Host) (any, error) { return At(h).WhatsAppLinks(), nil }).
			Answers([]WhatsAppLink{{Token: token, QR: "2@Qd…", ExpiresAt: time.Date(2026, 10, 1, 9, 1, 0, 0, time.UTC)}}),
		emulate.Tell("scan", "Scan a QR code with a phone.", order{Token: token, Phone: "+923007778899"},
			func(h emulate.Host, o order) error { return At(h).ScanQR(o.Token, o.Phone) }),
		emulate.Tell("expire", "Let a QR code expire at once.", order{Token: token},
			func(h emulate.Host, o order) error { return At(h).ExpireQR(o.Token) }),
		emulate.Tell("disconnect", "A WhatsApp account loses its phone.", order{Unique: unique},
			func(h emulate.Host, o order) error { return At(h).DisconnectWhatsApp(o.Unique) }),
		{
			Method: "GET", Path: "qr/{token}", Summary: "The QR code of a link that waits for a scan, as an image.",
			Picture: func(h emulate.Host, token string) ([]byte, error) { return At(h).Image(token) },
		},
		emulate.Tell("device", "Take a device offline: what it should send stays pending.", deviceOrder{Unique: unique},
			func(h emulate.Host, o deviceOrder) error { return At(h).SetOnline(o.Unique, o.Online) }),
		emulate.Tell("devices", "Add Android devices.", order{Count: 1},
			func(h emulate.Host, o order) error { return counted(At(h).AddDevices, o.Count) }),
		emulate.Tell("gateways", "Add gateways.", order{Count: 1},
			func(h emulate.Host, o order) error { return counted(At(h).AddGateways, o.Count) }),
		emulate.Tell("messages", "Add rows to what was sent over a channel, sms or whatsapp.", order{Channel: "sms", Count: 1},
			func(h emulate.Host, o order) error {
				return counted(func(n int) error { return At(h).AddSentMessages(o.Channel, n) }, o.Count)
			}),
	}
}

// deviceOrder takes a device off the net, or brings it back.
type deviceOrder struct {
	Unique string `json:"unique"`
	Online bool   `json:"online"`
}

// order is what the orders take; each uses some of it.
type order struct {
	Token   string `json:"token,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Unique  string `json:"unique,omitempty"`
	Channel string `json:"channel,omitempty"`
	Count   int    `json:"count,omitempty"`
}

func counted(add func(int) error, count int) error {
	if count < 1 || count > maxMessages {
		return fmt.Errorf("count must be between 1 and %d", maxMessages)
	}
	return add(count)
}
