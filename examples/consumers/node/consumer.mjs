#!/usr/bin/env node
// SPDX-License-Identifier: MPL-2.0
// Send, verify, extend and check one-time passwords by a profile document. Node 20 or newer, no dependency but `pg` where
// PostgreSQL is used, and no line about any vendor. See ../README.md.
import net from "node:net";
import { parseArgs } from "node:util";
import { opened } from "./challenges.mjs";
import { Fault, VERBS, load } from "./document.mjs";
import * as verbs from "./verbs.mjs";

// Exit codes; 2 for every other outcome, which the person must hear.
const EXIT = { ok: 0, pending: 0, already_active: 0, delivered: 0, next_route: 3, stop: 3, unknown: 4, unavailable: 4 };
const USAGE = `usage: consumer --catalog PATH|URL | --document PATH, --profile NAME [--challenges PATH|URL] [--json] COMMAND
  send PHONE [--locale L] [--resend] [--route N] [--ip ADDRESS]
  verify PHONE CODE [--ip ADDRESS]
  extend PHONE SECONDS
  status PHONE
  routes`;
const VALUES = { send: 1, verify: 2, extend: 2, status: 1, routes: 0 };

function parse() {
  const text = { type: "string" };
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        catalog: text, document: text, profile: text, challenges: text, locale: text, route: text, ip: text,
        now: text, // Unix seconds instead of the clock, for tests
        resend: { type: "boolean" }, json: { type: "boolean" },
      },
    });
  } catch {
    throw new Fault(USAGE); // the error may quote a code
  }
  const { values: options, positionals: [command, ...values] } = parsed;
  const numbers = [options.route, options.now].every((number) => /^[0-9]+$/.test(number ?? "0"));
  if (!command || !options.catalog === !options.document || !options.profile || values.length !== VALUES[command] || !numbers) throw new Fault(USAGE);
  if (values.length && !/^\+[1-9][0-9]{6,14}$/.test(values[0])) throw new Fault("PHONE must be in international form, such as +33612345678");
  const [phone, ...rest] = values;
  return {
    ...options, command, phone, values: rest, ip: options.ip && address(options.ip), locale: options.locale ?? "",
    route: options.route && Number(options.route), now: options.now && Number(options.now),
  };
}

// An address in one spelling, so that the same one compares equal.
function address(text) {
  if (net.isIPv4(text)) return text;
  if (!net.isIPv6(text)) throw new Fault("--ip must be an IP address");
  const usual = new URL(`http://[${text.split("%")[0]}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(usual)?.slice(1).map((group) => parseInt(group, 16));
  return mapped ? mapped.flatMap((group) => [group >> 8, group & 255]).join(".") : usual;
}

// Short and lined up.
function show(result) {
  const line = (...cells) => console.log(cells.join("  ").trimEnd());
  if (!Array.isArray(result)) {
    // The operator was told of those that refused.
    for (const [name, value] of Object.entries(result)) if (name !== "refused") line(name.replaceAll("_", " ").padEnd(19), value);
    return;
  }
  line("ROUTE", "VENDOR    ", "CHANNEL  ", "COUNTRIES", "CALLS");
  for (const row of result) {
    line(String(row.route).padEnd(5), row.vendor.padEnd(10), row.channel.padEnd(9), (row.countries ?? ["all"]).join(",").padEnd(9), row.calls.join(","));
  }
}

async function main() {
  const options = parse();
  const document = await load(options);
  let result, code = 0;
  if (options.command === "routes") {
    result = [...document.routes.entries()].filter(([, route]) => !route.skipped).map(([number, route]) => ({
      route: number, vendor: route.vendor, channel: route.channel, countries: route.countries,
      duties: route.application_must_enforce, calls: Object.keys(VERBS).filter((verb) => route[verb]),
    }));
  } else {
    const store = await opened(options.challenges ?? "otp-challenges.json", options.now);
    result = await verbs[options.command](document, store, options.phone, options);
    code = EXIT[result.outcome] ?? 2;
  }
  if (options.json) console.log(JSON.stringify(result));
  else show(result);
  return code;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(`consumer: ${error.message}`);
  process.exitCode = 1;
}
