package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// world is where one case happens.
type world struct {
	*bench
	folder  string
	objects int
	cleaner *cleaner
	made    int // workspaces and databases
}

// workspace is a folder that Terraform works in.
type workspace struct {
	world       *world
	folder      string
	environment []string
	peak        float64 // MB that a provider took at most in the last run
}

// workspace makes one with a configuration for a provider, otp or floor.
func (w *world) workspace(provider, config string, environment ...string) (*workspace, error) {
	w.made++
	folder := filepath.Join(w.folder, fmt.Sprint("workspace-", w.made))
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	rc := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"otp-as-code/%s\" = %q\n  }\n  direct {}\n}\n", provider, w.binaries)
	header := fmt.Sprintf("terraform {\n  required_providers {\n    %[1]s = { source = \"otp-as-code/%[1]s\" }\n  }\n}\n", provider)
	for name, content := range map[string]string{"cli.rc": rc, "main.tf": header + config} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	environment = append(environment, "TF_CLI_CONFIG_FILE="+filepath.Join(folder, "cli.rc"), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	return &workspace{world: w, folder: folder, environment: append(os.Environ(), environment...)}, nil
}

// remove deletes the workspace, so that a disk does not fill.
func (s *workspace) remove() error { return os.RemoveAll(s.folder) }

func (s *workspace) apply() (float64, error) {
	return seconds(func() error { return s.terraform("apply", "-auto-approve", "-input=false", "-no-color") })
}

func (s *workspace) plan() (float64, error) {
	return seconds(func() error { return s.terraform("plan", "-input=false", "-no-color", "-detailed-exitcode") })
}

// terraform runs a command. That a second plan is not empty is an error, too.
func (s *workspace) terraform(args ...string) error {
	command := exec.CommandContext(context.Background(), s.world.cli, args...)
	command.Dir, command.Env = s.folder, s.environment
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	watched := make(chan float64)
	go func() { watched <- watch(ctx, command.Process.Pid) }()
	err := command.Wait()
	cancel()
	s.peak = <-watched
	if err != nil {
		tail := output.Bytes()
		return fmt.Errorf("%s %s: %w\n%s", s.world.cli, strings.Join(args, " "), err, tail[max(0, len(tail)-4000):])
	}
	return nil
}

// watch gives the highest peak of memory, in MB, among the processes that a
// process starts. It reads /proc, and gives 0 where there is none.
func watch(ctx context.Context, pid int) (peak float64) {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return peak
		case <-ticker.C:
		}
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
		for _, task := range tasks {
			children, _ := os.ReadFile(task)
			for _, child := range strings.Fields(string(children)) {
				peak = max(peak, highWater(child))
			}
		}
	}
}

func highWater(pid string) float64 {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	_, after, found := strings.Cut(string(status), "VmHWM:")
	if !found {
		return 0
	}
	kilobytes, err := strconv.ParseFloat(strings.Fields(after)[0], 64)
	if err != nil {
		return 0
	}
	return kilobytes / 1024
}

// initialize makes a backend known. That the registry has no such provider is no
// matter.
func (s *workspace) initialize() {
	_ = s.terraform("init", "-input=false", "-no-color")
}

// applied is a workspace whose configuration was applied.
func (w *world) applied(provider, config string, environment ...string) (*workspace, error) {
	s, err := w.workspace(provider, config, environment...)
	if err != nil {
		return nil, err
	}
	_, err = s.apply()
	return s, err
}

// applies is a subject: an apply in a fresh workspace each time. place gives the
// URL of a fresh catalog.
func (w *world) applies(provider, config string, place func() (string, error), environment ...string) subject {
	return subject{provider, func() (float64, error) {
		url, err := place()
		if err != nil {
			return 0, err
		}
		s, err := w.workspace(provider, config, append(environment, "OTP_CATALOG_URL="+url)...)
		if err != nil {
			return 0, err
		}
		taken, err := s.apply()
		return taken, errors.Join(err, s.remove())
	}}
}

// plans is a subject: plans of what was applied once.
func (w *world) plans(provider, config string, place func() (string, error), environment ...string) (subject, *workspace, error) {
	url, err := place()
	if err != nil {
		return subject{}, nil, err
	}
	s, err := w.applied(provider, config, append(environment, "OTP_CATALOG_URL="+url)...)
	if err != nil {
		return subject{}, nil, err
	}
	return subject{provider, s.plan}, s, nil
}
