package myotp

import (
	"regexp"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// brand is what MyOTP.App accepts as a brand (MyOTP reference §2).
var brand = regexp.MustCompile(`^[a-zA-Z0-9.]{3,16}$`)

// wellKnown are names that messages are often forged in. MyOTP.App screens
// brands against a denylist "to prevent impersonation" and does not publish it
// (MyOTP reference §2; the vendor's OpenAPI file, generate_otp, brand), so
// nobody outside knows whether one of these is on it, or who may use it: they
// are warned of and not refused.
var wellKnown = []string{
	"amazon", "americanexpress", "apple", "bankofamerica", "binance", "chase", "citibank", "coinbase", "dhl", "ebay", "facebook",
	"fedex", "gmail", "google", "hsbc", "icloud", "instagram", "linkedin", "mastercard", "meta", "metamask", "microsoft",
	"netflix", "outlook", "paypal", "revolut", "snapchat", "stripe", "telegram", "tiktok", "twitter", "uber", "ups", "usps",
	"venmo", "visa", "wellsfargo", "westernunion", "whatsapp", "wise", "yahoo", "zelle",
}

// poses is the well-known name that a brand is, whatever its case and dots,
// with or without a domain; empty where it is none.
func poses(name string) string {
	lower := strings.ToLower(name)
	host, _, _ := strings.Cut(lower, ".")
	for _, known := range wellKnown {
		if strings.ReplaceAll(lower, ".", "") == known || host == known {
			return known
		}
	}
	return ""
}

// brandOf is the brand in a request, and the attribute that holds it.
func brandOf(b otp.Brand) (name, attribute string) {
	if b.MyOTP != nil {
		return b.MyOTP.Brand, "myotp.brand"
	}
	return b.DisplayName, "display_name"
}

// CheckBrand applies the rules for the brand's own spelling at MyOTP.App.
func (Compiler) CheckBrand(b otp.Brand) otp.Problems {
	var ps otp.Problems
	if b.MyOTP == nil || b.Unknown.Any("myotp") || brand.MatchString(b.MyOTP.Brand) {
		return nil
	}
	ps.Errorf(otp.At("myotp").Attribute("brand"), "Brand has a shape MyOTP.App does not accept",
		"myotp.brand is %q; MyOTP.App takes 3 to 16 of a-z, A-Z, 0-9 and the dot. %s", b.MyOTP.Brand, proposal(b.MyOTP.Brand, `Write "`, `".`, "Change it."))
	return ps
}

// proposal is a sentence with a brand of the right shape, or another sentence
// where none can be made of the name.
func proposal(name, before, after, otherwise string) string {
	if plain := otp.PlainASCII(name, "."); brand.MatchString(plain) {
		return before + plain + after
	}
	return otherwise
}

// checkBrand checks the brand that the route sends. A spelling of its own is
// checked by CheckBrand.
func checkBrand(ps *otp.Problems, r otp.RoutePlan) {
	if r.Brand == nil || r.Brand.Unknown.Any("myotp") || r.Brand.MyOTP == nil && r.Brand.Unknown.Any("display_name") {
		return
	}
	name, attribute := brandOf(*r.Brand)
	if r.Brand.MyOTP == nil && !brand.MatchString(name) {
		ps.Errorf(otp.At("brand"), "Brand has a shape MyOTP.App does not accept",
			"Brand %q has the display_name %q; MyOTP.App takes 3 to 16 of a-z, A-Z, 0-9 and the dot, and routes[%d] sends through it. %s or use another brand for this profile.",
			r.Brand.Name, name, r.Index, proposal(name, `Give the brand a spelling for MyOTP.App, myotp = { brand = "`, `" },`, "Give the brand a spelling for MyOTP.App in myotp = { brand = … },"))
		return
	}
	if known := poses(name); known != "" {
		ps.Warnf(otp.At("brand"), "MyOTP.App may deny this brand",
			"Brand %q has the %s %q. MyOTP.App refuses brands on a list that it does not publish, so that nobody sends as %s who is not. If sends through routes[%d] are refused, ask support@myotp.app, or use another brand.", r.Brand.Name, attribute, name, known, r.Index)
	}
}
