package androidapi

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"rsc.io/qr"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Image draws the QR code of a link that waits for a scan. It asks the vendor
// nothing and leaves no trace in the log.
func (c Control) Image(token string) ([]byte, error) {
	text := ""
	c.host.View(func(x *emulate.Exchange) {
		if link := c.vendor.find(token); link != nil && link.WID == "" && (c.vendor.settings.RotateQR || x.Now.Before(link.ExpiresAt)) {
			text = link.QR
		}
	})
	if text == "" {
		return nil, errors.New("drawing a QR code: none with this token waits to be scanned")
	}
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return nil, fmt.Errorf("drawing a QR code: %w", err)
	}
	return code.PNG(), nil
}

// SetOnline takes a device off the net, or brings it back: then it fetches what
// waits for it.
func (c Control) SetOnline(unique string, online bool) error {
	return c.host.Change(func(x *emulate.Exchange) error {
		account := &c.vendor.data.Account
		if !slices.ContainsFunc(account.Devices, func(d Device) bool { return d.Unique == unique }) {
			return fmt.Errorf("taking a device offline: none has the unique ID %q", unique)
		}
		account.OfflineDevices = slices.DeleteFunc(slices.Clone(account.OfflineDevices), func(u string) bool { return u == unique })
		if !online {
			account.OfflineDevices = append(account.OfflineDevices, unique)
			return nil
		}
		c.vendor.fetch(x, unique)
		return nil
	})
}

// fetch is a device that comes back and sends what waited for it.
func (a *Emulator) fetch(x *emulate.Exchange, unique string) {
	for _, message := range a.data.Messages {
		if message.Sender != unique || !message.SentAt.After(x.Now.AddDate(1, 0, 0)) {
			continue
		}
		message.SentAt = x.Now
		code := ""
		var expires time.Time
		for _, sent := range a.data.Codes {
			if sent.MessageID == strconv.Itoa(message.ID) {
				code, expires = sent.Code, sent.ExpiresAt
			}
		}
		x.Send(emulate.Message{
			Vendor: a.Name(), Channel: message.Channel, To: message.Recipient, Sender: message.from(), Text: message.Text,
			Code: code, MessageID: strconv.Itoa(message.ID), ExpiresAt: expires,
		})
	}
}

// Balance is the customer's credits.
func (a *Emulator) Balance() (amount float64, unit string) {
	return a.data.Account.Credits, a.data.Account.Currency
}

// SetBalance makes the credits another amount.
func (a *Emulator) SetBalance(amount float64) { a.data.Account.Credits = amount }

// panel is what AndroidAPI has to look at.
type panel struct {
	Links    []WhatsAppLink    `json:"links"`
	Accounts []WhatsAppAccount `json:"accounts"`
	Devices  []panelDevice     `json:"devices"`
}

type panelDevice struct {
	Unique string `json:"unique"`
	Name   string `json:"name"`
	Online bool   `json:"online"`
}

// Panel is links, accounts and devices.
func (a *Emulator) Panel(now time.Time) any {
	out := panel{Links: a.waiting(now), Accounts: append([]WhatsAppAccount{}, a.data.Account.WhatsApp...), Devices: []panelDevice{}}
	for _, device := range a.data.Account.Devices {
		out.Devices = append(out.Devices, panelDevice{device.Unique, device.Name, !slices.Contains(a.data.Account.OfflineDevices, device.Unique)})
	}
	return out
}
