package sandbox

import (
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// hostname is a Host header without its port, in lower case.
func hostname(host string) string {
	name := host
	if bare, _, err := net.SplitHostPort(host); err == nil {
		name = bare
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
}

// knows reports whether the sandbox may be called by this name. A web page that
// somebody has open could otherwise reach it by a name of its own that leads to
// this machine (DNS rebinding).
func (s *Server) knows(host string) bool {
	name := hostname(host)
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || slices.Contains(s.hosts, name) {
		return true
	}
	// A bare address cannot be rebound.
	return net.ParseIP(name) != nil
}

var errOtherOrigin = errors.New("a page of another origin asked; the control interface answers its own page and programs only")

// guarded serves the page and the control interface: to no page of another
// origin, and where there is a token, to whoever has it.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if foreign(r) {
			complain(w, http.StatusForbidden, errOtherOrigin)
			return
		}
		if s.token != "" && r.URL.Path != healthPath && !s.holds(r) {
			w.Header().Set("WWW-Authenticate", `Basic realm="OTP sandbox: any user, the token as password"`)
			complain(w, http.StatusUnauthorized, errors.New("the sandbox wants its token, as a bearer token or as the password of any user"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// foreign reports whether a browser says that a page of another origin asks. A
// person who follows a link to the page, or types its address, may.
func foreign(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		address, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(address.Host, r.Host) {
			return true
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return r.URL.Path != "/" || r.Method != http.MethodGet || r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

func (s *Server) holds(r *http.Request) bool {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if _, password, basic := r.BasicAuth(); !bearer && basic {
		token = password
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) == 1
}
