package androidapi

import (
	"context"
	"iter"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Device is a linked Android phone (AndroidAPI reference §4). Newer servers
// send fewer fields; what is absent is empty. Whether a device is online is not
// told.
type Device struct {
	ID           Text `json:"id"`
	Unique       Text `json:"unique"` // the handle that sends use
	Name         Text `json:"name"`
	Version      Text `json:"version"` // of Android
	Manufacturer Text `json:"manufacturer"`
	// Random delay between messages; the unit is not documented.
	RandomSend httpapi.Bool `json:"random_send"`
	RandomMin  httpapi.Int  `json:"random_min"`
	RandomMax  httpapi.Int  `json:"random_max"`
	// The cap on messages: LimitNumber in each LimitInterval, such as daily.
	LimitStatus   httpapi.Bool `json:"limit_status"`
	LimitInterval Text         `json:"limit_interval"`
	LimitNumber   httpapi.Int  `json:"limit_number"`
	// NotificationPackages are the apps whose notifications are passed on.
	NotificationPackages Texts `json:"notification_packages"`
	// Partner says that the device is lent to other users, on these terms.
	Partner         httpapi.Bool    `json:"partner"`
	PartnerSIM      Texts           `json:"partner_sim"`
	PartnerPriority httpapi.Bool    `json:"partner_priority"`
	PartnerCountry  Text            `json:"partner_country"` // ISO 3166-1 alpha-2, upper case
	PartnerRate     httpapi.Decimal `json:"partner_rate"`    // per message
	PartnerCurrency Text            `json:"partner_currency"`
	Created         Moment          `json:"created"`
}

func (d Device) key() string { return string(d.Unique) }

// Devices reads one page of the linked devices.
func (c *Client) Devices(ctx context.Context, request PageRequest) ([]Device, error) {
	return page[Device](ctx, c, DevicesEndpoint, request)
}

// AllDevices iterates over all linked devices.
func (c *Client) AllDevices(ctx context.Context) iter.Seq2[Device, error] {
	return all[Device](ctx, c, DevicesEndpoint)
}
