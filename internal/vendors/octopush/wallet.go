package octopush

import (
	"cmp"
	"context"
	"encoding/json"

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
