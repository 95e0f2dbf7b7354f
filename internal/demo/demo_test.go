//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The demo runs as a newcomer runs it, from the root of the checkout and with
// a temporary folder of its own, so that what it leaves behind shows.

func TestDemo(t *testing.T) {
	temporary := t.TempDir()
	output, err := command(t, temporary).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, sentence := range []string{"7/7", "octopush    sms", "way2api     sms", "androidapi  sms", "myotp       whatsapp", "typed", ": ok", "a second plan changes nothing", "nothing is left behind"} {
		if !strings.Contains(string(output), sentence) {
			t.Errorf("no %q in\n%s", sentence, output)
		}
	}
	empty(t, temporary)
}

func TestAnInterruptedDemoLeavesNothingBehind(t *testing.T) {
	for _, step := range []string{"1/7", "3/7", "4/7"} {
		temporary := t.TempDir()
		demo := command(t, temporary)
		demo.Stdout = nil
		output, err := demo.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var complaints bytes.Buffer
		demo.Stderr = &complaints
		if err := demo.Start(); err != nil {
			t.Fatal(err)
		}
		var seen strings.Builder
		buffer := make([]byte, 256)
		for !strings.Contains(seen.String(), step) {
			n, err := output.Read(buffer)
			seen.Write(buffer[:n])
			if err != nil {
				t.Fatalf("%v after\n%s\n%s", err, &seen, &complaints)
			}
		}
		if err := demo.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = output.Read(buffer)
		}
		if err := demo.Wait(); err == nil || demo.ProcessState.ExitCode() != 130 || !strings.Contains(complaints.String(), "Interrupted") {
			t.Errorf("interrupted at %s: %v\n%s", step, err, &complaints)
		}
		empty(t, temporary)
	}
}

func command(t *testing.T, temporary string) *exec.Cmd {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "demo")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	demo := exec.CommandContext(t.Context(), binary, "-cli", os.Getenv("TF_ACC_TERRAFORM_PATH"))
	demo.Dir = filepath.Join("..", "..")
	demo.Env = append(os.Environ(), "TMPDIR="+temporary)
	demo.WaitDelay = time.Minute
	demo.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return demo
}

// empty asserts that nothing is left: no file, and no process that has one of
// them open.
func empty(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "go-build") { // the compiler's own, when it was interrupted
			continue
		}
		t.Errorf("%s was left behind", entry.Name())
	}
}
