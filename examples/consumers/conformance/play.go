package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
)

// Start is the moment at which every case begins, in Unix seconds: an hour after
// midnight, so that a day and an hour end apart.
const Start = 1_790_816_400

// Stage is where a case is played.
type Stage struct {
	Folder      string            // for the program's files, and empty at first
	Document    string            // the text of the document
	Environment map[string]string // what a document may name
}

// Told is what a program tells of one command.
type Told struct {
	// Refused says that the call was not made.
	Refused bool
	Result  Result
	// Output is all that was printed.
	Output string
}

// Player is a program that is held to the contract.
type Player interface {
	// Play does what a person does, at a moment in Unix seconds. The error is a
	// fault of the machine, not of the program.
	Play(ctx context.Context, stage Stage, command []string, now int64) (Told, error)
}

// Play plays a case in a folder of its own, and gives the ways in which the
// program breaks the contract.
func (c Case) Play(ctx context.Context, folder string, player Player) (broken []string, err error) {
	document, err := c.Document()
	if err != nil {
		return nil, err
	}
	v := newVendor(c.secure())
	defer v.close()
	stage := Stage{Folder: folder, Document: document, Environment: c.environment(v)}
	now, printed := int64(Start), ""
	for number, step := range c.Steps {
		now += step.After
		v.expect(step.Answers)
		var command []string
		for _, word := range step.Do {
			command = append(command, strings.ReplaceAll(word, Made, v.made))
		}
		told, err := player.Play(ctx, stage, command, now)
		if err != nil {
			return nil, fmt.Errorf("%s: step %d: %w", c.Name, number, err)
		}
		printed += told.Output
		for _, fault := range v.compare(step, told, length(document)) {
			broken = append(broken, fmt.Sprintf("step %d, %s: %s", number, strings.Join(step.Do, " "), fault))
		}
		if len(broken) > 0 {
			broken = append(broken, "it said: "+told.Output)
			break
		}
	}
	leaks, err := c.leaks(stage, printed, v.made)
	return append(broken, leaks...), err
}

// length is how long a code is.
func length(document string) int {
	var d struct {
		Code struct {
			Length int `json:"length"`
		} `json:"code"`
	}
	_ = json.Unmarshal([]byte(document), &d) // hostile documents have none
	return d.Code.Length
}

func (v *vendor) compare(step Step, told Told, length int) []string {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	broken := slices.Clone(v.faults)
	say := func(format string, a ...any) { broken = append(broken, fmt.Sprintf(format, a...)) }
	for i, got := range v.got {
		switch {
		case i >= len(step.Requests):
			say("a request that must not be made: %s", text(got))
		case !v.matches(step.Requests[i], got, length):
			say("request %d\n      is   %s\n      want %s", i, text(got), text(step.Requests[i]))
		}
	}
	for _, missing := range step.Requests[min(len(v.got), len(step.Requests)):] {
		say("a request is missing: %s", text(missing))
	}
	switch {
	case step.Refused != told.Refused:
		say("refused is %v, want %v; the result is %s", told.Refused, step.Refused, text(told.Result))
	case step.Result != nil && !reflect.DeepEqual(*step.Result, told.Result):
		say("result\n      is   %s\n      want %s", text(told.Result), text(step.Result))
	}
	if !strings.Contains(told.Output, step.Says) {
		say("the operator is not told of %s", step.Says)
	}
	return broken
}

func text(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// leaks are secrets that were printed or stored, and files that others can read.
func (c Case) leaks(stage Stage, printed, made string) ([]string, error) {
	var broken []string
	secrets := c.secrets(stage.Environment)
	if made != "" {
		secrets = append(secrets, made)
	}
	for _, secret := range secrets {
		if strings.Contains(printed, secret) {
			broken = append(broken, fmt.Sprintf("%q was printed", secret))
		}
	}
	for _, step := range c.Steps {
		if phone := strings.TrimPrefix(step.phone(), "+"); phone != "" {
			secrets = append(secrets, phone)
		}
	}
	err := filepath.WalkDir(stage.Folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		info, statErr := entry.Info()
		if err := errors.Join(err, statErr); err != nil {
			return err
		}
		for _, secret := range secrets {
			if strings.Contains(string(raw), secret) {
				broken = append(broken, fmt.Sprintf("%q was stored in %s", secret, entry.Name()))
			}
		}
		if runtime.GOOS != "windows" && len(raw) > 0 && info.Mode().Perm()&0o077 != 0 {
			broken = append(broken, fmt.Sprintf("%s has mode %o, so that others can read it", entry.Name(), info.Mode().Perm()))
		}
		return nil
	})
	return broken, err
}
