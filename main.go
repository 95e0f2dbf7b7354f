// Command terraform-provider-otp is a Terraform provider for one-time-password
// setup. Without an argument it is the plugin that Terraform starts; with one
// it is a command line.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/otp-as-code/terraform-provider-otp/internal/cli"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider"
	"github.com/otp-as-code/terraform-provider-otp/internal/start"
)

// version is set by the linker in a release.
var version = ""

// release is the version of this build: what the linker set, or what the go
// command knows of the module or the commit.
func release() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

func main() {
	args := os.Args[1:]
	debugging := len(args) == 1 && (args[0] == "-debug" || args[0] == "--debug")
	switch {
	case len(args) > 0 && !debugging:
		start.Over()
		ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
		if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
			ends = append(ends, syscall.SIGHUP)
		}
		ctx, stop := signal.NotifyContext(context.Background(), ends...)
		context.AfterFunc(ctx, stop) // whoever presses Ctrl-C again does not want to wait
		os.Exit(cli.Report(cli.Run(ctx, release(), args)))
	case len(args) == 0 && os.Getenv("TF_PLUGIN_MAGIC_COOKIE") == "":
		fmt.Fprintln(os.Stderr, "This is the otp provider, which Terraform and OpenTofu start by themselves. Run it with --help to see what else it can do.")
		os.Exit(1)
	}
	if err := provider.Serve(release(), debugging); err != nil {
		log.Fatal(err)
	}
}
