package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
)

// documentCommand writes the document of a profile, for applications that read
// it from somewhere else than the catalog.
func documentCommand(c *catalogCall) *cobra.Command {
	return &cobra.Command{
		Use:   "document NAME",
		Short: "Write the document of a profile to standard output",
		Long: "Writes the JSON that applications read, byte for byte as the catalog has it: for a file, a ConfigMap or a\n" +
			"parameter store. It holds neither secrets nor hosts. Where what it was made from has changed since, a\n" +
			"sentence on standard error says so.",
		Example: "  terraform-provider-otp catalog document login > login.json",
		Args:    cobra.ExactArgs(1),
		RunE: c.run(func(command *cobra.Command, args []string, store *catalog.Store) error {
			snapshot, err := store.Snapshot(command.Context())
			if err != nil {
				return err
			}
			object, err := snapshot.Find(catalog.Ref{Kind: catalog.Profile, Name: args[0]}, store.URL())
			if err != nil {
				return err
			}
			for _, from := range object.MadeFrom {
				if now, found := snapshot.Get(from.Ref); !found || now.Revision != from.Revision {
					command.PrintErrf("The document of profile %q is not up to date with %s: the next apply of the profile makes it anew.\n", args[0], from.Ref)
				}
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), object.Document)
			return err
		}),
	}
}
