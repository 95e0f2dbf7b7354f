#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Logins from end to end, without an account: Terraform applies the setup, an
# application sends by it, and this test reads the code where a person would read
# the message. terraform and terraform-provider-otp are on the PATH.
set -eu
cd "$(dirname "$0")"
# Your own application goes here; this one needs Python and nothing else.
application=${APPLICATION:-python3 ../../consumers/python/consumer.py}

fail() { echo "FAILED: $*" >&2; exit 1; }

work=$(mktemp -d)
terraform-provider-otp sandbox --address 127.0.0.1:0 --state "" --env-file "$work/sandbox.env" >"$work/sandbox.log" 2>&1 &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null; wait "$sandbox"; rm -rf "$work"' EXIT
until [ -e "$work/sandbox.env" ]; do
	kill -0 "$sandbox" 2>/dev/null || fail "the sandbox did not start: $(cat "$work/sandbox.log")"
	sleep 0.1
done
. "$work/sandbox.env" # where the vendors are, and where the sandbox's commands ask
export OTP_CATALOG_URL="sqlite:$work/catalog.db"

cp main.tf "$work"
terraform -chdir="$work" init -input=false >/dev/null
terraform -chdir="$work" apply -auto-approve -input=false >/dev/null

login() { $application --catalog "$work/catalog.db" --profile login --challenges "$work/challenges.json" "$@"; }
code() { terraform-provider-otp sandbox messages --phone "$1" --code --wait 10s; }

# The right code lets in, once; a wrong one does not.
login send +33612345678
right=$(code +33612345678)
wrong=$(echo "$right" | tr 0123456789 1234567890)
! login verify +33612345678 "$wrong" || fail "a wrong code was accepted"
login verify +33612345678 "$right" || fail "the right code was refused"
! login verify +33612345678 "$right" || fail "a code was accepted twice"

# A code expires.
login send +33612345679
late=$(code +33612345679)
terraform-provider-otp sandbox clock +10m
! login verify +33612345679 "$late" || fail "a code that had expired was accepted"

# Where the first vendor refuses, for want of money, the second one sends.
curl --silent --show-error --fail -d '{"amount": 0}' "$OTP_SANDBOX_URL/_sandbox/octopush/balance" >/dev/null
login send +33612345670
terraform-provider-otp sandbox messages --phone +33612345670 --json | grep -q '"vendor": "myotp"' || fail "the second route was not taken"
login verify +33612345670 "$(code +33612345670)"

# What is no phone of an allowed country gets nothing.
! login send +14155550123 || fail "a country that is not allowed got a code"
! terraform-provider-otp sandbox messages --phone +14155550123 --code 2>/dev/null || fail "a country that is not allowed got a message"

echo "All logins went as they should."
