//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

type demo struct {
	cli    string // terraform or tofu
	folder string
	out    io.Writer
	number int // of the step

	env     []string
	sandbox *exec.Cmd
	address string // of the sandbox
}

func (d *demo) path(name string) string { return filepath.Join(d.folder, name) }

// play is the demo, step by step.
func (d *demo) play(ctx context.Context) error {
	steps := []struct {
		title string
		do    func(context.Context) error
	}{
		{"Build the provider and the application", d.build},
		{"Start the sandbox, which stands in for the vendors", d.startSandbox},
		{"Apply examples/quickstart with " + filepath.Base(d.cli), d.apply},
		{"Let the application send a code through every route", d.send},
		{"Look into the sandbox's inbox", d.inbox},
		{"Let the application verify a code", d.verify},
		{"Destroy everything", d.destroy},
	}
	began := time.Now()
	for _, step := range steps {
		d.number++
		fmt.Fprintf(d.out, "\n%d/%d  %s\n", d.number, len(steps), step.title)
		if err := step.do(ctx); err != nil {
			return err
		}
	}
	fmt.Fprintf(d.out, "\nDone in %d seconds, and nothing is left behind. The configuration is in examples/quickstart,\nthe application in examples/consumers/go.\n", int(time.Since(began).Seconds()))
	return nil
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.out, "     "+format+"\n", args...) }

func (d *demo) build(ctx context.Context) error {
	for name, source := range map[string]string{"terraform-provider-otp": ".", "consumer": "./examples/consumers/go"} {
		if _, err := d.command(ctx, "", "go", "build", "-o", d.path(filepath.Join("bin", name)), source); err != nil {
			return err
		}
	}
	source, err := os.ReadFile(filepath.Join("examples", "quickstart", "main.tf"))
	if err != nil {
		return fmt.Errorf("run the demo from the root of the checkout: %w", err)
	}
	config := fmt.Sprintf("provider_installation {\n  dev_overrides { \"otp-as-code/otp\" = %q }\n  direct {}\n}\n", d.path("bin"))
	for name, content := range map[string]string{"main.tf": string(source), "cli.rc": config} {
		if err := os.WriteFile(d.path(name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	d.say("built")
	return nil
}

// apply applies the example twice, because the second plan must be empty.
func (d *demo) apply(ctx context.Context) error {
	if _, err := d.command(ctx, d.folder, d.cli, "apply", "-auto-approve", "-input=false", "-no-color"); err != nil {
		return err
	}
	output, err := d.command(ctx, d.folder, d.cli, "output", "-no-color")
	if err != nil {
		return err
	}
	for line := range strings.Lines(output) {
		d.say("%s", strings.TrimRight(line, "\n"))
	}
	if _, err := d.command(ctx, d.folder, d.cli, "plan", "-detailed-exitcode", "-input=false", "-no-color"); err != nil {
		return fmt.Errorf("the second plan is not empty: %w", err)
	}
	d.say("and a second plan changes nothing")
	return nil
}

func (d *demo) destroy(ctx context.Context) error {
	if _, err := d.command(ctx, d.folder, d.cli, "destroy", "-auto-approve", "-input=false", "-no-color"); err != nil {
		return err
	}
	d.say("the catalog is empty again")
	return d.stopSandbox()
}

// command runs a program and returns its output; its error holds the output.
// An interrupt reaches the program as an interrupt, so that it can finish what
// it is writing.
func (d *demo) command(ctx context.Context, folder, name string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = folder
	command.Env = append(os.Environ(), d.env...)
	command.Env = append(command.Env, "TF_CLI_CONFIG_FILE="+d.path("cli.rc"), "OTP_CATALOG_URL=sqlite:"+d.path("catalog.db"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	own(command)
	var output, errors bytes.Buffer
	command.Stdout, command.Stderr = &output, &errors
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", filepath.Base(name), strings.Join(args, " "), err, &output, &errors)
	}
	return output.String(), nil
}

// own gives a program a process group of its own: a Ctrl-C at the terminal
// then reaches it once, through us, and not twice.
func own(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGINT) }
	command.WaitDelay = 20 * time.Second
}

// consumer runs the application and decodes its answer.
func (d *demo) consumer(ctx context.Context, into any, args ...string) error {
	args = append([]string{"--catalog", d.path("catalog.db"), "--profile", "login", "--challenges", d.path("challenges.json"), "--json"}, args...)
	output, err := d.command(ctx, d.folder, d.path(filepath.Join("bin", "consumer")), args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(output), into); err != nil {
		return fmt.Errorf("the application printed %q: %w", output, err)
	}
	return nil
}
