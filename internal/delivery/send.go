package delivery

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Sent is what came of a send.
type Sent struct {
	// The outcome is otp.OutcomeOK, OutcomePending or OutcomeAlreadyActive: a code
	// is on its way; OutcomeNextRoute: nothing was sent, try the next route;
	// OutcomeUnknown: it may have been sent, so neither repeat it nor try
	// another route; OutcomeStop: no route will do.
	Finding
	// Kept is for the later calls; zero where nothing was sent. After
	// OutcomeAlreadyActive an earlier one of the same phone is worth more.
	Kept Kept
	// MessageID is the vendor's number of the message, where the vendor tells.
	MessageID string
	// Code is the code, where the route leaves making it to the sender, or
	// where Trial got it from the vendor.
	Code httpapi.Secret
	// Cost is what the vendor says that the send costs, a decimal, in Unit.
	// Empty: it does not tell.
	Cost, Unit string
}

// Trial is Send, but it asks the vendor to hand the code out where it does so on
// request. What is sent differs from the document in that only.
func (r *Runner) Trial(ctx context.Context, number int, to Recipient, resend bool) (Sent, error) {
	return r.send(ctx, number, to, resend, true)
}

// Send sends a code through one route; resend says that the person asks for
// another one. It is tried exactly once. An error means that it was not tried:
// something is missing, or the context had ended.
//
// Whether the recipient's country is served is checked here. limits are the
// caller's to keep.
func (r *Runner) Send(ctx context.Context, number int, to Recipient, resend bool) (Sent, error) {
	return r.send(ctx, number, to, resend, false)
}

func (r *Runner) send(ctx context.Context, number int, to Recipient, resend, handOut bool) (Sent, error) {
	at, err := r.route(number)
	if err != nil {
		return Sent{}, err
	}
	if to, err = to.normalised(); err != nil {
		return Sent{}, at.failed(sending, err)
	}
	country := r.country(to.Phone)
	switch {
	case !serves(r.document.AllowedCountries, country):
		return Sent{Finding: found(otp.OutcomeStop, fmt.Sprintf("The phone number is in none of the countries that profile %q allows.", r.document.Profile)).Finding}, nil
	case !serves(at.Countries, country):
		return Sent{Finding: found(otp.OutcomeNextRoute, fmt.Sprintf("The phone number is in none of the countries of routes[%d].", number)).Finding}, nil
	case at.must(otp.BindRecipientIP) && to.IP == "":
		return Sent{}, at.failed(sending, errNoIP)
	}
	values, code := to.placeholders(), ""
	if at.must(otp.MakeCode) {
		if code, err = makeCode(r.document.Code); err != nil {
			return Sent{}, at.failed(sending, err)
		}
		values["code"] = code
	}
	wanted := filling{values: values, locale: to.Locale, resend: resend}
	known, _ := r.options.Vendor(at.Vendor)
	receipt := known.Receipt
	if handOut {
		wanted.instead = receipt.HandOut
	}
	got, err := r.perform(ctx, at, sending, wanted)
	if err != nil {
		return Sent{}, at.failed(sending, err)
	}
	sent := r.sent(at, to, code, got)
	sent.read(receipt, got.reply)
	if handOut && sent.Code.Reveal() == "" && (sent.Outcome == otp.OutcomeOK || sent.Outcome == otp.OutcomePending) {
		sent.Code = handedOut(receipt, got.reply, r.document.Code.Length)
	}
	return sent, nil
}

// handedOut is the code that a vendor tells. A number has lost the zeros it
// began with.
func handedOut(receipt otp.Receipt, got reply, length int64) httpapi.Secret {
	found, _ := got.keepable(receipt.Code)
	if missing := int(length) - len(found.Text); found.Number && missing > 0 {
		found.Text = strings.Repeat("0", missing) + found.Text
	}
	return httpapi.NewSecret(found.Text)
}

// read adds what the answer tells beyond what the document keeps.
func (s *Sent) read(receipt otp.Receipt, got reply) {
	if s.Outcome == otp.OutcomeNextRoute || s.Outcome == otp.OutcomeStop {
		return
	}
	message, _ := got.keepable(receipt.MessageID)
	s.MessageID = httpapi.Clean(cmp.Or(s.MessageID, message.Text))
	if cost, told := got.keepable(receipt.Cost); told {
		s.Cost, s.Unit = httpapi.SpellDecimal(cost.Text), receipt.Unit
	}
}

// sent draws up what is kept. A value that the answer lacks and that a later
// call cannot be made without makes the send unknown.
func (r *Runner) sent(at route, to Recipient, code string, got verdict) Sent {
	sent := Sent{Finding: got.Finding}
	switch got.Outcome {
	case otp.OutcomeNextRoute, otp.OutcomeStop:
		return sent
	case otp.OutcomeAlreadyActive:
		code = "" // this one was not sent
	}
	kept, missing := r.keep(at, to, code, got)
	if i := slices.IndexFunc(missing, at.needs); i >= 0 {
		sent.Outcome, kept.record.Outcome = otp.OutcomeUnknown, otp.OutcomeUnknown
		sent.Reason = fmt.Sprintf("%s answered HTTP %d without the %s that later calls need.", at.Vendor.Title(), sent.HTTPStatus, missing[i])
		sent.Advice = "This code can be neither verified nor followed: send another one. If that happens again, check the base URL of the vendor, or ask it."
	}
	sent.Kept, sent.MessageID, sent.Code = kept, httpapi.Clean(kept.record.Values["message_id"].Text), httpapi.NewSecret(code)
	return sent
}

// needs reports whether a later call cannot be made without a kept value.
func (r route) needs(name string) bool {
	return uses(r.Verify, name, true) || uses(r.Extend, name, true) || uses(r.Status, name, true)
}
