package httpapi

import (
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/go-cleanhttp"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi/shared"
)

// Transport is what all calls of one process share, whoever makes them: the
// settings, the connections and, for each vendor account, one request limit. It
// is safe for concurrent use.
type Transport struct {
	options   Options
	userAgent string
	pooled    http.RoundTripper // for reads
	single    http.RoundTripper // for sends
	limiter   func(perSecond float64, options Options) limiter

	mutex    sync.Mutex
	lines    map[account]*line
	patience map[account]*shared.Patience
}

// account is what calls share a request limit by.
type account struct {
	vendor otp.Vendor
	slug   string
	base   string
}

// line is the way to one account.
type line struct {
	reads *retryablehttp.Client
	sends *http.Client
}

// NewTransport returns the transport of a process. The user agent is sent with
// every request, see UserAgent; empty: that of net/http.
//
// Connections for reads are kept and shared. Those for sends are new each time
// and never speak HTTP/2: on a fresh HTTP/1 connection net/http has no reason to
// repeat a request by itself.
func NewTransport(options Options, userAgent string) *Transport {
	if options.Timeout <= 0 {
		options.Timeout = defaultTimeout
	}
	if options.Patience <= 0 {
		options.Patience = defaultPatience
	}
	if options.Pause == nil {
		options.Pause = func(d time.Duration) time.Duration { return d }
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Sleep == nil {
		options.Sleep = sleep
	}
	pooled := cleanhttp.DefaultPooledTransport()
	pooled.MaxIdleConnsPerHost = burst
	single := cleanhttp.DefaultTransport()
	pooled.MaxResponseHeaderBytes, single.MaxResponseHeaderBytes = maxHeader, maxHeader
	single.ForceAttemptHTTP2 = false
	single.Protocols = new(http.Protocols)
	single.Protocols.SetHTTP1(true)
	return &Transport{
		options: options, userAgent: userAgent, pooled: pooled, single: single, limiter: newPace, lines: map[account]*line{}, patience: map[account]*shared.Patience{},
	}
}

// maxHeader is how much of an answer's headers is read, in bytes.
const maxHeader = 256 << 10

// line returns the way to an account, the same for all its clients. The rate is
// what the vendor documents, used unless the settings say otherwise.
func (t *Transport) line(to account, perSecond float64) *line {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if made := t.lines[to]; made != nil {
		return made
	}
	if t.options.MaxRequestsPerSecond > 0 {
		perSecond = t.options.MaxRequestsPerSecond
	}
	limit := t.limiter(perSecond, t.options)
	over := func(transport http.RoundTripper) *http.Client {
		return &http.Client{
			Transport:     &exchange{transport: transport, limit: limit, now: t.options.Now, to: to, seen: t.options.Seen},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	made := &line{sends: over(t.single), reads: &retryablehttp.Client{
		HTTPClient:   over(t.pooled),
		RetryMax:     max(t.options.MaxRetries, 0),
		CheckRetry:   t.checkRetry,
		Backoff:      t.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}}
	t.lines[to] = made
	return made
}

// Patience is what the facts about an account have in common, see shared.Fact:
// after one question that was not answered at all, the others are not asked.
func (t *Transport) Patience(vendor otp.Vendor, slug string) *shared.Patience {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	of := account{vendor: vendor, slug: slug}
	if t.patience[of] == nil {
		t.patience[of] = shared.NewPatience(t.options.Patience, t.options.Now, func(err error) bool { return IsKind(err, Connection) })
	}
	return t.patience[of]
}

// CloseIdle closes the connections that wait for the next read: for a process
// that is done.
func (t *Transport) CloseIdle() {
	if pooled, ok := t.pooled.(*http.Transport); ok {
		pooled.CloseIdleConnections()
	}
}
