//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"text/tabwriter"
	"time"
)

// numbers are made-up mobile numbers, one for each country of the quickstart;
// the last digit is the route's.
var numbers = map[string]string{"FR": "+3363998000", "IN": "+91980000000", "PK": "+92300111223"}

type route struct {
	Route     int
	Vendor    string
	Channel   string
	Countries []string
}

func (r route) phone() string {
	country := "PK"
	if len(r.Countries) > 0 {
		country = r.Countries[0]
	}
	return fmt.Sprintf("%s%d", numbers[country], r.Route)
}

func (d *demo) send(ctx context.Context) error {
	var routes []route
	if err := d.consumer(ctx, &routes, "routes"); err != nil {
		return err
	}
	table := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, r := range routes {
		var sent struct{ Outcome string }
		if err := d.consumer(ctx, &sent, "--route", fmt.Sprint(r.Route), "send", r.phone()); err != nil {
			return err
		}
		fmt.Fprintf(table, "     %s\t%s\t%s\t%s\n", r.Vendor, r.Channel, r.phone(), sent.Outcome)
	}
	return table.Flush()
}

type message struct {
	Vendor, To, Text, Code string
}

func (d *demo) messages(ctx context.Context) ([]message, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.address+"/_sandbox/messages", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	var inbox []message
	err = json.NewDecoder(response.Body).Decode(&inbox)
	return inbox, errors.Join(err, response.Body.Close())
}

func (d *demo) inbox(ctx context.Context) error {
	inbox, err := d.messages(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, m := range inbox {
		fmt.Fprintf(table, "     %s\t%s\t%s\n", m.Vendor, m.To, m.Text)
	}
	return table.Flush()
}

// verify types the code of the first message, as its recipient would.
func (d *demo) verify(ctx context.Context) error {
	inbox, err := d.messages(ctx)
	if err != nil {
		return err
	}
	if len(inbox) == 0 {
		return errors.New("the sandbox got no message")
	}
	var verdict struct{ Outcome string }
	if err := d.consumer(ctx, &verdict, "verify", inbox[0].To, inbox[0].Code); err != nil {
		return err
	}
	d.say("%s typed %s: %s", inbox[0].To, inbox[0].Code, verdict.Outcome)
	return nil
}

// sandboxPatience is how long the sandbox may take to come up.
const sandboxPatience = 20 * time.Second

func (d *demo) startSandbox(ctx context.Context) error {
	environment := d.path("sandbox.env")
	d.sandbox = exec.CommandContext(context.WithoutCancel(ctx), d.path("bin/terraform-provider-otp"), "sandbox", "--address", "127.0.0.1:0", "--state", "", "--env-file", environment)
	own(d.sandbox)
	d.sandbox.Cancel = nil // stopped by stopSandbox, after everything that uses it
	if err := d.sandbox.Start(); err != nil {
		d.sandbox = nil
		return err
	}
	patience, stop := context.WithTimeout(ctx, sandboxPatience)
	defer stop()
	for {
		lines, err := os.ReadFile(environment)
		if err == nil {
			return d.use(string(lines))
		}
		select {
		case <-patience.Done():
			return fmt.Errorf("the sandbox did not come up: %w", patience.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// use takes over the environment that points at the sandbox.
func (d *demo) use(lines string) error {
	for line := range strings.Lines(lines) {
		name, value, found := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if !found {
			return fmt.Errorf("the sandbox printed %q", line)
		}
		d.env = append(d.env, name+"="+strings.Trim(value, "'"))
		if name == "OTP_MYOTP_BASE_URL" {
			d.address = strings.TrimSuffix(value, "/myotp")
		}
	}
	d.say("it listens at %s, where its inbox is, too", d.address)
	return nil
}

func (d *demo) stopSandbox() error {
	if d.sandbox == nil {
		return nil
	}
	sandbox := d.sandbox
	d.sandbox = nil
	if err := sandbox.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return sandbox.Wait()
}
