package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/myotp"
)

// distance is how long the vendors take to answer.
const distance = 30 * time.Millisecond

// vendors starts a sandbox, and gives the environment to use it.
func (w *world) vendors() (s *sandbox.Server, environment []string, err error) {
	if s, err = sandbox.New(sandbox.Options{}); err != nil {
		return nil, nil, err
	}
	if err := s.Start("127.0.0.1:0"); err != nil {
		return nil, nil, err
	}
	w.cleaner.add(s.Close)
	for name, value := range s.Environment() {
		environment = append(environment, name+"="+value)
	}
	return s, environment, nil
}

// delayed lets a sandbox take its time.
func delayed(s *sandbox.Server) error {
	return s.Fail(sandbox.Fault{Times: -1, Kind: sandbox.Delay, DelayMilliseconds: int(distance / time.Millisecond)})
}

// calls counts the requests since the last one that was known.
func calls(s *sandbox.Server, operation string, after int) float64 {
	n := 0
	for _, request := range s.Requests() {
		if request.Operation == operation && request.Number > after {
			n++
		}
	}
	return float64(n)
}

func last(s *sandbox.Server) int {
	requests := s.Requests()
	if len(requests) == 0 {
		return 0
	}
	return requests[len(requests)-1].Number
}

func (w *world) refreshesOfAccounts() ([]measured, error) {
	s, environment, err := w.vendors()
	if err != nil {
		return nil, err
	}
	err = androidapi.At(s).Update(func(a *androidapi.Account) {
		a.WhatsApp = nil
		for i := range w.objects {
			a.WhatsApp = append(a.WhatsApp, androidapi.WhatsAppAccount{
				ID: i + 1, Phone: "+92300" + strconv.Itoa(1_000_000+i), Unique: fmt.Sprintf("%040d", i+1), Status: "connected", Created: time.Now().Unix(),
			})
		}
	})
	if err != nil {
		return nil, err
	}
	ours, _, err := w.plans("otp", accounts(w.objects), w.sqlite().empty, environment...)
	if err != nil {
		return nil, err
	}
	floor, _, err := w.plans("floor", floorObjects(w.objects), w.sqlite().empty)
	if err != nil {
		return nil, err
	}
	if err := delayed(s); err != nil {
		return nil, err
	}
	var asked float64
	counted := subject{"otp", func() (float64, error) {
		before := last(s)
		taken, err := ours.run()
		asked = calls(s, "wa_accounts", before)
		return taken, err
	}}
	return []measured{
		{"refresh of WhatsApp accounts at 30 ms", "s", 0, floor, counted},
		// The vendor tells no total: the last page is the first that is not full.
		{"calls of that, and pages of the list", "calls", 1, subject{"", func() (float64, error) { return float64(w.objects/100 + 1), nil }},
			subject{"", func() (float64, error) { return asked, nil }}},
	}, nil
}

func (w *world) readsOfTransactions() ([]measured, error) {
	s, environment, err := w.vendors()
	if err != nil {
		return nil, err
	}
	if err := myotp.At(s).AddTransactions(w.objects); err != nil {
		return nil, err
	}
	if err := delayed(s); err != nil {
		return nil, err
	}
	url, err := w.sqlite().empty()
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	config := transactions(now.AddDate(0, 0, -w.objects/(24*60)-1).Format(time.DateOnly), now.Format(time.DateOnly), w.objects)
	workspace, err := w.workspace("otp", config, append(environment, "OTP_CATALOG_URL="+url)...)
	if err != nil {
		return nil, err
	}
	// MyOTP.App documents 100 requests a minute and 100 rows a page.
	pages := float64((w.objects + 99) / 100)
	return []measured{{
		"MyOTP.App's transactions at 30 ms, and the documented rate", "s", 2,
		subject{"", func() (float64, error) { return pages * 60 / 100, nil }}, subject{"", workspace.plan},
	}}, nil
}
