//go:build linux

package tf_test

import (
	"fmt"
	"testing"

	"github.com/otp-as-code/terraform-provider-otp/internal/catalog/pgtest"
	"github.com/otp-as-code/terraform-provider-otp/internal/provider/providertest"
)

// The server of the catalog goes in the middle of an apply, and its standby takes
// over: what was committed is there, and the next run ends what was begun.
func TestAnApplyOutlivesTheLossOfThePrimary(t *testing.T) {
	t.Parallel()
	_, objects := soak(t)
	const role, password, database = "otp_primary", "made-up-0123", "otp_primary"
	primary := pgtest.New(t)
	primary.Run(t, pgtest.Administrator, "postgres", "CREATE ROLE "+role+" LOGIN PASSWORD '"+password+"'", "CREATE DATABASE "+database+" OWNER "+role,
		"ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
	standby := primary.Standby(t)
	// From now on a commit is one that the standby has.
	primary.Run(t, pgtest.Administrator, "postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")

	url := fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d,127.0.0.1:%d/%s?target_session_attrs=read-write",
		role, password, primary.Port, standby.Port, database)
	v := newVictim(t, providertest.WorldAt(t, url), objects)
	v.round("create", objects/2, func() {
		// A server that is gone, and not one that says good-bye.
		if err := primary.Crash(); err != nil {
			t.Error(err)
		}
		if err := standby.Promote(); err != nil {
			t.Error(err)
		}
	})
	v.round("update", objects/2, func() { v.kill("Terraform") })
	v.round("destroy", objects/2, func() { v.kill("the provider") })
}
