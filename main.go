// Command terraform-provider-otp is a Terraform provider for one-time-password
// setup. Without an argument it is the plugin that Terraform starts; with one
// it is a command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/otp-as-code/terraform-provider-otp/internal/cli"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
)

// version is set by the linker in a release.
var version = "dev"

func main() {
	args := os.Args[1:]
	debug := len(args) == 1 && strings.TrimLeft(args[0], "-") == "debug"
	switch {
	case len(args) > 0 && !debug:
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := run(ctx, args)
		stop()
		os.Exit(code)
	case len(args) == 0 && os.Getenv("TF_PLUGIN_MAGIC_COOKIE") == "":
		fmt.Fprintln(os.Stderr, "This is the otp provider, which Terraform and OpenTofu start by themselves. Run it with --help to see what else it can do.")
		os.Exit(1)
	}
	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: provider.Address,
		Debug:   debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// run runs a command and gives its exit code.
func run(ctx context.Context, args []string) int {
	err := cli.Run(ctx, version, args)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		return 130 // as a shell reports an interrupt
	}
	fmt.Fprintln(os.Stderr, "Error:", err)
	return 1
}
