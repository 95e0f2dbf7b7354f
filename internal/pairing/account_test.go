package pairing_test

import (
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

func TestNumbersAsWhatsAppWritesThem(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"":                "",
		"@s.whatsapp.net": "",
		"923004445566":    "+923004445566",
		"+92 300 4445566": "+923004445566",
		"5215512345678":   "+525512345678", // Mexico
		"+525512345678":   "+525512345678",
		"551187654321":    "+5511987654321", // Brazil, a mobile number
		"5511987654321":   "+5511987654321",
		"551143210987":    "+551143210987",  // a fixed line
		"5491123456789":   "+5491123456789", // Argentina writes the 9 itself
		"52155123456789":  "+52155123456789",
	} {
		if got := pairing.E164(written); got != want {
			t.Errorf("%q: %q, want %q", written, got, want)
		}
	}
	for _, pair := range [][2]string{{"5215512345678", "+525512345678"}, {"555187654321", "+5551987654321"}, {"923004445566", "+923004445566"}} {
		if !pairing.SamePhone(pair[0], pair[1]) {
			t.Errorf("%q and %q are taken for two phones", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{{"551143210987", "+5511943210987"}, {"5215512345678", "+525512345679"}, {"", ""}} {
		if pairing.SamePhone(pair[0], pair[1]) {
			t.Errorf("%q and %q are taken for one phone", pair[0], pair[1])
		}
	}
}

// A phone whose ID at WhatsApp is not its number is the right one all the same.
func TestAPhoneIsKnownByItsIDAtWhatsApp(t *testing.T) {
	t.Parallel()
	for id, number := range map[string]string{"+5215512345678": "+525512345678", "+555187654321": "+5551987654321"} {
		f := newFixture(t, androidapi.Settings{})
		f.During(2, f.scan(id))
		result, err := f.link(t.Context(), pairing.Request{Phone: number})
		if err != nil || result.Outcome != pairing.Linked || string(result.Account.Unique) != f.unique(id) {
			t.Errorf("%s: %v, %+v", number, err, result)
		}
	}
}
