// SPDX-License-Identifier: MPL-2.0

// The program sends, verifies, extends and checks one-time passwords by a
// profile document, with no line about any vendor. See ../README.md.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// exits are the exit codes; 2 for every other outcome, which the person must
// hear.
var exits = map[string]int{
	"ok": 0, "pending": 0, "already_active": 0, "delivered": 0,
	"next_route": 3, "stop": 3, "unknown": 4, "unavailable": 4,
}

const usage = `usage: consumer --catalog PATH|URL | --document PATH, --profile NAME [--challenges PATH|URL] [--json] COMMAND
  send PHONE [--locale L] [--resend] [--route N] [--ip ADDRESS]
  verify PHONE CODE [--ip ADDRESS]
  extend PHONE SECONDS
  status PHONE
  routes`

var (
	phoneNumber = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	values      = map[string]int{"send": 1, "verify": 2, "extend": 2, "status": 1, "routes": 0}
)

type options struct {
	catalog, document, profile, challenges, locale, ip string
	now                                                int64 // Unix seconds, as all times
	route                                              *int
	resend, json                                       bool
	command                                            []string
}

func parseOptions(arguments []string) (*options, error) {
	o := &options{now: time.Now().Unix()}
	flags := flag.NewFlagSet("consumer", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // its errors may quote a code
	flags.StringVar(&o.catalog, "catalog", "", "")
	flags.StringVar(&o.document, "document", "", "")
	flags.Int64Var(&o.now, "now", o.now, "") // instead of the clock, for tests
	flags.StringVar(&o.profile, "profile", "", "")
	flags.StringVar(&o.challenges, "challenges", "otp-challenges.json", "")
	flags.StringVar(&o.locale, "locale", "", "")
	flags.StringVar(&o.ip, "ip", "", "")
	flags.BoolVar(&o.resend, "resend", false, "")
	flags.BoolVar(&o.json, "json", false, "")
	flags.Func("route", "", func(text string) error {
		number, err := strconv.Atoi(text)
		o.route = &number
		return err
	})
	for rest := arguments; len(rest) > 0; rest = flags.Args()[1:] { // flags may stand anywhere
		if flags.Parse(rest) != nil {
			return nil, errors.New(usage)
		}
		if flags.NArg() == 0 {
			break
		}
		o.command = append(o.command, flags.Arg(0))
	}
	if len(o.command) == 0 || (o.catalog == "") == (o.document == "") || o.profile == "" {
		return nil, errors.New(usage)
	}
	if count, ok := values[o.command[0]]; !ok || len(o.command) != count+1 {
		return nil, errors.New(usage)
	}
	if len(o.command) > 1 && !phoneNumber.MatchString(o.command[1]) {
		return nil, errors.New("PHONE must be in international form, such as +33612345678")
	}
	if o.ip != "" {
		address, err := netip.ParseAddr(o.ip)
		if err != nil {
			return nil, errors.New("--ip must be an IP address")
		}
		o.ip = address.Unmap().WithZone("").String()
	}
	return o, nil
}

func main() { os.Exit(program(os.Args[1:])) }

func program(arguments []string) int {
	o, err := parseOptions(arguments)
	if err == nil {
		var code int
		if code, err = o.run(); err == nil {
			return code
		}
	}
	fmt.Fprintf(os.Stderr, "consumer: %s\n", err)
	return 1
}

func (o *options) run() (code int, err error) {
	doc, err := o.load()
	if err != nil {
		return 0, err
	}
	if o.command[0] == "routes" {
		return 0, o.show(describe(doc))
	}
	store, keyed, err := openStore(o.challenges, o.now)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	s := session{options: o, keyed: keyed, doc: doc, store: store, phone: o.command[1]}
	var answer result
	switch o.command[0] {
	case "send":
		answer, err = s.send()
	case "verify":
		answer, err = s.verify(o.command[2])
	case "extend":
		answer, err = s.extend(o.command[2])
	case "status":
		answer, err = s.status()
	}
	if err != nil {
		return 0, err
	}
	code, known := exits[answer.Outcome]
	if !known {
		code = 2
	}
	return code, o.show(answer)
}

// description is a route, for the command routes.
type description struct {
	Route     int      `json:"route"`
	Vendor    string   `json:"vendor"`
	Channel   string   `json:"channel"`
	Countries []string `json:"countries"`
	Calls     []string `json:"calls"`
	Duties    []string `json:"duties"`
}

func describe(doc *document) []description {
	rows := []description{}
	for number, r := range doc.Routes {
		if r.Skipped {
			continue
		}
		row := description{number, r.Vendor, r.Channel, r.Countries, nil, r.Duties}
		for _, verb := range []string{"send", "verify", "extend", "status"} {
			if r.calls()[verb] != nil {
				row.Calls = append(row.Calls, verb)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// show writes short, lined up text, or JSON.
func (o *options) show(answer any) error {
	if o.json {
		return json.NewEncoder(os.Stdout).Encode(answer)
	}
	line := func(format string, a ...any) { fmt.Println(strings.TrimRight(fmt.Sprintf(format, a...), " ")) }
	switch answer := answer.(type) {
	case []description:
		line("ROUTE  VENDOR      CHANNEL    COUNTRIES  CALLS")
		for _, row := range answer {
			countries := "all"
			if row.Countries != nil {
				countries = strings.Join(row.Countries, ",")
			}
			line("%-5d  %-10s  %-9s  %-9s  %s", row.Route, row.Vendor, row.Channel, countries, strings.Join(row.Calls, ","))
		}
	case result:
		rows := [][2]any{{"outcome", answer.Outcome}, {"vendor", answer.Vendor}, {"channel", answer.Channel}, {"answer", answer.Answer}}
		if answer.Route != nil {
			rows = slices.Insert(rows, 1, [2]any{"route", *answer.Route})
		}
		if answer.Remaining != nil {
			rows = append(rows, [2]any{"remaining", *answer.Remaining})
		}
		if answer.RetryAfter > 0 {
			rows = append(rows, [2]any{"retry after seconds", answer.RetryAfter})
		}
		for _, row := range rows {
			if row[1] != "" {
				line("%-19s  %v", row[0], row[1])
			}
		}
	}
	return nil
}
