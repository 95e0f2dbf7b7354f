package whatsapp_test

import (
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

func TestAPhoneMayBeSpelledInAnyWay(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Scanning(providertest.SupportLine)
	typed := "+92 300 444-55 66\n"
	l.Apply(t.Context(), l.Account(typed)).Fine()
	l.Left(providertest.SeededPhone, providertest.SupportLine)
	if got := l.Attributes()["phone"]; got != typed {
		t.Errorf("the state has the phone %q, and not as it was typed", got)
	}
	for _, other := range []string{typed, providertest.SupportLine, "\u202A+92\u202F300\u202F4445566\u202C", "+٩٢٣٠٠٤٤٤٥٥٦٦,"} {
		l.Settled(l.Account(other))
	}
	if o := l.Plans(l.Account(providertest.StrayPhone)).Fine(); !o.Replaces {
		t.Errorf("another number does not replace the account: %v", o.Planned)
	}
	l.Disconnect(providertest.SupportLine)
	l.Apply(t.Context(), l.Account(typed)).Fine()
	l.Left(providertest.SeededPhone, providertest.SupportLine)
	l.Settled(l.Account(typed))
}

func TestAnAccountIsImportedByAPhoneHoweverItIsSpelled(t *testing.T) {
	t.Parallel()
	l := providertest.NewLinking(t, androidapi.Settings{})
	l.Imports("+92 300 111-22 33\n", false).Fine()
	l.Settled(map[string]any{"phone": "+92 (300) 1112233"})
}
