//go:build !unix

package pgtest

import (
	"fmt"
	"os/exec"
)

// account is who runs the server.
type account struct{}

func unprivileged() (account, error) {
	return account{}, fmt.Errorf("%w; on this system the tests do not look for it", errMissing)
}

func (account) run(*exec.Cmd) {}

func (account) own(string) error { return nil }
