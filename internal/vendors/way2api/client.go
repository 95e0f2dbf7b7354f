// Package way2api is the client of Way2API's OTP/PIN SMS: requests, answers,
// errors, and the routes of profile documents. The facts it rests on are cited
// as (Way2API reference §n).
package way2api

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/shared"
)

// The header of the credential. X-API-Key would do as well, but only one of the
// vendor's documents knows it (Way2API reference §1).
const (
	KeyHeader = "Authorization"
	KeyScheme = "Bearer "
)

// requestsPerSecond is a courtesy: Way2API limits requests per key and service
// but publishes no numbers (Way2API reference §4).
const requestsPerSecond = 10

// Vendor is Way2API.
var Vendor = httpapi.Known(httpapi.Vendor{
	// The production address is of Way2API reference §1.
	Name: otp.Way2API, Title: "Way2API", BaseURL: "https://app.way2api.com/api/v1", RequestsPerSecond: requestsPerSecond,
	Credentials: []httpapi.CredentialField{{Field: "API_KEY", Name: "API key", Where: "API key, from the dashboard."}},
	Authorize:   authorize, Classify: classify, Explain: explain, Open: httpapi.Opens(open), Endpoints: Endpoints(), Compiler: Compiler{},
	// The answer to send-otp-pin-sms tells the order. The sender has made the
	// code itself, and no cost comes back (Way2API reference §2).
	Receipt: otp.Receipt{MessageID: "/data/order_id"},
})

func authorize(call *httpapi.Call, credential func(string) string) {
	call.Headers[KeyHeader] = KeyScheme + credential("API_KEY")
}

// Client calls Way2API for one account. It is safe for concurrent use.
type Client struct {
	http   *httpapi.Client
	prices *shared.List[[]Price]
	fact   *shared.Fact[[]Price] // the prices, as plans ask for them
}

// String names the vendor; fmt would print the credentials inside.
func (c *Client) String() string { return c.http.String() }

// GoString is String, for %#v.
func (c *Client) GoString() string { return c.String() }

// New returns the client of an account. The error names the credential that is
// missing or cannot be right, or the base URL. A nil transport is one of its own.
func New(account httpapi.Account, transport *httpapi.Transport) (*Client, error) {
	client, err := Vendor.Client(account, transport)
	if err != nil {
		return nil, err
	}
	return open(client, account), nil
}

func open(client *httpapi.Client, _ httpapi.Account) *Client {
	c := &Client{http: client}
	c.prices = shared.NewList(c.Pricing)
	c.fact = httpapi.Fact(client, c.PriceList)
	return c
}
