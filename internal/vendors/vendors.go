// Package vendors lists the vendors, and is the set of configured vendor clients
// of one provider process.
package vendors

import (
	"sync"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/myotp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/way2api"
)

// Config holds the default account of every vendor and what all share. An
// account without credentials is no error until its client is asked for.
type Config struct {
	Accounts  map[otp.Vendor]httpapi.Account
	HTTP      httpapi.Options
	UserAgent string // see httpapi.UserAgent
}

// Clients makes each vendor's client when it is first asked for, and then
// always returns the same one. It is safe for concurrent use.
type Clients struct {
	androidapi func() (*androidapi.Client, error)
	myotp      func() (*myotp.Client, error)
	octopush   func() (*octopush.Client, error)
	way2api    func() (*way2api.Client, error)

	transport  *httpapi.Transport
	configured map[otp.Vendor]bool
	lists      lists
	facts      *facts
}

// New returns the clients of a configuration. Nothing is checked or connected
// yet.
func New(config Config) *Clients {
	transport := httpapi.NewTransport(config.HTTP, config.UserAgent)
	clients := &Clients{
		androidapi: once(androidapi.New, config.Accounts[otp.AndroidAPI], transport),
		myotp:      once(myotp.New, config.Accounts[otp.MyOTP], transport),
		octopush:   once(octopush.New, config.Accounts[otp.Octopush], transport),
		way2api:    once(way2api.New, config.Accounts[otp.Way2API], transport),
		transport:  transport,
		configured: map[otp.Vendor]bool{},
	}
	for vendor, account := range config.Accounts {
		clients.configured[vendor] = account.Configured()
	}
	clients.lists = newLists(clients)
	clients.facts = newFacts(clients)
	return clients
}

// once keeps the account where fmt does not find it: fmt asks no String of what
// is in a private field.
func once[C any](open func(httpapi.Account, *httpapi.Transport) (C, error), account httpapi.Account, transport *httpapi.Transport) func() (C, error) {
	return sync.OnceValues(func() (C, error) { return open(account, transport) })
}

// Transport is what all calls of the process go through, those by documents
// included, so that they share connections and request limits.
func (c *Clients) Transport() *httpapi.Transport { return c.transport }

// Configured reports whether anybody gave the account of a vendor a credential,
// see httpapi.Account.
func (c *Clients) Configured(vendor otp.Vendor) bool { return c.configured[vendor] }

// AndroidAPI returns the client of AndroidAPI. Without an API secret the error
// names the variable and the provider attribute to set.
func (c *Clients) AndroidAPI() (*androidapi.Client, error) { return c.androidapi() }

// MyOTP returns the client of MyOTP.App. Without an API key the error names the
// variable and the provider attribute to set.
func (c *Clients) MyOTP() (*myotp.Client, error) { return c.myotp() }

// Octopush returns the client of Octopush. Without an API login or key the
// error names the variable and the provider attribute to set.
func (c *Clients) Octopush() (*octopush.Client, error) { return c.octopush() }

// Way2API returns the client of Way2API. Without an API key the error names the
// variable and the provider attribute to set.
func (c *Clients) Way2API() (*way2api.Client, error) { return c.way2api() }
