//go:build unix

// Command pictures makes the pictures of the README and of the guides anew, of
// what the provider built from this checkout really says and of what the
// sandbox's page really shows. `make pictures` runs it from the root of the
// checkout; it needs Chromium, and terraform or tofu.
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
	"runtime"
	"syscall"

	"github.com/otp-as-code/terraform-provider-otp/internal/browser"
)

func main() {
	cli := flag.String("cli", "terraform", "terraform or tofu")
	folder := flag.String("out", filepath.Join(".github", "pictures"), "where the pictures go")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *cli, *folder)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "The pictures were not made:", err)
		os.Exit(1)
	}
}

// run makes a temporary folder, takes the pictures in it and removes it.
func run(ctx context.Context, cli, out string) (err error) {
	if cli, err = exec.LookPath(cli); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "otp-pictures-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	b, err := browser.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	s := &studio{ctx: ctx, browser: b, cli: cli, folder: folder, out: out}
	for _, step := range []func() error{s.install, s.plans, s.inbox} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// studio is a workspace, with a browser that looks at what comes out of it.
type studio struct {
	ctx     context.Context
	browser *browser.Browser
	cli     string
	folder  string // temporary
	out     string
	env     []string
}

func (s *studio) path(name string) string { return filepath.Join(s.folder, name) }

// install builds the provider and puts it where a mirror of the registries
// would have it: people have no overrides, which every plan warns of.
func (s *studio) install() error {
	const version = "1.0.0"
	program := s.program()
	if output, err := exec.CommandContext(s.ctx, "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("building the provider: %w\n%s", err, output)
	}
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		place := s.path(filepath.Join("mirror", registry, "otp-as-code", "otp", version, runtime.GOOS+"_"+runtime.GOARCH))
		if err := errors.Join(os.MkdirAll(place, 0o755), os.Symlink(program, filepath.Join(place, "terraform-provider-otp_v"+version))); err != nil {
			return err
		}
	}
	rc := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", s.path("mirror"))
	if err := os.WriteFile(s.path("cli.rc"), []byte(rc), 0o600); err != nil {
		return err
	}
	s.env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+s.path("cli.rc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=", "OTP_CATALOG_URL=sqlite:"+s.path("catalog.db"))
	return nil
}

func (s *studio) program() string { return s.path("terraform-provider-otp") }

// command runs a program in the workspace and returns what it prints, which an
// error has as well.
func (s *studio) command(name string, arguments ...string) (string, error) {
	command := exec.CommandContext(s.ctx, name, arguments...)
	command.Dir, command.Env = s.folder, s.env
	output, err := command.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s %v: %w\n%s", filepath.Base(name), arguments, err, output)
	}
	return string(output), err
}

func (s *studio) configure(text string) error {
	return os.WriteFile(s.path("main.tf"), []byte(text), 0o600)
}
