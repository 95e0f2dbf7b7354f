package consumers_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/otp-as-code/terraform-provider-otp/examples/consumers/conformance"
)

// Most of what a case costs is the start of an interpreter. A harness beside the
// consumers runs the same command line again and again in one process; what it
// reads and writes is described in conformance/batch/python.py. A sample of the
// cases, and what is about processes, starts the programs themselves.

// batches are all that were made.
var batches []*workers

// workers are the processes of one harness: as many as run at once.
type workers struct {
	words []string

	mutex sync.Mutex
	idle  []*worker
}

// worker is one process.
type worker struct {
	process        *exec.Cmd
	in             io.WriteCloser
	stdout, stderr *bufio.Reader
}

func harness(name string) string { return filepath.Join("conformance", "batch", name) }

// batch runs a consumer through a harness.
func batch(words ...string) conformance.Run {
	w := &workers{words: words}
	batches = append(batches, w)
	return func(ctx context.Context, arguments, environment []string) (conformance.Exit, error) {
		one, err := w.take()
		if err != nil {
			return conformance.Exit{}, err
		}
		// A hanging command ends with its test.
		stop := context.AfterFunc(ctx, func() { _ = one.process.Process.Kill() })
		exit, err := one.run(arguments, environment)
		if !stop() {
			err = errors.Join(ctx.Err(), err)
		}
		if err != nil {
			return conformance.Exit{}, fmt.Errorf("%s: %w; it printed %s%s", strings.Join(words, " "), errors.Join(err, one.end()), exit.Stdout, exit.Stderr)
		}
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.idle = append(w.idle, one)
		return exit, nil
	}
}

func (w *workers) take() (*worker, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if last := len(w.idle) - 1; last >= 0 {
		one := w.idle[last]
		w.idle = w.idle[:last]
		return one, nil
	}
	one := &worker{process: exec.CommandContext(context.Background(), w.words[0], w.words[1:]...)}
	in, inErr := one.process.StdinPipe()
	out, outErr := one.process.StdoutPipe()
	errors1, errErr := one.process.StderrPipe()
	if err := errors.Join(inErr, outErr, errErr); err != nil {
		return nil, err
	}
	one.in, one.stdout, one.stderr = in, bufio.NewReader(out), bufio.NewReader(errors1)
	return one, one.process.Start()
}

func (one *worker) run(arguments, environment []string) (conformance.Exit, error) {
	variables := map[string]string{}
	for _, pair := range environment {
		name, value, _ := strings.Cut(pair, "=")
		variables[name] = value
	}
	command, err := json.Marshal(map[string]any{"arguments": arguments, "environment": variables})
	if err != nil {
		return conformance.Exit{}, err
	}
	if _, err := one.in.Write(append(command, '\n')); err != nil {
		return conformance.Exit{}, err
	}
	type printed struct {
		text string
		code int
		err  error
	}
	told := make(chan printed, 1)
	go func() {
		text, code, err := upToTheEnd(one.stderr)
		told <- printed{text, code, err}
	}()
	stdout, code, err := upToTheEnd(one.stdout)
	stderr := <-told
	return conformance.Exit{Code: code, Stdout: stdout, Stderr: stderr.text}, errors.Join(err, stderr.err)
}

// upToTheEnd reads what a command printed, and its exit code behind it.
func upToTheEnd(from *bufio.Reader) (text string, code int, err error) {
	text, err = from.ReadString('\x1e')
	text = strings.TrimSuffix(text, "\x1e")
	if err != nil {
		return text, 0, err
	}
	line, err := from.ReadString('\n')
	if err != nil {
		return text, 0, err
	}
	code, err = strconv.Atoi(strings.TrimSpace(line))
	return text, code, err
}

// end ends a process, which does so where its input ends.
func (one *worker) end() error {
	return errors.Join(one.in.Close(), one.process.Wait())
}

func endBatches() (err error) {
	for _, w := range batches {
		for _, one := range w.idle {
			err = errors.Join(err, one.end())
		}
	}
	return err
}
