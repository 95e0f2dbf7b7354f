//go:build unix

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/browser"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

// inbox is the picture of the sandbox's page after an application has sent by
// a profile of examples/quickstart, on a desk and on a phone, by day and night.
func (s *studio) inbox() (err error) {
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) // the same codes, IDs and times in every picture
	box, err := sandbox.New(sandbox.Options{Clock: func() time.Time { return now }, Random: rand.NewChaCha8([32]byte{1})})
	if err != nil {
		return err
	}
	if err := box.Start("127.0.0.1:0"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	for name, value := range box.Environment() {
		s.env = append(s.env, name+"="+value)
	}
	quickstart, err := os.ReadFile(filepath.Join("examples", "quickstart", "main.tf"))
	if err != nil {
		return fmt.Errorf("make the pictures from the root of the checkout: %w", err)
	}
	if err := s.configure(string(quickstart)); err != nil {
		return err
	}
	if _, err := s.command(s.cli, "apply", "-auto-approve", "-input=false"); err != nil {
		return err
	}
	for _, send := range [][]string{
		{"+919876543210"}, {"+923004445566"}, {"+33612345678", "--locale", "fr"}, {"+33698765432", "--locale", "fr"},
	} {
		if send[0] == "+33698765432" { // without money there, the application takes the next route
			request, err := http.NewRequestWithContext(s.ctx, http.MethodPost, box.URL()+"/_sandbox/octopush/balance", strings.NewReader(`{"amount": 0}`))
			if err != nil {
				return err
			}
			request.Header.Set("Content-Type", "application/json")
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				return err
			}
			if err := answer.Body.Close(); err != nil {
				return err
			}
			if answer.StatusCode != http.StatusOK {
				return fmt.Errorf("the balance was not set: HTTP status %d", answer.StatusCode)
			}
		}
		if _, err := s.command(s.program(), append([]string{"send", "login"}, send...)...); err != nil {
			return err
		}
		now = now.Add(7 * time.Second)
	}
	for _, sent := range box.Messages() {
		if sent.To != "+923004445566" {
			continue
		}
		if _, err := s.command(s.program(), "verify", "login", sent.To, sent.Code); err != nil {
			return err
		}
	}
	if err := box.Fail(sandbox.HTMLPage("octopush", "otp_validate", 502)); err != nil {
		return err
	}
	return s.page(box)
}

// page takes the pictures of the page.
func (s *studio) page(box *sandbox.Server) error {
	p, err := s.browser.Page(browser.Look{Width: 1280, Height: 800}, box.URL()+"/")
	if err != nil {
		return err
	}
	if err := p.Wait(`document.querySelector("#live").classList.contains("on") && document.querySelectorAll("#list > li").length === 4`); err != nil {
		return err
	}
	for name, look := range map[string]browser.Look{
		"inbox": {Width: 1280, Height: 800}, "inbox-dark": {Width: 1280, Height: 800, Dark: true},
		"inbox-phone": {Width: 400, Height: 800}, "inbox-phone-dark": {Width: 400, Height: 800, Dark: true},
	} {
		look.Scale = 1.5
		if err := p.Look(look); err != nil {
			return err
		}
		picture, err := p.Picture()
		if err != nil {
			return err
		}
		if err := s.keep(name, picture); err != nil {
			return err
		}
	}
	return p.Close()
}
