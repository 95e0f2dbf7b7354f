package vendors

import (
	"context"
	"errors"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// A vendor's client has those of these interfaces that the vendor has calls for.
// What no client has, nobody is asked for.
type (
	// telling tells about accounts.
	telling interface {
		AccountQuestions() []otp.AccountQuestion
	}
	// inspecting says whether its account has what a send needs. It asks what
	// costs nothing, each thing once; account is what telling has told.
	inspecting interface {
		Inspect(ctx context.Context, account func() (otp.Account, error), send otp.Call, at otp.Path) otp.Findings
	}
	// inspectingWhatsApp says whether a WhatsApp account can send, for routes whose
	// document is not known yet.
	inspectingWhatsApp interface {
		InspectWhatsApp(ctx context.Context, handle string, at otp.Path) otp.Findings
	}
	// pricing tells what a code costs over a send, by country; nil countries: all.
	// The error is why the prices are not known.
	pricing interface {
		Costs(ctx context.Context, send otp.Call, countries []string, segments int64) ([]otp.CodeCost, error)
	}
	// reaching makes a read that shows that the vendor is there, where it tells
	// nothing about accounts.
	reaching interface {
		Reach(ctx context.Context) error
	}
)

// reader is the client of a vendor, if it has an interface; ok is false where
// it has not.
func reader[I any](c *Clients, vendor otp.Vendor) (client I, ok bool, err error) {
	known, _ := Find(vendor)
	if !httpapi.Can[I](known) {
		return client, false, nil
	}
	made, err := c.client(vendor)
	client, ok = made.(I)
	return client, ok || err != nil, err
}

// Able are the vendors whose clients have an interface, in alphabetical order.
func Able[I any]() []otp.Vendor { return those(httpapi.Can[I]) }

// Reader is the client of an able vendor. The error names the credential that is
// missing or cannot be right, or the base URL.
func Reader[I any](c *Clients, vendor otp.Vendor) (I, error) {
	client, can, err := reader[I](c, vendor)
	if err == nil && !can {
		err = errors.New(vendor.Title() + " has no call that tells this.")
	}
	return client, err
}

// Known is what a vendor tells of the account as far as plans need it, asked
// once.
func (c *Clients) Known(ctx context.Context, vendor otp.Vendor) (Told, error) {
	known, tells := c.facts[vendor]
	if !tells {
		return Told{}, errNothingTold(vendor)
	}
	return known.Get(ctx)
}

// Reach asks a vendor that tells nothing about accounts for what costs nothing,
// to see that it is there. One that has no call for that is not asked.
func (c *Clients) Reach(ctx context.Context, vendor otp.Vendor) error {
	client, can, err := reader[reaching](c, vendor)
	if !can || err != nil {
		return err
	}
	return client.Reach(ctx)
}

// Inspect says of a route of a document whether the vendor's account has what
// the route needs. It asks each thing once for all routes of all documents, and
// what cannot be read is not known. The account has to be configured.
func (c *Clients) Inspect(ctx context.Context, route otp.DocumentRoute, at otp.Path) otp.Findings {
	if route.Send == nil {
		return nil
	}
	client, can, err := reader[inspecting](c, route.Vendor)
	switch {
	case err != nil:
		return unasked(route.Vendor, err, at)
	case !can:
		return nil
	}
	return client.Inspect(ctx, func() (otp.Account, error) {
		told, err := c.Known(ctx, route.Vendor)
		for _, unread := range told.Unread {
			if err == nil {
				err = unread
			}
		}
		return told.Account, err
	}, *route.Send, at)
}

// InspectWhatsApp says whether a WhatsApp account of a vendor can send.
func (c *Clients) InspectWhatsApp(ctx context.Context, vendor otp.Vendor, handle string, at otp.Path) otp.Findings {
	client, can, err := reader[inspectingWhatsApp](c, vendor)
	switch {
	case err != nil:
		return unasked(vendor, err, at)
	case !can:
		return nil
	}
	return client.InspectWhatsApp(ctx, handle, at)
}

// unasked is the finding of an account that has no client.
func unasked(vendor otp.Vendor, why error, at otp.Path) otp.Findings {
	var found otp.Findings
	found.Unknownf(otp.AspectPermission, at, why, "%s cannot be asked.", vendor.Title())
	return found
}
