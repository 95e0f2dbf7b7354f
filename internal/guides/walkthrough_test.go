package guides

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// Whoever follows these guides to the letter sees what they print.
func TestAGuideCanBeFollowedToTheLetter(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"getting-started", "ci", "migrating", "reading-documents"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps := read(t, name)
			for i, output := range follow(t, name, steps) {
				steps[i].compare(t, output)
			}
		})
	}
}

// step is a block of commands, and what the guide says that they print.
type step struct {
	commands string
	prints   string
	code     string // of the last command
}

// fence is a block of commands, and the one right behind it with what they print.
var fence = regexp.MustCompile("(?ms)^```shell\n(.*?)^```$(?:\\s*^```text\n(.*?)^```$)?")

// read finds the steps of a guide as it is published.
func read(t *testing.T, name string) []step {
	t.Helper()
	var steps []step
	all := fence.FindAllStringSubmatch(providertest.Read(t, filepath.Join("../../docs/guides", name+".md")), -1)
	if len(all) < 2 {
		t.Fatalf("%s has %d steps", name, len(all))
	}
	for _, found := range all {
		if missing := lacking(found[1]); missing == "" {
			steps = append(steps, step{commands: found[1], prints: found[2]})
		} else if t.Logf("%s is not there, so this is left out: %s", missing, found[1]); os.Getenv("CI") != "" {
			t.Errorf("%s is not there", missing)
		}
	}
	return steps
}

// lacking is a program that the commands need and this machine does not have.
func lacking(commands string) string {
	for _, program := range []string{"jq", "node", "php", "python3"} {
		if _, err := exec.LookPath(program); err != nil && strings.Contains(commands, program+" ") {
			return program
		}
	}
	return ""
}

// serves is a command that goes on until it is stopped: the guide has it in a
// shell of its own.
const serves = "terraform-provider-otp sandbox --env-file sandbox.env"

// ended stands between the outputs of two steps.
const ended = "@@@ "

// follow runs the steps in one shell, in a new folder with the guide's files, and
// returns what each has printed.
func follow(t *testing.T, name string, steps []step) []string {
	t.Helper()
	w := workspace(t)
	files, err := filepath.Glob(filepath.Join(examples, name, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 { // it goes on from there
		files = []string{filepath.Join(examples, "getting-started", "main.tf")}
	}
	for _, file := range files {
		w.File(filepath.Base(file), providertest.Read(t, file))
	}
	programs := t.TempDir()
	consumers, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{filepath.Join(programs, "terraform"): w.CLI, filepath.Join(w.Folder, "examples"): consumers} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	var script strings.Builder
	script.WriteString("shopt -s expand_aliases\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n")
	for _, step := range steps {
		if commands := strings.TrimSpace(step.commands); commands == serves {
			// Any port, and the environment that finds it.
			fmt.Fprintf(&script, "%s --address 127.0.0.1:0 >sandbox.log 2>&1 &\nuntil [ -e sandbox.env ]; do sleep 0.05; done\n", serves)
			script.WriteString("echo 'export OTP_SANDBOX_URL=${OTP_MYOTP_BASE_URL%/myotp}' >>sandbox.env\ntrue\n")
		} else {
			script.WriteString(commands + "\n")
		}
		script.WriteString("echo \"" + ended + "$?\"\n")
	}
	w.File("follow.sh", script.String())
	command := exec.CommandContext(t.Context(), "bash", "follow.sh")
	command.Dir = w.Folder
	for _, variable := range w.Env {
		if !strings.HasPrefix(variable, "OTP_CATALOG_URL=") && !strings.HasPrefix(variable, "TF_DATA_DIR=") {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env, "PATH="+programs+":"+os.Getenv("PATH"), "OTP_DELIVERIES_FILE="+filepath.Join(w.Folder, "deliveries.db"),
		"TF_CLI_ARGS=-no-color", "TF_CLI_ARGS_apply=-auto-approve -input=false", "TF_CLI_ARGS_destroy=-auto-approve -input=false", "PYTHONDONTWRITEBYTECODE=1")
	output, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("the shell says %v", err)
	}
	var outputs []string
	var lines strings.Builder
	for scanner := bufio.NewScanner(strings.NewReader(string(output))); scanner.Scan(); {
		if code, is := strings.CutPrefix(scanner.Text(), ended); is {
			if len(outputs) < len(steps) {
				steps[len(outputs)].code = code
			}
			outputs = append(outputs, lines.String())
			lines.Reset()
			continue
		}
		lines.WriteString(scanner.Text() + "\n")
	}
	if len(outputs) != len(steps) {
		t.Fatalf("%d of %d steps ended: %s", len(outputs), len(steps), output)
	}
	return outputs
}

// differing is what differs from run to run.
var differing = []struct {
	form *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z| UTC)?`), "TIME"},
	{regexp.MustCompile(`\bsms_[0-9a-f]+\b`), "TICKET"},
	{regexp.MustCompile(`\b\d{6}\b`), "CODE"},
	{regexp.MustCompile(`\b\d\ds\b`), "SECONDS"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "SANDBOX"},
}

func same(text string) string {
	for _, d := range differing {
		text = d.form.ReplaceAllString(text, d.as)
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(strings.TrimLeft(lines[i], "│╷╵ "))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// compare finds what the guide prints in the output: line by line, and where it
// has a line of three dots, anything.
func (s step) compare(t *testing.T, output string) {
	t.Helper()
	if s.prints == "" {
		if s.code != "0" {
			t.Errorf("%s ended with %s: %s", s.commands, s.code, output)
		}
		return
	}
	rest := same(output)
	for _, part := range regexp.MustCompile(`(?m)^\.\.\.$`).Split(same(s.prints), -1) {
		part = strings.TrimSpace(part)
		_, after, has := strings.Cut("\n"+rest+"\n", "\n"+part+"\n")
		if part != "" && !has {
			t.Errorf("%s prints\n%s\nand not\n%s", s.commands, output, part)
			return
		} else if has {
			rest = after
		}
	}
}
