// SPDX-License-Identifier: MPL-2.0

//go:build batch

// Runs the consumer for many cases in one process, where the tests ask for it. An
// application does not need this file. What goes in and out is described in
// conformance/batch/python.py; main.go keeps no state.

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

func init() {
	if len(os.Args) != 2 || os.Args[1] != "--batch" {
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var command struct {
			Arguments   []string
			Environment map[string]string
		}
		if err := json.Unmarshal(lines.Bytes(), &command); err != nil {
			panic(err)
		}
		os.Clearenv()
		for name, value := range command.Environment {
			if err := os.Setenv(name, value); err != nil {
				panic(err)
			}
		}
		code := program(command.Arguments)
		for _, stream := range []*os.File{os.Stdout, os.Stderr} {
			fmt.Fprintf(stream, "\x1e%d\n", code)
		}
	}
	os.Exit(0)
}
