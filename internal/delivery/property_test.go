package delivery_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// phones is somebody in each of the countries that profiles are drawn from.
var phones = map[string]string{
	"FR": french, "IN": indian, "PK": "+923001234567", "ES": "+34612345678", "DE": "+4915112345678", "BR": "+5511912345678",
}

// draw makes a profile within the rules of all the vendors that its routes go
// through; it may still fall foul of one that two of them disagree about.
func draw(t *rapid.T) *setup {
	kinds := []otp.Route{overOctopush, overVoice, overMyOTP, overMyOTPWA, overTelegram, overDevice, overGateway, overWhatsApp, overWay2API}
	s := valid(rapid.SliceOfNDistinct(rapid.SampledFrom(kinds), 1, 4, func(r otp.Route) string {
		return string(r.Vendor) + string(r.Channel) + r.SenderID
	}).Draw(t, "routes")...)
	through := func(vendor otp.Vendor, channels ...otp.Channel) bool {
		return slices.ContainsFunc(s.profile.Routes, func(r otp.Route) bool {
			return r.Vendor == vendor && (len(channels) == 0 || slices.Contains(channels, r.Channel))
		})
	}
	onlyOctopush := !through(otp.MyOTP) && !through(otp.AndroidAPI) && !through(otp.Way2API)

	drawCode(t, s, through, onlyOctopush)
	drawValidity(t, s, through, onlyOctopush)
	drawWords(t, s, through, onlyOctopush)
	drawCountries(t, s)
	s.profile.MaxWrongAttempts = new(rapid.Int64Range(1, otp.MaxWrongAttemptsLimit).Draw(t, "attempts"))
	s.senders[0].Octopush.Sender = rapid.StringMatching(`[a-zA-Z0-9]{3,11}`).Draw(t, "sender")
	s.senders[1].AndroidAPI.SIM = new(rapid.Int64Range(1, 2).Draw(t, "sim"))
	s.template.Way2API = &otp.Way2APITemplate{
		Content:   rapid.SampledFrom([]string{"OTP", "PIN"}).Draw(t, "content"),
		Purpose:   rapid.SampledFrom([]string{"login", "registration", "password_reset", "withdrawal"}).Draw(t, "purpose"),
		ShareWith: rapid.SampledFrom([]string{"no_one", "manager", "admin"}).Draw(t, "share_with"),
	}
	for i := range s.profile.Routes {
		drawOptions(t, &s.profile.Routes[i])
	}
	return s
}

func drawCode(t *rapid.T, s *setup, through func(otp.Vendor, ...otp.Channel) bool, onlyOctopush bool) {
	code := &otp.CodePolicy{}
	switch {
	case through(otp.AndroidAPI):
		code.Length = new(int64(6))
	case onlyOctopush:
		code.Length = new(rapid.Int64Range(4, 32).Draw(t, "length"))
		code.Digits, code.UpperCase = new(rapid.Bool().Draw(t, "digits")), new(rapid.Bool().Draw(t, "upper_case"))
		code.LowerCase, code.SpecialCharacters = new(rapid.Bool().Draw(t, "lower_case")), new(rapid.Bool().Draw(t, "special"))
		code.ExcludeConfusing = new(rapid.Bool().Draw(t, "exclude_confusing"))
	default:
		code.Length = new(rapid.Int64Range(4, 8).Draw(t, "length"))
	}
	s.profile.Code = code
}

func drawValidity(t *rapid.T, s *setup, through func(otp.Vendor, ...otp.Channel) bool, onlyOctopush bool) {
	minutes := rapid.Int64Range(1, 240).Draw(t, "minutes")
	switch {
	case through(otp.MyOTP, otp.WhatsApp):
		minutes = 5 + 5*rapid.Int64Range(0, 1).Draw(t, "template")
		number := 12 + (minutes-5)/5
		s.template.MyOTP.WhatsAppTemplateOrder = new(number)
		s.template.MyOTP.Translations = map[string]otp.MyOTPTranslation{"es": {TemplateOrder: new(int64(7)), WhatsAppTemplateOrder: new(number + 2)}}
	case through(otp.MyOTP, otp.Telegram):
		minutes = min(minutes, 60)
	}
	s.profile.ValiditySeconds = new(60 * minutes)
	if onlyOctopush && rapid.Bool().Draw(t, "odd seconds") {
		s.profile.ValiditySeconds = new(rapid.Int64Range(3, 10_000_000).Draw(t, "seconds"))
	}
}

func drawWords(t *rapid.T, s *setup, through func(otp.Vendor, ...otp.Channel) bool, onlyOctopush bool) {
	words := rapid.StringOfN(rapid.RuneFrom([]rune("abcXYZ 019.,:;!?'\"<>&%+=/\\#@$()*-_éàßñçΩЖ世界😀\u200e\u200d\n|~^[]€")), 0, 60, -1)
	s.brand.DisplayName = rapid.StringMatching(`[a-zA-Z0-9.]{3,16}`).Draw(t, "brand")
	if !through(otp.MyOTP) && rapid.Bool().Draw(t, "free brand") {
		s.brand.DisplayName = "B" + strings.ReplaceAll(words.Draw(t, "brand"), "\n", " ") + "é"
	}
	text := func(label string) string {
		pieces := []string{"{{otp}}", words.Draw(t, label), words.Draw(t, label)}
		for _, more := range []struct {
			placeholder string
			allowed     bool
		}{{"{{brand}}", true}, {"{{validity_minutes}}", *s.profile.ValiditySeconds%60 == 0}, {"{{expiry_time}}", onlyOctopush}} {
			if more.allowed && rapid.Bool().Draw(t, label+" "+more.placeholder) {
				pieces = append(pieces, more.placeholder)
			}
		}
		return strings.Join(rapid.Permutation(pieces).Draw(t, label), " ")
	}
	s.template.Text, s.template.Translations = text("text"), map[string]string{}
	for _, locale := range []string{"fr", "fr-CA", "zh-Hant"} {
		if rapid.Bool().Draw(t, locale) {
			s.template.Translations[locale] = text(locale)
		}
	}
}

func drawCountries(t *rapid.T, s *setup) {
	countries := slices.Sorted(maps.Keys(phones))
	if rapid.Bool().Draw(t, "all countries") {
		s.profile.AllowedCountries = nil
		return
	}
	allowed := rapid.SliceOfNDistinct(rapid.SampledFrom(countries), 1, -1, rapid.ID).Draw(t, "countries")
	for _, r := range s.profile.Routes {
		allowed = append(allowed, r.Countries...) // Way2API's
	}
	slices.Sort(allowed)
	s.profile.AllowedCountries = slices.Compact(allowed)
	for i := range s.profile.Routes {
		if r := &s.profile.Routes[i]; r.Countries == nil && rapid.Bool().Draw(t, "some countries") {
			r.Countries = slices.Sorted(slices.Values(rapid.SliceOfNDistinct(rapid.SampledFrom(s.profile.AllowedCountries), 1, -1, rapid.ID).Draw(t, "of the route")))
		}
	}
}

func drawOptions(t *rapid.T, r *otp.Route) {
	r.Account = rapid.SampledFrom([]string{"", "eu-west"}).Draw(t, "account")
	switch {
	case r.Vendor == otp.MyOTP:
		r.MyOTP = &otp.MyOTPRoute{ForceSend: new(rapid.Bool().Draw(t, "force_send"))}
	case r.Vendor == otp.AndroidAPI && r.Channel == otp.WhatsApp:
		r.AndroidAPI = &otp.AndroidAPIRoute{Priority: new(rapid.Bool().Draw(t, "priority"))}
	case r.Vendor == otp.Octopush && r.Channel == otp.SMS:
		r.Octopush = &otp.OctopushRoute{BindRecipientIP: new(rapid.Bool().Draw(t, "bind_recipient_ip"))}
	case r.Vendor == otp.Octopush:
		languages := []string{"de-DE", "en-US", "es-LA", "fr-FR", "ru-RU"}
		voice := &otp.Voice{Language: rapid.SampledFrom(languages).Draw(t, "voice"), Translations: map[string]string{}}
		for _, locale := range []string{"fr", "fr-CA", "zh-Hant"} {
			voice.Translations[locale] = rapid.SampledFrom(languages).Draw(t, "voice "+locale)
		}
		r.Octopush = &otp.OctopushRoute{Voice: voice}
	}
}

// match leaves the voices whose texts there are: every wording has one.
func (s *setup) match() {
	for _, r := range s.profile.Routes {
		if r.Octopush != nil && r.Octopush.Voice != nil {
			maps.DeleteFunc(r.Octopush.Voice.Translations, func(locale, _ string) bool { return s.template.Translations[locale] == "" })
		}
	}
}

func TestWhateverCompilesIsSentAsItStands(t *testing.T) {
	t.Parallel()
	server := sandbox.StartForTest(t, sandbox.Options{})
	drawn, sent := 0, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		s := draw(rt)
		s.match()
		drawn++
		document, complete, ps := s.compile()
		if !complete || ps.Failed() {
			return
		}
		sent["profiles"]++
		text, err := document.Canonical()
		if err != nil {
			rt.Fatal(err)
		}
		again, _, _ := s.compile()
		if twice, err := again.Canonical(); err != nil || twice != text {
			rt.Fatalf("compiled twice it is another document: %v", err)
		}
		runner := runnerOf(t, server, text)
		locale := rapid.SampledFrom([]string{"", "fr", "fr-ca", "FR-BE", "zh-Hant-TW", "es", "xx"}).Draw(rt, "locale")
		for number, route := range s.profile.Routes {
			sendAndVerify(rt, server, runner, s, number, locale)
			sent[string(route.Vendor)+" "+string(route.Channel)]++
		}
	})
	if drawn > 0 && 4*sent["profiles"] < 3*drawn {
		t.Errorf("of %d profiles %d compile; draw better ones", drawn, sent["profiles"])
	}
	t.Logf("%d profiles drawn, of which are sent: %v", drawn, sent)
}

// sendAndVerify sends through one route to somebody it serves, and verifies.
func sendAndVerify(t *rapid.T, server *sandbox.Server, runner *delivery.Runner, s *setup, number int, locale string) {
	if err := server.Reset(); err != nil {
		t.Fatal(err)
	}
	route := s.profile.Routes[number]
	country := "FR"
	for _, countries := range [][]string{s.profile.AllowedCountries, route.Countries} {
		if len(countries) > 0 {
			country = countries[len(countries)-1]
		}
	}
	person := delivery.Recipient{Phone: phones[country], Locale: locale, IP: "203.0.113.7"}
	resend := rapid.Bool().Draw(t, "resend")
	sent, err := runner.Send(t.Context(), number, person, resend)
	if err != nil || sent.Outcome != otp.OutcomeOK {
		t.Fatalf("routes[%d]: %s (%s), %v", number, sent.Outcome, sent.Reason, err)
	}
	message := server.Messages()[0]
	if message.To != person.Phone || message.Channel != string(route.Channel) {
		t.Fatalf("routes[%d]: %s to %s", number, message.Channel, message.To)
	}
	if route.Vendor == otp.Octopush || route.Vendor == otp.AndroidAPI {
		if want := s.text(locale, message); message.Text != want {
			t.Fatalf("routes[%d]: the text is %q, want %q", number, message.Text, want)
		}
	}
	if got, err := runner.Verify(t.Context(), number, sent.Kept, person, message.Code); err != nil || got.Outcome != otp.OutcomeOK {
		t.Fatalf("routes[%d], verify %q: %s (%s), %v", number, message.Code, got.Outcome, got.Reason, err)
	}
	for _, request := range server.Requests() {
		if len(request.Repaired) > 0 || request.Problem != "" {
			t.Fatalf("%s: the vendor repaired %q, problem %q\n%s", request.Operation, request.Repaired, request.Problem, request.Body)
		}
	}
}

// text is what a person of a locale should read.
func (s *setup) text(locale string, message sandbox.Message) string {
	wording := s.template.Text
	for _, candidate := range []string{"fr", "fr-CA", "zh-Hant"} { // longer ones later
		matches := strings.HasPrefix(strings.ToLower(locale)+"-", strings.ToLower(candidate)+"-")
		if translated := s.template.Translations[candidate]; matches && translated != "" {
			wording = translated
		}
	}
	validity := *s.profile.ValiditySeconds
	expiry := message.At.Add(secondsOf(validity)).UTC().Format("15:04:05")
	return strings.NewReplacer("{{otp}}", message.Code, "{{brand}}", s.brand.DisplayName,
		"{{validity_minutes}}", strconv.FormatInt(validity/60, 10), "{{expiry_time}}", expiry).Replace(strings.TrimRight(wording, "\n"))
}
