package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// WhatsAppLink is a QR code that waits to be scanned.
type WhatsAppLink struct {
	Token     string    `json:"token"`
	QR        string    `json:"qrstring"`
	Unique    string    `json:"unique,omitempty"` // the account it relinks; empty: a new one
	ExpiresAt time.Time `json:"expires_at"`
	Expired   bool      `json:"expired"`
}

// UpdateAndroidAPI changes what AndroidAPI knows about its customer:
// permissions, credits, devices, gateways, WhatsApp accounts and so on.
func (s *Server) UpdateAndroidAPI(change func(*AndroidAPIAccount)) error {
	return s.change(func() error {
		account, err := s.androidapi.data.Account.clone()
		if err != nil {
			return err
		}
		change(&account)
		if err := account.check(); err != nil {
			return err
		}
		s.androidapi.data.Account = account
		return nil
	})
}

// AddDevices adds n Android devices with IDs and names of their own, whatever
// the package allows.
func (s *Server) AddDevices(n int) error {
	return s.change(func() error { s.androidapi.data.Account.addDevices(n, s.now()); return nil })
}

// AddGateways adds n gateways with IDs and names of their own.
func (s *Server) AddGateways(n int) error {
	return s.change(func() error { s.androidapi.data.Account.addGateways(n); return nil })
}

// AddSentMessages adds n rows to what AndroidAPI sent over a channel ("sms" or
// "whatsapp"), a minute apart, the newest now. They are rows only: nothing was
// sent and nothing can be verified.
func (s *Server) AddSentMessages(channel string, n int) error {
	return s.change(func() error { return s.androidapi.addMessages(channel, n, s.now()) })
}

// WhatsAppAccounts returns the linked accounts.
func (s *Server) WhatsAppAccounts() []WhatsAppAccount {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.androidapi.data.Account.WhatsApp)
}

// WhatsAppLinks returns the QR codes that nobody has scanned, oldest first.
func (s *Server) WhatsAppLinks() []WhatsAppLink {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []WhatsAppLink{}
	for _, link := range s.androidapi.data.Links {
		if link.WID == "" {
			out = append(out, WhatsAppLink{link.Token, link.QR, link.Unique, link.ExpiresAt, !s.now().Before(link.ExpiresAt)})
		}
	}
	return out
}

// ScanQR is the scan of a QR code with the phone of an E.164 number. A new
// number becomes an account. A number that is linked already is connected
// again and keeps its account; a relinked account takes the number that
// scanned. Both are not documented. A code that was scanned or has expired is
// an error, unless expired ones are replaced.
func (s *Server) ScanQR(token, phone string) error {
	return s.change(func() error { return s.androidapi.scan(s, token, phone) })
}

// ScanNewestQR is ScanQR of the code that was made last. That there is none to
// scan is an error.
func (s *Server) ScanNewestQR(phone string) error {
	links := s.WhatsAppLinks()
	if len(links) == 0 {
		return errors.New("scanning a QR code: there is none")
	}
	return s.ScanQR(links[len(links)-1].Token, phone)
}

// ExpireQR lets a QR code expire at once.
func (s *Server) ExpireQR(token string) error {
	return s.change(func() error {
		link := s.androidapi.find(token)
		if link == nil || link.WID != "" {
			return fmt.Errorf("expiring a QR code: none with the token %q waits to be scanned", token)
		}
		link.ExpiresAt = s.now()
		return nil
	})
}

// DisconnectWhatsApp is an account that loses its phone.
func (s *Server) DisconnectWhatsApp(unique string) error {
	return s.change(func() error {
		account := s.androidapi.data.Account.account(unique)
		if account == nil {
			return fmt.Errorf("disconnecting a WhatsApp account: none has the unique ID %q", unique)
		}
		account.Status = WhatsAppDisconnected
		return nil
	})
}

func (a *androidapi) scan(s *Server, token, phone string) error {
	link := a.find(token)
	switch {
	case !androidPhone.MatchString(phone):
		return fmt.Errorf("scanning a QR code with the phone %q: write it like +923001112233", phone)
	case link == nil:
		return fmt.Errorf("scanning a QR code: none has the token %q", token)
	case link.WID != "":
		return fmt.Errorf("scanning a QR code: the one with the token %q has been scanned by %s", token, link.WID)
	case !s.now().Before(link.ExpiresAt) && !a.settings.RotateQR:
		return fmt.Errorf("scanning a QR code: the one with the token %q expired at %s", token, timestamp(link.ExpiresAt))
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
		x := &exchange{server: s}
		unique, last := x.hex(56), 0
		if x.err != nil {
			return x.err
		}
		for _, w := range known {
			last = max(last, w.ID)
		}
		a.data.Account.WhatsApp = append(known, WhatsAppAccount{ID: last + 1, Unique: unique, Created: s.now().Unix()})
		account = a.data.Account.account(unique)
	}
	account.Phone, account.Status = phone, WhatsAppConnected
	link.Unique, link.WID = account.Unique, fmt.Sprintf("%s:%d@s.whatsapp.net", strings.TrimPrefix(phone, "+"), account.ID)
	return nil
}
