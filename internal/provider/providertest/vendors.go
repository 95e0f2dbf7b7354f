package providertest

import (
	"slices"
	"testing"
	"time"

	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox"
	"github.com/otp-as-code/terraform-provider-otp/internal/sandbox/androidapi"
)

// Changed is a sandbox whose AndroidAPI account was changed.
func Changed(t *testing.T, change func(*androidapi.Account)) *sandbox.Server {
	t.Helper()
	s := NewSandbox(t)
	if err := androidapi.At(s).Update(change); err != nil {
		t.Fatal(err)
	}
	return s
}

// Forbid takes a permission from the key.
func Forbid(permission string) func(*androidapi.Account) {
	return func(a *androidapi.Account) {
		a.Permissions = slices.DeleteFunc(a.Permissions, func(p string) bool { return p == permission })
	}
}

// Transactions is a data source otp_transactions with these arguments.
func Transactions(arguments string) string {
	return "data \"otp_transactions\" \"all\" {\n" + arguments + "\n}\n"
}

// NewSandbox is a sandbox in which it is always the first of October 2026.
func NewSandbox(t *testing.T) *sandbox.Server {
	t.Helper()
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	return sandbox.StartForTest(t, sandbox.Options{Clock: func() time.Time { return now }})
}
