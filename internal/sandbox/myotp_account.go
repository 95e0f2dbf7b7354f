package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
)

// The bounds and the price of a top-up (MyOTP reference §9).
const (
	myotpMinCredits  = 25
	myotpMaxCredits  = 50000
	myotpCreditCents = 2
)

func (m *myotp) me(*exchange) answer {
	return jsonAnswer(http.StatusOK, map[string]any{"email": m.data.Account.Email})
}

// account is read even when it is empty: that is how a new one starts.
func (m *myotp) account(*exchange) answer {
	account := m.data.Account
	return jsonAnswer(http.StatusOK, map[string]any{
		"account_id": "a0123456789ab", "email": account.Email, "email_verified": true,
		"balance": account.Balance, "plan_id": 6452, "status": account.Status,
		"topup": map[string]any{
			"quote":    "https://api.myotp.app/v1/topup/quote?credits=100",
			"endpoint": "https://api.myotp.app/v1/topup",
			"note":     "The sandbox sells no credits.",
		},
		"docs": "https://myotp.app/developer-api/",
	})
}

func (m *myotp) topupQuote(x *exchange) answer {
	credits, err := strconv.Atoi(x.query.Get("credits"))
	if err != nil || credits < myotpMinCredits || credits > myotpMaxCredits {
		return m.badCredits(x)
	}
	return jsonAnswer(http.StatusOK, map[string]any{
		"credits": credits, "amount_usd": dollars(credits), "price_per_credit_usd": float64(myotpCreditCents) / 100,
		"min_credits": myotpMinCredits, "max_credits": myotpMaxCredits, "currency": "usd",
		"methods": []string{"card via Stripe shared payment token", "usdc on tempo"},
	})
}

// topup only ever asks for payment: the sandbox takes no money and adds no
// credits.
func (m *myotp) topup(x *exchange) answer {
	fields, err := x.object()
	if err != nil {
		return m.refuse(x.path, http.StatusBadRequest, err.Error())
	}
	if m.data.Account.Status != "active" {
		return m.refuse(x.path, http.StatusForbidden, "Account is not active")
	}
	in := &myotpInput{fields: fields, lenient: m.settings.Lenient}
	credits := in.between("credits", 0, myotpMinCredits, myotpMaxCredits)
	if in.problem != "" {
		return m.badCredits(x)
	}
	out := jsonAnswer(http.StatusPaymentRequired, map[string]any{
		"type": "about:blank", "title": "Payment Required", "status": http.StatusPaymentRequired,
		"detail": fmt.Sprintf("Pay %s usd to buy %d credits.", dollars(credits), credits), "challengeId": "ch_" + x.hex(16),
	})
	out.header.Set("Content-Type", "application/problem+json")
	for _, method := range []string{"tempo", "stripe"} {
		out.header.Add("WWW-Authenticate", `Payment method="`+method+`"`)
	}
	return out
}

func (m *myotp) badCredits(x *exchange) answer {
	return m.refuse(x.path, http.StatusBadRequest,
		fmt.Sprintf("credits must be an integer between %d and %d", myotpMinCredits, myotpMaxCredits))
}

// dollars is the price of credits as a decimal string.
func dollars(credits int) string {
	cents := credits * myotpCreditCents
	return fmt.Sprintf("%d.%02d", cents/100, cents%100)
}
