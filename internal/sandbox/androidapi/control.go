package androidapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// Control is what a person or a test may do to AndroidAPI beside its API.
type Control struct {
	emulate.Customer[Account]
	host   emulate.Host
	vendor *Emulator
}

// At is the control of the AndroidAPI of a sandbox.
func At(host emulate.Host) Control {
	vendor := emulate.Of[*Emulator](host)
	return Control{emulate.NewCustomer(host, &vendor.data.Account), host, vendor}
}

// WhatsAppLink is a QR code that waits to be scanned.
type WhatsAppLink struct {
	Token     string    `json:"token"`
	QR        string    `json:"qrstring"`
	Unique    string    `json:"unique,omitempty"` // the account it relinks; empty: a new one
	ExpiresAt time.Time `json:"expires_at"`
	Expired   bool      `json:"expired"`
}

// AddDevices adds n Android devices with IDs and names of their own, whatever
// the package allows.
func (c Control) AddDevices(n int) error {
	return c.host.Change(func(x *emulate.Exchange) error { c.vendor.data.Account.addDevices(n, x.Now); return nil })
}

// AddGateways adds n gateways with IDs and names of their own.
func (c Control) AddGateways(n int) error {
	return c.host.Change(func(*emulate.Exchange) error { c.vendor.data.Account.addGateways(n); return nil })
}

// AddSentMessages adds n rows to what AndroidAPI sent over a channel ("sms" or
// "whatsapp"), a minute apart, the newest now. They are rows only: nothing was
// sent and nothing can be verified.
func (c Control) AddSentMessages(channel string, n int) error {
	return c.host.Change(func(x *emulate.Exchange) error { return c.vendor.addMessages(channel, n, x.Now) })
}

// WhatsAppAccounts returns the linked accounts.
func (c Control) WhatsAppAccounts() []WhatsAppAccount {
	var out []WhatsAppAccount
	c.host.View(func(*emulate.Exchange) { out = append([]WhatsAppAccount{}, c.vendor.data.Account.WhatsApp...) })
	return out
}

// WhatsAppLinks returns the QR codes that nobody has scanned, oldest first.
func (c Control) WhatsAppLinks() []WhatsAppLink {
	var out []WhatsAppLink
	c.host.View(func(x *emulate.Exchange) { out = c.vendor.waiting(x.Now) })
	return out
}

func (a *Emulator) waiting(now time.Time) []WhatsAppLink {
	out := []WhatsAppLink{}
	for _, link := range a.data.Links {
		if link.WID == "" {
			out = append(out, WhatsAppLink{link.Token, link.QR, link.Unique, link.ExpiresAt, !now.Before(link.ExpiresAt)})
		}
	}
	return out
}

// ScanQR is the scan of a QR code with the phone of an E.164 number. A new
// number becomes an account. A number that is linked already is connected
// again and keeps its account; a relinked account takes the number that
// scanned. Both are not documented. A code that was scanned or has expired is
// an error, unless expired ones are replaced.
func (c Control) ScanQR(token, phone string) error {
	return c.host.Change(func(x *emulate.Exchange) error { return c.vendor.scan(x, token, phone) })
}

// ScanNewestQR is ScanQR of the code that was made last. That there is none to
// scan is an error.
func (c Control) ScanNewestQR(phone string) error {
	links := c.WhatsAppLinks()
	if len(links) == 0 {
		return errors.New("scanning a QR code: there is none")
	}
	return c.ScanQR(links[len(links)-1].Token, phone)
}

// ExpireQR lets a QR code expire at once.
func (c Control) ExpireQR(token string) error {
	return c.host.Change(func(x *emulate.Exchange) error {
		link := c.vendor.find(token)
		if link == nil || link.WID != "" {
			return fmt.Errorf("expiring a QR code: none with the token %q waits to be scanned", token)
		}
		link.ExpiresAt = x.Now
		return nil
	})
}

// DisconnectWhatsApp is an account that loses its phone.
func (c Control) DisconnectWhatsApp(unique string) error {
	return c.host.Change(func(*emulate.Exchange) error {
		account := c.vendor.data.Account.account(unique)
		if account == nil {
			return fmt.Errorf("disconnecting a WhatsApp account: none has the unique ID %q", unique)
		}
		account.Status = WhatsAppDisconnected
		return nil
	})
}

func (a *Emulator) scan(x *emulate.Exchange, token, phone string) error {
	link := a.find(token)
	switch {
	case !phonePattern.MatchString(phone):
		return fmt.Errorf("scanning a QR code with the phone %q: write it like +923001112233", phone)
	case link == nil:
		return fmt.Errorf("scanning a QR code: none has the token %q", token)
	case link.WID != "":
		return fmt.Errorf("scanning a QR code: the one with the token %q has been scanned by %s", token, link.WID)
	case !x.Now.Before(link.ExpiresAt) && !a.settings.RotateQR:
		return fmt.Errorf("scanning a QR code: the one with the token %q expired at %s", token, emulate.Timestamp(link.ExpiresAt))
	}
	known := a.data.Account.WhatsApp
	i := slices.IndexFunc(known, func(w WhatsAppAccount) bool { return w.Phone == phone })
	account := a.data.Account.account(link.Unique)
	switch {
	case account != nil && i >= 0 && known[i].Unique != link.Unique:
		return fmt.Errorf("scanning a QR code with the phone %s: it is linked to another account, %s", phone, known[i].Unique)
	case account == nil && i >= 0:
		account = &known[i]
	case account == nil:
		unique, last := x.Hex(56), 0
		if x.Err != nil {
			return x.Err
		}
		for _, w := range known {
			last = max(last, w.ID)
		}
		a.data.Account.WhatsApp = append(a.data.Account.WhatsApp, WhatsAppAccount{ID: last + 1, Unique: unique, Created: x.Now.Unix()})
		account = a.data.Account.account(unique)
	}
	account.Phone, account.Status = phone, WhatsAppConnected
	link.Unique, link.WID = account.Unique, fmt.Sprintf("%s:%d@s.whatsapp.net", strings.TrimPrefix(phone, "+"), account.ID)
	return nil
}
