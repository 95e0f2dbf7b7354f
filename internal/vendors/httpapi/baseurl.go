package httpapi

import (
	"net"
	"net/url"
	"strings"
)

// ParseBaseURL checks the address of a vendor: https without user name,
// password, query or fragment; http for the loopback host only. The errors are
// sentences and do not repeat the address, which may hold a password.
func ParseBaseURL(raw string) (*url.URL, error) {
	if raw == "" {
		return nil, sentence("The base URL is empty. Write an address such as https://vendor.example/api, or leave it out.")
	}
	if invisible(raw) || strings.ContainsRune(raw, ' ') {
		return nil, sentence("The base URL holds a space or a control character. Remove it.")
	}
	base, err := url.Parse(raw)
	if err != nil || base.Opaque != "" || base.Hostname() == "" {
		return nil, sentence("The base URL is not a complete address. Write it like https://vendor.example/api.")
	}
	switch {
	case base.User != nil:
		return nil, sentence("The base URL holds a user name or a password. Remove them; credentials have attributes of their own.")
	case base.RawQuery != "" || base.ForceQuery:
		return nil, sentence("The base URL holds a query. Remove everything from the question mark on.")
	case strings.Contains(raw, "#"):
		return nil, sentence("The base URL holds a fragment. Remove everything from the number sign on.")
	case base.Scheme == "http" && !loopback(base.Hostname()):
		return nil, sentence("The base URL starts with http://, which would send credentials and codes in clear. Write https://; http is allowed for the loopback host only.")
	case base.Scheme != "https" && base.Scheme != "http":
		return nil, sentence("The base URL does not start with https://.")
	}
	return base, nil
}

// loopback knows the name localhost and the loopback addresses. It asks no
// resolver: a name that resolves to loopback today may not do so tomorrow.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address := net.ParseIP(host)
	return address != nil && address.IsLoopback()
}
