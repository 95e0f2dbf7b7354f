// Package vendors is the set of configured vendor clients of one provider
// process.
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
	AndroidAPI androidapi.Config
	MyOTP      myotp.Config
	Octopush   octopush.Config
	Way2API    way2api.Config
	HTTP       httpapi.Options
	UserAgent  string // see httpapi.UserAgent
}

// Clients makes each vendor's client when it is first asked for, and then
// always returns the same one, so that all callers share its request limit. It
// is safe for concurrent use.
type Clients struct {
	androidapi func() (*androidapi.Client, error)
	myotp      func() (*myotp.Client, error)
	octopush   func() (*octopush.Client, error)
	way2api    func() (*way2api.Client, error)

	transport  *httpapi.Transport
	configured map[otp.Vendor]bool
	lists      lists
}

// New returns the clients of a configuration. Nothing is checked or connected
// yet.
func New(config Config) *Clients {
	shared := httpapi.NewTransport(config.HTTP, config.UserAgent)
	clients := &Clients{
		transport: shared,
		androidapi: sync.OnceValues(func() (*androidapi.Client, error) {
			return androidapi.New(config.AndroidAPI, shared)
		}),
		myotp: sync.OnceValues(func() (*myotp.Client, error) {
			return myotp.New(config.MyOTP, shared)
		}),
		octopush: sync.OnceValues(func() (*octopush.Client, error) {
			return octopush.New(config.Octopush, shared)
		}),
		way2api: sync.OnceValues(func() (*way2api.Client, error) {
			return way2api.New(config.Way2API, shared)
		}),
		configured: config.configured(),
	}
	clients.lists = newLists(clients)
	return clients
}

// Transport is what all calls of the process go through, those by documents
// included, so that they share connections and request limits.
func (c *Clients) Transport() *httpapi.Transport { return c.transport }

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
