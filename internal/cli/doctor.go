package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog"
	"github.com/otp-as-code/terraform-provider-otp/internal/doctor"
)

// doctorTimeout is how long the catalog may take, and each question to a vendor.
const doctorTimeout = 10 * time.Second

// doctorExits are the exit codes of what blocks.
var doctorExits = map[doctor.Cause]int{
	doctor.Configured: exitNotMade, doctor.Person: exitPerson, doctor.Refused: exitRefused, doctor.Unavailable: exitUnknown,
}

func doctorCommand() *cobra.Command {
	var url string
	var asJSON bool
	timeout := doctorTimeout
	command := &cobra.Command{
		Use:   "doctor [PROFILE…]",
		Short: "Look at everything that must be right before the first send",
		Long: "Looks at the catalog, the documents of the profiles (default: all), the variables of the environment that they\n" +
			"name, the way to the vendors, the accounts there, and what one code costs. One line for each, sorted by what\n" +
			"blocks what. Nothing is sent, and only reads are made that cost nothing; each account is asked once.\n\n" +
			"The output belongs into a bug report: no credential, phone number, e-mail address or user name is in it.\n\n" +
			"Environment:\n" +
			"  OTP_CATALOG_URL  catalog that has the profiles, where --url does not name it; default " + catalog.DefaultURL + "\n" +
			"  OTP_VENDOR_…     credentials and base URLs of the vendors, such as OTP_OCTOPUSH_API_KEY. What stands in a provider\n" +
			"                   block only is not seen here\n\n" +
			"Exit codes, of the first line that blocks:\n" +
			"  0    nothing blocks; there may be warnings\n" +
			"  1    usage or configuration: no catalog, no such profile, a variable that is missing\n" +
			"  2    a person has to look: at an account, a plan, a device, a balance, a damaged catalog\n" +
			"  3    a vendor refuses the credentials\n" +
			"  4    the catalog or a vendor cannot be reached\n" +
			"  130  cancelled by Ctrl-C",
		Example: "  terraform-provider-otp doctor\n" +
			"  terraform-provider-otp doctor login signup --json | jq '.checks[] | select(.mark == \"fault\")'",
		RunE: func(command *cobra.Command, profiles []string) error {
			if timeout <= 0 {
				return fmt.Errorf("--timeout is %s. Write a duration above zero, such as 10s", timeout)
			}
			report, err := doctor.Examine(command.Context(), doctor.Options{
				Version: command.Root().Version, UserAgent: userAgent(command), Judge: judge, Timeout: timeout, Profiles: profiles,
				URL: cmp.Or(url, os.Getenv("OTP_CATALOG_URL"), catalog.DefaultURL),
			})
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(command.OutOrStdout(), report)
			} else {
				err = printFindings(command.OutOrStdout(), report)
			}
			return errors.Join(err, blocked(report))
		},
	}
	command.Flags().StringVar(&url, "url", "", "URL of the catalog; default OTP_CATALOG_URL, or else "+catalog.DefaultURL)
	command.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON for programs, one object")
	command.Flags().DurationVar(&timeout, "timeout", timeout, "how long the catalog may take, and each question to a vendor")
	return command
}

// blocked is the error of a report in which something blocks.
func blocked(report doctor.Report) error {
	first := report.Blocked()
	if first == nil {
		return nil
	}
	about := string(first.Check)
	if first.About != "" {
		about += " (" + first.About + ")"
	}
	return &exit{doctorExits[first.Cause], fmt.Errorf("the first that blocks is the %s: %s", about, first.Text)}
}

// shownMarks are the marks for people, and shownColors their colors on a
// terminal.
var (
	shownMarks  = map[doctor.Mark]string{doctor.Fault: "FAULT", doctor.Warning: "warning", doctor.Unknown: "unknown", doctor.OK: "ok"}
	shownColors = map[doctor.Mark]string{doctor.Fault: "\x1b[31m", doctor.Warning: "\x1b[33m", doctor.Unknown: "\x1b[2m", doctor.OK: "\x1b[32m"}
)

// printFindings prints a report for people.
func printFindings(w io.Writer, report doctor.Report) error {
	return writeFindings(w, report, colorful(w))
}

func writeFindings(w io.Writer, report doctor.Report, color bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "terraform-provider-otp %s, %s/%s\n", report.Version, report.OS, report.Arch)
	fmt.Fprintf(&b, "profiles: %s\nvendors: %s\n\n", orNone(report.Profiles), orNone(report.Vendors))
	var marks, checks, abouts int
	for _, line := range report.Lines {
		marks, checks = max(marks, len(shownMarks[line.Mark])), max(checks, len(line.Check))
		abouts = max(abouts, utf8.RuneCountInString(line.About))
	}
	indent := strings.Repeat(" ", marks+2+checks+2+abouts+2)
	for _, line := range report.Lines {
		mark := pad(shownMarks[line.Mark], marks)
		if color {
			mark = shownColors[line.Mark] + mark + "\x1b[0m"
		}
		fmt.Fprintf(&b, "%s  %s  %s  %s\n", mark, pad(string(line.Check), checks), pad(line.About, abouts), line.Text)
		if line.Remedy != "" {
			fmt.Fprintf(&b, "%s→ %s\n", indent, line.Remedy)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", report.Summary())
	_, err := io.WriteString(w, b.String())
	return err
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
