package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Command is a program that speaks the command line of the consumers.
type Command struct {
	Words []string // the program and what comes before its arguments
	// Challenges is where it remembers what was sent; empty: a file.
	Challenges string
	// Environment is set beside that of a case.
	Environment map[string]string
}

// Play implements Player.
func (c Command) Play(ctx context.Context, stage Stage, command []string, now int64) (Told, error) {
	// Beside the folder, which holds the program's own files.
	document := filepath.Clean(stage.Folder) + ".document.json"
	if err := os.WriteFile(document, []byte(stage.Document), 0o600); err != nil {
		return Told{}, err
	}
	challenges := c.Challenges
	if challenges == "" {
		challenges = filepath.Join(stage.Folder, "challenges.json")
	}
	arguments := append(slices.Clone(c.Words[1:]), "--document", document, "--profile", "login", "--challenges", challenges, "--now", strconv.FormatInt(now, 10), "--json")
	process := exec.CommandContext(ctx, c.Words[0], append(arguments, command...)...)
	// A proxy of the environment is not asked.
	process.Env = []string{"PATH=" + os.Getenv("PATH"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "HTTP_PROXY=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9"}
	for _, variables := range []map[string]string{stage.Environment, c.Environment} {
		for name, value := range variables {
			process.Env = append(process.Env, name+"="+value)
		}
	}
	var stdout, stderr bytes.Buffer
	process.Stdout, process.Stderr = &stdout, &stderr
	var failed *exec.ExitError
	if err := process.Run(); err != nil && !errors.As(err, &failed) {
		return Told{}, err
	}
	told := Told{Output: stdout.String() + stderr.String(), Refused: process.ProcessState.ExitCode() == 1}
	if told.Refused {
		if crashed(stderr.String()) || stdout.Len() > 0 {
			return Told{Output: "it broke: " + told.Output}, nil
		}
		return told, nil
	}
	var result struct {
		Result
		Refused []struct {
			Route int `json:"route"`
		} `json:"refused"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &result); err != nil {
		told.Output = fmt.Sprintf("exit code %d, and no result: %s", process.ProcessState.ExitCode(), told.Output)
		return told, nil //nolint:nilerr // that is what the case judges
	}
	told.Result = result.Result
	for _, refused := range result.Refused {
		told.Result.Refused = append(told.Result.Refused, refused.Route)
	}
	if want := exitCode(told.Result.Outcome); process.ProcessState.ExitCode() != want {
		told.Result.Outcome += fmt.Sprintf(" with exit code %d, want %d", process.ProcessState.ExitCode(), want)
	}
	return told, nil
}

// crashed tells a program that broke from one that refuses.
func crashed(stderr string) bool {
	return slices.ContainsFunc([]string{"Traceback", "panic:", "Fatal error", "PHP Warning", "node:internal", "    at "}, func(sign string) bool { return strings.Contains(stderr, sign) })
}

// exitCode is the one of an outcome.
func exitCode(outcome string) int {
	switch outcome {
	case "ok", "pending", "already_active", "delivered":
		return 0
	case "next_route", "stop":
		return 3
	case "unknown", "unavailable":
		return 4
	}
	return 2 // what the person must hear
}
