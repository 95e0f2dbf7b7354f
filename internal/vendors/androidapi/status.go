package androidapi

import (
	"context"
	"iter"
	"regexp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// messageNumber is an ID of a message.
var messageNumber = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)

// CheckMessage says what is wrong with the ID of a message.
func (c *Client) CheckMessage(_ otp.Channel, id string) otp.Problems {
	var ps otp.Problems
	if id != "" && !messageNumber.MatchString(id) {
		ps.Errorf(otp.At("message_id"), "Message ID is not one of AndroidAPI", "message_id is %q; AndroidAPI numbers its messages: 1042.", id)
	}
	return ps
}

// MessageReport tells what became of a message of a channel, which has numbers of
// its own; no channel: SMS. One that is not known is an outcome.
func (c *Client) MessageReport(ctx context.Context, channel otp.Channel, id string) (otp.MessageReport, error) {
	sent := func() (Text, error) {
		message, err := c.SMSMessage(ctx, id)
		if err != nil {
			return "", err
		}
		return message.Status, nil
	}
	waits := func() (bool, error) {
		return among(c.AllSMSPending(ctx), func(m SMSMessage) bool { return string(m.ID) == id })
	}
	if channel == otp.WhatsApp {
		sent = func() (Text, error) {
			message, err := c.WhatsAppMessage(ctx, id)
			if err != nil {
				return "", err
			}
			return message.Status, nil
		}
		waits = func() (bool, error) {
			return among(c.AllWhatsAppPending(ctx), func(m WhatsAppMessage) bool { return string(m.ID) == id })
		}
	}
	outcome, err := lookTwice(sent, waits)
	return otp.MessageReport{Outcome: outcome}, err
}

// lookTwice tells a message that still waits from one that nobody knows: the
// vendor finds a message only once it was sent (AndroidAPI reference §9.9). It
// may be sent between the first look and the look at those that wait, hence
// the second.
func lookTwice(sent func() (Text, error), waits func() (bool, error)) (string, error) {
	outcome := func() (string, error) {
		status, err := sent()
		if httpapi.IsKind(err, httpapi.NotFound) {
			return otp.OutcomeNotFound, nil
		}
		return Outcome(status), err
	}
	first, err := outcome()
	if err != nil || first != otp.OutcomeNotFound {
		return first, err
	}
	waiting, err := waits()
	if err != nil {
		return "", err
	}
	if waiting {
		return otp.OutcomePending, nil
	}
	return outcome()
}

// among reports whether a list holds what is looked for. It reads no further.
func among[T any](list iter.Seq2[T, error], found func(T) bool) (bool, error) {
	for item, err := range list {
		if err != nil || found(item) {
			return err == nil, err
		}
	}
	return false, nil
}
