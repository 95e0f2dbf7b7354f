package httpapi

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// Endpoint is one call that a vendor offers. The typed clients and the profile
// documents are made from the same endpoints.
type Endpoint struct {
	// Operation names the call in logs: generate_otp.
	Operation string
	// Purpose completes the sentence "Could not …": send a code.
	Purpose string
	Method  string
	// Path follows the base URL. Its placeholders, as in /subaccount/{email},
	// are filled from Call.Path and never logged.
	Path     string
	Encoding otp.Encoding
	// Read says that the call changes nothing and costs nothing, so that it
	// may be repeated. Everything else is a send and is tried exactly once.
	Read bool
	// Public says that the call takes no credentials.
	Public bool
	// Accept is what the answer may be. Empty: JSON.
	Accept string
}

// strict escapes what url.PathEscape leaves of what RFC 3986 reserves, so that a
// segment is the same bytes in every language.
var strict = strings.NewReplacer("$", "%24", "&", "%26", "+", "%2B", "=", "%3D", ":", "%3A", "@", "%40")

// target is the address of the call, without a query.
func (c Call) target(base *url.URL) (*url.URL, error) {
	segments := strings.Split(strings.TrimPrefix(c.Endpoint.Path, "/"), "/")
	for i, segment := range segments {
		name, ok := placeholder(segment)
		if !ok {
			continue
		}
		value := c.Path[name]
		// Path cleaning would let "." and ".." reach another endpoint.
		if value == "" || value == "." || value == ".." {
			return nil, fmt.Errorf("%w: the %s is empty or no name", errRequest, name)
		}
		segments[i] = strict.Replace(url.PathEscape(value))
	}
	return base.JoinPath(segments...), nil
}

func placeholder(segment string) (string, bool) {
	name, ok := strings.CutPrefix(segment, "{")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name, "}")
}
