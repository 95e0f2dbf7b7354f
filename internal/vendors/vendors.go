// Package vendors lists the vendors, and is the set of configured vendor clients
// of one provider process.
package vendors

import (
	"context"
	"os"
	"sync"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/shared"
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
	// Variable is the value of a variable that documents name, for the accounts
	// of For. Nil: the environment.
	Variable func(name string) (value string, ok bool)
}

// Clients makes each vendor's client when it is first asked for, and then
// always returns the same one. It is safe for concurrent use.
type Clients struct {
	clients map[otp.Vendor]func() (any, error)

	config     Config
	transport  *httpapi.Transport
	configured map[otp.Vendor]bool
	// accounts are what is asked about accounts, facts the same as far as plans
	// need it.
	accounts map[otp.Vendor]func() ([]otp.AccountQuestion, error)
	facts    map[otp.Vendor]*shared.Fact[Told]

	mu      sync.Mutex
	further map[string]*Clients
}

// New returns the clients of a configuration. Nothing is checked or connected
// yet.
func New(config Config) *Clients {
	return newClients(config, httpapi.NewTransport(config.HTTP, config.UserAgent))
}

func newClients(config Config, transport *httpapi.Transport) *Clients {
	accounts := config.Accounts
	config.Accounts = nil // fmt must not find them
	clients := &Clients{
		config:     config,
		clients:    map[otp.Vendor]func() (any, error){},
		transport:  transport,
		configured: map[otp.Vendor]bool{},
		accounts:   map[otp.Vendor]func() ([]otp.AccountQuestion, error){},
		facts:      map[otp.Vendor]*shared.Fact[Told]{},
		further:    map[string]*Clients{},
	}
	for vendor, account := range accounts {
		clients.configured[vendor] = account.Configured()
	}
	for _, vendor := range All() {
		clients.clients[vendor.Name] = once(vendor, accounts[vendor.Name], transport)
	}
	for _, vendor := range TellAccounts() {
		clients.accounts[vendor] = sync.OnceValues(func() ([]otp.AccountQuestion, error) { return clients.questions(vendor) })
		clients.facts[vendor] = shared.NewFact(transport.Patience(vendor, accounts[vendor].Slug), func(ctx context.Context) (Told, error) {
			return clients.account(ctx, vendor, func(q otp.AccountQuestion) bool { return q.AtPlan })
		})
	}
	return clients
}

// once keeps the account where fmt does not find it: fmt asks no String of what
// is in a private field.
func once(vendor httpapi.Vendor, account httpapi.Account, transport *httpapi.Transport) func() (any, error) {
	return sync.OnceValues(func() (any, error) { return vendor.Reader(account, transport) })
}

// client is the client of a vendor, nil where it tells nothing.
func (c *Clients) client(vendor otp.Vendor) (any, error) {
	made, listed := c.clients[vendor]
	if !listed {
		return nil, nil
	}
	return made()
}

// For returns the clients of further accounts: of each vendor the one with this
// slug, which only variables configure, as documents name them. They share
// connections and ask everything once, like all others. An empty slug means the
// default accounts.
func (c *Clients) For(account string) *Clients {
	if account == "" {
		return c
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	made := c.further[account]
	if made == nil {
		config := c.config
		config.Accounts = c.config.FromVariables(account)
		made = newClients(config, c.transport)
		c.further[account] = made
	}
	return made
}

// FromVariables are the accounts with a slug, an empty one for the default accounts, as
// the variables configure them.
func (c Config) FromVariables(account string) map[otp.Vendor]httpapi.Account {
	variable := c.Variable
	if variable == nil {
		variable = os.LookupEnv
	}
	value := func(vendor otp.Vendor, field string) string {
		text, _ := variable(vendor.Variable(account, field))
		return text
	}
	accounts := map[otp.Vendor]httpapi.Account{}
	for _, vendor := range All() {
		credentials := map[string]string{}
		for _, credential := range vendor.Credentials {
			credentials[credential.Field] = value(vendor.Name, credential.Field)
		}
		accounts[vendor.Name] = httpapi.Account{Slug: account, BaseURL: value(vendor.Name, "BASE_URL"), Credentials: credentials}
	}
	return accounts
}

// Transport is what all calls of the process go through, those by documents
// included, so that they share connections and request limits.
func (c *Clients) Transport() *httpapi.Transport { return c.transport }

// Configured reports whether anybody gave the account of a vendor a credential,
// see httpapi.Account.
func (c *Clients) Configured(vendor otp.Vendor) bool { return c.configured[vendor] }

// AndroidAPI returns the client of AndroidAPI. Without an API secret the error
// names the variable and the provider attribute to set.
func (c *Clients) AndroidAPI() (*androidapi.Client, error) {
	return typed[*androidapi.Client](c, androidapi.Vendor)
}

// MyOTP returns the client of MyOTP.App. Without an API key the error names the
// variable and the provider attribute to set.
func (c *Clients) MyOTP() (*myotp.Client, error) { return typed[*myotp.Client](c, myotp.Vendor) }

// Octopush returns the client of Octopush. Without an API login or key the
// error names the variable and the provider attribute to set.
func (c *Clients) Octopush() (*octopush.Client, error) {
	return typed[*octopush.Client](c, octopush.Vendor)
}

// Way2API returns the client of Way2API. Without an API key the error names the
// variable and the provider attribute to set.
func (c *Clients) Way2API() (*way2api.Client, error) {
	return typed[*way2api.Client](c, way2api.Vendor)
}

func typed[C any](c *Clients, vendor httpapi.Vendor) (C, error) {
	made, err := c.client(vendor.Name)
	client, _ := made.(C) // the zero value with an error
	return client, err
}

// From asks a client that is made when it is first needed.
func From[C, T any](client func() (C, error), ask func(C, context.Context) (T, error)) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		made, err := client()
		if err != nil {
			var none T
			return none, err
		}
		return ask(made, ctx)
	}
}
