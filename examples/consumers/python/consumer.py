#!/usr/bin/env python3
# SPDX-License-Identifier: MPL-2.0
"""Send, verify, extend and check one-time passwords by a profile document.

Python 3.9 or newer, standard library only, and no line about any vendor. See ../README.md.
"""
import argparse
import ipaddress
import json
import re
import sqlite3
import sys

import verbs
from challenges import opened
from document import VERBS as CALLS, Fault, load

# Exit codes; 2 for every other outcome, which the person must hear.
EXIT = {"ok": 0, "pending": 0, "already_active": 0, "delivered": 0,
        "next_route": 3, "stop": 3, "unknown": 4, "unavailable": 4}
USAGE = """consumer --catalog PATH|URL | --document PATH, --profile NAME [--challenges PATH|URL] [--json] COMMAND
  send PHONE [--locale L] [--resend] [--route N] [--ip ADDRESS]
  verify PHONE CODE [--ip ADDRESS]
  extend PHONE SECONDS
  status PHONE
  routes"""
VALUES = {"send": 1, "verify": 2, "extend": 2, "status": 1, "routes": 0}


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Fault("usage: " + USAGE)  # message may quote a code


def arguments():
    parser = Parser(add_help=False, allow_abbrev=False)
    for name in ("catalog", "document", "profile", "ip"):
        parser.add_argument("--" + name)
    parser.add_argument("--challenges", default="otp-challenges.json")
    parser.add_argument("--locale", default="")
    parser.add_argument("--route", type=int)
    parser.add_argument("--now", type=int)  # Unix seconds instead of the clock, for tests
    parser.add_argument("--resend", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("command", choices=sorted(VALUES))
    parser.add_argument("values", nargs="*")
    args = parser.parse_intermixed_args()
    if bool(args.catalog) == bool(args.document) or not args.profile or len(args.values) != VALUES[args.command]:
        parser.error("")
    if args.values and not re.fullmatch(r"\+[1-9][0-9]{6,14}", args.values[0]):
        raise Fault("PHONE must be in international form, such as +33612345678")
    if args.ip:
        try:
            address = ipaddress.ip_address(args.ip)
            args.ip = str(getattr(address, "ipv4_mapped", None) or address)  # one spelling, so that it compares equal
        except ValueError:
            raise Fault("--ip must be an IP address") from None
    return args


def describe(document):
    return [{"route": number, "vendor": route["vendor"], "channel": route["channel"],
             "countries": route["countries"], "duties": route["application_must_enforce"],
             "calls": [verb for verb in CALLS if route[verb]]}
            for number, route in enumerate(document["routes"]) if not route["skipped"]]


def show(result):
    """Short and lined up."""
    if isinstance(result, list):
        print("ROUTE  VENDOR      CHANNEL    COUNTRIES  CALLS")
        for row in result:
            countries = ",".join(row["countries"] or ["all"])
            print("{route:<5}  {vendor:<10}  {channel:<9}  ".format(**row) + f"{countries:<9}  {','.join(row['calls'])}")
        return
    for name, value in result.items():
        if name != "refused":  # told the operator already
            print(f"{name.replace('_', ' '):<19}  {value}")


def main():
    try:
        args = arguments()
        document = load(args)
        if args.command == "routes":
            code, result = 0, describe(document)
        else:
            phone, *args.values = args.values
            store = opened(args.challenges, args.now)
            result = getattr(verbs, args.command)(document, store, phone, args)
            code = EXIT.get(result["outcome"], 2)
    except Fault as fault:
        print(f"consumer: {fault}", file=sys.stderr)
        return 1
    except (OSError, ValueError, sqlite3.Error) as error:
        print(f"consumer: the challenges cannot be used: {type(error).__name__}", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(result, sort_keys=True, separators=(",", ":")))
    else:
        show(result)
    return code


if __name__ == "__main__":
    sys.exit(main())
