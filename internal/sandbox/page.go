package sandbox

import (
	"embed"
	"net/http"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/emulate"
)

// The page is three files as they are: nothing builds them, and they load
// nothing from anywhere else.
//
//go:embed page
var pageFiles embed.FS

var pageTypes = map[string]string{
	"index.html": "text/html; charset=utf-8", "page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8",
	"view.js": "text/javascript; charset=utf-8", "detail.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
}

func page(w http.ResponseWriter, _ *http.Request) { file(w, "index.html") }

func asset(w http.ResponseWriter, r *http.Request) { file(w, r.PathValue("file")) }

func file(w http.ResponseWriter, name string) {
	content, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		write(w, emulate.JSON(http.StatusNotFound, map[string]string{"error": "there is no such file"}))
		return
	}
	write(w, emulate.Answer{Status: http.StatusOK, Header: http.Header{
		"Content-Type":  {pageTypes[name]},
		"Cache-Control": {"no-store"},
		// The texts come from whoever sends: nothing in them may run or load.
		"Content-Security-Policy": {"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
		"Referrer-Policy":        {"no-referrer"},
		"X-Content-Type-Options": {"nosniff"},
	}, Body: content})
}
