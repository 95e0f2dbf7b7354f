package httpapi

import (
	"net/http"

	"github.com/hashicorp/go-cleanhttp"
)

// Transport holds the connections of one process, for all vendor accounts.
type Transport struct {
	pooled http.RoundTripper // for reads
	single http.RoundTripper // for sends
}

// NewTransport returns the connections for reads, which are kept and shared,
// and for sends, which are new each time and never speak HTTP/2: on a fresh
// HTTP/1 connection net/http has no reason to repeat a request by itself.
func NewTransport() *Transport {
	pooled := cleanhttp.DefaultPooledTransport()
	pooled.MaxIdleConnsPerHost = 10 // Terraform works on ten objects at a time
	single := cleanhttp.DefaultTransport()
	single.ForceAttemptHTTP2 = false
	single.Protocols = new(http.Protocols)
	single.Protocols.SetHTTP1(true)
	return &Transport{pooled: pooled, single: single}
}
