package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
)

func statusCommand(clock clock.Clock) *cobra.Command {
	v := &verb{clock: clock}
	var wait time.Duration
	command := &cobra.Command{
		Use:   "status PROFILE PHONE",
		Short: "Ask what became of the message that was sent last",
		Long: "Asks the vendor about the last message that was sent to the phone from this machine.\n\n" +
			environmentHelp + codesHelp,
		Example: "  terraform-provider-otp status login +33612345678\n" +
			"  terraform-provider-otp status login +33612345678 --wait 2m --json",
		Args: exactly("a profile and a phone number, such as `status login +33612345678`", 2),
		RunE: func(command *cobra.Command, args []string) error {
			v.profile, v.to.Phone = args[0], args[1]
			if wait < 0 {
				return v.answer(command, fmt.Errorf("--wait is %s. Write a duration such as 90s, or 0 to ask once", wait))
			}
			return v.one(command, func(ctx context.Context, t *application.Application) (application.Result, error) {
				return t.Status(ctx, v.profile, v.to, wait)
			})
		},
	}
	v.flags(command)
	command.Flags().DurationVar(&wait, "wait", 0, "ask again until the message is delivered or has failed, for this long; 0: ask once")
	return command
}
