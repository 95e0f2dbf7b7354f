package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// catalogCall is what all commands of a catalog share.
type catalogCall struct {
	url  string
	json bool
}

// catalogCommand groups what an administrator does with a catalog.
func catalogCommand() *cobra.Command {
	c := &catalogCall{}
	command := &cobra.Command{
		Use:   "catalog",
		Short: "Export, import, check a catalog, show the history of an object, or a document",
		Long: "Works on the catalog that OTP_CATALOG_URL names, or --url. None of these commands calls a vendor.\n" +
			"A URL on the command line can be read by other users of the machine; OTP_CATALOG_URL cannot.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.PersistentFlags().StringVar(&c.url, "url", "", "URL of the catalog; default OTP_CATALOG_URL, or else "+catalog.DefaultURL)
	command.PersistentFlags().BoolVar(&c.json, "json", false, "print JSON for programs, errors too: {\"error\": \"…\"}")
	command.AddCommand(exportCommand(c), importCommand(c), checkCommand(c), historyCommand(c), documentCommand(c))
	return command
}

// openCatalog opens the catalog of a --url, or else of the environment.
func openCatalog(url string) (*catalog.Store, error) {
	return catalog.Open(cmp.Or(url, os.Getenv("OTP_CATALOG_URL"), catalog.DefaultURL))
}

// said is an error after output that is whole: JSON needs no other.
type said struct{ error }

// Unwrap is the error.
func (s *said) Unwrap() error { return s.error }

// run does something on an open catalog and closes it. With --json, an error is
// JSON, too.
func (c *catalogCall) run(do func(*cobra.Command, []string, *catalog.Store) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, args []string) error {
		store, err := openCatalog(c.url)
		if err == nil {
			for _, warning := range store.Warnings() {
				command.PrintErrln("Warning:", warning)
			}
			err = do(command, args, store)
			err = errors.Join(err, store.Close())
		}
		var whole *said
		if err == nil || !c.json || errors.As(err, &whole) {
			return err
		}
		return errors.Join(err, printJSON(command.OutOrStdout(), map[string]string{"error": err.Error()}))
	}
}

func exportCommand(c *catalogCall) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Write the whole catalog to standard output, as JSON in a stable order",
		Long: "Writes every object, retired ones included, and the whole history. It is what `catalog import` reads: a backup,\n" +
			"or the way from SQLite to PostgreSQL.",
		Example: "  terraform-provider-otp catalog export > catalog.json",
		Args:    cobra.NoArgs,
		RunE: c.run(func(command *cobra.Command, _ []string, store *catalog.Store) error {
			export, err := store.Export(command.Context())
			if err != nil {
				return err
			}
			return export.Encode(command.OutOrStdout())
		}),
	}
}

func importCommand(c *catalogCall) *cobra.Command {
	return &cobra.Command{
		Use:   "import [FILE]",
		Short: "Read an export into an empty place, all of it or nothing",
		Long: "Reads an export from FILE, or from standard input. The catalog keeps its ID, so Terraform states that belong to it\n" +
			"go on with catalog.url changed. A place that holds another catalog is refused, and so is an export that is not whole\n" +
			"or that no application could use.",
		Example: "  OTP_CATALOG_URL=postgres://otp@db.example/otp terraform-provider-otp catalog import catalog.json",
		Args:    cobra.MaximumNArgs(1),
		RunE: c.run(func(command *cobra.Command, args []string, store *catalog.Store) error {
			export, err := readExport(command, args)
			if err != nil {
				return err
			}
			if err := export.Judge(judge); err != nil {
				return err
			}
			if err := store.Import(command.Context(), export); err != nil {
				return err
			}
			if c.json {
				return printJSON(command.OutOrStdout(), map[string]any{
					"catalog_id": export.CatalogID, "objects": len(export.Objects), "events": len(export.History),
				})
			}
			command.PrintErrf("Imported %d objects and %d events of the catalog %s into %s.\n", len(export.Objects), len(export.History), export.CatalogID, store.URL())
			return nil
		}),
	}
}

func readExport(command *cobra.Command, args []string) (export *catalog.Export, err error) {
	if len(args) == 0 || args[0] == "-" {
		return catalog.DecodeExport(command.InOrStdin())
	}
	file, err := os.Open(args[0])
	if err != nil {
		return nil, fmt.Errorf("the export cannot be read: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return catalog.DecodeExport(file)
}

// exitFaults is the exit code of a check that found faults: a person has to look.
// No catalog, or one that cannot be read, is exitNotMade.
const exitFaults = exitPerson

// errUnsound makes a check that found a fault exit with an error.
var errUnsound = errors.New("the catalog is damaged, which only a change of its tables by hand or by another program can do; bring it back from its backup")

func checkCommand(c *catalogCall) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Look for damage, references that lead nowhere, retired objects and documents that are not up to date",
		Long: "Reads the whole catalog and changes nothing. Faults are missing tables, specs and documents that cannot be read, and\n" +
			"references that lead nowhere; the exit code is 2 then, and 1 where there is no catalog or it cannot be read. Retired\n" +
			"objects and documents that are not up to date are the business of the profiles that are named.",
		Example: "  terraform-provider-otp catalog check\n" +
			"  terraform-provider-otp catalog check --json | jq .outdated",
		Args: cobra.NoArgs,
		RunE: c.run(func(command *cobra.Command, _ []string, store *catalog.Store) error {
			report, err := store.Check(command.Context(), judge)
			if err != nil {
				return err
			}
			if c.json {
				err = printJSON(command.OutOrStdout(), report)
			} else {
				err = printReport(command.OutOrStdout(), report)
			}
			if err == nil && !report.Sound() {
				err = &said{&exit{exitFaults, errUnsound}}
			}
			return err
		}),
	}
}

func printReport(w io.Writer, report catalog.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Catalog %s: %d objects.\n", report.CatalogID, report.Objects)
	for _, fault := range report.Faults {
		fmt.Fprintf(&b, "FAULT  %s.\n", otp.Shown(fault.String()))
	}
	for _, d := range report.Dangling {
		fmt.Fprintf(&b, "FAULT  %s refers to %s, and one of them is not there.\n", d.Profile, d.Ref)
	}
	for _, r := range report.Retired {
		var users []string
		for _, user := range r.UsedBy {
			users = append(users, user.String())
		}
		fmt.Fprintf(&b, "Retired: %s, deleted by %s at %s, still named by %s.\n", r.Ref, r.By, stamp(r.At), strings.Join(users, ", "))
	}
	for _, o := range report.Outdated {
		var changed []string
		for _, c := range o.Changed {
			changed = append(changed, fmt.Sprintf("%s (revision %d, now %d)", c.Ref, c.MadeFrom, c.Current))
		}
		fmt.Fprintf(&b, "Not up to date: %s was made from %s. Its next apply makes it anew.\n", o.Profile, strings.Join(changed, ", "))
	}
	if len(report.Faults)+len(report.Dangling)+len(report.Retired)+len(report.Outdated) == 0 {
		b.WriteString("Every reference holds, and every document is up to date.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// kinds are the nouns of the command line.
var kinds = []catalog.Kind{catalog.Brand, catalog.MessageTemplate, catalog.SenderID, catalog.Profile}

func parseKind(name string) (catalog.Kind, error) {
	for _, kind := range kinds {
		if name == string(kind) || name == kind.ResourceType() {
			return kind, nil
		}
	}
	return "", fmt.Errorf("%q is no kind of object; write brand, message_template, sender_id or profile", name)
}

func historyCommand(c *catalogCall) *cobra.Command {
	return &cobra.Command{
		Use:   "history KIND NAME",
		Short: "Show who did what to an object, and when",
		Long: "Lists every write of an object, oldest first, also where it was deleted since. KIND is brand, message_template,\n" +
			"sender_id or profile.",
		Example: "  terraform-provider-otp catalog history brand acme",
		Args:    cobra.ExactArgs(2),
		RunE: c.run(func(command *cobra.Command, args []string, store *catalog.Store) error {
			kind, err := parseKind(args[0])
			if err != nil {
				return err
			}
			ref := catalog.Ref{Kind: kind, Name: args[1]}
			events, err := store.History(command.Context(), ref)
			if err != nil {
				return err
			}
			if len(events) == 0 {
				return fmt.Errorf("the catalog %s has never had the %s; check the name and the catalog's URL", store.URL(), ref)
			}
			if c.json {
				return printJSON(command.OutOrStdout(), events)
			}
			return printEvents(command.OutOrStdout(), events)
		}),
	}
}

func printEvents(w io.Writer, events []catalog.Event) error {
	var b strings.Builder
	b.WriteString("WHEN\tWHO\tWHAT\tREVISION\tCONTENT\n")
	for _, e := range events {
		revision := fmt.Sprintf("%d → %d", e.OldRevision, e.NewRevision)
		if e.OldRevision == e.NewRevision {
			revision = fmt.Sprint(e.NewRevision)
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\n", stamp(e.At), e.Actor, e.Action, revision, otp.Shown(string(e.Spec)))
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(table, b.String()); err != nil {
		return err
	}
	return table.Flush()
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }

// printJSON prints a value for programs that read it whole.
func printJSON(w io.Writer, value any) error {
	encoder := newEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// printLine prints a value for programs that read line by line.
func printLine(w io.Writer, value any) error { return newEncoder(w).Encode(value) }

func newEncoder(w io.Writer) *json.Encoder {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder
}
