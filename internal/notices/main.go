// Command notices prints the licences of everything that is linked into the
// provider, which their owners want to stand beside a program that holds their
// work. A release has them as NOTICE.txt.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// systems are the ones that releases are built for; what is linked differs.
var systems = []string{"darwin", "freebsd", "linux", "windows"}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	folders := map[string]string{} // by module and version
	for _, system := range systems {
		command := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
		command.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		command.Stderr = os.Stderr
		output, err := command.Output()
		if err != nil {
			return fmt.Errorf("listing what is linked for %s: %w", system, err)
		}
		for line := range strings.Lines(string(output)) {
			if module, folder, is := strings.Cut(strings.TrimSpace(line), "\t"); is {
				folders[module] = folder
			}
		}
	}
	var out bytes.Buffer
	out.WriteString("terraform-provider-otp holds the work of others, under these licences.\n")
	for _, module := range slices.Sorted(maps.Keys(folders)) {
		texts, err := licences(folders[module])
		if err != nil {
			return fmt.Errorf("%s: %w", module, err)
		}
		fmt.Fprintf(&out, "\n%s\n%s\n\n%s", strings.Repeat("=", 72), module, texts)
	}
	// The standard library is linked as well.
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("finding the Go standard library: %w", err)
	}
	text, err := licences(strings.TrimSpace(string(root)))
	if err != nil {
		return fmt.Errorf("the Go standard library: %w", err)
	}
	fmt.Fprintf(&out, "\n%s\nThe Go standard library\n\n%s", strings.Repeat("=", 72), text)
	_, err = os.Stdout.Write(out.Bytes())
	return err
}

// licences are the texts in a module's folder that have to go along.
func licences(folder string) ([]byte, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, entry := range entries {
		name := strings.ToUpper(entry.Name())
		if entry.IsDir() || !slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS"}, func(known string) bool { return strings.HasPrefix(name, known) }) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		all = append(append(all, bytes.TrimSpace(text)...), '\n')
	}
	if len(all) == 0 {
		return nil, errors.New("there is no licence in " + folder)
	}
	return all, nil
}
