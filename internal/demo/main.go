//go:build unix

// Command demo shows the whole of it on one machine: it declares an OTP setup,
// applies it with the provider built from this checkout, lets an application
// send and verify codes by it, and removes everything again. `make demo` runs
// it from the root of the checkout.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	cli := flag.String("cli", "", "terraform or tofu; default: whichever is on PATH")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, *cli)
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case interrupted:
		fmt.Fprintln(os.Stderr, "\nInterrupted. Everything the demo had made is gone.")
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "\nThe demo stopped:", err)
		os.Exit(1)
	}
}

// run makes a temporary folder, plays the demo in it and removes it, whatever
// happens in between.
func run(ctx context.Context, cli string) (err error) {
	if cli, err = findCLI(cli); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "otp-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	d := &demo{cli: cli, folder: folder, out: os.Stdout}
	defer func() { err = errors.Join(err, d.stopSandbox()) }()
	return d.play(ctx)
}

func findCLI(cli string) (string, error) {
	if cli != "" {
		path, err := exec.LookPath(cli)
		if err != nil {
			return "", fmt.Errorf("%s cannot be run: %w", cli, err)
		}
		return filepath.Abs(path)
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither terraform nor tofu is on PATH; `make demo` installs OpenTofu where that is so")
}
