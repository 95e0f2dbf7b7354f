package androidapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Account is what AndroidAPI knows about the sandbox's customer.
type Account struct {
	Permissions []string `json:"permissions"` // of the key
	Credits     float64  `json:"credits"`
	Currency    string   `json:"currency"` // of credits and earnings, ISO 4217
	Earnings    float64  `json:"earnings"`
	// Package is the name of the plan; empty: there is none, and no usage either.
	Package string `json:"package"`
	// Usage is what of the package is used, by counter. The counters devices
	// and wa_accounts follow the lists below.
	Usage           map[string]Usage  `json:"usage"`
	Devices         []Device          `json:"devices"`
	Gateways        []Gateway         `json:"gateways"`
	Partners        []Partner         `json:"partners"`
	WhatsAppServers []WhatsAppServer  `json:"servers"`
	WhatsApp        []WhatsAppAccount `json:"whatsapp_accounts"`
	// OfflineDevices are devices, by unique ID, that fetch no message: what is
	// sent by them stays pending and reaches nobody.
	OfflineDevices []string `json:"offline_devices,omitempty"`
	// NotOnWhatsApp are phone numbers that WhatsApp does not know.
	NotOnWhatsApp []string `json:"not_on_whatsapp"`
	// LinksNotReady is how many of the next calls for a QR code find the
	// WhatsApp server not ready. Each of them counts it down.
	LinksNotReady int `json:"links_not_ready"`
}

// Usage is one counter of a package. Limit 0: unlimited.
type Usage struct {
	Used  int `json:"used"`
	Limit int `json:"limit"`
}

// Device is an Android device of one's own, as reading it shows it
// (AndroidAPI reference §4). Its ID is text.
type Device struct {
	ID                   string   `json:"id"`
	Unique               string   `json:"unique"`
	Name                 string   `json:"name"`
	Version              string   `json:"version"`
	Manufacturer         string   `json:"manufacturer"`
	RandomSend           bool     `json:"random_send"`
	RandomMin            int      `json:"random_min"`
	RandomMax            int      `json:"random_max"`
	LimitStatus          bool     `json:"limit_status"`
	LimitInterval        string   `json:"limit_interval"`
	LimitNumber          int      `json:"limit_number"`
	NotificationPackages []string `json:"notification_packages"`
	Partner              bool     `json:"partner"`
	PartnerSIM           []string `json:"partner_sim"`
	PartnerPriority      bool     `json:"partner_priority"`
	PartnerCountry       string   `json:"partner_country"`
	PartnerRate          float64  `json:"partner_rate"`
	PartnerCurrency      string   `json:"partner_currency"`
	Created              int64    `json:"created"` // Unix seconds
}

// Gateway sends for credits (AndroidAPI reference §5).
type Gateway struct {
	ID       int     `json:"id"`
	Name     string  `json:"name"`
	Currency string  `json:"currency"`
	Pricing  Pricing `json:"pricing"`
}

// Pricing holds decimal numbers as text: the price of a message by ISO 3166
// alpha-2 country in lower case, and the one of every other country.
type Pricing struct {
	Default   string    `json:"default"`
	Countries Countries `json:"countries"`
}

// Countries are prices by country. Without any it is an empty JSON array, as a
// PHP back end writes an empty map (AndroidAPI reference §1.3, inferred).
type Countries map[string]string

// MarshalJSON writes an object, or an empty array.
func (c Countries) MarshalJSON() ([]byte, error) { return phpMap(c) }

// UnmarshalJSON takes an object, or an empty array.
func (c *Countries) UnmarshalJSON(raw []byte) error {
	if string(raw) == "[]" {
		*c = Countries{}
		return nil
	}
	return json.Unmarshal(raw, (*map[string]string)(c))
}

func phpMap[V any, M ~map[string]V](m M) ([]byte, error) {
	if len(m) == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal(map[string]V(m))
}

// Partner is a device of somebody else that sends for credits.
type Partner struct {
	Unique   string   `json:"unique"`
	Name     string   `json:"name"`
	Version  string   `json:"version"`
	Priority bool     `json:"priority"`
	SIM      []string `json:"sim"`
	Country  string   `json:"country"`  // ISO 3166 alpha-2, upper case
	Currency string   `json:"currency"` // ISO 4217
	Rate     float64  `json:"rate"`     // per message; a number, where gateways have text
	Owner    string   `json:"owner"`    // e-mail address
	Status   string   `json:"status"`
}

// WhatsAppServer holds linked accounts.
type WhatsAppServer struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// WhatsAppAccount is a linked account (AndroidAPI reference §3.6).
type WhatsAppAccount struct {
	ID      int    `json:"id"`
	Phone   string `json:"phone"` // E.164
	Unique  string `json:"unique"`
	Status  string `json:"status"`  // WhatsAppConnected or WhatsAppDisconnected
	Created int64  `json:"created"` // Unix seconds
}

// The statuses of a WhatsApp account. The vendor publishes no closed list.
const (
	WhatsAppConnected    = "connected"
	WhatsAppDisconnected = "disconnected"
)

// Check refuses what the sandbox could not serve or charge.
func (a Account) Check() error {
	for _, gateway := range a.Gateways {
		for country, price := range gateway.Pricing.Countries {
			if _, err := strconv.ParseFloat(price, 64); err != nil {
				return fmt.Errorf("AndroidAPI gateway %q: price %q of country %q is no decimal number", gateway.Name, price, country)
			}
		}
		if _, err := strconv.ParseFloat(gateway.Pricing.Default, 64); err != nil {
			return fmt.Errorf("AndroidAPI gateway %q: default price %q is no decimal number", gateway.Name, gateway.Pricing.Default)
		}
	}
	for _, account := range a.WhatsApp {
		if known := []string{WhatsAppConnected, WhatsAppDisconnected}; !slices.Contains(known, account.Status) {
			return fmt.Errorf("AndroidAPI WhatsApp account %s has the status %q: it is one of %q", account.Unique, account.Status, known)
		}
	}
	return nil
}

// account is the WhatsApp account of a unique ID, or nil.
func (a *Account) account(unique string) *WhatsAppAccount {
	i := slices.IndexFunc(a.WhatsApp, func(w WhatsAppAccount) bool { return w.Unique == unique })
	if unique == "" || i < 0 {
		return nil
	}
	return &a.WhatsApp[i]
}

// count is a counter as it stands.
func (a *Account) count(counter string) Usage {
	usage := a.Usage[counter]
	switch counter {
	case "devices":
		usage.Used = len(a.Devices)
	case "wa_accounts":
		usage.Used = len(a.WhatsApp)
	}
	return usage
}

// usedUp reports whether a counter is at its limit.
func (a *Account) usedUp(counter string) bool {
	usage := a.count(counter)
	return usage.Limit > 0 && usage.Used >= usage.Limit
}

func (a *Account) use(counter string) {
	if a.Usage == nil {
		a.Usage = map[string]Usage{}
	}
	usage := a.Usage[counter]
	usage.Used++
	a.Usage[counter] = usage
}

// addDevices adds n devices with names and IDs of their own.
func (a *Account) addDevices(n int, now time.Time) {
	last := 0
	for _, device := range a.Devices {
		if id, err := strconv.Atoi(device.ID); err == nil {
			last = max(last, id)
		}
	}
	for i := range n {
		id := last + 1 + i
		a.Devices = append(a.Devices, Device{
			ID: strconv.Itoa(id), Unique: fmt.Sprintf("00000000-0000-4000-8000-%012d", id), Name: fmt.Sprintf("Phone %d", id),
			Version: "Android 13", Manufacturer: "Samsung", LimitInterval: "daily", NotificationPackages: []string{},
			PartnerSIM: []string{}, PartnerCountry: "PK", PartnerCurrency: "PKR", Created: now.Unix(),
		})
	}
}

// addGateways adds n gateways with names and IDs of their own.
func (a *Account) addGateways(n int) {
	last := 0
	for _, gateway := range a.Gateways {
		last = max(last, gateway.ID)
	}
	for i := range n {
		id := last + 1 + i
		a.Gateways = append(a.Gateways, Gateway{
			ID: id, Name: fmt.Sprintf("Carrier %d", id), Currency: a.Currency, Pricing: Pricing{Default: "0.04", Countries: Countries{"fr": "0.03"}},
		})
	}
}
