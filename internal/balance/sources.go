package balance

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/tf"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/octopush"
)

// part is what one call tells of a vendor's balance.
type part struct {
	vendor otp.Vendor
	fill   func(*balanceModel)
}

type source func(context.Context, tf.Accounts) (fill func(*balanceModel), err error)

// sources are the calls of the vendors that tell a balance.
var sources = map[otp.Vendor][]source{
	otp.AndroidAPI: {androidapiCredits, androidapiPlan},
	otp.MyOTP:      {myotpAccount},
	otp.Octopush:   {octopushWallet},
}

// able are these vendors.
func able() []otp.Vendor { return slices.Sorted(maps.Keys(sources)) }

// credits is the unit of MyOTP.App (MyOTP reference §1), and of AndroidAPI where
// it names no currency.
const credits = "credits"

func androidapiCredits(ctx context.Context, accounts tf.Accounts) (func(*balanceModel), error) {
	client, err := accounts.AndroidAPI()
	if err != nil {
		return nil, err
	}
	found, err := client.Credits(ctx)
	if err != nil {
		return nil, err
	}
	return func(b *balanceModel) {
		b.Amount, b.Unit = tf.Told(found.Credits), tf.Told(cmp.Or(string(found.Currency), credits))
	}, nil
}

func androidapiPlan(ctx context.Context, accounts tf.Accounts) (func(*balanceModel), error) {
	client, err := accounts.AndroidAPI()
	if err != nil {
		return nil, err
	}
	found, err := client.Subscription(ctx)
	if err != nil {
		return nil, err
	}
	return func(b *balanceModel) {
		b.Plan = tf.Told(found.Name)
		for _, counter := range slices.Sorted(maps.Keys(found.Usage)) {
			usage := found.Usage[counter]
			b.Usage = append(b.Usage, usageModel{
				Counter: types.StringValue(counter), Used: types.Int64Value(int64(usage.Used)), Limit: types.Int64Value(int64(usage.Limit)),
			})
		}
	}, nil
}

func myotpAccount(ctx context.Context, accounts tf.Accounts) (func(*balanceModel), error) {
	client, err := accounts.MyOTP()
	if err != nil {
		return nil, err
	}
	found, err := client.AgentAccount(ctx)
	if err != nil {
		return nil, err
	}
	return func(b *balanceModel) {
		b.Amount, b.Unit, b.Plan = tf.Told(found.Balance), types.StringValue(credits), tf.Told(found.PlanID)
	}, nil
}

// octopushWallet asks without a country: with one the amount would be a number
// of messages (Octopush reference §4.1).
func octopushWallet(ctx context.Context, accounts tf.Accounts) (func(*balanceModel), error) {
	client, err := accounts.Octopush()
	if err != nil {
		return nil, err
	}
	found, err := client.CheckBalance(ctx, octopush.BalanceRequest{WithDetails: true})
	if err != nil {
		return nil, err
	}
	return func(b *balanceModel) {
		b.Amount, b.Unit = tf.Told(found.Amount), tf.Told(found.Unit)
		for _, pack := range found.Packs {
			b.WalletPacks = append(b.WalletPacks, packModel{
				ID: tf.Told(pack.ID), Amount: tf.Told(pack.Credit), ExpiresAt: tf.Told(pack.ExpiresAt.String()),
			})
		}
	}, nil
}
