package httpapi

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// Whoever calls an account, and however often a client of it is made: there is
// one limit.
func TestClientsOfAnAccountShareItsLimit(t *testing.T) {
	t.Parallel()
	address, count := answering(t, status(200))
	var rates []float64
	limits := []*counting{}
	transport := NewTransport(Options{}, "")
	transport.limiter = func(perSecond float64, _ Options) limiter {
		rates, limits = append(rates, perSecond), append(limits, new(counting))
		return limits[len(limits)-1]
	}
	clientOf := func(account, base string) *Client {
		config := testConfig(base)
		config.Account, config.RequestsPerSecond, config.Transport = account, 5, transport
		return newTestClient(t, config)
	}
	var group sync.WaitGroup
	for range 10 {
		client := clientOf("", address)
		group.Go(func() {
			for _, endpoint := range []Endpoint{readEndpoint, sendEndpoint, getSend} {
				if _, err := client.Do(t.Context(), Call{Endpoint: endpoint}, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if len(limits) != 1 || rates[0] != 5 || limits[0].waits.Load() != 30 || count.Load() != 30 {
		t.Fatalf("%d limits of %v were asked by 30 calls that made %d requests, want one of 5", len(limits), rates, count.Load())
	}
	for _, other := range []*Client{clientOf("eu", address), clientOf("", address+"/elsewhere"), clientOf("eu", address)} {
		if _, err := other.Do(t.Context(), Call{Endpoint: readEndpoint}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(limits) != 3 || limits[0].waits.Load() != 30 {
		t.Errorf("%d limits, want one of each account", len(limits))
	}
}

func TestSettingsReplaceTheDocumentedRate(t *testing.T) {
	t.Parallel()
	for setting, want := range map[float64]float64{0: 5, 2.5: 2.5} {
		transport := NewTransport(Options{MaxRequestsPerSecond: setting}, "")
		var got float64
		transport.limiter = func(perSecond float64, _ Options) limiter {
			got = perSecond
			return new(counting)
		}
		config := testConfig("https://vendor.example")
		config.RequestsPerSecond, config.Transport = 5, transport
		newTestClient(t, config)
		if got != want {
			t.Errorf("max_requests_per_second %v: the limit is %v, want %v", setting, got, want)
		}
	}
}

// The pace of an account is kept by sends and reads together, and what waits is
// told by the clock.
func TestReadsAndSendsWaitForEachOther(t *testing.T) {
	t.Parallel()
	address, count := answering(t, status(200))
	clock := &standing{now: time.Unix(1790845200, 0)}
	config := testConfig(address)
	config.RequestsPerSecond, config.Transport = 2, NewTransport(Options{Now: clock.Now, Sleep: clock.Sleep}, "")
	client := newTestClient(t, config)
	for number := range 3 * burst {
		endpoint := readEndpoint
		if number%2 == 0 {
			endpoint = sendEndpoint
		}
		if _, err := client.Do(t.Context(), Call{Endpoint: endpoint}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if want := slices.Repeat([]time.Duration{500 * time.Millisecond}, 2*burst); !slices.Equal(clock.sleeps, want) || count.Load() != 3*burst {
		t.Errorf("%d requests waited %v, want %v behind the first %d", count.Load(), clock.sleeps, want, burst)
	}
}

func TestWhoHasNoTimeToWaitTakesNobodysTurn(t *testing.T) {
	t.Parallel()
	clock := &standing{now: time.Unix(1790845200, 0)}
	limit := newPace(0.001, Options{Now: clock.Now, Sleep: clock.Sleep})
	for range burst {
		if err := limit.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	soon, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	over, end := context.WithCancel(t.Context())
	end()
	for range 5 {
		if err := limit.Wait(soon); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want no wait of 1,000 seconds within a minute", err)
		}
		if err := limit.Wait(over); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the end of the context", err)
		}
	}
	if err := limit.Wait(t.Context()); err != nil || len(clock.sleeps) != 1 || clock.sleeps[0].Round(time.Second) != 1000*time.Second {
		t.Errorf("got %v after waits of %v, want one of 1,000 seconds", err, clock.sleeps)
	}
}
