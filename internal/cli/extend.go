package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
	"github.com/otp-as-code/terraform-provider-otp/internal/vendors"
)

func extendCommand(clock clock.Clock) *cobra.Command {
	v := &verb{clock: clock}
	command := &cobra.Command{
		Use:   "extend PROFILE PHONE SECONDS",
		Short: "Let the code that was sent last be valid for longer",
		Long: "Adds seconds to the validity of the last code that was sent to the phone from this machine. Of the vendors, only\n" +
			"MyOTP.App can do that, by 30 to 14,400 seconds at a time (its newest document: from 60). It is tried once.\n\n" + environmentHelp + codesHelp,
		Example: "  terraform-provider-otp extend login +33612345678 300",
		Args:    exactly("a profile, a phone number and a number of seconds, such as `extend login +33612345678 300`", 3),
		RunE: func(command *cobra.Command, args []string) error {
			v.profile, v.to.Phone = args[0], args[1]
			seconds, err := strconv.ParseInt(args[2], 10, 32)
			if err != nil {
				least, most := vendors.Extensions().Range()
				return v.answer(command, fmt.Errorf("SECONDS is %q. Write a whole number from %d to %d, such as 300", args[2], least, most))
			}
			for _, problem := range vendors.Extensions().Check(seconds) {
				if !problem.Warning {
					return v.answer(command, fmt.Errorf("SECONDS cannot be used: %s", problem.Detail))
				}
				command.PrintErrf("Warning: %s. %s\n", problem.Summary, problem.Detail)
			}
			return v.one(command, func(ctx context.Context, t *application.Application) (application.Result, error) {
				return t.Extend(ctx, v.profile, v.to, seconds)
			})
		},
	}
	v.flags(command)
	return command
}
