package vendors

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

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

// questions are what a client's vendor can be asked, each shared by all who ask.
func questions[C telling](client func() (C, error)) func() ([]otp.AccountQuestion, error) {
	return sync.OnceValues(func() ([]otp.AccountQuestion, error) {
		made, err := client()
		if err != nil {
			return nil, err
		}
		all := made.AccountQuestions()
		for i, question := range all {
			all[i].Ask = share(question.Ask).get
		}
		return all, nil
	})
}

func newAccounts(c *Clients) map[otp.Vendor]func() ([]otp.AccountQuestion, error) {
	return map[otp.Vendor]func() ([]otp.AccountQuestion, error){
		otp.AndroidAPI: questions(c.AndroidAPI), otp.MyOTP: questions(c.MyOTP), otp.Octopush: questions(c.Octopush),
	}
}

// TellAccounts are the vendors that tell about accounts, in alphabetical order.
// Way2API has no such call (Way2API reference §1).
func TellAccounts() []otp.Vendor { return slices.Sorted(maps.Keys(newAccounts(&Clients{}))) }

// Account is what the vendor tells of its default account. Each question is asked
// once, and the answer is shared with all callers.
func (c *Clients) Account(ctx context.Context, vendor otp.Vendor) (Told, error) {
	return c.account(ctx, vendor, false)
}

func errNothingTold(vendor otp.Vendor) error {
	return errors.New(vendor.Title() + " tells nothing about accounts.")
}

// account asks all questions, or those that matter to plans.
func (c *Clients) account(ctx context.Context, vendor otp.Vendor, atPlan bool) (Told, error) {
	questions, tells := c.lists.accounts[vendor]
	if !tells {
		return Told{}, errNothingTold(vendor)
	}
	all, err := questions()
	if err != nil {
		return Told{}, err
	}
	if atPlan {
		all = slices.DeleteFunc(slices.Clone(all), func(q otp.AccountQuestion) bool { return !q.AtPlan })
	}
	return askAll(ctx, all)
}
