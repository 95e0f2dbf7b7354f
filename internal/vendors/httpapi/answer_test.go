package httpapi

import (
	"net/http"
	"strings"
	"testing"
)

func TestUnusableAnswersAreQuoted(t *testing.T) {
	t.Parallel()
	const next = " Check the base URL of the vendor and any proxy on the way to it."
	const maybe = " AndroidAPI may have carried it out all the same, so it was not repeated."
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"HTML": {
			body(200, "text/html; charset=utf-8", "<html>\n<body>Welcome 482913, ops@example.test</body></html>"),
			`HTTP 200, the answer is not JSON but "text/html; charset=utf-8": "<html> <body>Welcome [digits], [e-mail]</body></html>".`,
		},
		"HTML without a type": {
			body(200, "text/plain", "Bad <b>gateway</b>"),
			`HTTP 200, the answer is not JSON but "text/plain": "Bad <b>gateway</b>".`,
		},
		"a notice of PHP in front of JSON": {
			body(200, "text/html", "<br />\n<b>Notice</b>: Undefined index [otp] in /srv/api.php\n{\"name\":\"x\"}"),
			`HTTP 200, the answer has something in front of its JSON, such as a notice of the vendor's own program: "<br /> <b>Notice</b>: Undefined index [otp] in /srv/api.php {"name":"x"}".`,
		},
		"truncated JSON": {
			body(200, "application/json", `{"message_id":"3f0c", "otp":"482913`),
			`HTTP 200, the answer is broken JSON, perhaps cut off: "{"message_id":"3f0c", "otp":"[digits]".`,
		},
		"empty": {
			body(200, "application/json", ""),
			`HTTP 200, the answer is empty.`,
		},
		"another shape": {
			body(200, "application/json", `["482913"]`),
			`HTTP 200, the answer has an unexpected shape.`,
		},
		"another type": {
			body(200, "application/json", `{"name": {"code":"482913"}}`),
			`HTTP 200, the field name of the answer has an unexpected type.`,
		},
		"two documents": {
			body(200, "application/json", `{} {}`),
			`HTTP 200, the answer is broken JSON, perhaps cut off: "{} {}".`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, endpoint := range []Endpoint{readEndpoint, sendEndpoint} {
				address, count := answering(t, test.answer)
				var out struct {
					Name string `json:"name"`
				}
				_, err := newTestClient(t, testConfig(address)).Do(t.Context(), Call{Endpoint: endpoint}, &out)
				want := "Could not " + endpoint.Purpose + " at AndroidAPI: " + test.want
				if !endpoint.Read {
					want += maybe
				}
				if want += next; !IsKind(err, BadAnswer) || err.Error() != want {
					t.Errorf("got  %v\nwant %s", err, want)
				}
				if got := count.Load(); got != 1 {
					t.Errorf("%d requests, want 1", got)
				}
			}
		})
	}
}

func TestUsableAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"plain":              body(200, "application/json", `{"name":"x"}`),
		"with a charset":     body(200, "application/json; charset=utf-8", `{"name":"x"}`),
		"without a type":     body(201, "", `{"name":"x"}`, "Content-Type", ""),
		"a vendor type":      body(200, "application/vnd.api+json", `{"name":"x"}`),
		"a byte order mark":  body(200, "application/json", "\xef\xbb\xbf"+`{"name":"x"}`),
		"called HTML":        body(200, "text/html; charset=utf-8; charset=utf-8", `{"name":"x"}`),
		"called nonsense":    body(200, ";;", `{"name":"x"}`),
		"space and a mark":   body(200, "text/html", "\n \xef\xbb\xbf\n"+`{"name":"x"}`+"\u00a0\n\xef\xbb\xbf"),
		"space around it":    body(200, "application/json", " \n{\"name\":\"x\"}\n "),
		"more than is known": body(200, "application/json", `{"name":"x","other":[1,2]}`),
		"the largest":        body(200, "application/json", `{"name":"x"}`+strings.Repeat(" ", maxAnswer-12)),
	} {
		address, _ := answering(t, answer)
		var out struct {
			Name string `json:"name"`
		}
		if _, err := newTestClient(t, testConfig(address)).Do(t.Context(), Call{Endpoint: readEndpoint}, &out); err != nil || out.Name != "x" {
			t.Errorf("%s: %v, %q", name, err, out.Name)
		}
	}
}

func TestAnswerOverTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []Endpoint{readEndpoint, sendEndpoint} {
		address, count := answering(t, body(200, "application/json", `{"name":"x"}`+strings.Repeat(" ", maxAnswer-11)))
		_, err := newTestClient(t, testConfig(address)).Do(t.Context(), Call{Endpoint: endpoint}, nil)
		failure := asError(t, err)
		if failure.Kind != BadAnswer || failure.Reason != "the answer is larger than 1 MiB" || failure.MaybeSent == endpoint.Read {
			t.Errorf("%s: got %+v", endpoint.Operation, failure)
		}
		if got := count.Load(); got != 1 {
			t.Errorf("%s: %d requests, want 1", endpoint.Operation, got)
		}
	}
}

func TestBodyIsNotInterpretedWithoutATarget(t *testing.T) {
	t.Parallel()
	address, _ := answering(t, body(200, "image/png", "\x89PNG"))
	answer, err := newTestClient(t, testConfig(address)).Do(t.Context(), Call{Endpoint: readEndpoint}, nil)
	if err != nil || string(answer.Body) != "\x89PNG" || answer.Header.Get("Content-Type") != "image/png" {
		t.Errorf("got %v, %v", answer, err)
	}
}
