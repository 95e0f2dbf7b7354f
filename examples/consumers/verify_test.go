package consumers_test

import "testing"

func sendStep(do, vendor, answer, call string) step {
	return step{do: do, answers: []string{answer}, calls: []string{call}, want: sent(vendor)}
}

var (
	octopushSent = sendStep("send "+phone, "octopush", octopushOK, octopushSend(octopushText))
	myotpSent    = sendStep("send "+phone, "myotp", myotpOK, myotpSend(false, 1))
	androidSent  = sendStep("send "+phone, "androidapi", androidOK, androidSend(androidText))
	way2apiSent  = sendStep("send "+indian, "way2api", way2apiOK, way2apiCall)
)

func after(seconds int, s step) step {
	s.later = seconds
	return s
}

// checked is a verification of the usual code that reaches a vendor.
func checked(vendor, call, answer, outcome string, exit int, more string) step {
	return step{do: "verify " + phone + " " + code, answers: []string{answer}, calls: []string{call}, exit: exit, want: by(vendor, outcome, more)}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	octopush := func(answer, outcome string, exit int, more string) step {
		return checked("octopush", octopushVerify(code, "otp_1"), answer, outcome, exit, more)
	}
	myotp := func(answer, outcome string, exit int) step {
		return checked("myotp", myotpVerify(code, "3f0c1d2e"), answer, outcome, exit, http200)
	}
	gone := step{do: "verify " + phone + " " + code, exit: 2, want: `{"outcome":"not_found"}`}
	play(t, []scenario{
		{
			name: "with the kept token, once", routes: []string{"octopush"},
			steps: []step{gone, octopushSent, octopush(`200 {"code": 0, "message": "leak-marker"}`, "ok", 0, http200), gone},
		},
		{
			name: "the attempts that are left", routes: []string{"octopush"},
			steps: []step{
				octopushSent,
				octopush(`400 {"code": 199, "message": "leak-marker", "remaining_number_of_attempts": 2}`, "wrong_code", 2, `"HTTP 400","remaining":2`),
				octopush(`400 {"code": 199, "remaining_number_of_attempts": "1"}`, "wrong_code", 2, `"HTTP 400"`),
				octopush(`400 {"code": 196}`, "too_many_attempts", 2, `"HTTP 400"`),
				octopush(`400 {"code": 197}`, "expired", 2, `"HTTP 400"`),
				octopush(`400 {"code": 198}`, "not_found", 2, `"HTTP 400"`),
				octopush(`400 {"code": 195}`, "stop", 3, `"HTTP 400"`),
				octopush(`200 {"code": 0}`, "ok", 0, http200),
			},
		},
		{
			name: "a verdict in the body", routes: []string{"myotp"},
			steps: []step{
				myotpSent,
				myotp(`200 {"status": "failed", "reason": "not found"}`, "not_found", 2),
				myotp(`200 {"status": "failed", "reason": "expired"}`, "expired", 2),
				myotp(`200 {"status": "expired"}`, "expired", 2),
				checked("myotp", myotpVerify(code, "3f0c1d2e"), `200 {"status": "failed", "reason": "invalid"}`, "wrong_code", 2, `"HTTP 200","remaining":2`),
				myotp(`200 <html>leak-marker</html>`, "stop", 3),
				myotp(`200 {"status": "success"}`, "ok", 0),
			},
		},
		{
			name: "spaces, hyphens and other digits are understood", routes: []string{"octopush"},
			steps: []step{
				octopushSent,
				{
					do: "verify " + phone + " _48\u00a029-\u201013_", answers: []string{`400 {"code": 199}`}, exit: 2,
					calls: []string{octopushVerify(code, "otp_1")}, want: by("octopush", "wrong_code", `"HTTP 400"`),
				},
				{
					do: "verify " + phone + " ٤٨٢۹१３", answers: []string{`200 {"code": 0}`},
					calls: []string{octopushVerify(code, "otp_1")}, want: by("octopush", "ok", http200),
				},
			},
		},
		{
			name: "what does not fit the policy is asked nobody", routes: []string{"octopush"},
			steps: []step{
				octopushSent,
				{do: "verify " + phone + " 48291", exit: 2, want: by("octopush", "wrong_code", "")},
				{do: "verify " + phone + " 4829133", exit: 2, want: by("octopush", "wrong_code", "")},
				{do: "verify " + phone + " 48291a", exit: 2, want: by("octopush", "wrong_code", "")},
				{do: "verify " + phone + " 48291½", exit: 2, want: by("octopush", "wrong_code", "")},
			},
		},
		{
			name: "letters and special characters where the policy has them", routes: []string{"octopush"},
			edit: func(doc document) {
				doc["code"] = map[string]any{"length": 4, "digits": false, "upper_case": true, "lower_case": true, "special_characters": true}
			},
			steps: []step{
				octopushSent,
				{do: "verify " + phone + " aB#1", exit: 2, want: by("octopush", "wrong_code", "")},
				{
					do: "verify " + phone + " aB#?", answers: []string{`200 {"code": 0}`},
					calls: []string{octopushVerify("aB#?", "otp_1")}, want: by("octopush", "ok", http200),
				},
			},
		},
		{
			name: "a code that verified once is refused", routes: []string{"octopush"},
			steps: []step{
				octopushSent, octopush(`200 {"code": 0}`, "ok", 0, http200),
				after(31, octopushSent),
				{do: "verify " + phone + " " + code, exit: 2, want: by("octopush", "wrong_code", "")},
			},
		},
		{
			name: "the policy and the route are those of the send", routes: []string{"octopush", "myotp"},
			steps: []step{
				octopushSent,
				{do: "verify " + indian + " " + code, exit: 2, want: `{"outcome":"not_found"}`},
				octopush(`200 {"code": 0}`, "ok", 0, http200),
			},
		},
		{
			name: "next_route without connection is unknown, and no attempt", routes: []string{"octopush"},
			edit: func(doc document) {
				doc.route(0).at("verify")["url"] = "${OTP_OCTOPUSH_NOWHERE_BASE_URL}/x"
			},
			env: map[string]string{"OTP_OCTOPUSH_NOWHERE_BASE_URL": "http://127.0.0.1:1"},
			steps: []step{
				octopushSent,
				{do: "verify " + phone + " " + code, exit: 4, want: by("octopush", "unknown", `"no connection"`)},
			},
		},
	})
}

func TestVerifyByPhoneAlone(t *testing.T) {
	t.Parallel()
	notFound := step{do: "verify " + phone + " " + code, exit: 2}
	play(t, []scenario{
		{
			name: "after an unknown send", routes: []string{"octopush"},
			steps: []step{
				{do: "send " + phone, answers: []string{"drop"}, calls: []string{octopushSend(octopushText)}, exit: 4, want: by("octopush", "unknown", `"no answer"`)},
				checked("octopush", octopushVerify(code, ""), `200 {"code": 0}`, "ok", 0, http200),
			},
		},
		{
			name: "an unknown send replaces the challenge", routes: []string{"octopush"},
			steps: []step{
				octopushSent,
				{later: 31, do: "send " + phone, answers: []string{"500 {}"}, calls: []string{octopushSend(octopushText)}, exit: 4, want: by("octopush", "unknown", `"HTTP 500"`)},
				checked("octopush", octopushVerify(code, ""), `200 {"code": 0}`, "ok", 0, http200),
			},
		},
		{
			name: "never after an ok without its token", routes: []string{"octopush"},
			steps: []step{
				sendStep("send "+phone, "octopush", `200 {"code": 0}`, octopushSend(octopushText)),
				{do: notFound.do, exit: 2, want: by("octopush", "not_found", "")},
			},
		},
		{
			name: "after already_active of a lost challenge", routes: []string{"myotp"},
			steps: []step{
				{do: "send " + phone, answers: []string{"409 {}"}, calls: []string{myotpSend(false, 1)}, want: by("myotp", "already_active", `"HTTP 409"`)},
				checked("myotp", myotpVerify(code, ""), `200 {"status": "success"}`, "ok", 0, http200),
			},
		},
		{
			name: "already_active keeps the challenge", routes: []string{"myotp"},
			steps: []step{
				myotpSent,
				{later: 31, do: "send " + phone, answers: []string{"409 {}"}, calls: []string{myotpSend(false, 1)}, want: by("myotp", "already_active", `"HTTP 409"`)},
				checked("myotp", myotpVerify(code, "3f0c1d2e"), `200 {"status": "success"}`, "ok", 0, http200),
			},
		},
		{
			name: "a refused send keeps the challenge", routes: []string{"myotp"},
			steps: []step{
				myotpSent,
				{later: 31, do: "send " + phone, answers: []string{"400 {}"}, calls: []string{myotpSend(false, 1)}, exit: 3, want: `{"outcome":"next_route","refused":[` + by("myotp", "next_route", `"HTTP 400"`) + `]}`},
				checked("myotp", myotpVerify(code, "3f0c1d2e"), `200 {"status": "success"}`, "ok", 0, http200),
			},
		},
	})
}

func TestVerifyAgainstWhatWasKept(t *testing.T) {
	t.Parallel()
	const confirmed = `200 {"status": 403, "message": "OTP is invalid or expired!", "data": false}`
	android := func(answer, outcome string, exit int, more string) step {
		return checked("androidapi", androidVerify(code), answer, outcome, exit, more)
	}
	wrong := func(typed, left string) step {
		result := `{"outcome":"wrong_code","route":0,"vendor":"androidapi","channel":"sms","remaining":` + left + `}`
		return step{do: "verify " + phone + " " + typed, exit: 2, want: result}
	}
	kept := func(otp string) step {
		return sendStep("send "+phone, "androidapi", `200 {"status": 200, "data": {"messageId": 901, "otp": `+otp+`}}`, androidSend(androidText))
	}
	tooMany := step{do: "verify " + phone + " " + code, exit: 2, want: by("androidapi", "too_many_attempts", "")}
	play(t, []scenario{
		{
			name: "unequal is wrong without a call, equal asks the vendor", routes: []string{"androidapi"},
			steps: []step{androidSent, wrong("482914", "2"), android(androidYes, "ok", 0, http200)},
		},
		{
			name: "a wrong code and a missing permission share a status", routes: []string{"androidapi"},
			steps: []step{
				androidSent,
				android(`200 {"status": 403, "message": "leak-marker", "data": false}`, "stop", 3, http200),
				android(confirmed, "wrong_code", 2, `"HTTP 200","remaining":2`),
			},
		},
		{
			name: "a kept number lost its leading zero", routes: []string{"androidapi"},
			steps: []step{
				kept("12913"), wrong("12913", "2"),
				{do: "verify " + phone + " 012913", answers: []string{androidYes}, calls: []string{androidVerify("012913")}, want: by("androidapi", "ok", http200)},
			},
		},
		{
			name: "a kept number is compared by value", routes: []string{"androidapi"},
			steps: []step{kept("4.82913e5"), android(androidYes, "ok", 0, http200)},
		},
		{
			name: "a kept string is compared as it is", routes: []string{"androidapi"},
			steps: []step{
				kept(`"012913"`), wrong("12913", "2"),
				{do: "verify " + phone + " 012913", answers: []string{androidYes}, calls: []string{androidVerify("012913")}, want: by("androidapi", "ok", http200)},
			},
		},
		{
			name: "nothing kept: not found without a call", routes: []string{"androidapi"},
			steps: []step{
				{do: "send " + phone, answers: []string{"hang"}, calls: []string{androidSend(androidText)}, exit: 4, want: by("androidapi", "unknown", `"no answer"`)},
				{do: "verify " + phone + " " + code, exit: 2, want: by("androidapi", "not_found", "")},
			},
			edit: func(doc document) { doc.route(0).at("send")["timeout_seconds"] = 1 },
		},
		{
			name: "an unknown send keeps what its answer held", routes: []string{"androidapi"},
			steps: []step{
				{
					do: "send " + phone, answers: []string{`200 {"status": 200, "data": {"otp": 482913}}`}, calls: []string{androidSend(androidText)},
					exit: 4, want: by("androidapi", "unknown", http200),
				},
				android(androidYes, "ok", 0, http200),
			},
		},
		{
			name: "a new send replaces the old code", routes: []string{"androidapi"},
			steps: []step{
				androidSent, after(31, kept("777777")), wrong(code, "2"),
				{do: "verify " + phone + " 777777", answers: []string{androidYes}, calls: []string{androidVerify("777777")}, want: by("androidapi", "ok", http200)},
			},
		},
		{
			name: "a code counts only for the phone it was sent to", routes: []string{"androidapi"},
			edit: func(doc document) { doc["allowed_countries"] = nil },
			steps: []step{
				androidSent,
				{do: "verify +33612345679 " + code, exit: 2, want: `{"outcome":"not_found"}`},
			},
		},
		{
			name: "credentials are gone at expiry", routes: []string{"androidapi"},
			steps: []step{
				androidSent,
				{later: 301, do: "verify " + phone + " " + code, exit: 2, want: by("androidapi", "not_found", "")},
			},
		},
		{
			name: "wrong codes count over all sends, until one is right", routes: []string{"androidapi"},
			steps: []step{
				androidSent, wrong("111111", "2"), after(31, androidSent), wrong("11111", "1"),
				after(31, androidSent), wrong("222222", "0"), tooMany,
				after(31, androidSent), tooMany,
				after(86400, androidSent), android(androidYes, "ok", 0, http200),
				after(31, kept("777777")), wrong("111111", "2"),
			},
		},
	})
}

func TestVerifyByTheApplication(t *testing.T) {
	t.Parallel()
	made := func(outcome string, exit int) step {
		return step{do: "verify " + indian + " MADE", exit: exit, want: by("way2api", outcome, "")}
	}
	wrong := func(left string) step {
		result := `{"outcome":"wrong_code","route":0,"vendor":"way2api","channel":"sms","remaining":` + left + `}`
		return step{do: "verify " + indian + " ١", exit: 2, want: result}
	}
	bound := func(doc document) {
		doc.route(0).at("send").at("fields")["recipient_ip"] = "{{recipient_ip}}"
		doc.route(0)["application_must_enforce"] = []any{"bind_recipient_ip"}
	}
	octopushBound := step{
		do: "send --ip 2001:DB8::7 " + phone, answers: []string{octopushOK}, want: sent("octopush"),
		calls: []string{`POST /octopush/service/otp/generate api-key=made-up-octopush-key api-login=ops@acme.example json ` +
			`{"phone_number":"+33612345678","recipient_ip":"2001:db8::7"}`},
	}
	play(t, []scenario{
		{
			name: "its own code, once", routes: []string{"way2api"},
			steps: []step{
				way2apiSent, wrong("2"), made("ok", 0),
				{do: "verify " + indian + " MADE", exit: 2, want: `{"outcome":"not_found"}`},
			},
		},
		{
			name: "its own clock", routes: []string{"way2api"},
			steps: []step{way2apiSent, after(301, made("expired", 2))},
		},
		{
			name: "its own count", routes: []string{"way2api"},
			steps: []step{way2apiSent, wrong("2"), wrong("1"), wrong("0"), made("too_many_attempts", 2)},
		},
		{
			name: "after an unknown send", routes: []string{"way2api"},
			steps: []step{
				{do: "send " + indian, answers: []string{"cut"}, calls: []string{way2apiCall}, exit: 4, want: by("way2api", "unknown", `"no answer"`)},
				made("ok", 0),
			},
		},
		{
			name: "neither extended nor checked", routes: []string{"way2api"},
			steps: []step{
				way2apiSent,
				{do: "extend " + indian + " 600", exit: 3, want: by("way2api", "stop", "")},
				{do: "status " + indian, exit: 4, want: by("way2api", "unavailable", "")},
			},
		},
		{
			name: "the address of the recipient", routes: []string{"octopush"},
			edit: func(doc document) {
				bound(doc)
				doc.route(0).at("send")["fields"] = map[string]any{"phone_number": "{{phone_e164}}", "recipient_ip": "{{recipient_ip}}"}
			},
			steps: []step{
				{do: "send " + phone, exit: 1, stderr: "--ip"},
				octopushBound,
				{do: "verify " + phone + " " + code, exit: 2, want: by("octopush", "wrong_code", "")},
				{do: "verify --ip 2001:db8::8 " + phone + " " + code, exit: 2, want: by("octopush", "wrong_code", "")},
				{
					do: "verify --ip 2001:db8:0::7 " + phone + " " + code, answers: []string{`200 {"code": 0}`},
					calls: []string{octopushVerify(code, "otp_1")}, want: by("octopush", "ok", http200),
				},
			},
		},
	})
}

func TestExtendAndStatus(t *testing.T) {
	t.Parallel()
	extend := func(answer, outcome string, exit int, more string) step {
		return step{
			do: "extend " + phone + " 600", answers: []string{answer}, exit: exit, want: by("myotp", outcome, more),
			calls: []string{myotpCall("extend_otp", `{"duration":600,"message_id":"3f0c1d2e"}`)},
		}
	}
	status := func(answer, outcome string, exit int, more string) step {
		return step{
			do: "status " + phone, answers: []string{answer}, exit: exit, want: by("myotp", outcome, more),
			calls: []string{myotpCall("check_otp_status", `{"message_id":"3f0c1d2e"}`)},
		}
	}
	message := func(answer, outcome string, exit int) step {
		return step{
			do: "status " + phone, answers: []string{answer}, exit: exit, want: by("androidapi", outcome, http200),
			calls: []string{`GET /androidapi/get/sms.message query {"id":"901","secret":"made+up/androidapi&secret","type":"sent"}`},
		}
	}
	unsent := step{do: "send " + phone, answers: []string{"500 {}"}, calls: []string{myotpSend(false, 1)}, exit: 4, want: by("myotp", "unknown", `"HTTP 500"`)}
	play(t, []scenario{
		{
			name: "extend: a whole string becomes a number", routes: []string{"myotp"},
			steps: []step{
				{do: "extend " + phone + " 600", exit: 2, want: `{"outcome":"not_found"}`},
				myotpSent,
				extend(`200 {"status": "success"}`, "ok", 0, http200),
				extend(`404 {}`, "not_found", 2, `"HTTP 404"`),
				extend(`403 {}`, "stop", 3, http403),
				extend(`500 {}`, "unknown", 4, `"HTTP 500"`),
				{do: "extend " + phone + " 60x", exit: 1, stderr: "SECONDS"},
			},
		},
		{
			name: "extend: the challenge lives longer too", routes: []string{"myotp"},
			edit: func(doc document) {
				doc.route(0)["application_must_enforce"] = []any{"validity"}
			},
			steps: []step{
				myotpSent, extend(`200 {"status": "success"}`, "ok", 0, http200),
				after(840, checked("myotp", myotpVerify(code, "3f0c1d2e"), `200 {"status": "failed"}`, "stop", 3, http200)),
				{later: 61, do: "verify " + phone + " " + code, exit: 2, want: by("myotp", "expired", "")},
			},
		},
		{
			name: "nothing was kept to ask with", routes: []string{"myotp"},
			steps: []step{
				unsent,
				{do: "extend " + phone + " 600", exit: 2, want: by("myotp", "not_found", "")},
				{do: "status " + phone, exit: 2, want: by("myotp", "not_found", "")},
			},
		},
		{
			name: "status: values, prefixes, absence", routes: []string{"myotp"},
			steps: []step{
				{do: "status " + phone, exit: 2, want: `{"outcome":"not_found"}`},
				myotpSent,
				status(`200 {"DLR": "DELIVRD"}`, "delivered", 0, http200),
				status(`200 {"DLR": "ATES"}`, "pending", 0, http200),
				status(`200 {"DLR": "Pending: not yet accepted by the carrier"}`, "pending", 0, http200),
				status(`200 {"DLR": "failed.NoBalance"}`, "failed", 2, http200),
				status(`200 {"DLR": "Not available with your plan"}`, "unavailable", 4, http200),
				status(`200 {"message": "Message not found"}`, "not_found", 2, http200),
				status(`404 gone`, "not_found", 2, `"HTTP 404"`),
				status(`200 {"DLR": 7}`, "unknown", 4, http200),
				status(`200 {"DLR": null}`, "unknown", 4, http200),
			},
		},
		{
			name: "status: a kept number, and a list as well as an object", routes: []string{"androidapi"},
			steps: []step{
				androidSent,
				message(`200 {"status": 200, "data": {"id": 901, "status": "sent"}}`, "pending", 0),
				message(`200 {"status": 200, "data": [{"id": 901, "status": "failed"}]}`, "failed", 2),
				message(`200 {"status": 404, "data": false}`, "pending", 0),
				message(`200 {"status": 200, "data": []}`, "unknown", 4),
			},
		},
	})
}
