package sandbox_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/sandboxtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/way2api"
)

// sample is one of the samples that the vendors print, run against the sandbox
// as it is printed: only the host and the key are changed, and the ends of
// lines that the document lost are put back.
type sample struct {
	document   string // in testdata/seeds
	begin, end string // of the sample in the document; the end is not part of it
	program    []string
	file       string // the sample's name on disk
	lines      []string
	// slip is a mistake of the sample's own, and mended what its author meant. The
	// sample as printed is then refused with the answer that holds refused.
	slip, refused string
	mended        []string
	prints        string // what the sample says of a success
	show          string // added where the sample prints nothing
}

var samples = map[string]sample{
	"androidapi in PHP": {
		document: "androidapi", begin: "<?php", end: "Python Sample", program: []string{"php"}, file: "sample.php",
		slip:    `The key "mode" is there twice and "type" is not: PHP keeps the last, so that the required type is missing.`,
		refused: "Invalid Parameters!", mended: []string{`"mode" => "sms",`, `"type" => "sms",`},
		prints: "OTP has been sent!",
	},
	"androidapi in Python": {
		document: "androidapi", begin: "import requests", end: "Successful Response", program: []string{"python3"}, file: "sample.py",
		prints: "OTP has been sent!", show: "\nprint(result)\n",
	},
	"way2api in PHP": {
		document: "way2api", begin: "<?php", end: "\nconst response", program: []string{"php"}, file: "sample.php", prints: "[sms_status] => sent",
	},
	"way2api in JavaScript": {
		document: "way2api", begin: "const response", end: "\ncurl", program: []string{"node"}, file: "sample.mjs", prints: "sms_status: 'sent'",
	},
	"way2api with curl": {
		document: "way2api", begin: "curl -X POST", end: "\n$.ajax", program: []string{"sh"}, file: "sample.sh",
		lines:   []string{` \ -`, " \\\n-"},
		slip:    `The quotes of the body are escaped although they stand in single quotes, so that no JSON arrives.`,
		refused: "REQUEST_FAILED", mended: []string{`\"`, `"`},
		prints: `"sms_status":"sent"`,
	},
	"way2api in Python": {
		document: "way2api", begin: "import requests", end: "\nResponse Example", program: []string{"python3"}, file: "sample.py",
		lines: []string{"import requests response", "import requests\nresponse", ") print(", ")\nprint("}, prints: "'sms_status': 'sent'",
	},
}

func TestSamplesOfTheVendorsRun(t *testing.T) {
	t.Parallel()
	for name, sample := range samples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := sample.interpreter(t)
			s := sandboxtest.Open(t, sandbox.Options{})
			text := sample.text(t, s)
			if sample.slip != "" {
				got := sample.run(t, program, text)
				if !strings.Contains(got, sample.refused) || len(s.Messages()) != 0 {
					t.Errorf("as printed it should be refused with %q: %s\n%s", sample.refused, sample.slip, got)
				}
				text = strings.NewReplacer(sample.mended...).Replace(text)
			}
			got := sample.run(t, program, text)
			if !strings.Contains(got, sample.prints) || len(s.Messages()) != 1 {
				t.Errorf("it printed, with %d messages:\n%s", len(s.Messages()), got)
			}
		})
	}
}

// interpreter is the program that runs the sample. In CI it has to be there.
func (s sample) interpreter(t *testing.T) []string {
	t.Helper()
	candidates := []string{s.program[0]}
	if s.program[0] == "python3" {
		candidates = []string{"python3", "/usr/bin/python3"} // Debian's has the packages that apt installs
	}
	for _, candidate := range candidates {
		path, err := exec.LookPath(candidate)
		if err != nil {
			continue
		}
		if s.program[0] == "python3" && exec.CommandContext(t.Context(), path, "-c", "import requests").Run() != nil {
			continue
		}
		if s.program[0] == "php" && exec.CommandContext(t.Context(), path, "-r", "exit(extension_loaded('curl') ? 0 : 1);").Run() != nil {
			continue
		}
		return append([]string{path}, s.program[1:]...)
	}
	const missing = "%s is not there, or lacks curl (PHP) or requests (Python)"
	if os.Getenv("CI") != "" {
		t.Fatalf(missing, s.program[0])
	}
	t.Skipf(missing, s.program[0])
	return nil
}

// text is the sample as the document prints it, for this sandbox.
func (s sample) text(t *testing.T, server *sandbox.Server) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "seeds", s.document+".txt"))
	sandboxtest.Must(t, err)
	_, rest, found := strings.Cut(string(raw), s.begin)
	text, _, ended := strings.Cut(rest, s.end)
	if !found || !ended {
		t.Fatalf("the document has no sample from %q to %q", s.begin, s.end)
	}
	text = strings.NewReplacer(s.lines...).Replace(s.begin + text)
	changed := strings.NewReplacer(
		"https://androidapi.net", server.URL()+"/androidapi", "API_SECRET", androidapi.Secret,
		"https://app.way2api.com", server.URL()+"/way2api", "YOUR_API_KEY", way2api.Key,
	).Replace(text)
	if strings.Count(changed, server.URL()) != 1 || strings.Contains(changed, "https://") {
		t.Fatalf("the sample would call somebody else:\n%s", changed)
	}
	return changed + s.show
}

func (s sample) run(t *testing.T, program []string, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), s.file)
	sandboxtest.Must(t, os.WriteFile(file, []byte(text), 0o600))
	command := exec.CommandContext(t.Context(), program[0], append(program[1:], file)...)
	// No proxy comes between a sample and this machine.
	command.Env = append(os.Environ(), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); err != nil {
		out.WriteString("\n" + err.Error())
	}
	return out.String()
}

// Whoever adds a sample to a document has to run it, or say here why not.
func TestEverySampleOfTheVendorsIsRun(t *testing.T) {
	t.Parallel()
	notRun := map[string]int{
		"$.ajax":     1, // jQuery runs in a page, and the vendor lets no page of another origin call it
		"axios.post": 1, // a library that nothing else here needs; its request is the one of fetch
	}
	var run int
	for _, name := range []string{"androidapi", "octopush", "way2api", "myotp"} {
		raw, err := os.ReadFile(filepath.Join("testdata", "seeds", name+".txt"))
		sandboxtest.Must(t, err)
		for mark, want := range notRun {
			if name == "way2api" && strings.Count(string(raw), mark) != want {
				t.Errorf("%s: %q is there %d times", name, mark, strings.Count(string(raw), mark))
			}
		}
		for _, mark := range []string{"<?php", "import requests", "await fetch(", "curl -X"} {
			run += strings.Count(string(raw), mark)
		}
	}
	if run != len(samples) {
		t.Errorf("the documents have %d samples, %d are run", run, len(samples))
	}
}
