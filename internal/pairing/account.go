package pairing

import (
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

// Disconnected is the status of an account that has to be linked again. The
// vendor publishes no closed list: whatever is not connected counts as such.
const Disconnected = androidapi.StatusDisconnected

// Status is the status of an account in lower case, Disconnected where the vendor
// tells none.
func Status(account androidapi.Account) string { return account.State() }

// SamePhone reports whether two numbers with country code are the same: vendors
// write them with and without "+", and WhatsApp writes some in a way of its own.
func SamePhone(a, b string) bool {
	a, b = E164(a), E164(b)
	return a == b && a != ""
}

// E164 is a number with country code in E.164 form; empty where it has no digit.
// WhatsApp's IDs of some numbers are not in that form: in Mexico they may have a
// 1 after the country code, and in Brazil many lack the 9 that mobile numbers
// begin with. Sources: the notes of other gateways,
// https://green-api.com/en/docs/faq/features-of-sending-and-receiving-messages-from-different-countries
// and https://support.whapi.cloud/help-desk/specifics-of-sending-messages-to-numbers-of-different-countries.
func E164(phone string) string {
	d := digits(phone)
	switch {
	case d == "":
		return ""
	case len(d) == len("521")+10 && strings.HasPrefix(d, "521"):
		d = "52" + d[len("521"):]
	case len(d) == len("55")+10 && strings.HasPrefix(d, "55") && d[4] >= '6': // a mobile number, after two digits of the area
		d = d[:4] + "9" + d[4:]
	}
	return "+" + d
}

func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}

// ending is what an error shows of a number: enough to tell one phone from
// another.
func ending(phone string) string {
	number := digits(phone)
	return number[max(0, len(number)-4):]
}

func isConnected(account androidapi.Account) bool {
	return Status(account) == androidapi.StatusConnected
}

func byUnique(accounts []androidapi.Account, unique string) (androidapi.Account, bool) {
	i := slices.IndexFunc(accounts, func(a androidapi.Account) bool { return string(a.Unique) == unique })
	if i < 0 {
		return androidapi.Account{}, false
	}
	return accounts[i], true
}

func byPhone(accounts []androidapi.Account, phone string) []androidapi.Account {
	var found []androidapi.Account
	for _, account := range accounts {
		if SamePhone(string(account.Phone), phone) {
			found = append(found, account)
		}
	}
	return found
}
