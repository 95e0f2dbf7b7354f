// Package way2api is the client of Way2API's OTP/PIN SMS: requests, answers,
// errors, and the routes of profile documents. The facts it rests on are cited
// as (Way2API reference §n).
package way2api

import (
	"fmt"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// DefaultBaseURL is the vendor's production address (Way2API reference §1).
const DefaultBaseURL = "https://app.way2api.com/api/v1"

// The header of the credential. X-API-Key would do as well, but only one of the
// vendor's documents knows it (Way2API reference §1).
const (
	KeyHeader = "Authorization"
	KeyScheme = "Bearer "
)

// requestsPerSecond is a courtesy: Way2API limits requests per key and service
// but publishes no numbers (Way2API reference §4).
const requestsPerSecond = 10

// Config is one account.
type Config struct {
	Account string // a slug; empty for the default account
	APIKey  string
	BaseURL string // empty: DefaultBaseURL
}

// String names the account without its credentials, also under %+v.
func (c Config) String() string { return fmt.Sprintf("%s account %q", otp.Way2API.Title(), c.Account) }

// GoString is String: %#v would show the credentials.
func (c Config) GoString() string { return c.String() }

// Client calls Way2API for one account. It is safe for concurrent use.
type Client struct{ http *httpapi.Client }

// String names the vendor; fmt would print the credentials inside.
func (c *Client) String() string { return c.http.String() }

// GoString is String, for %#v.
func (c *Client) GoString() string { return c.String() }

// New returns the client of an account. The error names the credential that is
// missing or cannot be right, or the base URL. A nil transport is one of its own.
func New(config Config, transport *httpapi.Transport) (*Client, error) {
	credential := httpapi.Credential{
		Vendor: otp.Way2API, Account: config.Account, Field: "API_KEY", Name: "API key", Value: config.APIKey,
	}
	if err := credential.Check(); err != nil {
		return nil, err
	}
	if config.BaseURL == "" {
		config.BaseURL = DefaultBaseURL
	}
	client, err := httpapi.New(httpapi.Config{
		Vendor:            otp.Way2API,
		Account:           config.Account,
		BaseURL:           config.BaseURL,
		Secrets:           []string{config.APIKey},
		Authorize:         func(call *httpapi.Call) { call.Headers[KeyHeader] = KeyScheme + config.APIKey },
		Classify:          classify,
		RequestsPerSecond: requestsPerSecond,
		Transport:         transport,
	})
	if err != nil {
		return nil, err
	}
	return &Client{http: client}, nil
}
