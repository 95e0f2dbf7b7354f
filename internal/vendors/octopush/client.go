// Package octopush is the client of Octopush's v1/public API: requests, answers
// and errors. The facts it rests on are cited as (Octopush reference §n).
package octopush

import (
	"fmt"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// DefaultBaseURL is the vendor's production address (Octopush reference §1).
const DefaultBaseURL = "https://api.octopush.com/v1/public"

// The headers of the credentials; both are required (Octopush reference §1).
const (
	LoginHeader = "api-login"
	KeyHeader   = "api-key"
)

// requestsPerSecond is a courtesy: Octopush documents no limit (Octopush
// reference §1.3).
const requestsPerSecond = 10

// Config is one account.
type Config struct {
	Account  string // a slug; empty for the default account
	APILogin string // the e-mail address of the account
	APIKey   string
	BaseURL  string // empty: DefaultBaseURL
}

// String names the account without its credentials, also under %+v.
func (c Config) String() string { return fmt.Sprintf("%s account %q", otp.Octopush.Title(), c.Account) }

// GoString is String: %#v would show the credentials.
func (c Config) GoString() string { return c.String() }

// Client calls Octopush for one account. It is safe for concurrent use.
type Client struct {
	http  *httpapi.Client
	login string
}

// New returns the client of an account. The error names the credential that is
// missing or cannot be right, or the base URL. A nil transport is one of its own.
func New(config Config, transport *httpapi.Transport) (*Client, error) {
	for _, credential := range []httpapi.Credential{
		{Field: "API_LOGIN", Name: "API login", Value: config.APILogin},
		{Field: "API_KEY", Name: "API key", Value: config.APIKey},
	} {
		credential.Vendor, credential.Account = otp.Octopush, config.Account
		if err := credential.Check(); err != nil {
			return nil, err
		}
	}
	if config.BaseURL == "" {
		config.BaseURL = DefaultBaseURL
	}
	client, err := httpapi.New(httpapi.Config{
		Vendor:  otp.Octopush,
		Account: config.Account,
		BaseURL: config.BaseURL,
		Secrets: []string{config.APILogin, config.APIKey},
		Authorize: func(call *httpapi.Call) {
			call.Headers[LoginHeader], call.Headers[KeyHeader] = config.APILogin, config.APIKey
		},
		Classify:          classify,
		RequestsPerSecond: requestsPerSecond,
		Transport:         transport,
	})
	if err != nil {
		return nil, err
	}
	return &Client{http: client, login: config.APILogin}, nil
}

// String names the account without its credentials, also under %+v.
func (c *Client) String() string { return c.http.String() }

// GoString is String: %#v would show the credentials.
func (c *Client) GoString() string { return c.String() }
