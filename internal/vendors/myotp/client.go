// Package myotp is the client of MyOTP.App: requests, answers and errors. The
// facts it rests on are cited as (MyOTP reference §n).
package myotp

import (
	"fmt"
	"sync/atomic"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// DefaultBaseURL is the vendor's production address (MyOTP reference §1).
const DefaultBaseURL = "https://api.myotp.app"

// KeyHeader is the header of the credential (MyOTP reference §1).
const KeyHeader = "X-API-Key"

// requestsPerSecond keeps an account under the 100 requests a minute that the
// vendor's edge lets through per address (MyOTP reference §1).
const requestsPerSecond = 100.0 / 60

// Config is one account.
type Config struct {
	Account string // a slug; empty for the default account
	APIKey  string
	BaseURL string // empty: DefaultBaseURL
	// StatusPath picks the path of the status check, /check_otp_status or the
	// older /check_otp. Empty: the newer, and the older where the server does
	// not know the newer.
	StatusPath string
}

// String names the account without its credentials, also under %+v.
func (c Config) String() string { return fmt.Sprintf("%s account %q", otp.MyOTP.Title(), c.Account) }

// GoString is String: %#v would show the credentials.
func (c Config) GoString() string { return c.String() }

// Client calls MyOTP.App for one account. It is safe for concurrent use.
type Client struct {
	http       *httpapi.Client
	statusPath string
	older      atomic.Bool // the server knows only the older status path
}

// New returns the client of an account. The error names the credential that is
// missing or cannot be right, or the base URL. A nil transport is one of its own.
func New(config Config, transport *httpapi.Transport) (*Client, error) {
	credential := httpapi.Credential{
		Vendor: otp.MyOTP, Account: config.Account, Field: "API_KEY", Name: "API key", Value: config.APIKey,
	}
	if err := credential.Check(); err != nil {
		return nil, err
	}
	if config.BaseURL == "" {
		config.BaseURL = DefaultBaseURL
	}
	client, err := httpapi.New(httpapi.Config{
		Vendor:            otp.MyOTP,
		Account:           config.Account,
		BaseURL:           config.BaseURL,
		Secrets:           []string{config.APIKey},
		Authorize:         func(call *httpapi.Call) { call.Headers[KeyHeader] = config.APIKey },
		Classify:          classify,
		RequestsPerSecond: requestsPerSecond,
		Transport:         transport,
	})
	if err != nil {
		return nil, err
	}
	return &Client{http: client, statusPath: config.StatusPath}, nil
}

// String names the account without its credentials, also under %+v.
func (c *Client) String() string { return c.http.String() }

// GoString is String: %#v would show the credentials.
func (c *Client) GoString() string { return c.String() }
