package vendors

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Told is what a vendor has told of an account.
type Told struct {
	otp.Account
	// Unread says why a part is missing that could have been there.
	Unread []error
}

// telling is a client whose vendor tells about accounts.
type telling interface {
	AccountQuestions() []otp.AccountQuestion
}

// told shares what a client's vendor tells.
func told[C telling](client func() (C, error)) *sharedList[Told] {
	return share(from(client, func(ctx context.Context, c C) (Told, error) { return askAll(ctx, c.AccountQuestions()) }))
}

// askAll asks one question after another. Each may fail on its own, and it is an
// error if all do. After a failure that the others would share, nothing else is
// asked.
func askAll(ctx context.Context, questions []otp.AccountQuestion) (Told, error) {
	var found Told
	var answered bool
	for _, ask := range questions {
		note, err := ask(ctx)
		if err == nil {
			answered = true
			note(&found.Account)
			continue
		}
		found.Unread = append(found.Unread, err)
		if httpapi.IsKind(err, httpapi.Unauthorized, httpapi.Connection, httpapi.Cancelled) {
			break
		}
	}
	if !answered && len(found.Unread) > 0 {
		return Told{}, found.Unread[0]
	}
	return found, nil
}

func newAccounts(c *Clients) map[otp.Vendor]*sharedList[Told] {
	return map[otp.Vendor]*sharedList[Told]{
		otp.AndroidAPI: told(c.AndroidAPI), otp.MyOTP: told(c.MyOTP), otp.Octopush: told(c.Octopush),
	}
}

// TellAccounts are the vendors that tell about accounts, in alphabetical order.
// Way2API has no such call (Way2API reference §1).
func TellAccounts() []otp.Vendor { return slices.Sorted(maps.Keys(newAccounts(&Clients{}))) }

// Account is what the vendor tells of its default account. It is asked once, and
// the answer is shared with all callers, who must not change it.
func (c *Clients) Account(ctx context.Context, vendor otp.Vendor) (Told, error) {
	list, tells := c.lists.accounts[vendor]
	if !tells {
		return Told{}, errors.New(vendor.Title() + " tells nothing about accounts")
	}
	return list.get(ctx)
}
