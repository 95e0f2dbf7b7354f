package consumers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/examples/consumers/conformance"
)

// form is the login form of the README in a language.
func form(t *testing.T, language string) string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## A login form")
	_, code, found := strings.Cut(section, "```"+language+"\n")
	code, _, ended := strings.Cut(code, "```")
	if !found || !ended {
		t.Fatalf("the README has no login form in %s", language)
	}
	if lines := len(strings.Fields(strings.NewReplacer(" ", "", "\t", "").Replace(code))); lines > 25 {
		t.Errorf("the login form in %s has %d lines, want about twenty", language, lines)
	}
	return code
}

// The forms as they are printed, in a page that asks for a code, types a wrong
// one and then the right one. What surrounds them is the site's own.
var pages = map[string]struct{ before, after string }{
	"python": {`
import os, sys
from types import SimpleNamespace as Any
sys.path.insert(0, PARTS)
`, `
renewed = []
account = Any(phone="+33612345678")
request = Any(remote_addr="203.0.113.7", language="fr", form={}, session=Any(renew=renewed.append))
print(ask(account, request))
request.form["again"] = "1"
print(ask(account, request))
for code in ("111111", "482913"):
    request.form["code"] = code
    print(check(account, request), len(renewed))
`},
	"js": {"", `
let renewed = 0;
const account = { phone: "+33612345678" };
const request = { ip: "203.0.113.7", language: "fr", body: {}, session: { renew: async () => { renewed++; } } };
console.log(await ask(account, request));
request.body.again = "1";
console.log(await ask(account, request));
for (const code of ["111111", "482913"]) {
  request.body.code = code;
  console.log(await check(account, request), renewed);
}
`},
}

const shown = "A code is on its way.\nPlease wait a moment.\nwrong_code 0\nok 1\n"

func TestTheLoginFormsOfTheReadmeWork(t *testing.T) {
	t.Parallel()
	for _, language := range languages {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			available(t, language)
			dir, env := site(t)
			switch language {
			case "python":
				page := strings.Replace(pages["python"].before, "PARTS", fmt.Sprintf("%q", absolute(t, "python")), 1) + form(t, "python") + pages["python"].after
				shows(t, dir, env, page, "page.py", "python3")
			case "node":
				page := strings.ReplaceAll(form(t, "js"), `from "./`, `from "`+absolute(t, "node")+`/`) + pages["js"].after
				shows(t, dir, env, page, "page.mjs", "node")
			case "php":
				serves(t, dir, env, strings.Replace(form(t, "php"), `__DIR__ . "/otp/$part.php"`, `"`+absolute(t, "php")+`/$part.php"`, 1))
			case "go":
				builds(t, form(t, "go"))
			}
		})
	}
}

func absolute(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// site is the folder of a page with its document, and its environment.
func site(t *testing.T) (dir string, env []string) {
	t.Helper()
	var verified atomic.Int32
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answer := `{"message_id": "3f0c1d2e", "status": "accepted"}`
		switch {
		case !strings.Contains(r.URL.Path, "verify"):
		case verified.Add(1) == 1:
			answer = `{"status": "failed", "reason": "invalid"}`
		default:
			answer = `{"status": "success"}`
		}
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(vendor.Close)
	dir = t.TempDir()
	documentOf(t, filepath.Join(dir, "login.json"), conformance.Case{Routes: []string{"myotp"}})
	return dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "CHALLENGES=" + filepath.Join(dir, "challenges.json"), "OTP_MYOTP_API_KEY=made-up", "OTP_MYOTP_BASE_URL=" + vendor.URL}
}

// shows runs a page and compares what it shows.
func shows(t *testing.T, dir string, env []string, page, name, program string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	process := exec.CommandContext(t.Context(), program, name)
	process.Dir, process.Env = dir, env
	if out, err := process.CombinedOutput(); err != nil || string(out) != shown {
		t.Errorf("%v\n%s", err, out)
	}
}

// serves runs the page once for each request, as a web server would: a script that
// PHP reads from its input has no STDERR and STDOUT either.
func serves(t *testing.T, dir string, env []string, form string) {
	t.Helper()
	page := "<?php\nsession_save_path(__DIR__);\nsession_start();\n$account = (object) ['phone' => '+33612345678', 'id' => 7];\n" + form +
		"\nif (isset($outcome) && isset($_POST['code'])) {\n    echo $outcome, ' ', $_SESSION['account'] ?? 0;\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "page.php"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ post, want string }{
		{"", "A code is on its way."}, {"again=1", "Please wait a moment."}, {"code=111111", "wrong_code 0"}, {"code=482913", "ok 7"},
	} {
		process := exec.CommandContext(t.Context(), "php")
		process.Dir, process.Env = dir, env
		process.Stdin = strings.NewReader("<?php parse_str('" + step.post + "', $_POST); $_SERVER['REMOTE_ADDR'] = '203.0.113.7'; require 'page.php';")
		if out, err := process.Output(); err != nil || string(out) != step.want {
			t.Errorf("%q: %v, %q, want %q", step.post, err, out, step.want)
		}
	}
}

// builds compiles the form with the consumer that it is copied beside.
func builds(t *testing.T, form string) {
	t.Helper()
	dir := t.TempDir()
	page := "package main\n\nimport (\n\t\"errors\"\n\t\"net\"\n\t\"net/http\"\n\t\"time\"\n)\n\n" +
		"type account struct{ phone string }\n\ntype login struct {\n\tchallenges string\n\tdocument *document\n}\n\nfunc (l *login) renew(http.ResponseWriter, account) {}\n\n" + form
	overlay := fmt.Sprintf(`{"Replace": {%q: %q}}`, filepath.Join(absolute(t, "go"), "form.go"), filepath.Join(dir, "form.go"))
	for name, content := range map[string]string{"form.go": page, "overlay.json": overlay} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	process := exec.CommandContext(t.Context(), "go", "vet", "-overlay", filepath.Join(dir, "overlay.json"), "./go")
	if out, err := process.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
