package message_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// metered is a clock that moves only while somebody sleeps by it, and keeps how
// long.
type metered struct {
	mutex  sync.Mutex
	now    time.Time
	sleeps []time.Duration
}

func (c *metered) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *metered) Sleep(ctx context.Context, d time.Duration) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now, c.sleeps = c.now.Add(d), append(c.sleeps, d.Round(time.Millisecond))
	return ctx.Err()
}

// slept are the sleeps since it was last asked.
func (c *metered) slept() []time.Duration {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	sleeps := c.sleeps
	c.sleeps = nil
	return sleeps
}

// door is in front of a vendor and counts the connections that are opened.
type door struct {
	url    string
	opened atomic.Int64
}

func newDoor(t *testing.T, vendor string) *door {
	t.Helper()
	target, err := url.Parse(vendor)
	if err != nil {
		t.Fatal(err)
	}
	d := new(door)
	server := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			d.opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

// wants compares what was opened so far.
func (d *door) wants(t *testing.T, what string, want int64) {
	t.Helper()
	if got := d.opened.Load(); got != want {
		t.Errorf("%s: %d connections were opened, want %d", what, got, want)
	}
}

// Ten actions of one apply, and whatever reads beside them, are one client to the
// vendor: they keep its documented rate together (MyOTP reference §1: 100 requests a
// minute), and reads share their connections. A send has a connection of its own,
// so that net/http has no reason to repeat it by itself.
func TestActionsOfOneApplyShareConnectionsAndTheRequestLimit(t *testing.T) {
	t.Parallel()
	d := providertest.NewDeliveries(t, providertest.OverMyOTP)
	env := d.Vendor.Environment()
	front, clock := newDoor(t, env["OTP_MYOTP_BASE_URL"]), &metered{now: d.Vendor.Now()}
	raw, err := provider.NewServer(provider.New("test", provider.WithClock(clock), provider.WithDeliveries(d.File))())
	d.Must(err)
	s := d.ServeWith(raw)
	s.Configure(map[string]any{
		"catalog": map[string]any{"url": d.URL}, "myotp": map[string]any{"api_key": env["OTP_MYOTP_API_KEY"], "base_url": front.url},
	})
	send := func(number int) *providertest.Invocation {
		return s.InvokeAction(t.Context(), "otp_test_delivery", s.Configuring("otp_test_delivery", map[string]any{
			"profile": "login", "phone": fmt.Sprintf("+336987654%02d", number), "wait": "0s", "verify": false,
		}), nil)
	}
	read := func() {
		config := s.Dynamic(s.Object(s.Schema.DataSourceSchemas["otp_balances"].ValueType(), map[string]any{"vendors": providertest.SetOf("myotp")}))
		response, err := s.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "otp_balances", Config: config})
		d.Must(err)
		s.None(response.Diagnostics)
	}

	var group sync.WaitGroup
	for number := range 10 {
		group.Go(func() { send(number).Fine() })
	}
	group.Wait()
	if sleeps := clock.slept(); len(sleeps) > 0 || providertest.Requested(d.Vendor)["generate_otp"] != 10 {
		t.Errorf("ten actions at once have waited %v and made %v", sleeps, providertest.Requested(d.Vendor))
	}
	front.wants(t, "ten actions that send", 10)

	const turn = 600 * time.Millisecond // of 100 a minute
	for number := range 3 {
		send(10 + number).Fine()
		if sleeps := clock.slept(); !slices.Equal(sleeps, []time.Duration{turn}) {
			t.Errorf("a send behind ten others has waited %v, want %v", sleeps, turn)
		}
	}
	front.wants(t, "three more", 13)
	read()
	if sleeps := clock.slept(); !slices.Equal(sleeps, []time.Duration{turn}) {
		t.Errorf("a read behind the sends has waited %v, want %v", sleeps, turn)
	}
	front.wants(t, "a read", 14)

	followed := s.InvokeAction(t.Context(), "otp_test_delivery", s.Configuring("otp_test_delivery", map[string]any{
		"profile": "login", "phone": providertest.RecipientPhone, "verify": false,
	}), nil)
	followed.Fine()
	followed.Told("Delivered after")
	if requested := providertest.Requested(d.Vendor); requested["generate_otp"] != 14 || requested["check_otp_status"] == 0 {
		t.Errorf("the vendor was asked %v", requested)
	}
	front.wants(t, "a send, and its status over the connection of the read", 15)
}
