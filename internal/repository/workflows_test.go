package repository

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var (
	uses   = regexp.MustCompile(`(?m)^\s*(?:- )?uses: *(.*)$`)
	pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
)

// unpinned are the actions of a workflow that are not named by the hash of a
// commit, with the version beside it for people and Dependabot, and those that are
// named by two hashes. A tag can be moved by whoever takes over an action.
func unpinned(workflows ...string) (all int, wrong []string) {
	as := map[string]string{}
	for _, workflow := range workflows {
		for _, found := range uses.FindAllStringSubmatch(workflow, -1) {
			all++
			action, _, _ := strings.Cut(found[1], "@")
			switch {
			case !pinned.MatchString(found[1]):
				wrong = append(wrong, found[1])
			case as[action] != "" && as[action] != found[1]:
				wrong = append(wrong, found[1]+" and "+as[action])
			}
			as[action] = found[1]
		}
	}
	return all, wrong
}

func TestActionsArePinnedByHash(t *testing.T) {
	t.Parallel()
	var workflows []string
	for _, pattern := range []string{".github/workflows/*.y*ml", "examples/guides/*/*.yml"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			workflows = append(workflows, content(t, strings.TrimPrefix(file, root)))
		}
	}
	all, wrong := unpinned(workflows...)
	for _, action := range wrong {
		t.Errorf("%s is not pinned; write its commit and, behind it, the version: action@<40 digits> # v1.2.3", action)
	}
	if all < 15 {
		t.Errorf("only %d uses were found", all)
	}
	const hash = "0123456789abcdef0123456789abcdef01234567"
	if all, wrong := unpinned("  - uses: a/b@v4\n  - uses: a/c@"+hash+"\n  - name: x\n    uses: a/d@"+hash+" # v1.2.3\n", "  - uses: a/d@"+strings.Repeat("a", 40)+" # v1.2.4\n"); all != 4 || len(wrong) != 3 {
		t.Errorf("of %d uses, wrong are %q", all, wrong)
	}
}

// The notes of a release are the part of the changelog that bears its number, by
// the very step that makes them.
func TestTheNotesOfAReleaseAreItsPartOfTheChangelog(t *testing.T) {
	t.Parallel()
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Name, Run string }
		}
	}
	if err := yaml.Unmarshal([]byte(content(t, ".github/workflows/release.yml")), &workflow); err != nil {
		t.Fatal(err)
	}
	script := ""
	for _, step := range workflow.Jobs["release"].Steps {
		if step.Name == "Release notes" {
			script = step.Run
		}
	}
	const changelog = "# Changelog\n\nWords.\n\n## Unreleased\n\n## 1.2.10 - 2027-02-01\n\nTen.\n\n## 1.2.1 - 2027-01-01\n\n### Plans\n\nOne.\n\n## [1.2.0] - 2026-12-01\n\nNone.\n"
	for tag, want := range map[string]string{
		"v1.2.1": "\n### Plans\n\nOne.\n\n", "v1.2.10": "\nTen.\n\n", "v1.2.0": "\nNone.\n",
		"v1.2": "", "v2.1": "", "vUnreleased": "", "v1.2.1-rc.1": "", // of these there is no part
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "CHANGELOG.md"), []byte(changelog), 0o600); err != nil {
			t.Fatal(err)
		}
		command := exec.CommandContext(t.Context(), "bash", "-e", "-o", "pipefail", "-c", script)
		command.Dir, command.Env = folder, append(os.Environ(), "TAG="+tag, "RUNNER_TEMP="+folder)
		output, err := command.CombinedOutput()
		if want == "" {
			if err == nil || !strings.Contains(string(output), "CHANGELOG.md has no part called "+strings.TrimPrefix(tag, "v")) {
				t.Errorf("%s: %v, %s", tag, err, output)
			}
			continue
		}
		notes, failed := os.ReadFile(filepath.Join(folder, "notes.md"))
		if err != nil || failed != nil || string(notes) != want {
			t.Errorf("%s: %v, %v, %s\n%q", tag, err, failed, output, notes)
		}
	}
}
