package main

import (
	"cmp"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// binary says how large the stripped provider is, and what is in it.
func (w *world) binary() ([]measured, error) {
	size := func(name string) subject {
		return subject{"", func() (float64, error) {
			info, err := os.Stat(filepath.Join(w.binaries, "terraform-provider-"+name))
			if err != nil {
				return 0, err
			}
			return float64(info.Size()) / 1e6, nil
		}}
	}
	if err := w.contents(); err != nil {
		return nil, err
	}
	return []measured{{"stripped, of which 32 MB are allowed", "MB", 0, size("floor"), size("otp")}}, nil
}

// contents prints what a provider with its symbols is made of, by module.
func (w *world) contents() error {
	path := filepath.Join(w.folder, "provider")
	build := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-o", path, "github.com/otp-as-code/terraform-provider-otp")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux") // as ELF, which is read below
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, output)
	}
	modules, err := exec.CommandContext(context.Background(), "go", "version", "-m", path).Output()
	if err != nil {
		return err
	}
	var names []string
	for line := range strings.Lines(string(modules)) {
		if fields := strings.Fields(line); len(fields) > 2 && (fields[0] == "dep" || fields[0] == "mod") {
			names = append(names, fields[1])
		}
	}
	sizes, err := symbolSizes(path, names)
	if err != nil {
		return err
	}
	total := 0
	for _, n := range sizes {
		total += n
	}
	largest := slices.SortedFunc(maps.Keys(sizes), func(a, b string) int { return cmp.Compare(sizes[b], sizes[a]) })
	for i, name := range largest {
		if i == 25 {
			break
		}
		fmt.Fprintf(os.Stderr, "%6.2f MB  %s\n", float64(sizes[name])/1e6, name)
	}
	fmt.Fprintf(os.Stderr, "%6.2f MB  in all symbols\n", float64(total)/1e6)
	return nil
}

// symbolSizes adds up what the file holds of each module. What only takes memory
// is not in it.
func symbolSizes(path string, modules []string) (map[string]int, error) {
	file, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	symbols, err := file.Symbols()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	sizes := map[string]int{}
	for _, section := range file.Sections {
		if section.Flags&elf.SHF_ALLOC != 0 && section.Type == elf.SHT_PROGBITS && section.Size > 1e5 {
			fmt.Fprintf(os.Stderr, "%6.2f MB  section %s\n", float64(section.Size)/1e6, section.Name)
		}
	}
	for _, symbol := range symbols {
		if i := int(symbol.Section); i < len(file.Sections) && file.Sections[i].Type == elf.SHT_PROGBITS {
			sizes[moduleOf(symbol.Name, modules)] += int(symbol.Size)
		}
	}
	return sizes, file.Close()
}

// moduleOf is the module that a symbol belongs to.
func moduleOf(symbol string, modules []string) string {
	_, name, generated := strings.Cut(symbol, "..")
	if !generated || !strings.HasPrefix(symbol, "type:") && !strings.HasPrefix(symbol, "go:") {
		name = strings.TrimLeft(symbol, "*")
	}
	best := ""
	for _, module := range modules {
		if strings.HasPrefix(name, module) && len(module) > len(best) {
			best = module
		}
	}
	switch before, _, _ := strings.Cut(name, "."); {
	case best != "":
		return best
	case strings.HasPrefix(symbol, "type:"), strings.HasPrefix(symbol, "go:"), strings.HasPrefix(symbol, "runtime."):
		before, _, _ = strings.Cut(symbol, ".")
		return before
	case !strings.Contains(before, "/"):
		return "standard library: " + before
	default:
		first, _, _ := strings.Cut(before, "/")
		return "standard library: " + first
	}
}
