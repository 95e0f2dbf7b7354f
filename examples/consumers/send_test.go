package consumers_test

import "testing"

func sent(vendor string) string { return by(vendor, "ok", http200) }

func TestSend(t *testing.T) {
	t.Parallel()
	play(t, []scenario{
		{
			name: "json, headers, default text, vendor placeholder stays", routes: []string{"octopush"},
			steps: []step{{do: "send " + phone, answers: []string{octopushOK}, calls: []string{octopushSend(octopushText)}, want: sent("octopush")}},
		},
		{
			name: "longest match of a locale, without case", routes: []string{"octopush"},
			steps: []step{{
				do: "send --locale FR-ca " + phone, answers: []string{`201 {"code": 0.0, "otp_request_token": "otp_1"}`},
				calls: []string{octopushSend("Acme : {code} est votre code, valable 5 minutes.")}, want: by("octopush", "ok", `"HTTP 201"`),
			}},
		},
		{
			name: "a locale without text takes the default", routes: []string{"octopush"},
			steps: []step{{do: "send " + phone + " --locale frr", answers: []string{octopushOK}, calls: []string{octopushSend(octopushText)}, want: sent("octopush")}},
		},
		{
			name: "by_locale replaces fields", routes: []string{"myotp"},
			steps: []step{{do: "send " + phone + " --locale es-MX", answers: []string{myotpOK}, calls: []string{myotpSend(false, 4)}, want: sent("myotp")}},
		},
		{
			name: "multipart with a credential in a field", routes: []string{"androidapi"},
			steps: []step{{do: "send " + phone, answers: []string{androidOK}, calls: []string{androidSend(androidText)}, want: sent("androidapi")}},
		},
		{
			name: "urlencoded form", routes: []string{"androidapi"},
			edit: func(doc document) { doc.route(0).at("send")["encoding"] = "form" },
			steps: []step{{
				do: "send " + phone + " --locale ur", answers: []string{androidOK}, want: sent("androidapi"),
				calls: []string{`POST /androidapi/send/otp form {"device":"00000000-0000-0000-aaaa-bbbbccccdddd","expire":"300",` +
					`"message":"Acme: {{otp}} آپ کا کوڈ ہے۔","mode":"devices","phone":"+33612345678","secret":"made+up/androidapi&secret","sim":"1","type":"sms"}`},
			}},
		},
		{
			name: "filling in is one pass", routes: []string{"octopush"},
			edit: func(doc document) {
				doc.route(0).at("send").at("texts")[""] = "{{phone_e164}} {{text}} ${OTP_OCTOPUSH_API_KEY}"
			},
			steps: []step{{
				do: "send " + phone, answers: []string{octopushOK}, want: sent("octopush"),
				calls: []string{octopushSend("{{phone_e164}} {{text}} ${OTP_OCTOPUSH_API_KEY}")},
			}},
		},
		{
			name: "the second account of a vendor", routes: []string{"myotp"},
			edit: func(doc document) {
				send := doc.route(0).at("send")
				doc.route(0)["vendor"] = "octopush"
				send["url"], send["fields"] = "${OTP_OCTOPUSH_EU_BASE_URL}/x", map[string]any{"phone": "{{phone_digits}}"}
				send["headers"] = map[string]any{"api-key": "${OTP_OCTOPUSH_EU_API_KEY}"}
				doc.route(0)["verify"], doc.route(0)["extend"], doc.route(0)["status"] = nil, nil, nil
				doc.route(0)["application_must_enforce"] = []any{"verify_code"}
				send["by_locale"], send["resend"] = nil, nil
			},
			steps: []step{{
				do: "send " + phone, answers: []string{myotpOK}, want: sent("octopush"),
				calls: []string{`POST /octopush_eu/x api-key=made-up-eu-key json {"phone":"33612345678"}`},
			}},
		},
		{
			name: "resend replaces fields", routes: []string{"myotp"},
			steps: []step{{do: "send --resend " + phone, answers: []string{myotpOK}, calls: []string{myotpSend(true, 1)}, want: sent("myotp")}},
		},
		{
			name: "the application makes the code", routes: []string{"way2api"},
			steps: []step{{do: "send " + indian, answers: []string{way2apiOK}, calls: []string{way2apiCall}, want: sent("way2api")}},
		},
		{
			name: "charged and pending goes to no other route", routes: []string{"way2api", "myotp"},
			steps: []step{{do: "send " + indian, answers: []string{"202 {}"}, calls: []string{way2apiCall}, want: by("way2api", "pending", `"HTTP 202"`)}},
		},
		{
			name: "JSON types count: false is not 0", routes: []string{"octopush"},
			steps: []step{{do: "send " + phone, answers: []string{`200 {"code": false, "otp_request_token": "otp_1"}`}, calls: []string{octopushSend(octopushText)}, exit: 4, want: by("octopush", "unknown", http200)}},
		},
		{
			name: "JSON types count: a string is no number", routes: []string{"octopush"},
			steps: []step{{do: "send " + phone, answers: []string{`200 {"code": "0", "otp_request_token": "otp_1"}`}, calls: []string{octopushSend(octopushText)}, exit: 4, want: by("octopush", "unknown", http200)}},
		},
		{
			name: "all conditions of an outcome must hold", routes: []string{"octopush"},
			steps: []step{{do: "send " + phone, answers: []string{`500 {"code": 0, "otp_request_token": "otp_1"}`}, calls: []string{octopushSend(octopushText)}, exit: 4, want: by("octopush", "unknown", `"HTTP 500"`)}},
		},
		{
			name: "a kept value that a later call needs is missing", routes: []string{"myotp"},
			steps: []step{{do: "send " + phone, answers: []string{`200 {"message_id": null, "status": "accepted"}`}, calls: []string{myotpSend(false, 1)}, exit: 4, want: by("myotp", "unknown", http200)}},
		},
		{
			name: "data that is false holds nothing", routes: []string{"androidapi"},
			steps: []step{{do: "send " + phone, answers: []string{`200 {"status": 200, "message": "OTP has been sent!", "data": false}`}, calls: []string{androidSend(androidText)}, exit: 4, want: by("androidapi", "unknown", http200)}},
		},
	})
}

func TestSendFallsBackOnlyWhenNothingWasSent(t *testing.T) {
	t.Parallel()
	refused := `,"refused":[{"outcome":"next_route","route":0,"vendor":"octopush","channel":"sms","answer":"HTTP 403"}]`
	play(t, []scenario{
		{
			name: "refused: the next route, and the operator is told", routes: []string{"octopush", "androidapi"},
			steps: []step{{
				do: "send " + phone, answers: []string{octopushNo, androidOK}, calls: []string{octopushSend(octopushText), androidSend(androidText)},
				want: byRoute(1, "androidapi", "ok", http200+refused), stderr: "route 0 octopush sms: next_route, HTTP 403",
			}, {
				do: "verify " + phone + " " + code, answers: []string{androidYes}, calls: []string{androidVerify(code)}, want: byRoute(1, "androidapi", "ok", http200),
			}},
		},
		{
			name: "refused by all: nothing was sent, so nothing counts", routes: []string{"octopush"},
			steps: []step{
				{do: "send " + phone, answers: []string{octopushNo}, calls: []string{octopushSend(octopushText)}, exit: 3, want: `{"outcome":"next_route"` + refused + `}`},
				{do: "send " + phone, answers: []string{octopushOK}, calls: []string{octopushSend(octopushText)}, want: sent("octopush")},
			},
		},
		{
			name: "unknown: it may have been sent", routes: []string{"octopush", "myotp"},
			steps: []step{{do: "send " + phone, answers: []string{`500 {}`}, calls: []string{octopushSend(octopushText)}, exit: 4, want: by("octopush", "unknown", `"HTTP 500"`)}},
		},
		{
			name: "stop: no route will do", routes: []string{"octopush", "myotp"},
			edit: func(doc document) {
				as[map[string]any](as[[]any](doc.route(0).at("send")["outcomes"])[1])["outcome"] = "stop"
			},
			steps: []step{{do: "send " + phone, answers: []string{octopushNo}, calls: []string{octopushSend(octopushText)}, exit: 3, want: by("octopush", "stop", http403)}},
		},
		{
			name: "already active: no other route", routes: []string{"myotp", "octopush"},
			steps: []step{{do: "send " + phone, answers: []string{`409 {"error": {"http_code": 409}}`}, calls: []string{myotpSend(false, 1)}, want: by("myotp", "already_active", `"HTTP 409"`)}},
		},
		{
			name: "a chosen route stands alone", routes: []string{"octopush", "myotp"},
			steps: []step{
				{do: "send --route 1 " + phone, answers: []string{`429 slow down`}, calls: []string{myotpSend(false, 1)}, exit: 3, want: `{"outcome":"next_route","refused":[{"outcome":"next_route","route":1,"vendor":"myotp","channel":"sms","answer":"HTTP 429"}]}`},
				{do: "send --route 2 " + phone, exit: 2, want: `{"outcome":"not_allowed"}`},
			},
		},
		{
			name: "a fault on a later route", routes: []string{"octopush", "myotp"}, env: map[string]string{"OTP_MYOTP_API_KEY": ""},
			steps: []step{
				{do: "send " + phone, answers: []string{octopushNo}, calls: []string{octopushSend(octopushText)}, exit: 1, stderr: "OTP_MYOTP_API_KEY"},
				{do: "send " + phone, answers: []string{octopushOK}, calls: []string{octopushSend(octopushText)}, want: sent("octopush")},
			},
		},
	})
}

func TestSendKeepsToCountries(t *testing.T) {
	t.Parallel()
	notAllowed := `{"outcome":"not_allowed"}`
	canadian := `POST /myotp/generate_otp x-api-key=made-up-myotp-key json {"brand":"Acme","channel":"sms","force_send":false,` +
		`"otp_length":6,"otp_validity":300,"phone_number":"12045550123","return_otp":false,"template_order":1}`
	play(t, []scenario{
		{
			name: "longest prefix", routes: []string{"myotp"},
			steps: []step{
				{do: "send +12045550123", answers: []string{myotpOK}, calls: []string{canadian}, want: sent("myotp")},
				{do: "send +12025550123", exit: 2, want: notAllowed},
			},
		},
		{name: "no prefix is not allowed", routes: []string{"myotp"}, steps: []step{{do: "send +4915112345678", exit: 2, want: notAllowed}}},
		{
			name: "a route serves its own countries only", routes: []string{"way2api", "myotp"},
			steps: []step{
				{do: "send " + phone, answers: []string{myotpOK}, calls: []string{myotpSend(false, 1)}, want: byRoute(1, "myotp", "ok", http200)},
				{do: "send " + phone + " --route 0", exit: 2, want: notAllowed},
			},
		},
		{
			name: "all countries where the profile names none", routes: []string{"way2api", "myotp"},
			edit: func(doc document) {
				doc["allowed_countries"], doc["country_prefixes"] = nil, map[string]any{"91": "IN"}
			},
			steps: []step{{do: "send " + phone, answers: []string{myotpOK}, calls: []string{myotpSend(false, 1)}, want: byRoute(1, "myotp", "ok", http200)}},
		},
		{
			name: "no rule at all", routes: []string{"myotp"},
			edit:  func(doc document) { doc["allowed_countries"], doc["country_prefixes"] = nil, nil },
			steps: []step{{do: "send " + phone, answers: []string{myotpOK}, calls: []string{myotpSend(false, 1)}, want: sent("myotp")}},
		},
		{
			name: "countries without prefixes deny", routes: []string{"myotp"},
			edit:  func(doc document) { doc["country_prefixes"] = nil },
			steps: []step{{do: "send " + phone, exit: 2, want: notAllowed}},
		},
	})
}

func TestSendKeepsLimits(t *testing.T) {
	t.Parallel()
	again := step{later: 31, do: "send --resend " + phone, answers: []string{myotpOK}, calls: []string{myotpSend(true, 1)}, want: sent("myotp")}
	first := again
	first.later = 0
	play(t, []scenario{
		{
			name: "too soon", routes: []string{"myotp"},
			edit: func(doc document) { doc.at("limits")["resend_after_seconds"] = 1000 },
			steps: []step{
				first,
				{do: "send " + phone, exit: 2, want: `{"outcome":"limited","retry_after_seconds":1000}`},
				{do: "send --resend " + phone, exit: 2, want: `{"outcome":"limited","retry_after_seconds":1000}`},
				{later: 1000, do: "send " + phone, answers: []string{myotpOK}, calls: []string{myotpSend(false, 1)}, want: sent("myotp")},
			},
		},
		{
			name: "per hour", routes: []string{"myotp"},
			edit: func(doc document) { doc.at("limits")["per_phone_hour"] = 2 },
			steps: []step{
				first, again,
				{later: 31, do: "send --resend " + phone, exit: 2, want: `{"outcome":"limited","retry_after_seconds":3600}`},
				{later: 3600, do: "send " + phone, answers: []string{myotpOK}, calls: []string{myotpSend(false, 1)}, want: sent("myotp")},
			},
		},
		{
			name: "per day", routes: []string{"myotp"},
			edit: func(doc document) {
				doc.at("limits")["per_phone_day"], doc.at("limits")["resend_after_seconds"] = 2, 0
			},
			steps: []step{
				first, first,
				{later: 3600, do: "send " + phone, exit: 2, want: `{"outcome":"limited","retry_after_seconds":82800}`},
				{later: 82800, do: "send " + phone, answers: []string{myotpOK}, calls: []string{myotpSend(false, 1)}, want: sent("myotp")},
			},
		},
		{
			name: "a send that may have been counts", routes: []string{"myotp"},
			edit: func(doc document) { doc.at("limits")["resend_after_seconds"] = 1000 },
			steps: []step{
				{do: "send " + phone, answers: []string{"500 {}"}, calls: []string{myotpSend(false, 1)}, exit: 4, want: by("myotp", "unknown", `"HTTP 500"`)},
				{do: "send " + phone, exit: 2, want: `{"outcome":"limited","retry_after_seconds":1000}`},
			},
		},
		{
			name: "a send that was not does not count", routes: []string{"myotp"},
			steps: []step{
				{do: "send " + phone, answers: []string{"409 {}"}, calls: []string{myotpSend(false, 1)}, want: by("myotp", "already_active", `"HTTP 409"`)},
				first,
			},
		},
		{
			name: "another phone has limits of its own", routes: []string{"androidapi", "way2api"},
			edit: func(doc document) { doc.at("limits")["per_phone_day"] = 1 },
			steps: []step{
				{do: "send " + phone, answers: []string{androidOK}, calls: []string{androidSend(androidText)}, want: sent("androidapi")},
				{do: "send --route 1 " + indian, answers: []string{way2apiOK}, calls: []string{way2apiCall}, want: byRoute(1, "way2api", "ok", http200)},
			},
		},
	})
}
