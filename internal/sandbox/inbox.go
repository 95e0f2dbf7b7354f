package sandbox

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"

	_ "embed"
)

//go:embed inbox.html
var inboxSource string

var inboxPage = template.Must(template.New("inbox").Parse(inboxSource))

// inbox shows the messages to a person, newest first.
func (s *Server) inbox(w http.ResponseWriter, _ *http.Request) {
	messages := s.Messages()
	slices.Reverse(messages)
	var environment strings.Builder
	err := PrintEnvironment(&environment, s.Environment())
	var page bytes.Buffer
	if err == nil {
		err = inboxPage.Execute(&page, map[string]any{
			"Now": s.Now(), "Messages": messages, "Faults": s.Faults(), "Environment": environment.String(),
			"Links": androidapi.At(s).WhatsAppLinks(), "URL": s.URL(),
		})
	}
	if err != nil {
		write(w, emulate.OwnFault(err))
		return
	}
	write(w, emulate.Answer{Status: http.StatusOK, Header: http.Header{
		"Content-Type":  {"text/html; charset=utf-8"},
		"Cache-Control": {"no-store"},
		// The texts come from whoever sends: nothing in them may run or load.
		"Content-Security-Policy": {"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"},
		"Referrer-Policy":         {"no-referrer"},
		"X-Content-Type-Options":  {"nosniff"},
	}, Body: page.Bytes()})
}
