// Package cli is the command line of the provider's binary.
package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/vendors/httpapi"
)

// Run runs the command line. Errors are full sentences; the caller prints them.
func Run(ctx context.Context, version string, args []string) error {
	command := root(version)
	command.SetArgs(args)
	usageInJSON(command, args)
	return command.ExecuteContext(ctx)
}

func root(version string) *cobra.Command {
	root := &cobra.Command{
		Use:   "terraform-provider-otp",
		Short: "One-time-password setup as code: the provider's own commands",
		Long: "terraform-provider-otp is a Terraform provider. Terraform and OpenTofu start it by themselves,\n" +
			"without an argument. These commands are for people.",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(catalogCommand(), doctorCommand(), sandboxCommand(), whatsappCommand(vendorCalls{options: httpapi.DefaultOptions()}))
	root.AddCommand(verbCommands(nil)...)
	return root
}

// userAgent is what vendors are told of a command.
func userAgent(command *cobra.Command) string {
	return "terraform-provider-otp/" + command.Root().Version
}
