// Package androidapi is the client of AndroidAPI, a Zender gateway: requests,
// answers, errors, and the routes of profile documents. The facts it rests on
// are cited as (AndroidAPI reference §n).
package androidapi

import (
	"fmt"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// DefaultBaseURL is the vendor's production address.
const DefaultBaseURL = "https://androidapi.net/api"

// SecretField is the parameter that carries the credential: in the query of a
// GET, in the form of a POST, never in a header (AndroidAPI reference §1.1).
const SecretField = "secret"

// requestsPerSecond is a courtesy: AndroidAPI documents no limit (AndroidAPI
// reference §1.7).
const requestsPerSecond = 10

// Config is one account.
type Config struct {
	Account string // a slug; empty for the default account
	Secret  string // from the dashboard: Tools, API Keys
	BaseURL string // empty: DefaultBaseURL
}

// String names the account without its credentials, also under %+v.
func (c Config) String() string {
	return fmt.Sprintf("%s account %q", otp.AndroidAPI.Title(), c.Account)
}

// GoString is String: %#v would show the credentials.
func (c Config) GoString() string { return c.String() }

// Client calls AndroidAPI for one account. It is safe for concurrent use.
type Client struct{ http *httpapi.Client }

// String names the vendor; fmt would print the credentials inside.
func (c *Client) String() string { return c.http.String() }

// GoString is String, for %#v.
func (c *Client) GoString() string { return c.String() }

// New returns the client of an account. The error names the credential that is
// missing or cannot be right, or the base URL. A nil transport is one of its own.
func New(config Config, transport *httpapi.Transport) (*Client, error) {
	credential := httpapi.Credential{
		Vendor: otp.AndroidAPI, Account: config.Account, Field: "SECRET", Name: "API secret", Value: config.Secret,
	}
	if err := credential.Check(); err != nil {
		return nil, err
	}
	if config.BaseURL == "" {
		config.BaseURL = DefaultBaseURL
	}
	client, err := httpapi.New(httpapi.Config{
		Vendor:            otp.AndroidAPI,
		Account:           config.Account,
		BaseURL:           config.BaseURL,
		Secrets:           []string{config.Secret},
		Authorize:         func(call *httpapi.Call) { call.Fields[SecretField] = config.Secret },
		Classify:          classify,
		RequestsPerSecond: requestsPerSecond,
		Transport:         transport,
	})
	if err != nil {
		return nil, err
	}
	return &Client{http: client}, nil
}
