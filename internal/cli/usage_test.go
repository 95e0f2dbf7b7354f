package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// A program that asks for JSON reads nothing else, also where it has used the
// command wrongly.
func TestAWrongUseIsToldInJSON(t *testing.T) {
	t.Parallel()
	for _, use := range []string{
		"catalog check too many", "catalog check --bogus", "catalog history brand", "catalog document", "catalog import one two", "catalog bogus",
		"send login", "send login +33612345678 --route x", "verify login", "extend login +33612345678", "status login",
		"doctor --timeout soon", "whatsapp link extra", "whatsapp link --timeout soon", "sandbox messages --bogus",
	} {
		for _, flag := range []string{"--json", "--json=true"} {
			arguments := append(strings.Fields(use), flag)
			command := root("test")
			command.SetArgs(arguments)
			usageInJSON(command, arguments)
			var out bytes.Buffer
			command.SetOut(&out)
			command.SetErr(&out)
			err := command.Execute()
			var answer usageAnswer
			if bad := json.Unmarshal(out.Bytes(), &answer); err == nil || bad != nil || answer.Outcome != notMade || answer.Error == "" || answer.Reason != answer.Error || !strings.Contains(err.Error(), answer.Error) || Report(err) != exitNotMade {
				t.Errorf("%v: %v, %v\n%s", arguments, err, bad, out.String())
			}
		}
		command := root("test")
		command.SetArgs(strings.Fields(use))
		usageInJSON(command, nil)
		var out bytes.Buffer
		command.SetOut(&out)
		if err := command.Execute(); err == nil || out.Len() > 0 {
			t.Errorf("%s, without JSON: %v, and it prints %s", use, err, out.String())
		}
	}
}
