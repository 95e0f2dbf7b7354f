package pairing

import (
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
)

// Disconnected is the status of an account that has to be linked again. The
// vendor publishes no closed list: whatever is not connected counts as such.
const Disconnected = "disconnected"

// Status is the status of an account in lower case. One that the vendor does
// not tell is Disconnected, as its other clients read it (AndroidAPI reference
// §3.6).
func Status(account androidapi.Account) string {
	if account.Status == "" {
		return Disconnected
	}
	return strings.ToLower(string(account.Status))
}

// SamePhone reports whether two numbers with country code are the same: vendors
// write them with and without "+".
func SamePhone(a, b string) bool {
	a, b = digits(a), digits(b)
	return a == b && a != ""
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
