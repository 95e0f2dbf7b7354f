package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
)

func sendCommand(clock clock.Clock) *cobra.Command {
	v := &verb{clock: clock}
	var request application.Request
	var route int
	var wait time.Duration
	command := &cobra.Command{
		Use:   "send PROFILE PHONE",
		Short: "Send a code by a profile's document, and say what became of it",
		Long: "Sends one code to a phone, exactly as an application does by the profile's document in the catalog: the routes\n" +
			"that serve the phone, in order of preference, until one has sent. Then it asks what became of the message. It is\n" +
			"what the action otp_test_delivery does, for OpenTofu and Terraform before 1.14.\n\n" +
			"It keeps the limits of the profile over all sends from this machine, refuses a phone outside allowed_countries,\n" +
			"and never sends twice: a send whose answer was lost counts as sent. A real vendor charges it.\n\n" +
			environmentHelp + codesHelp,
		Example: "  terraform-provider-otp send login +33612345678\n" +
			"  terraform-provider-otp send login +33612345678 --route 1 --verify\n" +
			"  terraform-provider-otp send login +33612345678 --every-route --verify --json",
		Args: exactly("a profile and a phone number, such as `send login +33612345678`", 2),
		RunE: func(command *cobra.Command, args []string) error {
			v.profile, v.to.Phone = args[0], args[1]
			request.Profile, request.To, request.Follow = v.profile, v.to, wait
			if command.Flags().Changed("route") {
				request.Route = &route
			}
			switch {
			case !command.Flags().Changed("wait"):
				request.Follow = application.FollowDefault
			case wait < 0:
				return v.answer(command, fmt.Errorf("--wait is %s. Write a duration such as 90s, or 0 for not at all", wait))
			}
			if request.Route != nil && request.EveryRoute {
				return v.answer(command, errors.New("--route and --every-route do not go together; leave one out"))
			}
			return v.with(command, func(ctx context.Context, t *application.Application) error {
				var worst error
				err := t.Send(ctx, request, func(result application.Result) {
					if problem := v.report(command, result); problem != nil && worst == nil {
						worst = problem
					}
				})
				return errors.Join(err, worst)
			})
		},
	}
	v.flags(command)
	flags := command.Flags()
	flags.IntVar(&route, "route", 0, "send through this route only; counted from 0, as in the document")
	flags.BoolVar(&request.EveryRoute, "every-route", false, "send one code through each route that serves the phone, with the wait that limits want")
	flags.StringVar(&v.to.Locale, "locale", "", "language of the recipient, such as fr-CA; default the profile's")
	flags.StringVar(&v.to.IP, "recipient-ip", "", "IP address of the recipient: it counts for limits.per_ip_hour, and a route may bind the code to it")
	flags.BoolVar(&request.Resend, "resend", false, "ask for another code while one is on its way, where the vendor would not send")
	flags.DurationVar(&wait, "wait", application.FollowDelivery, fmt.Sprintf("how long to ask what became of the message; default less, %s, where the vendor never says that it was delivered; 0: not at all", application.FollowFailure))
	flags.BoolVar(&request.Verify, "verify", false, "verify the code, too, where the vendor hands it out; it counts no more then")
	return command
}

// exactly wants a number of arguments, and says which.
func exactly(what string, count int) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if len(args) != count {
			return fmt.Errorf("%s takes %s. Run it with --help for more", command.Name(), what)
		}
		return nil
	}
}
