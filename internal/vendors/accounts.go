package vendors

import (
	"context"
	"errors"
	"slices"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/shared"
)

// Told is what a vendor has told of an account.
type Told struct {
	otp.Account
	// Unread says why a part is missing that could have been there.
	Unread []error
}

// askAll asks one question after another. Each may fail on its own, and it is an
// error if all do. After a failure that the others would share, nothing else is
// asked.
func askAll(ctx context.Context, questions []otp.AccountQuestion) (Told, error) {
	var found Told
	var answered bool
	for _, question := range questions {
		note, err := question.Ask(ctx)
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

// questions are what a vendor can be asked about an account, each shared by all
// who ask.
func (c *Clients) questions(vendor otp.Vendor) ([]otp.AccountQuestion, error) {
	client, _, err := reader[telling](c, vendor)
	if err != nil {
		return nil, err
	}
	all := client.AccountQuestions()
	for i, question := range all {
		all[i].Ask = shared.NewList(question.Ask).Get
	}
	return all, nil
}

// TellAccounts are the vendors that tell about accounts, in alphabetical order.
func TellAccounts() []otp.Vendor { return Able[telling]() }

// those are the vendors of a kind, in alphabetical order.
func those(are func(httpapi.Vendor) bool) []otp.Vendor {
	var names []otp.Vendor
	for _, vendor := range All() {
		if are(vendor) {
			names = append(names, vendor.Name)
		}
	}
	return names
}

// Told is what the vendor tells of the account, by country only where that is
// wanted. Each question is asked once, and the answer is shared with all callers.
func (c *Clients) Told(ctx context.Context, vendor otp.Vendor, byCountry bool) (Told, error) {
	return c.account(ctx, vendor, func(q otp.AccountQuestion) bool { return byCountry || !q.ByCountry })
}

func errNothingTold(vendor otp.Vendor) error {
	return errors.New(vendor.Title() + " tells nothing about accounts.")
}

// account asks the questions that are wanted.
func (c *Clients) account(ctx context.Context, vendor otp.Vendor, wanted func(otp.AccountQuestion) bool) (Told, error) {
	questions, tells := c.accounts[vendor]
	if !tells {
		return Told{}, errNothingTold(vendor)
	}
	all, err := questions()
	if err != nil {
		return Told{}, err
	}
	return askAll(ctx, slices.DeleteFunc(slices.Clone(all), func(q otp.AccountQuestion) bool { return !wanted(q) }))
}
