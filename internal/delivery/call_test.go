package delivery_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// requested makes one send and returns its request.
func requested(t *testing.T, to delivery.Recipient, resend bool, change func(*otp.DocumentRoute), env map[string]string) string {
	t.Helper()
	v := newVendor(t, answer(200, sentOK))
	document := sample()
	change(&document.Routes[0])
	runner := with(t, v, document, func(_ *delivery.Options, environment map[string]string) {
		for name, value := range env {
			environment[name] = strings.ReplaceAll(value, "VENDOR", v.url)
		}
	})
	sent, err := runner.Send(t.Context(), 0, to, resend)
	if err != nil {
		t.Fatal(err)
	}
	only(t, "send", sent.Outcome, sent.Reason, otp.OutcomeOK)
	if v.count() != 1 {
		t.Fatalf("%d requests, want 1", v.count())
	}
	return v.got[0]
}

func TestRequestIsMadeToTheLetter(t *testing.T) {
	t.Parallel()
	person := delivery.Recipient{Phone: french, IP: "2001:DB8:0::7"}
	strange := func(encoding otp.Encoding) func(*otp.DocumentRoute) {
		return func(r *otp.DocumentRoute) {
			r.Send.Encoding = encoding
			r.Send.Fields = map[string]any{"to": "{{phone_e164}}", "text": "{{text}}", "key": "${OTP_OCTOPUSH_API_KEY}"}
			r.Send.Texts = map[string]string{"": `<"é" & {code}>`}
		}
	}
	const multipart = "POST /send\nApi-Key: " + made + "\nContent-Type: multipart/form-data; boundary=BOUNDARY\n" +
		"--BOUNDARY\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n" + made +
		"\r\n--BOUNDARY\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n<\"é\" & {code}>" +
		"\r\n--BOUNDARY\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\n" + french + "\r\n--BOUNDARY--\r\n"
	for name, test := range map[string]struct {
		change func(*otp.DocumentRoute)
		env    map[string]string
		want   string
	}{
		"json": {func(*otp.DocumentRoute) {}, nil, jsonRequest("POST /send", `{"text":"Code: {code}","to":"+33612345678"}`)},
		"json keeps types, and characters as they are": {func(r *otp.DocumentRoute) {
			strange(otp.JSON)(r)
			r.Send.Fields["flag"], r.Send.Fields["length"] = false, 6
		}, nil, jsonRequest("POST /send", `{"flag":false,"key":"made-up-key-0123","length":6,"text":"<\"é\" & {code}>","to":"+33612345678"}`)},
		"multipart": {strange(otp.Multipart), nil, multipart},
		"form": {
			strange(otp.Form), nil, "POST /send\nApi-Key: " + made + "\nContent-Type: application/x-www-form-urlencoded\n" +
				"key=made-up-key-0123&text=%3C%22%C3%A9%22+%26+%7Bcode%7D%3E&to=%2B33612345678",
		},
		"query": {func(r *otp.DocumentRoute) {
			strange(otp.Query)(r)
			r.Send.Method = "GET"
		}, nil, "GET /send?key=made-up-key-0123&text=%3C%22%C3%A9%22+%26+%7Bcode%7D%3E&to=%2B33612345678\nApi-Key: " + made + "\n"},
		"all that is known of the recipient": {func(r *otp.DocumentRoute) {
			r.Send.Fields = map[string]any{"a": "{{phone_e164}}/{{phone_digits}}/{{recipient_ip}}"}
		}, nil, jsonRequest("POST /send", `{"a":"+33612345678/33612345678/2001:db8::7"}`)},
		"a header around a variable": {func(r *otp.DocumentRoute) {
			r.Send.Headers = map[string]string{"authorization": "Bearer ${OTP_OCTOPUSH_API_KEY}"}
		}, nil, "POST /send\nAuthorization: Bearer " + made + "\nContent-Type: application/json\n" + `{"text":"Code: {code}","to":"+33612345678"}`},
		"the variables of another account": {func(r *otp.DocumentRoute) {
			r.Send.URL = "${OTP_OCTOPUSH_EU_WEST_BASE_URL}/send"
			r.Send.Headers = map[string]string{"api-key": "${OTP_OCTOPUSH_EU_WEST_API_KEY}", "api-login": "${OTP_OCTOPUSH_EU_WEST_API_LOGIN}"}
		}, map[string]string{"OTP_OCTOPUSH_EU_WEST_API_KEY": "other", "OTP_OCTOPUSH_EU_WEST_API_LOGIN": "x@acme.example", "OTP_OCTOPUSH_EU_WEST_BASE_URL": "VENDOR/base/"},
			"POST /base/send\nApi-Key: other\nApi-Login: x@acme.example\nContent-Type: application/json\n" + `{"text":"Code: {code}","to":"+33612345678"}`},
		"what was filled in is not looked at again": {func(r *otp.DocumentRoute) {
			r.Send.Texts = map[string]string{"": "{{otp}} {{phone_e164}} ${OTP_OCTOPUSH_API_KEY} {{text}}"}
		}, nil, jsonRequest("POST /send", `{"text":"{{otp}} {{phone_e164}} ${OTP_OCTOPUSH_API_KEY} {{text}}","to":"+33612345678"}`)},
		"nor a credential that looks like a placeholder": {func(*otp.DocumentRoute) {}, map[string]string{"OTP_OCTOPUSH_API_KEY": "{{phone_e164}}"},
			"POST /send\nApi-Key: {{phone_e164}}\nContent-Type: application/json\n" + `{"text":"Code: {code}","to":"+33612345678"}`},
		"other braces are the vendor's own": {func(r *otp.DocumentRoute) {
			r.Send.Fields = map[string]any{"x": "{code} {{ code }} {{OTP}} $HOME {{}} }}"}
		}, nil, jsonRequest("POST /send", `{"x":"{code} {{ code }} {{OTP}} $HOME {{}} }}"}`)},
		"a field without value that may be left out": {func(r *otp.DocumentRoute) {
			r.Send.Fields["a"], r.Send.Fields["b"] = []any{"x", map[string]any{"y": "${OTP_OCTOPUSH_EU_API_KEY}"}}, "${OTP_OCTOPUSH_SECRET}"
			r.Send.OmitIfMissing = []string{"a", "b", "to"}
		}, nil, jsonRequest("POST /send", `{"text":"Code: {code}","to":"+33612345678"}`)},
		"fields within fields": {func(r *otp.DocumentRoute) {
			r.Send.Fields = map[string]any{"to": []any{map[string]any{"phone": "{{phone_e164}}", "tries": 2}, "{{phone_digits}}"}, "text": map[string]any{"body": "{{text}}"}}
		}, nil, jsonRequest("POST /send", `{"text":{"body":"Code: {code}"},"to":[{"phone":"+33612345678","tries":2},"33612345678"]}`)},
		"a placeholder in the path is one segment": {func(r *otp.DocumentRoute) {
			r.Send.URL = "${OTP_OCTOPUSH_BASE_URL}/to/{{phone_e164}}/from/{{recipient_ip}}"
		}, nil, jsonRequest("POST /to/%2B33612345678/from/2001%3Adb8%3A%3A7", `{"text":"Code: {code}","to":"+33612345678"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, requested(t, person, false, test.change, test.env)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLocaleAndResendChooseFields(t *testing.T) {
	t.Parallel()
	localised := func(r *otp.DocumentRoute) {
		r.Send.Fields["voice"], r.Send.Fields["force"] = "en-GB", false
		r.Send.Texts = map[string]string{"": "en", "fr": "fr", "fr-CA": "ca", "zh-Hant": "zh", "id": "id", "iw": "he", "sr": "sr", "sr-Latn": "sr-Latn"}
		r.Send.ByLocale = map[string]map[string]any{"fr": {"voice": "fr-FR", "force": "fr"}, "pt-BR": {"voice": "pt-BR"}}
		r.Send.Resend = map[string]any{"force": true, "again": 1}
	}
	for _, test := range []struct {
		locale string
		resend bool
		want   string
	}{
		{"", false, `{"force":false,"text":"en","to":"+33612345678","voice":"en-GB"}`},
		{"de", false, `{"force":false,"text":"en","to":"+33612345678","voice":"en-GB"}`},
		{"fr", false, `{"force":"fr","text":"fr","to":"+33612345678","voice":"fr-FR"}`},
		{"FR", false, `{"force":"fr","text":"fr","to":"+33612345678","voice":"fr-FR"}`},
		{"fr-CA", false, `{"force":"fr","text":"ca","to":"+33612345678","voice":"fr-FR"}`},
		{"fr-ca-x-old", false, `{"force":"fr","text":"ca","to":"+33612345678","voice":"fr-FR"}`},
		{"fr-BE", false, `{"force":"fr","text":"fr","to":"+33612345678","voice":"fr-FR"}`},
		{"fro", false, `{"force":false,"text":"en","to":"+33612345678","voice":"en-GB"}`},
		{"zh-hant-TW", false, `{"force":false,"text":"zh","to":"+33612345678","voice":"en-GB"}`},
		{"zh", false, `{"force":false,"text":"en","to":"+33612345678","voice":"en-GB"}`},
		{"in-ID", false, `{"force":false,"text":"id","to":"+33612345678","voice":"en-GB"}`},
		{"iw", false, `{"force":false,"text":"he","to":"+33612345678","voice":"en-GB"}`},
		{"sh-RS", false, `{"force":false,"text":"sr-Latn","to":"+33612345678","voice":"en-GB"}`},
		{"sh-Cyrl-RS", false, `{"force":false,"text":"sr","to":"+33612345678","voice":"en-GB"}`},
		{"pt-BR", false, `{"force":false,"text":"en","to":"+33612345678","voice":"pt-BR"}`},
		{"", true, `{"again":1,"force":true,"text":"en","to":"+33612345678","voice":"en-GB"}`},
		{"fr", true, `{"again":1,"force":true,"text":"fr","to":"+33612345678","voice":"fr-FR"}`},
	} {
		got := requested(t, delivery.Recipient{Phone: french, Locale: test.locale}, test.resend, localised, nil)
		if diff := cmp.Diff(jsonRequest("POST /send", test.want), got); diff != "" {
			t.Errorf("locale %q, resend %v (-want +got):\n%s", test.locale, test.resend, diff)
		}
	}
}

func TestCallsThatAreNotMade(t *testing.T) {
	t.Parallel()
	field := func(name, value string) func(*otp.DocumentRoute) {
		return func(r *otp.DocumentRoute) { r.Send.Fields[name] = value }
	}
	base := func(url string) map[string]string { return map[string]string{"OTP_OCTOPUSH_BASE_URL": url} }
	same := func(*otp.DocumentRoute) {}
	for name, test := range map[string]struct {
		to     delivery.Recipient
		change func(*otp.DocumentRoute)
		env    map[string]string
		want   string
	}{
		"no credential":                          {delivery.Recipient{Phone: french}, same, map[string]string{"OTP_OCTOPUSH_API_KEY": ""}, "OTP_OCTOPUSH_API_KEY"},
		"no credential of an account":            {delivery.Recipient{Phone: french}, field("x", "${OTP_OCTOPUSH_EU_API_LOGIN}"), nil, "OTP_OCTOPUSH_EU_API_LOGIN"},
		"a credential with a newline at its end": {delivery.Recipient{Phone: french}, same, map[string]string{"OTP_OCTOPUSH_API_KEY": made + "\n"}, "API key of Octopush"},
		"a credential that would end its header": {delivery.Recipient{Phone: french}, same, map[string]string{"OTP_OCTOPUSH_API_KEY": made + "\r\nx: y"}, "API key of Octopush"},
		"a path that nothing fills":              {delivery.Recipient{Phone: french}, func(r *otp.DocumentRoute) { r.Send.URL = "${OTP_OCTOPUSH_BASE_URL}/{{recipient_ip}}" }, nil, "{{recipient_ip}} has no value"},
		"an address that is not known":           {delivery.Recipient{Phone: french}, field("x", "{{recipient_ip}}"), nil, "{{recipient_ip}} has no value"},
		"a number that is none":                  {delivery.Recipient{Phone: french, IP: "203.0.113.7"}, field("x", "{{recipient_ip:number}}"), nil, "field x: what is filled in is no number"},
		"a base URL with http beyond loopback":   {delivery.Recipient{Phone: french}, same, base("http://vendor.example"), "OTP_OCTOPUSH_BASE_URL"},
		"a base URL with a name like loopback":   {delivery.Recipient{Phone: french}, same, base("http://localhost.vendor.example"), "OTP_OCTOPUSH_BASE_URL"},
		"a base URL of another scheme":           {delivery.Recipient{Phone: french}, same, base("ftp://127.0.0.1"), "OTP_OCTOPUSH_BASE_URL"},
		"a base URL with a user":                 {delivery.Recipient{Phone: french}, same, base("https://u:made-up@vendor.example"), "OTP_OCTOPUSH_BASE_URL"},
		"a base URL with a query":                {delivery.Recipient{Phone: french}, same, base("https://vendor.example?x=y"), "OTP_OCTOPUSH_BASE_URL"},
		"no phone":                               {delivery.Recipient{}, same, nil, "international form"},
		"a phone without plus sign":              {delivery.Recipient{Phone: "33612345678"}, same, nil, "international form"},
		"a national phone":                       {delivery.Recipient{Phone: "+0612345678"}, same, nil, "international form"},
		"a phone with spaces":                    {delivery.Recipient{Phone: "+33 6 12 34 56 78"}, same, nil, "international form"},
		"an address that is none":                {delivery.Recipient{Phone: french, IP: "203.0.113.777"}, same, nil, "IP address"},
		"an address that a duty needs":           {delivery.Recipient{Phone: french}, must(otp.BindRecipientIP), nil, "IP address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t)
			document := sample()
			test.change(&document.Routes[0])
			runner := with(t, v, document, func(_ *delivery.Options, environment map[string]string) {
				for name, value := range test.env {
					environment[name] = value
				}
			})
			sent, err := runner.Send(t.Context(), 0, test.to, false)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %+v and %v, want an error that says %s", sent, err, test.want)
			}
			if !strings.Contains(err.Error(), "routes[0] (octopush, sms)") {
				t.Errorf("%v does not say which route", err)
			}
			for _, secret := range []string{made, "612345678", "made-up", "203.0.113"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%v holds %s", err, secret)
				}
			}
		})
	}
}

// must adds duties to a route.
func must(duties ...otp.Duty) func(*otp.DocumentRoute) {
	return func(r *otp.DocumentRoute) { r.ApplicationMustEnforce = append(r.ApplicationMustEnforce, duties...) }
}

func TestRoutesAreChosenByCountry(t *testing.T) {
	t.Parallel()
	document := sample()
	document.AllowedCountries = []string{"FR", "IN", "RU"}
	document.CountryPrefixes = map[string]string{"33": "FR", "91": "IN", "7": "RU", "76": "KZ", "77": "KZ"}
	document.Routes = append(document.Routes, document.Routes[0], document.Routes[0])
	document.Routes[0].Countries = []string{"FR"}
	document.Routes[2].Countries = []string{"IN", "RU"}
	v := newVendor(t, answer(200, sentOK))
	runner := with(t, v, document)
	for phone, want := range map[string][]int{
		french: {0, 1}, indian: {1, 2}, "+79161234567": {1, 2},
		"+77012345678": {}, // the longest beginning counts: Kazakhstan
		"+4915112345":  {}, // no beginning matches: not allowed
	} {
		got, err := runner.RoutesFor(phone)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("routes for %s (-want +got): %v\n%s", phone, err, diff)
		}
	}
	if _, err := runner.RoutesFor("0612345678"); err == nil || strings.Contains(err.Error(), "0612345678") {
		t.Errorf("a number that is not international: %v", err)
	}
	for _, test := range []struct {
		route       int
		phone, want string
	}{
		{0, indian, otp.OutcomeNextRoute}, {2, french, otp.OutcomeNextRoute},
		{1, "+77012345678", otp.OutcomeStop}, {1, "+4915112345", otp.OutcomeStop}, {2, french, otp.OutcomeNextRoute},
	} {
		sent, err := runner.Send(t.Context(), test.route, delivery.Recipient{Phone: test.phone}, false)
		if err != nil {
			t.Fatal(err)
		}
		only(t, test.phone, sent.Outcome, sent.Reason, test.want)
		if _, kept := sent.Kept.Route(); kept {
			t.Errorf("%s: something is kept of a send that was not made", test.phone)
		}
	}
	if v.count() != 0 {
		t.Errorf("%d requests, want none to a country that is not served", v.count())
	}
	only(t, "a country that is served", send(t, runner, 1).Outcome, "", otp.OutcomeOK)
	for _, route := range []int{-1, 3} {
		if _, err := runner.Send(t.Context(), route, delivery.Recipient{Phone: french}, false); err == nil {
			t.Errorf("routes[%d] can be sent through, and there is none", route)
		}
	}
}

func TestWithoutCountryRuleEverybodyIsServed(t *testing.T) {
	t.Parallel()
	document := sample()
	document.Routes = append(document.Routes, document.Routes[0])
	document.Routes[0].Countries = []string{"FR"} // and no prefixes: it can be wrong only by denying
	runner := with(t, nil, document)
	if got, err := runner.RoutesFor(indian); err != nil || !cmp.Equal(got, []int{1}) {
		t.Errorf("got %v and %v, want the route without countries", got, err)
	}
	routes := runner.Routes()
	want := delivery.Route{
		Vendor: otp.Octopush, Channel: otp.SMS, Countries: []string{"FR"}, Verify: true, Extend: true, Status: true, TellsDelivered: true,
		Duties: []otp.Duty{otp.SendLimits},
	}
	if diff := cmp.Diff(want, routes[0]); diff != "" || len(routes) != 2 {
		t.Errorf("%d routes (-want +got):\n%s", len(routes), diff)
	}
}
