// The program plays the conformance cases with a consumer, and prints which
// rules of the contract it keeps: go run ./examples/consumers/conformance/run
// node my-consumer.mjs
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/otp-as-code/terraform-provider-otp/examples/consumers/conformance"
)

func main() {
	only := flag.String("only", "", "play only the cases whose rule and name contain this")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: run [-only WORDS] COMMAND [ARGUMENT…]: the consumer to hold to the contract")
		os.Exit(2)
	}
	broken, err := run(conformance.Command{Run: conformance.Process(flag.Args()...)}, *only)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if broken > 0 {
		os.Exit(1)
	}
}

func run(player conformance.Player, only string) (broken int, err error) {
	cases, err := conformance.Cases()
	if err != nil {
		return 0, err
	}
	cases = slices.DeleteFunc(cases, func(c conformance.Case) bool { return !strings.Contains(c.Rule+": "+c.Name, only) })
	folder, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	faults, errs := make([][]string, len(cases)), make([]error, len(cases))
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.NumCPU())
	for i, c := range cases {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			own := filepath.Join(folder, fmt.Sprint(i))
			if errs[i] = os.Mkdir(own, 0o700); errs[i] == nil {
				faults[i], errs[i] = c.Play(context.Background(), own, player)
			}
		})
	}
	group.Wait()
	kept, lost, order := map[string]int{}, map[string]int{}, []string{}
	for i, c := range cases {
		if errs[i] != nil {
			return 0, errs[i]
		}
		if kept[c.Rule]+lost[c.Rule] == 0 {
			order = append(order, c.Rule)
		}
		if len(faults[i]) == 0 {
			kept[c.Rule]++
			continue
		}
		broken++
		lost[c.Rule]++
		fmt.Printf("BROKEN  %s\n", c.Name)
		for _, fault := range faults[i] {
			fmt.Printf("    %s\n", fault)
		}
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RULES\tKEPT\tBROKEN")
	for _, rule := range order {
		fmt.Fprintf(table, "%s\t%d\t%d\n", rule, kept[rule], lost[rule])
	}
	fmt.Fprintf(table, "all\t%d\t%d\n", len(cases)-broken, broken)
	return broken, table.Flush()
}
