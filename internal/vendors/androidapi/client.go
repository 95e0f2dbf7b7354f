// Package androidapi is the client of AndroidAPI, a Zender gateway: requests,
// answers, errors, and the routes of profile documents. The facts it rests on
// are cited as (AndroidAPI reference §n).
package androidapi

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// SecretField is the parameter that carries the credential: in the query of a
// GET, in the form of a POST, never in a header (AndroidAPI reference §1.1).
const SecretField = "secret"

// requestsPerSecond is a courtesy: AndroidAPI documents no limit (AndroidAPI
// reference §1.7).
const requestsPerSecond = 10

// Vendor is AndroidAPI.
var Vendor = httpapi.Known(httpapi.Vendor{
	Name: otp.AndroidAPI, Title: "AndroidAPI", BaseURL: "https://androidapi.net/api", RequestsPerSecond: requestsPerSecond,
	Credentials: []httpapi.CredentialField{
		{Field: "SECRET", Name: "API secret", Where: "API secret, from Tools → API Keys of the dashboard."},
	},
	Authorize: authorize, Classify: classify, Explain: explain, Open: httpapi.Opens(open), Endpoints: Endpoints(), Compiler: Compiler{},
	NoPrice:     noPrice,
	Undelivered: "AndroidAPI knows no more than whether sending failed: look at the phone.",
	// The answer to send/otp tells the code, always, and no cost (AndroidAPI
	// reference §7.1).
	Receipt: otp.Receipt{Code: "/data/otp", MessageID: "/data/messageId"},
})

func authorize(call *httpapi.Call, credential func(string) string) {
	call.Fields[SecretField] = credential("SECRET")
}

// Client calls AndroidAPI for one account. It is safe for concurrent use.
type Client struct {
	http  *httpapi.Client
	lists lists
	facts facts
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
	c.share()
	return c
}
