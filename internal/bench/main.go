// Command bench measures the provider side by side with a floor: each case is run
// for one and then for the other, again and again, and the medians are compared.
// See `make bench`.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
)

// bench is what all cases share.
type bench struct {
	binaries string // folder of the providers
	cli      string
	objects  int // 0: as many as each case has
	runs     int
}

// measured is one thing that a case compares.
type measured struct {
	name   string
	unit   string
	target float64 // of the ratio; 0: none
	// What is compared: our name for it, and how it is measured once. The first
	// one is the floor.
	floor, ours subject
}

// subject is one side of a comparison.
type subject struct {
	name string
	run  func() (float64, error)
}

// left is why a case cannot be measured here.
type left struct{ why string }

func (l left) Error() string { return l.why }

func main() {
	log.SetFlags(0)
	b := &bench{}
	flag.StringVar(&b.binaries, "binaries", "bin", "folder of terraform-provider-otp, -floor and, for the start, -time")
	flag.StringVar(&b.cli, "cli", "terraform", "terraform or tofu")
	flag.IntVar(&b.objects, "objects", 0, "objects of each case, in place of its own number")
	flag.IntVar(&b.runs, "runs", 5, "runs of each side, of which the median counts")
	cases := flag.String("cases", "", "names of cases, separated by spaces; empty: all")
	flag.Parse()
	if err := b.main(strings.Fields(*cases)); err != nil {
		log.Fatal(err)
	}
}

func (b *bench) main(wanted []string) (err error) {
	if b.binaries, err = filepath.Abs(b.binaries); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pgtest.Stop()) }()
	var names []string
	for _, c := range cases {
		names = append(names, c.name)
	}
	for _, name := range wanted {
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no case %q; the cases are %s", name, strings.Join(names, ", "))
		}
	}
	fmt.Printf("Medians of %d runs where a row names no other number, each with the lowest and highest run.\n\n", b.runs)
	fmt.Print("| case | floor | otp | ratio | target |\n| --- | --- | --- | --- | --- |\n")
	var failed []error
	for _, c := range cases {
		if len(wanted) > 0 && !slices.Contains(wanted, c.name) {
			continue
		}
		// The others are worth their time even where one fails.
		taken, err := seconds(func() error { return b.measure(c) })
		if err != nil {
			fmt.Printf("| %s: failed, see below | | | | |\n", c.name)
			failed = append(failed, fmt.Errorf("%s: %w", c.name, err))
		}
		fmt.Fprintf(os.Stderr, "%s took %.0f seconds\n", c.name, taken)
	}
	return errors.Join(failed...)
}

// measure runs one case in a folder of its own, and prints what it finds.
func (b *bench) measure(c benchCase) (err error) {
	folder, err := os.MkdirTemp("", "otp-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	n := c.objects
	if b.objects > 0 && c.objects > 0 {
		n = b.objects
	}
	cleaner := &cleaner{}
	defer func() { err = errors.Join(err, cleaner.clean()) }()
	all, err := c.prepare(&world{bench: b, folder: folder, objects: n, cleaner: cleaner})
	var not left
	if errors.As(err, &not) {
		fmt.Printf("| %s: left out, %s | | | | |\n", c.name, not.why)
		return nil
	}
	if err != nil {
		return err
	}
	runs := b.runs
	if c.runs > 0 {
		runs = min(runs, c.runs)
	}
	return b.compare(c, n, runs, all)
}

// compare takes turns.
func (b *bench) compare(c benchCase, n, runs int, all []measured) error {
	floor, ours := make([][]float64, len(all)), make([][]float64, len(all))
	for range runs {
		for i, m := range all {
			for _, side := range []struct {
				subject
				into *[]float64
			}{{m.floor, &floor[i]}, {m.ours, &ours[i]}} {
				if side.run == nil {
					continue
				}
				value, err := side.run()
				if err != nil {
					return fmt.Errorf("%s: %w", side.name, err)
				}
				*side.into = append(*side.into, value)
			}
		}
	}
	for i, m := range all {
		name := fmt.Sprintf("%s: %s", c.name, m.name)
		if n > 0 {
			name += fmt.Sprintf(" (%d)", n)
		}
		if runs != b.runs {
			name += fmt.Sprintf(", runs: %d", runs)
		}
		ratio, target := "", ""
		if len(floor[i]) > 0 && len(ours[i]) > 0 {
			ratio = fmt.Sprintf("%.2f", median(ours[i])/median(floor[i]))
		}
		if m.target > 0 {
			target = fmt.Sprintf("%.2f", m.target)
		}
		fmt.Printf("| %s | %s | %s | %s | %s |\n", name, show(m.floor.name, floor[i], m.unit), show(m.ours.name, ours[i], m.unit), ratio, target)
	}
	return nil
}

func show(name string, values []float64, unit string) string {
	if len(values) == 0 {
		return ""
	}
	return fmt.Sprintf("%s %.3g %s (%.3g–%.3g)", name, median(values), unit, slices.Min(values), slices.Max(values))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// cleaner undoes what a case has set up, the last thing first.
type cleaner struct{ steps []func() error }

func (c *cleaner) add(step func() error) { c.steps = append(c.steps, step) }

func (c *cleaner) clean() (err error) {
	for _, step := range slices.Backward(c.steps) {
		err = errors.Join(err, step())
	}
	return err
}

// seconds measures how long something takes.
func seconds(do func() error) (float64, error) {
	start := time.Now()
	err := do()
	return time.Since(start).Seconds(), err
}
