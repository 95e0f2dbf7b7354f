package cli

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
	"github.com/otp-as-code/terraform-provider-otp/internal/pairing"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// vendorCalls is how a command calls a vendor and waits.
type vendorCalls struct {
	options httpapi.Options
	clock   clock.Clock // nil: the system's
}

// whatsappCommand groups what can be done to WhatsApp accounts.
func whatsappCommand(calls vendorCalls) *cobra.Command {
	command := &cobra.Command{
		Use:   "whatsapp",
		Short: "Link a WhatsApp account",
		Long:  "Works on the WhatsApp accounts of the AndroidAPI account that OTP_ANDROIDAPI_SECRET belongs to.",
		Args:  cobra.NoArgs,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(linkCommand(calls))
	return command
}

func linkCommand(calls vendorCalls) *cobra.Command {
	var l link
	command := &cobra.Command{
		Use:   "link",
		Short: "Link a WhatsApp account by QR code, or link it again",
		Long: "Shows a QR code, replaces it whenever AndroidAPI does, waits until a phone has scanned it and the account is\n" +
			"connected, and says who was linked. A phone that is linked and connected already is left alone; one that has lost\n" +
			"its connection is linked again. It is what the action otp_whatsapp_link does, for OpenTofu and Terraform before 1.14.\n\n" +
			"Whoever scans the code links their own WhatsApp: show it to nobody else.\n\n" +
			"The result goes to standard output, everything else to standard error. On a terminal the code is drawn in colors\n" +
			"of its own; where there is none, or NO_COLOR is set, it is text for a dark background.\n\n" +
			"Environment:\n" +
			"  OTP_ANDROIDAPI_SECRET    API secret, from Tools → API Keys of the dashboard\n" +
			"  OTP_ANDROIDAPI_BASE_URL  address of the API, where it is not AndroidAPI's own\n\n" +
			"Exit codes:\n" +
			"  0    linked and connected\n" +
			"  1    usage or configuration; nothing was linked\n" +
			"  2    nobody or another phone scanned, the phone has several accounts, or the account was deleted meanwhile\n" +
			"  3    AndroidAPI refuses\n" +
			"  4    AndroidAPI is not available, or the phone is linked and not known to be connected\n" +
			"  130  cancelled by Ctrl-C",
		Example: "  terraform-provider-otp whatsapp link --phone +923004445566\n" +
			"  terraform-provider-otp whatsapp link --phone +923004445566 --qr-file code.png --timeout 30m\n" +
			"  id=$(terraform-provider-otp whatsapp link --phone +923004445566 --json | jq -r .id)",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			client, err := calls.androidAPI(command)
			if err != nil {
				return l.report(command, pairing.Result{}, err)
			}
			return l.run(command, pairing.New(client, calls.clock))
		},
	}
	command.Flags().StringVar(&l.phone, "phone", "", "number of the phone that has to scan, such as +923004445566; default: whichever scans")
	command.Flags().StringVar(&l.server, "server-id", "", "WhatsApp server that links the account; default: AndroidAPI chooses")
	command.Flags().StringVar(&l.file, "qr-file", "", "PNG picture that shows the code, too, while the command waits")
	command.Flags().DurationVar(&l.timeout, "timeout", pairing.LinkTimeout, "how long the command takes at most: the scan, the connection after it, and all that AndroidAPI is asked")
	command.Flags().BoolVar(&l.json, "json", false, "print the result as JSON for programs, a failure too")
	return command
}

// androidAPI is the vendor of the environment, the same as the provider's.
func (c vendorCalls) androidAPI(command *cobra.Command) (*androidapi.Client, error) {
	return androidapi.New(
		httpapi.Account{
			Credentials: map[string]string{"SECRET": os.Getenv(otp.AndroidAPI.Variable("", "SECRET"))},
			BaseURL:     os.Getenv(otp.AndroidAPI.Variable("", "BASE_URL")),
		},
		httpapi.NewTransport(c.options, userAgent(command)),
	)
}

// link is one run of the command.
type link struct {
	phone, server, file string
	timeout             time.Duration
	json                bool
}

// check reads the flags, and is what is wrong with them.
func (l *link) check() error {
	if l.phone != "" {
		phone, problem := pairing.ReadPhone(l.phone)
		if problem != "" {
			return fmt.Errorf("--phone is %q, which is not in E.164 form. %s", l.phone, problem)
		}
		l.phone = phone
	}
	if l.timeout <= 0 {
		return fmt.Errorf("--timeout is %s. Write a duration above zero, such as 10m", l.timeout)
	}
	return nil
}

func (l link) run(command *cobra.Command, linker *pairing.Linker) error {
	if err := l.check(); err != nil {
		return l.report(command, pairing.Result{}, err)
	}
	file := pairing.File{Path: l.file}
	if file.Path != "" {
		if err := file.CheckWritable(); err != nil {
			return l.report(command, pairing.Result{}, err)
		}
	}
	screen := newScreen(command.ErrOrStderr())
	codes := 0
	result, err := linker.Link(command.Context(), pairing.Request{
		Phone: l.phone, Adopt: true, ServerID: l.server, Timeout: l.timeout, Tell: screen.say,
		Show: func(code pairing.Code) error {
			codes++
			if file.Path != "" {
				if err := file.Show(code); err != nil {
					return err
				}
			}
			return screen.show(pairing.Invitation(l.phone, codes > 1), code)
		},
	})
	screen.clear()
	if file.Path != "" {
		if unremoved := file.Remove(); unremoved != nil {
			screen.say(unremoved.Error())
		}
	}
	return l.report(command, result, err)
}

// report prints the result and ends the command.
func (l link) report(command *cobra.Command, result pairing.Result, err error) error {
	answer := newLinkAnswer(result)
	ended := linkEnd(result, err)
	if ended != nil {
		answer.Outcome, answer.Error = ended.outcome, ended.Error()
	}
	out := command.OutOrStdout()
	var unprinted error
	switch {
	case l.json:
		unprinted = printLine(out, answer)
	case ended == nil:
		_, unprinted = fmt.Fprintln(out, result)
	}
	if ended != nil {
		return &exit{ended.code, ended}
	}
	if unprinted != nil {
		return &exit{exitUnknown, fmt.Errorf("%s The result could not be printed: %w", result, unprinted)}
	}
	return nil
}
