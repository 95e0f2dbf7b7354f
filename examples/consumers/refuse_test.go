package consumers_test

import "testing"

// refused is a fault of the operator: exit code 1, no result, no request.
func refused(name, route, stderr string, edit func(doc document)) scenario {
	return scenario{
		name: name, routes: []string{"myotp", route}, edit: edit,
		steps: []step{{do: "send " + phone, exit: 1, stderr: stderr}},
	}
}

func TestDocumentIsRefused(t *testing.T) {
	t.Parallel()
	call := func(verb, key string, value any) func(document) {
		return func(doc document) { doc.route(1).at(verb)[key] = value }
	}
	within := func(verb, group, key string, value any) func(document) {
		return func(doc document) { doc.route(1).at(verb).at(group)[key] = value }
	}
	play(t, []scenario{
		refused("a later version", "octopush", "schema_version", func(doc document) { doc["schema_version"] = 2 }),
		refused("another profile", "octopush", "another profile", func(doc document) { doc["profile"] = "logon" }),
		refused("not well formed", "octopush", "not well formed", func(doc document) { doc["routes"] = "none" }),
		refused("a duty that is not known", "octopush", "duty", func(doc document) {
			doc.route(1)["application_must_enforce"] = []any{"burn_after_reading"}
		}),
		refused("no verification at all", "octopush", "route 1", func(doc document) { doc.route(1)["verify"] = nil }),
		refused("a vendor that is a pattern", "octopush", "vendor", func(doc document) { doc.route(1)["vendor"] = ".*" }),
		refused("a host instead of a variable", "octopush", "url", call("send", "url", "https://evil.example/x")),
		refused("a host behind the variable", "octopush", "url", call("send", "url", "${OTP_OCTOPUSH_BASE_URL}.evil.example/x")),
		refused("a user behind the variable", "octopush", "url", call("send", "url", "${OTP_OCTOPUSH_BASE_URL}@evil.example/x")),
		refused("the base URL of another vendor", "octopush", "url", call("verify", "url", "${OTP_MYOTP_BASE_URL}/x")),
		refused("a placeholder in the URL", "octopush", "url", call("send", "url", "${OTP_OCTOPUSH_BASE_URL}/x/{{code}}")),
		refused("a query in the URL", "octopush", "url", call("send", "url", "${OTP_OCTOPUSH_BASE_URL}/x?y=z")),
		refused("a credential of another vendor", "octopush", "OTP_MYOTP_API_KEY", within("send", "headers", "api-key", "${OTP_MYOTP_API_KEY}")),
		refused("a variable that is none of ours", "octopush", "AWS_SECRET_ACCESS_KEY", within("send", "fields", "sender", "${AWS_SECRET_ACCESS_KEY}")),
		refused("a variable hidden in by_locale", "octopush", "HOME", call("send", "by_locale", map[string]any{"fr": map[string]any{"x": "${HOME}"}})),
		refused("a variable hidden in resend", "octopush", "HOME", call("send", "resend", map[string]any{"x": "${HOME}"})),
		refused("a base URL in a field", "octopush", "OTP_OCTOPUSH_BASE_URL", within("verify", "fields", "x", "${OTP_OCTOPUSH_BASE_URL}")),
		refused("a field that is no credential", "octopush", "OTP_OCTOPUSH_PASSWORD", within("verify", "fields", "x", "${OTP_OCTOPUSH_PASSWORD}")),
		refused("a variable without end", "octopush", "variable", within("send", "fields", "sender", "${OTP_OCTOPUSH_API_KEY")),
		refused("a Host header", "octopush", "header", within("send", "headers", "Host", "evil.example")),
		refused("a code as a number", "octopush", "number", within("verify", "fields", "code", "{{code:number}}")),
		refused("a number in the middle of a string", "octopush", "number", within("verify", "fields", "x", "no {{message_id:number}}")),
		refused("an encoding that is not known", "octopush", "encoding", call("verify", "encoding", "xml")),
	})
}

func TestCallIsNotMade(t *testing.T) {
	t.Parallel()
	base := func(name, url string) scenario {
		return scenario{
			name: name, routes: []string{"octopush"}, env: map[string]string{"OTP_OCTOPUSH_BASE_URL": url},
			steps: []step{{do: "send " + phone, exit: 1, stderr: "OTP_OCTOPUSH_BASE_URL must be"}},
		}
	}
	play(t, []scenario{
		base("http beyond loopback", "http://vendor.example"),
		base("http to a name like loopback", "http://localhost.vendor.example"),
		base("another scheme", "ftp://127.0.0.1"),
		base("no host", "https://"),
		base("a user in the base URL", "https://user:made-up@vendor.example"),
		base("a query in the base URL", "https://vendor.example?x="),
		base("a fragment in the base URL", "https://vendor.example#x"),
		base("a port that is none", "https://vendor.example:x"),
		{
			name: "an unset credential", routes: []string{"androidapi"}, env: map[string]string{"OTP_ANDROIDAPI_SECRET": ""},
			steps: []step{{do: "send " + phone, exit: 1, stderr: "OTP_ANDROIDAPI_SECRET"}},
		},
		{
			name: "an unset credential that may be omitted", routes: []string{"androidapi"}, env: map[string]string{"OTP_ANDROIDAPI_SECRET": ""},
			edit: func(doc document) {
				doc.route(0).at("send")["fields"] = map[string]any{"secret": "${OTP_ANDROIDAPI_SECRET}", "phone": "{{phone_digits}}"}
				doc.route(0).at("send")["omit_if_missing"] = []any{"secret"}
			},
			steps: []step{{do: "send " + phone, answers: []string{androidOK}, calls: []string{`POST /androidapi/send/otp multipart {"phone":"33612345678"}`}, want: sent("androidapi")}},
		},
		{
			name: "a credential that breaks its header", routes: []string{"octopush"},
			env:   map[string]string{"OTP_OCTOPUSH_API_KEY": "made-up\r\nX-Evil: 1"},
			steps: []step{{do: "send " + phone, exit: 1, stderr: "api-key"}},
		},
		{
			name: "a value that nobody fills in", routes: []string{"octopush"},
			edit:  func(doc document) { doc.route(0).at("send").at("fields")["x"] = "{{request_token}}" },
			steps: []step{{do: "send " + phone, exit: 1, stderr: "request_token"}},
		},
		{
			name: "{{code}} in a send where the vendor makes the code", routes: []string{"octopush"},
			edit:  func(doc document) { doc.route(0).at("send").at("fields")["x"] = "{{code}}" },
			steps: []step{{do: "send " + phone, exit: 1, stderr: "code"}},
		},
		{
			name: "a text for no locale", routes: []string{"octopush"},
			edit:  func(doc document) { doc.route(0).at("send")["texts"] = map[string]any{"fr": "{code}"} },
			steps: []step{{do: "send " + phone, exit: 1, stderr: "text"}},
		},
		{
			name: "a credential that was kept is not sent on", routes: []string{"androidapi"},
			edit: func(doc document) { doc.route(0).at("verify").at("fields")["x"] = "{{secret_code}}" },
			steps: []step{
				androidSent,
				{do: "verify " + phone + " " + code, exit: 2, want: by("androidapi", "not_found", "")},
			},
		},
		{
			name: "a kept value cannot pose as the recipient", routes: []string{"myotp"},
			edit: func(doc document) { doc.route(0).at("send").at("keep")["phone_digits"] = "/message_id" },
			steps: []step{
				myotpSent,
				checked("myotp", myotpVerify(code, "3f0c1d2e"), `200 {"status": "success"}`, "ok", 0, http200),
			},
		},
	})
}

func TestUsage(t *testing.T) {
	t.Parallel()
	steps := []step{}
	for _, command := range []string{
		"send", "send 0612345678", "send +0612345678", "send +336x", "send --colour " + phone, "send --route one " + phone,
		"send --ip none " + phone, "verify " + phone, "verify " + phone + " " + code + " " + code, "dance " + phone, "routes " + phone,
	} {
		steps = append(steps, step{do: command, exit: 1, stderr: "consumer: "})
	}
	play(t, []scenario{{name: "a wrong command says so, and never repeats a code", routes: []string{"octopush"}, steps: steps}})
}
