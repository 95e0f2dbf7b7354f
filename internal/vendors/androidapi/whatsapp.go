package androidapi

import (
	"context"
	"encoding/json"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Server is a WhatsApp server of the account's package (AndroidAPI reference
// §3.1).
type Server struct {
	ID   Text `json:"id"`
	Name Text `json:"name"`
}

// Servers lists the WhatsApp servers. A package without any has none.
func (c *Client) Servers(ctx context.Context) ([]Server, error) {
	servers, _, err := list[Server](ctx, c, httpapi.Call{Endpoint: ServersEndpoint})
	return servers, err
}

// LinkRequest begins to link an account that the vendor does not have yet. Its
// number is known only after the scan (AndroidAPI reference §3.2).
type LinkRequest struct {
	ServerID string `json:"sid,omitempty"` // empty: the best server of the package
}

// RelinkRequest links an account again (AndroidAPI reference §3.5).
type RelinkRequest struct {
	Unique   string `json:"unique"`        // the account's handle
	ServerID string `json:"sid,omitempty"` // empty: the account's own server, if it can be
}

// Link is the beginning of a link: a QR code that waits to be scanned.
type Link struct {
	// QR is what the QR code says. Whoever scans it links their own WhatsApp.
	QR Secret
	// Token names the link in QRCode and LinkState; empty where the vendor
	// tells none.
	Token Secret
	// AlreadyConnected says that there is nothing to scan; Relink only.
	AlreadyConnected bool
}

// UnmarshalJSON takes the token out of the links, since it is no field of its
// own. The links themselves are not kept: they may name another host than the
// base URL (AndroidAPI reference §3.2).
func (l *Link) UnmarshalJSON(raw []byte) error {
	var wire struct {
		QR        Secret       `json:"qrstring"`
		ImageLink Text         `json:"qrimagelink"`
		InfoLink  Text         `json:"infolink"`
		Connected httpapi.Bool `json:"already_connected"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*l = Link{QR: wire.QR, AlreadyConnected: bool(wire.Connected)}
	for _, link := range []Text{wire.ImageLink, wire.InfoLink} {
		if address, err := url.Parse(string(link)); err == nil && l.Token.Reveal() == "" {
			l.Token = NewSecret(address.Query().Get("token"))
		}
	}
	return nil
}

// Link begins to link a WhatsApp account. It is tried once: every call makes
// another QR code. While the vendor's WhatsApp server gets ready the error is
// one of the kind Unavailable without MaybeSent; ask again some seconds later.
func (c *Client) Link(ctx context.Context, request LinkRequest) (*Link, error) {
	return c.link(ctx, httpapi.Call{Endpoint: LinkEndpoint, Fields: httpapi.Fields{}.WithText("sid", request.ServerID)})
}

// Relink links a WhatsApp account again. It is tried once; see Link.
func (c *Client) Relink(ctx context.Context, request RelinkRequest) (*Link, error) {
	return c.link(ctx, httpapi.Call{Endpoint: RelinkEndpoint, Fields: httpapi.Fields{"unique": request.Unique}.WithText("sid", request.ServerID)})
}

func (c *Client) link(ctx context.Context, call httpapi.Call) (*Link, error) {
	var link Link
	answer, err := c.need(ctx, call, &link)
	if err != nil {
		return nil, err
	}
	if link.QR.Reveal() == "" && !link.AlreadyConnected {
		return nil, c.http.Unexpected(call, answer, "the answer has no qrstring")
	}
	return &link, nil
}

// tokenCall names a link by its token, which takes the place of the secret
// (AndroidAPI reference §3.3).
func tokenCall(endpoint httpapi.Endpoint, token string) httpapi.Call {
	return httpapi.Call{Endpoint: endpoint, Fields: httpapi.Fields{"token": token}, Secrets: []string{token}}
}

// Image is a picture as the vendor sent it.
type Image struct {
	ContentType string // image/png as a rule
	Data        []byte
}

// QRCode reads the picture of a link's QR code.
func (c *Client) QRCode(ctx context.Context, token string) (*Image, error) {
	call := tokenCall(QREndpoint, token)
	answer, err := c.http.Do(ctx, call, nil)
	if err != nil {
		return nil, err
	}
	declared := answer.Header.Get("Content-Type")
	for _, candidate := range []string{declared, http.DetectContentType(answer.Body)} {
		media, _, err := mime.ParseMediaType(candidate)
		if err == nil && strings.HasPrefix(media, "image/") && len(answer.Body) > 0 {
			return &Image{ContentType: media, Data: answer.Body}, nil
		}
	}
	return nil, c.http.Unexpected(call, answer, "the answer is no image")
}

// LinkState says whether a link's QR code was scanned.
type LinkState struct {
	Linked bool
	Unique string // the account's handle
	Phone  string // E.164; personal data
}

// LinkState asks whether the QR code of a link was scanned. While it was not,
// the vendor answers with the body status 301 or without data; servers differ
// (AndroidAPI reference §3.4).
func (c *Client) LinkState(ctx context.Context, token string) (*LinkState, error) {
	call := tokenCall(InfoEndpoint, token)
	var info struct {
		WID    Text `json:"wid"` // 923001112233:7@s.whatsapp.net
		Unique Text `json:"unique"`
		Phone  Text `json:"phone"` // in place of wid, as one client reads it
	}
	if _, _, err := c.fetch(ctx, call, &info); err != nil {
		return nil, err
	}
	if info.Unique == "" {
		return &LinkState{}, nil
	}
	state := &LinkState{Linked: true, Unique: string(info.Unique), Phone: string(info.Phone)}
	if user, _, _ := strings.Cut(string(info.WID), "@"); user != "" {
		number, _, _ := strings.Cut(user, ":")
		state.Phone = "+" + strings.TrimPrefix(number, "+")
	}
	return state, nil
}

// Account is a WhatsApp account (AndroidAPI reference §3.6).
type Account struct {
	ID     Text `json:"id"`     // internal
	Phone  Text `json:"phone"`  // E.164; personal data
	Unique Text `json:"unique"` // the handle that all calls use
	// Status is connected or disconnected; no closed list is published.
	Status  Text   `json:"status"`
	Created Moment `json:"created"`
}

// The statuses of an account. The vendor publishes no closed list.
const (
	StatusConnected    = "connected"    // it can send
	StatusDisconnected = "disconnected" // it has to be linked again
)

// State is the status in lower case. One that the vendor does not tell is
// StatusDisconnected, as its other clients read it (AndroidAPI reference §3.6).
func (a Account) State() string {
	if a.Status == "" {
		return StatusDisconnected
	}
	return strings.ToLower(string(a.Status))
}

func (a Account) key() string { return string(a.Unique) }

// Accounts reads one page of the WhatsApp accounts.
func (c *Client) Accounts(ctx context.Context, request PageRequest) ([]Account, error) {
	return page[Account](ctx, c, AccountsEndpoint, request)
}

// AllAccounts iterates over all WhatsApp accounts.
func (c *Client) AllAccounts(ctx context.Context) iter.Seq2[Account, error] {
	return all[Account](ctx, c, AccountsEndpoint)
}

// DeleteAccount removes a WhatsApp account. It is tried once. What an unknown
// account is answered is not documented; body status 404 gives an error of the
// kind NotFound.
func (c *Client) DeleteAccount(ctx context.Context, unique string) error {
	call := httpapi.Call{Endpoint: DeleteAccountEndpoint, Fields: httpapi.Fields{"unique": unique}}
	_, _, err := c.fetch(ctx, call, nil)
	return err
}
