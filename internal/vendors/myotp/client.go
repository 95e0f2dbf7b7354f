// Package myotp is the client of MyOTP.App: requests, answers and errors. The
// facts it rests on are cited as (MyOTP reference §n).
package myotp

import (
	"fmt"
	"sync/atomic"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// KeyHeader is the header of the credential (MyOTP reference §1).
const KeyHeader = "X-API-Key"

// requestsPerSecond keeps an account under the 100 requests a minute that the
// vendor's edge lets through per address (MyOTP reference §1).
const requestsPerSecond = 100.0 / 60

// Vendor is MyOTP.App.
var Vendor = httpapi.Known(httpapi.Vendor{
	// The production address is of MyOTP reference §1.
	Name: otp.MyOTP, Title: "MyOTP.App", BaseURL: "https://api.myotp.app", RequestsPerSecond: requestsPerSecond,
	Credentials: []httpapi.CredentialField{
		{Field: "API_KEY", Name: "API key", Where: "API key, 32 characters, from the dashboard."},
	},
	Authorize: authorize, Classify: classify, Explain: explain, Open: httpapi.Opens(open), Endpoints: Endpoints(), Compiler: Compiler{},
	// Its prices are on a page, in no call (MyOTP reference §11).
	NoPrice: httpapi.Never("MyOTP.App publishes its prices, in credits by country and channel, at https://myotp.app/pricing/ and in no call."),
	// Its developer page has "same as otp_validity", its newest document begins at
	// 60 seconds (MyOTP reference §4, §12).
	Extension: &otp.Extension{
		Least: minExtension, Most: maxValidity, Doubted: newMinExtension,
		Doubt: fmt.Sprintf("MyOTP.App's developer page allows it, and its newest document wants %d or more.", newMinExtension),
	},
	// The answer to generate_otp tells the cost in credits and, with return_otp,
	// the code (MyOTP reference §2). Many markets forbid that in production, which
	// is why no document asks for it.
	Receipt: otp.Receipt{
		HandOut: map[string]any{"return_otp": true}, Code: "/otp", Cost: "/cost", Unit: "credits", MessageID: "/message_id",
	},
})

func authorize(call *httpapi.Call, credential func(string) string) {
	call.Headers[KeyHeader] = credential("API_KEY")
}

// Client calls MyOTP.App for one account. It is safe for concurrent use.
type Client struct {
	http  *httpapi.Client
	older atomic.Bool // the server knows only the older status path
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

func open(client *httpapi.Client, _ httpapi.Account) *Client {
	return &Client{http: client}
}

// String names the account without its credentials, also under %+v.
func (c *Client) String() string { return c.http.String() }

// GoString is String: %#v would show the credentials.
func (c *Client) GoString() string { return c.String() }
