package repository

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTheLicencesOfTheBinaryAreKnown: licences.txt lists what is linked into the
// provider. A module that comes, goes or changes its licence is looked at by
// somebody: correct the list then.
func TestTheLicencesOfTheBinaryAreKnown(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", ".")
	command.Dir, command.Env = root, append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "GOFLAGS=-buildvcs=false")
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for line := range strings.Lines(string(output)) {
		if module, folder, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			found[module+" "+licence(t, folder)] = true
		}
	}
	raw, err := os.ReadFile("licences.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(slices.Sorted(maps.Keys(found)), "\n")
	if got != strings.TrimSpace(string(raw)) {
		t.Errorf("licences.txt is not what is linked, which is:\n%s", got)
	}
}

// licence names the licence in a module's folder by its first words.
func licence(t *testing.T, folder string) string {
	t.Helper()
	for _, name := range []string{"LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "License", "COPYING", "license"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			continue
		}
		text = bytes.Join(bytes.Fields(text), []byte(" "))
		for _, known := range [][2]string{
			{"Mozilla Public License", "MPL-2.0"}, {"Apache License", "Apache-2.0"},
			{"Permission is hereby granted, free of charge", "MIT"},
			{"Redistribution and use in source and binary forms", "BSD"},
			{"Permission to use, copy, modify, and/or distribute", "ISC"}, {"Permission to use, copy, modify, and distribute", "ISC"},
		} {
			if bytes.Contains(text, []byte(known[0])) {
				return known[1]
			}
		}
	}
	return "unknown"
}

// What people copy out of the repository says under which licence it is, because
// LICENSE stays behind.
func TestWhatIsCopiedSaysItsLicence(t *testing.T) {
	t.Parallel()
	copied := 0
	for _, files := range []string{"go/*.go", "node/*.mjs", "php/*.php", "python/*.py"} {
		found, err := filepath.Glob(filepath.Join(root, "examples/consumers", files))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			copied++
			if text := content(t, strings.TrimPrefix(file, root)); !strings.Contains(text[:min(len(text), 200)], "SPDX-License-Identifier: MPL-2.0\n") {
				t.Errorf("%s does not say its licence", file)
			}
		}
	}
	if copied < 20 {
		t.Errorf("%d files were found", copied)
	}
}
