package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
	"github.com/otp-as-code/terraform-provider-otp/internal/delivery"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// environmentHelp and codesHelp end the help of every command that calls a
// vendor by a document.
const (
	environmentHelp = "Environment:\n" +
		"  OTP_CATALOG_URL       catalog that has the profile, where --url does not name it; default " + catalog.DefaultURL + "\n" +
		"  OTP_VENDOR_…          credentials and base URLs of the vendors, such as OTP_OCTOPUSH_API_KEY, as the provider has them\n" +
		"  " + ledger.Variable + "   what was sent from here: limits, and the code that is on its way; default in the user's cache folder\n\n"
	codesHelp = "Exit codes:\n" +
		"  0    ok, pending, already_active, delivered\n" +
		"  1    usage or configuration; no call was made\n" +
		"  2    what a person must hear: wrong_code, expired, not_found, too_many_attempts, failed, limited, not_allowed\n" +
		"  3    stop, or next_route from every route: nothing was sent\n" +
		"  4    unknown, unavailable, or a failure after a call: it may have happened; do not repeat it blindly\n" +
		"  130  cancelled by Ctrl-C"
)

// The outcomes of commands that came to no result.
const (
	notMade   = "not_made"
	cancelled = "cancelled"
)

// exits are the exit codes of verdicts; exitPerson for every other.
var exits = map[string]int{
	otp.OutcomeNextRoute: exitRefused, otp.OutcomeStop: exitRefused,
	otp.OutcomeUnknown: exitUnknown, otp.OutcomeUnavailable: exitUnknown,
}

// verb is what the commands that play an application share.
type verb struct {
	clock   clock.Clock
	url     string
	json    bool
	profile string
	to      delivery.Recipient

	reported bool // there was a result
}

// verbCommands are the commands that play an application. A nil clock is the
// system's.
func verbCommands(clock clock.Clock) []*cobra.Command {
	return []*cobra.Command{sendCommand(clock), verifyCommand(clock), extendCommand(clock), statusCommand(clock)}
}

func (v *verb) flags(command *cobra.Command) {
	command.Flags().StringVar(&v.url, "url", "", "URL of the catalog; default OTP_CATALOG_URL, or else "+catalog.DefaultURL)
	command.Flags().BoolVar(&v.json, "json", false, "print the result as JSON for programs, one line each")
}

// with runs do on an application.
func (v *verb) with(command *cobra.Command, do func(context.Context, *application.Application) error) error {
	err := v.try(command, do)
	var ours *exit
	if v.reported && err != nil && !errors.As(err, &ours) && !errors.Is(err, context.Canceled) {
		err = &exit{exitUnknown, err} // a call was made, and something went wrong after it
	}
	return v.answer(command, err)
}

// answer gives programs an answer also where nothing was tried.
func (v *verb) answer(command *cobra.Command, err error) error {
	if !v.json || v.reported || err == nil {
		return err
	}
	outcome := notMade
	if errors.Is(err, context.Canceled) {
		outcome = cancelled
	}
	answer := application.Result{Profile: v.profile, Phone: otp.MaskPhone(v.to.Phone), Outcome: outcome, Reason: err.Error()}
	return errors.Join(err, v.print(command, answer))
}

func (v *verb) try(command *cobra.Command, do func(context.Context, *application.Application) error) (err error) {
	store, err := openCatalog(v.url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	t, err := application.Open(command.Context(), application.Options{
		Catalog: store, Clock: v.clock,
		Runner: delivery.Options{HTTP: httpapi.DefaultOptions(), UserAgent: userAgent(command)},
		Tell:   func(sentence string) { command.PrintErrln(sentence) },
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	return do(command.Context(), t)
}

func (v *verb) print(command *cobra.Command, result application.Result) error {
	v.reported = true
	if !v.json {
		return printResult(command.OutOrStdout(), result)
	}
	return printLine(command.OutOrStdout(), result)
}

// report prints a result, and makes the error that ends the command with its
// code where not all is well.
func (v *verb) report(command *cobra.Command, result application.Result) error {
	if err := v.print(command, result); err != nil {
		return &exit{exitUnknown, fmt.Errorf("the outcome is %s, and the result could not be printed: %w", result.Verdict(), err)}
	}
	if result.Good() {
		return nil
	}
	verdict := result.Verdict()
	return &exit{cmp.Or(exits[verdict], exitPerson), errors.New(cmp.Or(result.Why(), "The outcome is "+verdict+"."))}
}

// printResult prints what is known as a table. Why something went wrong is the
// command's error.
func printResult(w io.Writer, r application.Result) error {
	var rows [][2]string
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, [2]string{name, value})
		}
	}
	add("outcome", r.Outcome)
	if r.Route != nil {
		add("route", fmt.Sprintf("%d (%s, %s)", *r.Route, r.Vendor.Title(), r.Channel))
	}
	add("message ID", r.MessageID)
	add("cost", strings.TrimSpace(r.Cost+" "+r.Unit))
	add("status", r.Status)
	add("verification", r.Verification)
	if r.Remaining != nil {
		add("attempts left", fmt.Sprint(*r.Remaining))
	}
	if r.RetryAfterSeconds > 0 {
		add("retry after", (time.Duration(r.RetryAfterSeconds) * time.Second).String())
	}
	if r.ExpiresAt != nil {
		add("expires", stamp(*r.ExpiresAt))
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if _, err := fmt.Fprintf(table, "%s\t%s\n", row[0], row[1]); err != nil {
			return err
		}
	}
	return table.Flush()
}
