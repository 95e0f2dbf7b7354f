package message

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

func askMyOTP(ctx context.Context, accounts tf.Accounts, id string) (report, error) {
	client, err := accounts.MyOTP()
	if err != nil {
		return report{}, err
	}
	found, err := client.CheckOTPStatus(ctx, id)
	if httpapi.IsKind(err, httpapi.NotFound) {
		return report{status: otp.OutcomeNotFound}, nil
	}
	if err != nil {
		return report{}, err
	}
	return report{
		status: found.Outcome(), active: types.BoolValue(found.Active), expiresAt: found.ExpiresAt.String(), words: found.Report,
	}, nil
}

func askAndroidAPI(ctx context.Context, accounts tf.Accounts, channel otp.Channel, id string) (report, error) {
	client, err := accounts.AndroidAPI()
	if err != nil {
		return report{}, err
	}
	sent := func() (androidapi.Text, error) {
		message, err := client.SMSMessage(ctx, id)
		if err != nil {
			return "", err
		}
		return message.Status, nil
	}
	waits := func() (bool, error) {
		return among(client.AllSMSPending(ctx), func(m androidapi.SMSMessage) bool { return string(m.ID) == id })
	}
	if channel == otp.WhatsApp {
		sent = func() (androidapi.Text, error) {
			message, err := client.WhatsAppMessage(ctx, id)
			if err != nil {
				return "", err
			}
			return message.Status, nil
		}
		waits = func() (bool, error) {
			return among(client.AllWhatsAppPending(ctx), func(m androidapi.WhatsAppMessage) bool { return string(m.ID) == id })
		}
	}
	status, err := lookTwice(sent, waits)
	return report{status: status}, err
}

// lookTwice tells a message that still waits from one that nobody knows: the
// vendor finds a message only once it was sent (AndroidAPI reference §9.9). It
// may be sent between the first look and the look at those that wait, hence
// the second.
func lookTwice(sent func() (androidapi.Text, error), waits func() (bool, error)) (string, error) {
	outcome := func() (string, error) {
		status, err := sent()
		if httpapi.IsKind(err, httpapi.NotFound) {
			return otp.OutcomeNotFound, nil
		}
		return androidapi.Outcome(status), err
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
