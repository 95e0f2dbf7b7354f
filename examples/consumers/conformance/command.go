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

// Exit is the end of a run of a program.
type Exit struct {
	Code           int
	Stdout, Stderr string
}

// Run runs a program once; the environment is all that it has.
type Run func(ctx context.Context, arguments, environment []string) (Exit, error)

// Process starts a program; the words are its name and what comes before the
// arguments.
func Process(words ...string) Run {
	return func(ctx context.Context, arguments, environment []string) (Exit, error) {
		process := exec.CommandContext(ctx, words[0], append(slices.Clone(words[1:]), arguments...)...)
		var stdout, stderr bytes.Buffer
		process.Env, process.Stdout, process.Stderr = environment, &stdout, &stderr
		var failed *exec.ExitError
		if err := process.Run(); err != nil && !errors.As(err, &failed) {
			return Exit{}, err
		}
		return Exit{process.ProcessState.ExitCode(), stdout.String(), stderr.String()}, nil
	}
}

// Command is a program that speaks the command line of the consumers.
type Command struct {
	Run Run
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
	arguments := []string{"--document", document, "--profile", "login", "--challenges", challenges, "--now", strconv.FormatInt(now, 10), "--json"}
	// A proxy of the environment is not asked.
	environment := []string{"PATH=" + os.Getenv("PATH"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "HTTP_PROXY=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9"}
	for _, variables := range []map[string]string{stage.Environment, c.Environment} {
		for name, value := range variables {
			environment = append(environment, name+"="+value)
		}
	}
	exit, err := c.Run(ctx, append(arguments, command...), environment)
	if err != nil {
		return Told{}, err
	}
	told := Told{Output: exit.Stdout + exit.Stderr, Refused: exit.Code == 1}
	if told.Refused {
		if crashed(exit.Stderr) || exit.Stdout != "" {
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
	if err := json.Unmarshal([]byte(exit.Stdout), &result); err != nil {
		told.Output = fmt.Sprintf("exit code %d, and no result: %s", exit.Code, told.Output)
		return told, nil //nolint:nilerr // that is what the case judges
	}
	told.Result = result.Result
	for _, refused := range result.Refused {
		told.Result.Refused = append(told.Result.Refused, refused.Route)
	}
	if want := exitCode(told.Result.Outcome); exit.Code != want {
		told.Result.Outcome += fmt.Sprintf(" with exit code %d, want %d", exit.Code, want)
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
