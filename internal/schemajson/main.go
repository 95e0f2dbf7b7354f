// Command schemajson prints the provider's schema the way `terraform providers
// schema -json` does, without a CLI: one that is too old for actions or list
// resources leaves them out without a word, and the documentation with them.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
)

// address is where tfplugindocs looks for a provider called "otp".
const address = "registry.terraform.io/hashicorp/otp"

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	server, err := providerserver.NewProtocol6WithError(provider.New("dev")())()
	if err != nil {
		return fmt.Errorf("starting the provider in process: %w", err)
	}
	text, err := export(ctx, server, address)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(text, '\n'))
	return err
}
