package catalog

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// proxy is a pgtest.Proxy in front of the shared server.
type proxy struct{ *pgtest.Proxy }

// newProxy listens until the test ends.
func newProxy(t *testing.T, decide func(statement string) pgtest.Fate) *proxy {
	t.Helper()
	p := &proxy{pgtest.Shared(t).Proxy(t)}
	p.Decide = decide
	return p
}

// url is that of a schema, through the proxy.
func (x *proxy) url(schema string) string {
	return fmt.Sprintf("postgres://%s@%s/%s?search_path=%s&sslmode=disable", postgresOwner, x.Address(), postgresDatabase, schema)
}

// always delivers everything.
func always(string) pgtest.Fate { return pgtest.Deliver }

// times gives a fate to the first statements that begin or end with a text, in
// either case, and delivers all others. There has to be one before the test ends.
func times(t *testing.T, count int64, text string, what pgtest.Fate) func(statement string) pgtest.Fate {
	t.Helper()
	var seen atomic.Int64
	t.Cleanup(func() {
		if seen.Load() == 0 {
			t.Errorf("no statement begins or ends with %q", text)
		}
	})
	return func(statement string) pgtest.Fate {
		statement, text := strings.ToLower(statement), strings.ToLower(text)
		found := strings.HasPrefix(statement, text) || strings.HasSuffix(statement, text)
		if found && seen.Add(1) <= count {
			return what
		}
		return pgtest.Deliver
	}
}
