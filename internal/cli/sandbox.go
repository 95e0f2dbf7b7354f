package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
)

func sandboxCommand() *cobra.Command {
	var address, state, envFile, settings, token string
	var hosts []string
	command := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve a local emulator of the vendors, with an inbox of what was sent",
		Long: "Serves the vendors' APIs on a loopback address, as strictly as their references say. Nothing is really sent:\n" +
			"the page shows every message. The environment that points the provider and applications at the sandbox\n" +
			"is printed to standard output. Stop it with Ctrl-C; its state file lets it go on where it stopped.\n\n" +
			served(),
		Example: "  terraform-provider-otp sandbox\n" +
			"  terraform-provider-otp sandbox --address 127.0.0.1:0 --env-file sandbox.env",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			options := sandbox.Options{StatePath: state, Hosts: hosts, Token: cmp.Or(token, os.Getenv("OTP_SANDBOX_TOKEN"))}
			if err := readSettings(settings, &options.Settings); err != nil {
				return err
			}
			server, err := sandbox.New(options)
			if err != nil {
				return err
			}
			if err := server.Start(address); err != nil {
				return err
			}
			if err := announce(command, server, envFile); err != nil {
				return errors.Join(err, server.Close())
			}
			<-command.Context().Done()
			command.PrintErrln("\nThe sandbox has stopped.")
			return server.Close()
		},
	}
	command.Flags().StringVar(&address, "address", sandbox.DefaultAddress, "address to listen on, a loopback one unless there is a token; port 0 takes any free one")
	command.Flags().StringVar(&state, "state", "otp-sandbox.json", `file that keeps the state; "" keeps none`)
	command.Flags().StringVar(&envFile, "env-file", "", "also write the environment to this file, once the sandbox answers")
	command.Flags().StringVar(&settings, "settings", "", `JSON file that chooses between readings where a vendor's documents disagree, such as {"myotp": {"unknown_id_404": true}}`)
	command.Flags().StringVar(&token, "token", "", "what the page and the control interface ask for; needed with an address that is not loopback; better in $OTP_SANDBOX_TOKEN")
	command.Flags().StringArrayVar(&hosts, "host", nil, "a further name that the sandbox may be called by, such as a service's in a composition of containers; may be repeated")
	command.AddCommand(sandboxCommands()...)
	return command
}

// served says which calls are served, and which are not.
func served() string {
	server, err := sandbox.New(sandbox.Options{})
	if err != nil {
		return ""
	}
	var out strings.Builder
	out.WriteString("Served:")
	for _, vendor := range server.Vendors() {
		fmt.Fprintf(&out, "\n  %-11s", vendor.Name())
		for i, operation := range vendor.Operations() {
			if i > 0 {
				out.WriteString(",")
			}
			out.WriteString(" " + operation.Path)
		}
	}
	out.WriteString("\nNot served: whatever else the vendors have, such as campaigns, contacts and orders that cost money;\n" +
		"/_sandbox/vendors of a running sandbox lists them.")
	return out.String()
}

// readSettings reads the switches of the vendors; without a file they stay as
// the newer documents have it.
func readSettings(path string, settings *sandbox.Settings) error {
	if path == "" {
		return nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("the settings of the sandbox cannot be read: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(settings); err != nil {
		return fmt.Errorf("the settings of the sandbox in %s cannot be understood: %w", path, err)
	}
	return nil
}

// announce says where the sandbox is, and how to use it.
func announce(command *cobra.Command, server *sandbox.Server, envFile string) error {
	environment := server.Environment()
	environment["OTP_SANDBOX_URL"] = server.URL() // for the commands that ask a running sandbox
	command.PrintErrf("The sandbox is up, and its page is at %s/\n\n", server.URL())
	if err := sandbox.PrintEnvironment(command.OutOrStdout(), environment); err != nil {
		return err
	}
	command.PrintErrln("\nPut these lines into the shell that runs Terraform. Stop the sandbox with Ctrl-C.")
	if envFile == "" {
		return nil
	}
	var lines strings.Builder
	if err := sandbox.PrintEnvironment(&lines, environment); err != nil {
		return err
	}
	// Whoever waits for the file must never see half of it.
	half, err := os.CreateTemp(filepath.Dir(envFile), filepath.Base(envFile)+".*")
	if err != nil {
		return fmt.Errorf("writing the environment to %s: %w", envFile, err)
	}
	_, err = half.WriteString(lines.String())
	if closeErr := half.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(half.Name(), envFile)
	}
	if err != nil {
		return fmt.Errorf("writing the environment to %s: %w", envFile, err)
	}
	return nil
}
