// Package octopush is the client of Octopush's v1/public API: requests, answers
// and errors. The facts it rests on are cited as (Octopush reference §n).
package octopush

import (
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// The headers of the credentials; both are required (Octopush reference §1).
const (
	LoginHeader = "api-login"
	KeyHeader   = "api-key"
)

// requestsPerSecond is a courtesy: Octopush documents no limit (Octopush
// reference §1.3).
const requestsPerSecond = 10

// Vendor is Octopush.
var Vendor = httpapi.Known(httpapi.Vendor{
	// The production address is of Octopush reference §1.
	Name: otp.Octopush, Title: "Octopush", BaseURL: "https://api.octopush.com/v1/public", RequestsPerSecond: requestsPerSecond,
	Credentials: []httpapi.CredentialField{
		{Field: "API_LOGIN", Name: "API login", Where: "API login: the e-mail address of the account."},
		{Field: "API_KEY", Name: "API key", Where: "API key of the account."},
	},
	Authorize: authorize, Classify: classify, Open: httpapi.Opens(open), Endpoints: Endpoints(), Compiler: Compiler{},
	// The balance is told in euros and in messages, a price is not (Octopush
	// reference §5).
	NoPrice: httpapi.Never("Octopush has no call that tells prices."),
	// The answer to service/otp/generate tells the ticket of the message. Neither
	// a cost nor the code come back (Octopush reference §2.1).
	Receipt: otp.Receipt{MessageID: "/ticket_number"},
})

func authorize(call *httpapi.Call, credential func(string) string) {
	call.Headers[LoginHeader], call.Headers[KeyHeader] = credential("API_LOGIN"), credential("API_KEY")
}

// Client calls Octopush for one account. It is safe for concurrent use.
type Client struct {
	http  *httpapi.Client
	login string
}

// New returns the client of an account. The error names the credential that is
// missing or cannot be right, or the base URL. A nil transport is one of its own.
func New(account httpapi.Account, transport *httpapi.Transport) (*Client, error) {
	client, err := Vendor.Client(account, transport)
	if err != nil {
		return nil, err
	}
	return open(client, account), nil
}

func open(client *httpapi.Client, account httpapi.Account) *Client {
	return &Client{http: client, login: account.Credentials["API_LOGIN"]}
}

// String names the account without its credentials, also under %+v.
func (c *Client) String() string { return c.http.String() }

// GoString is String: %#v would show the credentials.
func (c *Client) GoString() string { return c.String() }
