package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// bench is a running sandbox, as the commands reach it.
type bench struct{ url, token string }

func (b *bench) flags(command *cobra.Command) {
	command.Flags().StringVar(&b.url, "url", "", "where the sandbox is; else $OTP_SANDBOX_URL, else http://"+sandbox.DefaultAddress)
	command.Flags().StringVar(&b.token, "token", "", "the sandbox's token; better in $OTP_SANDBOX_TOKEN, which no list of processes shows")
}

// ask does one request of the control interface. into may be nil.
func (b *bench) ask(ctx context.Context, method, path string, body, into any) error {
	base := cmp.Or(b.url, os.Getenv("OTP_SANDBOX_URL"), "http://"+sandbox.DefaultAddress)
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(base, "/")+path, reader)
	if err != nil {
		return fmt.Errorf("the sandbox's address %q cannot be used: write it like http://%s", base, sandbox.DefaultAddress)
	}
	if token := cmp.Or(b.token, os.Getenv("OTP_SANDBOX_TOKEN")); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no sandbox answers at %s: %w; start one with `terraform-provider-otp sandbox`, or name it with --url", base, errors.Unwrap(err))
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("the answer of the sandbox at %s broke off: %w", base, err)
	}
	if answer.StatusCode != http.StatusOK {
		var problem struct {
			Error string `json:"error"`
		}
		if json.Unmarshal(raw, &problem) != nil || problem.Error == "" {
			return fmt.Errorf("what answers at %s is no sandbox: HTTP status %d", base, answer.StatusCode)
		}
		return fmt.Errorf("the sandbox refused: %s", problem.Error)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("what answers at %s is no sandbox: %w", base, err)
	}
	return nil
}

// sandboxCommands ask a sandbox that runs.
func sandboxCommands() []*cobra.Command {
	return []*cobra.Command{messagesCommand(), faultCommand(), clockCommand(), scanCommand(), resetCommand()}
}

func messagesCommand() *cobra.Command {
	var b bench
	var phone, vendor string
	var code, asJSON bool
	var wait time.Duration
	command := &cobra.Command{
		Use:   "messages",
		Short: "Print what was sent through a running sandbox, oldest first",
		Long: "Prints what was sent through a running sandbox, oldest first. With --code it prints the newest message's code and\n" +
			"nothing else, and fails where there is none: for scripts.",
		Example: "  terraform-provider-otp sandbox messages --phone +33612345678\n" +
			`  code=$(terraform-provider-otp sandbox messages --phone "$PHONE" --code --wait 10s)`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if wait < 0 || wait > time.Minute {
				return fmt.Errorf("--wait is %s: it is between 0s and 1m", wait)
			}
			query := url.Values{"phone": {phone}, "vendor": {vendor}, "wait": {strconv.Itoa(int((wait + time.Second - 1) / time.Second))}}
			var messages []sandbox.Message
			if err := b.ask(command.Context(), http.MethodGet, "/_sandbox/messages?"+query.Encode(), nil, &messages); err != nil {
				return err
			}
			switch {
			case asJSON:
				return printJSON(command.OutOrStdout(), messages)
			case code:
				for i := len(messages) - 1; i >= 0; i-- {
					if messages[i].Code != "" {
						_, err := fmt.Fprintln(command.OutOrStdout(), messages[i].Code)
						return err
					}
				}
				return errors.New("no message with a code was sent that is like that; --wait waits for one")
			}
			for _, m := range messages {
				if _, err := fmt.Fprintf(command.OutOrStdout(), "%s  %s %s  to %s  %s\n", m.At.Format(time.RFC3339), m.Vendor, m.Channel, m.To, printable(m.Text)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	b.flags(command)
	command.Flags().StringVar(&phone, "phone", "", "only messages to this number; some digits of it are enough")
	command.Flags().StringVar(&vendor, "vendor", "", "only messages of this vendor")
	command.Flags().BoolVar(&code, "code", false, "print the newest code and nothing else")
	command.Flags().BoolVar(&asJSON, "json", false, "print all that the sandbox knows of the messages, as JSON")
	command.Flags().DurationVar(&wait, "wait", 0, "wait so long for a message, up to 1m")
	return command
}

// printable shows a text on one line of a terminal, whatever is in it.
func printable(text string) string {
	quoted := strconv.Quote(text)
	return quoted[1 : len(quoted)-1]
}

func faultCommand() *cobra.Command {
	var b bench
	var fault sandbox.Fault
	var delay time.Duration
	var headers []string
	var drop bool
	command := &cobra.Command{
		Use:   "fault [VENDOR [CALL]]",
		Short: "Let the next calls of a running sandbox fail",
		Long: "Lets the next calls fail. Kinds: answer (with --status, --header, --body), drop_before, drop_after, cut, truncate,\n" +
			"delay (with --delay). Without VENDOR it is for any, without CALL for any call. --clear drops all faults.",
		Example: "  terraform-provider-otp sandbox fault myotp generate_otp --status 429 --header 'Retry-After: 2'\n" +
			"  terraform-provider-otp sandbox fault octopush --kind drop_after\n" +
			"  terraform-provider-otp sandbox fault way2api --delay 5s --times 3\n" +
			"  terraform-provider-otp sandbox fault --clear",
		Args: cobra.MaximumNArgs(2),
		RunE: func(command *cobra.Command, args []string) error {
			if drop {
				return b.ask(command.Context(), http.MethodDelete, "/_sandbox/faults", nil, nil)
			}
			if len(args) > 0 {
				fault.Vendor = args[0]
			}
			if len(args) > 1 {
				fault.Operation = args[1]
			}
			switch {
			case fault.Kind == "" && delay > 0:
				fault.Kind = sandbox.Delay
			case fault.Kind == "" && fault.Status != 0:
				fault.Kind = sandbox.Answer
			}
			fault.DelayMilliseconds = int(delay / time.Millisecond)
			for _, header := range headers {
				name, value, found := strings.Cut(header, ":")
				if !found {
					return fmt.Errorf("--header is %q: write it like 'Retry-After: 2'", header)
				}
				if fault.Headers == nil {
					fault.Headers = map[string]string{}
				}
				fault.Headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
			}
			return b.ask(command.Context(), http.MethodPost, "/_sandbox/faults", fault, nil)
		},
	}
	b.flags(command)
	command.Flags().StringVar((*string)(&fault.Kind), "kind", "", "what happens; known from --status or --delay")
	command.Flags().IntVar(&fault.Status, "status", 0, "HTTP status of the answer")
	command.Flags().StringArrayVar(&headers, "header", nil, "header of the answer; may be repeated")
	command.Flags().StringVar(&fault.Body, "body", "", "body of the answer")
	command.Flags().BoolVar(&fault.TakesEffect, "takes-effect", false, "the call happens all the same, behind the answer")
	command.Flags().DurationVar(&delay, "delay", 0, "hold the call back so long")
	command.Flags().IntVar(&fault.Times, "times", 1, "how many calls it meets; -1: all until it is dropped")
	command.Flags().BoolVar(&drop, "clear", false, "drop all faults")
	return command
}

func clockCommand() *cobra.Command {
	var b bench
	command := &cobra.Command{
		Use:     "clock [+DURATION]",
		Short:   "Print the time in a running sandbox, or move it forward",
		Long:    "Prints the time in a running sandbox. With a duration it moves its clock forward first: codes expire, reports arrive.",
		Example: "  terraform-provider-otp sandbox clock\n  terraform-provider-otp sandbox clock +10m",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			method, body := http.MethodGet, any(nil)
			if len(args) == 1 {
				by, err := time.ParseDuration(strings.TrimPrefix(args[0], "+"))
				if err != nil || by < time.Second {
					return fmt.Errorf("%q is no time to move forward by: write it like +90s, +10m or +24h", args[0])
				}
				method, body = http.MethodPost, map[string]int64{"advance_seconds": int64(by / time.Second)}
			}
			var clock struct{ Now string }
			if err := b.ask(command.Context(), method, "/_sandbox/clock", body, &clock); err != nil {
				return err
			}
			_, err := fmt.Fprintln(command.OutOrStdout(), clock.Now)
			return err
		},
	}
	b.flags(command)
	return command
}

func scanCommand() *cobra.Command {
	var b bench
	command := &cobra.Command{
		Use:     "scan PHONE",
		Short:   "Scan the newest WhatsApp QR code of a running sandbox, as a phone",
		Long:    "Scans the QR code that was made last, as the phone of a number: what waits for the link goes on.",
		Example: "  terraform-provider-otp sandbox scan +923007778899",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			var links []androidapi.WhatsAppLink
			if err := b.ask(command.Context(), http.MethodGet, "/_sandbox/androidapi/links", nil, &links); err != nil {
				return err
			}
			if len(links) == 0 {
				return errors.New("no QR code waits for a scan: `terraform-provider-otp whatsapp link` asks for one")
			}
			order := map[string]string{"token": links[len(links)-1].Token, "phone": args[0]}
			return b.ask(command.Context(), http.MethodPost, "/_sandbox/androidapi/scan", order, nil)
		},
	}
	b.flags(command)
	return command
}

func resetCommand() *cobra.Command {
	var b bench
	command := &cobra.Command{
		Use:   "reset",
		Short: "Let a running sandbox forget everything: messages, faults, accounts, clock",
		Long: "Lets a running sandbox forget messages, requests, faults, balances, devices and linked accounts, and sets its clock\n" +
			"back. Codes that were sent cannot be verified any more.",
		Example: "  terraform-provider-otp sandbox reset",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return b.ask(command.Context(), http.MethodPost, "/_sandbox/reset", nil, nil)
		},
	}
	b.flags(command)
	return command
}
