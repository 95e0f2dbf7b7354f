package myotp

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// The bounds and the price of a top-up (MyOTP reference §9).
const (
	minCredits  = 25
	maxCredits  = 50000
	creditCents = 2
)

func (m *Emulator) me(*emulate.Exchange) emulate.Answer {
	return emulate.JSON(http.StatusOK, map[string]any{"email": m.data.Account.Email})
}

// account is read even when it is empty: that is how a new one starts.
func (m *Emulator) account(x *emulate.Exchange) emulate.Answer {
	account := m.data.Account
	return emulate.JSON(http.StatusOK, map[string]any{
		"account_id": "a0123456789ab", "email": account.Email, "email_verified": true,
		"balance": account.Balance, "plan_id": 6452, "status": account.Status,
		"topup": map[string]any{
			"quote":    x.Base + "/v1/topup/quote?credits=100",
			"endpoint": x.Base + "/v1/topup",
			"note":     "The sandbox sells no credits.",
		},
		"docs": x.Base + "/",
	})
}

func (m *Emulator) topupQuote(x *emulate.Exchange) emulate.Answer {
	credits, err := strconv.Atoi(x.Query.Get("credits"))
	if err != nil || credits < minCredits || credits > maxCredits {
		return m.badCredits(x)
	}
	return emulate.JSON(http.StatusOK, map[string]any{
		"credits": credits, "amount_usd": dollars(credits), "price_per_credit_usd": float64(creditCents) / 100,
		"min_credits": minCredits, "max_credits": maxCredits, "currency": "usd",
		"methods": []string{"card via Stripe shared payment token", "usdc on tempo"},
	})
}

// topup only ever asks for payment: the sandbox takes no money and adds no
// credits.
func (m *Emulator) topup(x *emulate.Exchange) emulate.Answer {
	fields, err := x.Object()
	if err != nil {
		return m.Refuse(x.Path, http.StatusBadRequest, err.Error())
	}
	if m.data.Account.Status != "active" {
		return m.Refuse(x.Path, http.StatusForbidden, "Account is not active")
	}
	in := &input{fields: fields, lenient: m.settings.Lenient}
	credits := in.between("credits", 0, minCredits, maxCredits)
	if in.problem != "" {
		return m.badCredits(x)
	}
	out := emulate.JSON(http.StatusPaymentRequired, map[string]any{
		"type": "about:blank", "title": "Payment Required", "status": http.StatusPaymentRequired,
		"detail": fmt.Sprintf("Pay %s usd to buy %d credits.", dollars(credits), credits), "challengeId": "ch_" + x.Hex(16),
	})
	out.Header.Set("Content-Type", "application/problem+json")
	for _, method := range []string{"tempo", "stripe"} {
		out.Header.Add("WWW-Authenticate", `Payment method="`+method+`"`)
	}
	return out
}

func (m *Emulator) badCredits(x *emulate.Exchange) emulate.Answer {
	return m.Refuse(x.Path, http.StatusBadRequest,
		fmt.Sprintf("credits must be an integer between %d and %d", minCredits, maxCredits))
}

// dollars is the price of credits as a decimal string.
func dollars(credits int) string {
	cents := credits * creditCents
	return fmt.Sprintf("%d.%02d", cents/100, cents%100)
}
