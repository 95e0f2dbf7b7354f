package octopush

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// BalanceRequest asks for the wallet (Octopush reference §4.1).
type BalanceRequest struct {
	// CountryCode, ISO 3166-1 alpha-2, and ProductName belong together.
	// Octopush ignores one without the other and answers in euros, which
	// would pass for a count of messages; CheckBalance refuses it.
	CountryCode string `json:"country_code,omitempty"`
	ProductName string `json:"product_name,omitempty"` // sms_low_cost, sms_premium, vocal_sms, hlr
	WithDetails bool   `json:"with_details,omitempty"`
}

// Fields are the request as it travels.
func (r BalanceRequest) Fields() httpapi.Fields {
	fields := httpapi.Fields{}.WithText("country_code", r.CountryCode).WithText("product_name", r.ProductName)
	if r.WithDetails {
		fields["with_details"] = true
	}
	return fields
}

// Balance is what the wallet holds.
type Balance struct {
	Amount httpapi.Decimal          `json:"amount"`
	Unit   string                   `json:"unit"` // euros, or the product: Amount is then a count of messages
	Packs  httpapi.List[WalletPack] `json:"wallet_packs"`
}

// WalletPack is a part of the wallet that expires on its own.
type WalletPack struct {
	ID        string
	Credit    httpapi.Decimal
	ExpiresAt httpapi.Time
}

// UnmarshalJSON reads the ID by both of its names: the reference has
// wallet_pack_id, the vendor's own library id (Octopush reference §4.1).
func (p *WalletPack) UnmarshalJSON(raw []byte) error {
	var wire struct {
		WalletPackID httpapi.Text    `json:"wallet_pack_id"`
		ID           httpapi.Text    `json:"id"`
		Credit       httpapi.Decimal `json:"credit"`
		ExpiresAt    httpapi.Time    `json:"expiration_date"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*p = WalletPack{ID: string(cmp.Or(wire.WalletPackID, wire.ID)), Credit: wire.Credit, ExpiresAt: wire.ExpiresAt}
	return nil
}

// CheckBalance reads the wallet.
func (c *Client) CheckBalance(ctx context.Context, request BalanceRequest) (*Balance, error) {
	call := httpapi.Call{Endpoint: BalanceEndpoint, Fields: request.Fields()}
	if (request.CountryCode == "") != (request.ProductName == "") {
		return nil, c.http.Refuse(call, "country_code and product_name go together, and only one of them is set")
	}
	var balance Balance
	answer, err := c.http.Do(ctx, call, &balance)
	if err != nil {
		return nil, err
	}
	if balance.Amount == "" {
		return nil, c.http.Unexpected(call, answer, "the answer has no amount")
	}
	return &balance, nil
}

// Credits are how many messages of each product to one country the wallet pays.
type Credits struct {
	PremiumSMS httpapi.Int `json:"premium_sms"`
	LowCostSMS httpapi.Int `json:"low_cost_sms"`
	VocalSMS   httpapi.Int `json:"vocal_sms"`
	HLR        httpapi.Int `json:"hlr"`
}

// creditsByCountry leaves out members that are no country, such as code and
// message, and takes the empty list that PHP makes of an empty map. An answer of
// other members alone is another one.
type creditsByCountry map[string]Credits

func (c *creditsByCountry) UnmarshalJSON(raw []byte) error {
	*c = creditsByCountry{}
	if bytes.Equal(bytes.Join(bytes.Fields(raw), nil), []byte("[]")) {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	delete(members, "code")
	delete(members, "message")
	if members == nil || len(members) > 0 && !slices.ContainsFunc(slices.Collect(maps.Keys(members)), func(name string) bool { return len(name) == 2 }) {
		return &json.UnmarshalTypeError{Value: "object without countries"}
	}
	for country, member := range members {
		if len(country) != 2 {
			continue
		}
		var credits Credits
		if err := json.Unmarshal(member, &credits); err != nil {
			return err
		}
		(*c)[country] = credits
	}
	return nil
}

// CheckCredits reads, per country (ISO 3166-1 alpha-2), how many messages the
// wallet pays (Octopush reference §4.2). No countries: all.
func (c *Client) CheckCredits(ctx context.Context, countries ...string) (map[string]Credits, error) {
	call := httpapi.Call{Endpoint: CreditsEndpoint, Fields: httpapi.Fields{}}
	if len(countries) > 0 {
		call.Fields["country_codes[]"] = countries
	}
	var credits creditsByCountry
	if _, err := c.http.Do(ctx, call, &credits); err != nil {
		return nil, err
	}
	return credits, nil
}
