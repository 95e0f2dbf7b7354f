package consumers_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTransport(t *testing.T) {
	t.Parallel()
	never := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a server was asked that should not be")
	})
	secure, plain := httptest.NewUnstartedServer(never), httptest.NewServer(never)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshakes
	secure.StartTLS()
	t.Cleanup(secure.Close)
	t.Cleanup(plain.Close)
	closed := httptest.NewServer(nil)
	closed.Close()

	// nowhere is a send whose first route cannot be reached, so that the next
	// one is taken.
	nowhere := func(name, base string) scenario {
		return scenario{
			name: name, routes: []string{"octopush", "myotp"}, env: map[string]string{"OTP_OCTOPUSH_BASE_URL": base},
			steps: []step{{
				do: "send " + phone, answers: []string{myotpOK}, calls: []string{myotpSend(false, 1)},
				want: byRoute(1, "myotp", "ok", http200+`,"refused":[`+by("octopush", "next_route", `"no connection"`)+`]`),
			}},
		}
	}
	// doubtful is a send that is not repeated and goes to no other route.
	doubtful := func(name, answer, note string) scenario {
		return scenario{
			name: name, routes: []string{"octopush", "myotp"},
			edit:  func(doc document) { doc.route(0).at("send")["timeout_seconds"] = 2 },
			steps: []step{{do: "send " + phone, answers: []string{answer}, calls: []string{octopushSend(octopushText)}, exit: 4, want: by("octopush", "unknown", note)}},
		}
	}
	play(t, []scenario{
		nowhere("refused connection", closed.URL),
		nowhere("name that cannot be looked up", "https://no..where"),
		nowhere("certificate that is not trusted", secure.URL),
		nowhere("TLS to a server without", "https://"+plain.Listener.Addr().String()),
		doubtful("timeout", "hang", `"no answer"`),
		doubtful("an answer that only trickles", "trickle", `"no answer"`),
		doubtful("reset", "drop", `"no answer"`),
		doubtful("end in the middle of an answer", "cut", `"no answer"`),
		doubtful("not HTTP", "noise", `"no answer"`),
		doubtful("redirects are answers", "302 "+`{"code": 0, "otp_request_token": "otp_1"}`, `"HTTP 302"`),
		doubtful("a redirect to nowhere is one too", "307 ", `"HTTP 307"`),
		doubtful("an answer above 1 MiB", "long", http200),
		doubtful("an answer that is no JSON", "200 <html>leak-marker</html>", http200),
		doubtful("JSON with something behind it", `200 {"code": 0, "otp_request_token": "otp_1"} leak-marker`, http200),
		doubtful("an answer that is nothing", "200 ", http200),
		{
			name: "an answer of just 1 MiB", routes: []string{"octopush"},
			steps: []step{{do: "send " + phone, answers: []string{"large"}, calls: []string{octopushSend(octopushText)}, want: sent("octopush")}},
		},
		{
			name: "what is no JSON has no pointers: the HTTP status may still decide", routes: []string{"androidapi"},
			edit: func(doc document) {
				outcomes := as[[]any](doc.route(0).at("send")["outcomes"])
				outcomes[0] = map[string]any{"outcome": "next_route", "when": []any{
					map[string]any{"http_status": []any{401}}, map[string]any{"pointer": "/status", "absent": true},
				}}
			},
			steps: []step{{
				do: "send " + phone, answers: []string{"401 <html>leak-marker</html>"}, calls: []string{androidSend(androidText)}, exit: 3,
				want: `{"outcome":"next_route","refused":[` + by("androidapi", "next_route", `"HTTP 401"`) + `]}`,
			}},
		},
		{
			name: "JSON pointers: escapes, indices, the whole answer", routes: []string{"myotp"},
			edit: func(doc document) {
				when := func(pointer string, value any) map[string]any {
					return map[string]any{"pointer": pointer, "in": []any{value}}
				}
				doc.route(0).at("status")["outcomes"] = []any{
					map[string]any{"outcome": "delivered", "when": []any{when("/a~1b/c~01/1", "yes")}},
					map[string]any{"outcome": "failed", "when": []any{when("/a~1b/c~01/01", "yes")}},
					map[string]any{"outcome": "pending", "when": []any{when("", 7)}},
					map[string]any{"outcome": "not_found", "when": []any{when("/none", nil)}},
					map[string]any{"outcome": "unknown", "when": []any{}},
				}
			},
			steps: []step{
				myotpSent,
				pointed(`{"a/b": {"c~1": ["no", "yes"]}}`, "delivered", 0),
				pointed(`{"a/b": {"c~1": ["yes", "no", "yes"]}}`, "unknown", 4),
				pointed(`7`, "pending", 0),
				pointed(`7.0`, "pending", 0),
				pointed(`"7"`, "unknown", 4),
				pointed(`{"none": null}`, "not_found", 2),
				pointed(`{"none": false}`, "unknown", 4),
				pointed(`{}`, "unknown", 4),
			},
		},
	})
}

func pointed(answer, outcome string, exit int) step {
	return step{
		do: "status " + phone, answers: []string{"200 " + answer}, exit: exit, want: by("myotp", outcome, http200),
		calls: []string{myotpCall("check_otp_status", `{"message_id":"3f0c1d2e"}`)},
	}
}
