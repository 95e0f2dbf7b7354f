package cli

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/application/ledger"
	"github.com/otp-as-code/terraform-provider-otp/internal/otp"
)

// trap is a place for notes that does something when one comes.
type trap struct {
	bytes.Buffer
	note string
	do   func()
}

func (t *trap) Write(p []byte) (int, error) {
	if strings.Contains(string(p), t.note) {
		t.do()
	}
	return t.Buffer.Write(p)
}

// Exit code 1 says that no call was made. A script would send again.
func TestWhatFailsAfterASendIsNoUsageError(t *testing.T) {
	f := newField(t)
	notes := &trap{note: "Sending", do: func() {
		db, err := sql.Open("sqlite", os.Getenv(ledger.Variable))
		f.must(err)
		_, err = db.ExecContext(t.Context(), "DROP TABLE records")
		f.must(errors.Join(err, db.Close()))
	}}
	var out bytes.Buffer
	command := &cobra.Command{Use: "terraform-provider-otp", SilenceUsage: true, SilenceErrors: true}
	command.AddCommand(verbCommands(f)...)
	command.SetArgs([]string{"send", "login", testPhone, "--json"})
	command.SetOut(&out)
	command.SetErr(notes)
	err := command.ExecuteContext(t.Context())
	if code := Report(err); code != exitUnknown || err == nil || !strings.Contains(err.Error(), "a code may have been sent") {
		t.Errorf("exit code %d: %v", code, err)
	}
	var result application.Result
	if f.must(json.Unmarshal(out.Bytes(), &result)); result.Outcome != otp.OutcomeOK || len(f.Messages()) != 1 {
		t.Errorf("got %s, %d messages", out.String(), len(f.Messages()))
	}
}

func TestProgramsGetAnAnswerToEveryMistake(t *testing.T) {
	f := newField(t)
	for arguments, want := range map[string]string{
		"send login +33698765432 --wait -1s":              "--wait",
		"send login +33698765432 --route 1 --every-route": "--every-route",
		"send logn +33698765432":                          "Did you mean",
		"send login +33698765432 --locale fr_FR":          "fr_FR",
		"verify login +33698765432":                       "standard input",
		"extend login +33698765432 ten":                   "SECONDS",
		"status login +33698765432 --wait -1s":            "--wait",
		"status login +33698765432 --url nowhere:x":       "nowhere",
	} {
		run := f.runs("", append(strings.Fields(arguments), "--json")...).ends(exitNotMade)
		var result application.Result
		f.must(json.Unmarshal([]byte(run.out), &result))
		if result.Outcome != notMade || !strings.HasPrefix(result.Profile, "log") || result.Phone != "+33*****5432" || !strings.Contains(result.Reason, want) {
			t.Errorf("%s: %s", arguments, run.out)
		}
	}
}

// A catalog that is not there has no codes that could be wrong.
func TestACatalogThatIsNotThereIsAMistake(t *testing.T) {
	f := newField(t)
	t.Setenv("OTP_CATALOG_URL", "sqlite:"+filepath.Join(t.TempDir(), "none.db"))
	for _, arguments := range [][]string{{"verify", "login", testPhone, "482913"}, {"extend", "login", testPhone, "60"}, {"status", "login", testPhone}} {
		f.runs("", arguments...).ends(exitNotMade, "no catalog is at sqlite:")
	}
}

// A person who presses Ctrl-C instead of typing a code does not wait.
func TestCtrlCEndsTheWaitForACode(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	in, typing := io.Pipe()
	t.Cleanup(func() {
		if err := typing.Close(); err != nil {
			t.Error(err)
		}
	})
	command := &cobra.Command{Use: "terraform-provider-otp", SilenceUsage: true, SilenceErrors: true}
	command.AddCommand(verifyCommand(nil))
	command.SetArgs([]string{"verify", "login", testPhone})
	command.SetIn(in)
	cancel()
	if err := command.ExecuteContext(ctx); Report(err) != exitInterrupted {
		t.Error(err)
	}
}
