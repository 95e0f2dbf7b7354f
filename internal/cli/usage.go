package cli

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"
)

// usageAnswer is what a program is told that has used a command wrongly. It has
// the members by which the answers of all commands tell why they failed.
type usageAnswer struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"`
	Error   string `json:"error"`
}

// usageInJSON lets a command, and those below it, tell a wrong use in JSON, too,
// where JSON is asked for: a program reads nothing else. The flag itself may not
// be read yet when another one is wrong, so that the arguments decide.
func usageInJSON(command *cobra.Command, arguments []string) {
	for _, below := range command.Commands() {
		usageInJSON(below, arguments)
	}
	asked := slices.ContainsFunc(arguments, func(argument string) bool { return argument == "--json" || argument == "--json=true" })
	tell := func(c *cobra.Command, err error) error {
		if err == nil || !asked || c.Flag("json") == nil {
			return err
		}
		return errors.Join(err, printLine(c.OutOrStdout(), usageAnswer{notMade, err.Error(), err.Error()}))
	}
	command.SetFlagErrorFunc(tell)
	if judge := command.Args; judge != nil {
		command.Args = func(c *cobra.Command, positional []string) error { return tell(c, judge(c, positional)) }
	}
}
