package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/otp-as-code/terraform-provider-otp/internal/application"
	"github.com/otp-as-code/terraform-provider-otp/internal/clock"
)

func verifyCommand(clock clock.Clock) *cobra.Command {
	v := &verb{clock: clock}
	command := &cobra.Command{
		Use:   "verify PROFILE PHONE [CODE]",
		Short: "Verify the code that was sent last",
		Long: "Verifies a code against the last send to the phone from this machine, as an application does: wrong codes count\n" +
			"over all sends, and a right code counts once. Without CODE it is read from standard input; arguments can be read\n" +
			"by other users of the machine.\n\n" + environmentHelp + codesHelp,
		Example: "  terraform-provider-otp verify login +33612345678 482913\n" +
			"  echo 482913 | terraform-provider-otp verify login +33612345678 --json",
		Args: between("a profile, a phone number and a code, such as `verify login +33612345678 482913`", 2, 3),
		RunE: func(command *cobra.Command, args []string) error {
			v.profile, v.to.Phone = args[0], args[1]
			code, err := typed(command, args)
			if err != nil {
				return v.answer(command, err)
			}
			return v.one(command, func(ctx context.Context, t *application.Application) (application.Result, error) {
				return t.Verify(ctx, v.profile, v.to, code)
			})
		},
	}
	v.flags(command)
	command.Flags().StringVar(&v.to.IP, "recipient-ip", "", "IP address of the recipient, for a route that binds the code to it")
	return command
}

// typed is the code of the command line, or else a line of the input.
func typed(command *cobra.Command, args []string) (string, error) {
	if len(args) > 2 && args[2] != "-" {
		return args[2], nil
	}
	in := command.InOrStdin()
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		command.PrintErr("Code: ")
	}
	line, err := firstLine(command.Context(), in)
	if errors.Is(err, context.Canceled) {
		return "", err
	}
	if line = strings.TrimSpace(line); line == "" {
		if err == nil || errors.Is(err, io.EOF) {
			err = errors.New("it is empty")
		}
		return "", fmt.Errorf("there is no code on standard input: %w", err)
	}
	return line, nil
}

// firstLine reads a line. Ctrl-C ends it, which a read does not notice.
func firstLine(ctx context.Context, in io.Reader) (string, error) {
	read := make(chan struct{})
	var text string
	var failed error
	go func() {
		defer close(read)
		text, failed = bufio.NewReader(io.LimitReader(in, 1024)).ReadString('\n')
	}()
	select {
	case <-read:
		return text, failed
	case <-ctx.Done():
		return "", fmt.Errorf("cancelled before there was a code: %w", ctx.Err())
	}
}

// one runs a verb that has one result.
func (v *verb) one(command *cobra.Command, do func(context.Context, *application.Application) (application.Result, error)) error {
	return v.with(command, func(ctx context.Context, t *application.Application) error {
		result, err := do(ctx, t)
		if result.Outcome == "" {
			return err
		}
		return errors.Join(err, v.report(command, result))
	})
}

// between is exactly with a last argument that may be left out.
func between(what string, least, most int) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return exactly(what, -1)(command, args)
		}
		return nil
	}
}
