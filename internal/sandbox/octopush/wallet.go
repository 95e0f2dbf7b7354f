package octopush

import (
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

var products = []string{"sms_low_cost", "sms_premium", "vocal_sms", "hlr"}

// dropQuery notes query parameters of other names.
func dropQuery(x *emulate.Exchange, known ...string) {
	for _, name := range slices.Sorted(maps.Keys(x.Query)) {
		if !slices.Contains(known, name) {
			x.Repair(name, "dropped, no such parameter")
		}
	}
}

func (o *Emulator) checkBalance(x *emulate.Exchange) emulate.Answer {
	dropQuery(x, "country_code", "product_name", "with_details")
	account := o.data.Account
	out := map[string]any{"amount": account.balance(), "unit": "euros", "wallet_packs": nil}
	if code, product := o.filter(x); product != "" {
		out["amount"], out["unit"] = account.count(code, product), product
	}
	switch details := x.Query.Get("with_details"); details {
	case "true", "1": // the documents show both
		out["wallet_packs"] = append([]WalletPack{}, account.WalletPacks...)
	case "", "false", "0":
	default:
		x.Repair("with_details", "%q dropped, no boolean", details)
	}
	if out, refused := o.refused(x); refused {
		return out
	}
	return emulate.JSON(http.StatusOK, out)
}

// filter reads country and product, which count only together (Octopush
// reference §4.1).
func (o *Emulator) filter(x *emulate.Exchange) (code, product string) {
	code, product = o.knownCountry(x, "country_code", x.Query.Get("country_code")), x.Query.Get("product_name")
	if product != "" && !slices.Contains(products, product) {
		x.Repair("product_name", "%q dropped, not one of %s", product, strings.Join(products, ", "))
		product = ""
	}
	switch {
	case code != "" && product == "":
		x.Repair("country_code", "dropped, it counts only together with product_name")
	case code == "" && product != "":
		x.Repair("product_name", "dropped, it counts only together with country_code")
	default:
		return code, product
	}
	return "", ""
}

// knownCountry is a country, or empty.
func (o *Emulator) knownCountry(x *emulate.Exchange, parameter, value string) string {
	code := strings.ToUpper(strings.TrimSpace(value))
	switch {
	case value == "":
		return ""
	case !slices.Contains(o.data.Account.countries(), code):
		x.Repair(parameter, "%q dropped, no country", value)
		return ""
	case code != value:
		x.Repair(parameter, "%q changed to %q", value, code)
	}
	return code
}

// countries are all that have a phone code, and those with prices of their own.
func (a Account) countries() []string {
	codes := slices.DeleteFunc(slices.Collect(maps.Keys(phonenumbers.GetSupportedRegions())), func(code string) bool {
		return code == "AC" || code == "TA" // islands with a phone code and no code of ISO 3166
	})
	for code := range a.Prices {
		if code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

// count is how many units of a product the wallet pays for in a country.
func (a Account) count(country, product string) int {
	price := a.price(country, product)
	if price <= 0 {
		return 0
	}
	return int(math.Floor(a.balance()/price + 1e-9))
}

// checkCredits names the products in another way than checkBalance does
// (Octopush reference §4.2).
func (o *Emulator) checkCredits(x *emulate.Exchange) emulate.Answer {
	dropQuery(x, "country_codes[]")
	var codes []string
	for _, value := range x.Query["country_codes[]"] {
		if code := o.knownCountry(x, "country_codes[]", value); code != "" {
			codes = append(codes, code)
		}
	}
	if out, refused := o.refused(x); refused {
		return out
	}
	if codes == nil {
		codes = o.data.Account.countries()
	}
	out := map[string]any{}
	for _, code := range codes {
		out[code] = map[string]int{
			"premium_sms":  o.data.Account.count(code, "sms_premium"),
			"vocal_sms":    o.data.Account.count(code, "vocal_sms"),
			"low_cost_sms": o.data.Account.count(code, "sms_low_cost"),
			"hlr":          o.data.Account.count(code, "hlr"),
		}
	}
	return emulate.JSON(http.StatusOK, out)
}

// monthlyConsumption counts what was sent through the sandbox. The list of
// channel names is not documented.
func (o *Emulator) monthlyConsumption(x *emulate.Exchange) emulate.Answer {
	in := o.input(x, "channel", "year", "month", "agent_email")
	channel := in.text("channel", "") // an unknown one has nothing sent over it
	if channel == "voice" {
		channel = "voice_sms"
	}
	year := in.integer("year", x.Now.Year(), 2000, 9999)
	month := in.integer("month", int(x.Now.Month()), 1, 12)
	agent := in.text("agent_email", "")
	if out, refused := o.refused(x); refused {
		return out
	}

	sendings, cost := 0, 0.0
	for _, sent := range o.data.Consumption {
		if sent.Year == year && sent.Month == month && (channel == "" || sent.Channel == channel) {
			sendings, cost = sendings+sent.Sendings, emulate.Money(cost+sent.Cost)
		}
	}
	agents := []any{}
	switch {
	case agent != "" && !strings.EqualFold(agent, Login): // the sandbox has one agent
		sendings, cost = 0, 0
	case sendings > 0:
		agents = append(agents, map[string]any{"agent_email": Login, "number_of_sendings": sendings, "cost": cost})
	}
	return emulate.JSON(http.StatusOK, map[string]any{
		"year": year, "month": month, "number_of_sendings": sendings, "cost": cost, "consumption_by_agent": agents,
	})
}

func (o *Emulator) subAccount(x *emulate.Exchange) emulate.Answer {
	account, ok := o.data.Account.SubAccounts[x.Params["email"]]
	if !ok {
		return o.problem(noSubAccount, "This e-mail address is not one of your sub-accounts.")
	}
	return emulate.JSON(http.StatusOK, account)
}
