//go:build unix

package main

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
)

//go:embed setup.tf
var setup string

// plans are the pictures of two plans: one that refuses a sender, and one that
// shows how a request changes.
func (s *studio) plans() error {
	bad, err := edit(setup, `sender = "ACMEBANK"`, `sender = "ACME BANK"`)
	if err != nil {
		return err
	}
	if err := s.configure(bad); err != nil {
		return err
	}
	if _, err := s.command(s.cli, "init", "-input=false"); err != nil {
		return err
	}
	refusal, err := s.command(s.cli, "plan", "-input=false")
	if err == nil {
		return errors.New("the plan with a bad sender is not refused")
	}
	if err := s.terminal("plan-refuses-sender", "terraform plan", refusal); err != nil {
		return err
	}

	if err := s.configure(setup); err != nil {
		return err
	}
	if _, err := s.command(s.cli, "apply", "-auto-approve", "-input=false"); err != nil {
		return err
	}
	other, err := edit(setup, "is your code.", "is your login code.")
	if err != nil {
		return err
	}
	if other, err = edit(other, "validity_seconds  = 300", "validity_seconds  = 600"); err != nil {
		return err
	}
	if err := s.configure(other); err != nil {
		return err
	}
	plan, err := s.command(s.cli, "plan", "-input=false")
	if err != nil {
		return err
	}
	if plan, err = between(plan, "  # ", "Plan:"); err != nil {
		return err
	}
	return s.terminal("plan-shows-request", "terraform plan", plan)
}

// edit is a text with one place changed.
func edit(text, from, to string) (string, error) {
	if strings.Count(text, from) != 1 {
		return "", fmt.Errorf("the configuration does not have %q once", from)
	}
	return strings.Replace(text, from, to, 1), nil
}

// between are the lines from the first that has one text to the first that has
// the other: what comes before and after is the same in every plan.
func between(text, from, to string) (string, error) {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if out.Len() == 0 && !strings.Contains(line, from) {
			continue
		}
		if out.WriteString(line); strings.Contains(line, to) {
			return out.String(), nil
		}
	}
	return "", fmt.Errorf("there is nothing from %q to %q in\n%s", from, to, text)
}
