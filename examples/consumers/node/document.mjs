// SPDX-License-Identifier: MPL-2.0
// The profile document: read from where it is, and refused where its contract does not hold.
import { existsSync, readFileSync } from "node:fs";

export const VERBS = {
  send: ["ok", "pending", "already_active", "next_route", "unknown", "stop"],
  verify: ["ok", "wrong_code", "expired", "not_found", "too_many_attempts", "stop", "unknown"],
  extend: ["ok", "not_found", "stop", "unknown"],
  status: ["delivered", "pending", "failed", "not_found", "unavailable", "unknown"],
};
const DUTIES = [
  "make_code", "verify_code", "validity", "max_wrong_attempts", "bind_phone", "single_use",
  "bind_recipient_ip", "allowed_countries", "send_limits",
];
const RECIPIENT = ["phone_e164", "phone_digits", "recipient_ip"];
const TAKEN = [...RECIPIENT, "text", "code", "duration_seconds"];
// Headers that say where a request goes and where it ends.
const OWN_HEADERS = ["host", "content-length", "content-type", "transfer-encoding", "connection", "keep-alive", "te", "trailer",
  "upgrade", "expect"];
const SEGMENT = "[A-Za-z0-9._~-]*[A-Za-z0-9_~-][A-Za-z0-9._~-]*"; // of a path, and not only dots
// ${VARIABLE}, {{name}} or {{name:number}}. Other braces are the vendor's own.
export const PLACEHOLDER = /\$\{([^}]*)\}|\{\{([a-z][a-z0-9_]*)(:number)?\}\}/g;
const POINTER = /^(\/([^~/]|~[01])*)+$/s;

// What the operator has to repair. The text never quotes a secret, a query or an answer.
export class Fault extends Error {}

export const tell = (text) => process.stderr.write(text + "\n");

// The document of a profile, from a file or from the view of a catalog.
export async function load({ catalog, document, profile }) {
  let text;
  if (document) {
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(document));
    } catch (error) {
      throw new Fault(`cannot read the document ${document}: ${error.code}`);
    }
  } else {
    const row = await (/^postgres(ql)?:/.test(catalog) ? fromPostgres : fromSqlite)(catalog, profile);
    if (!row) throw new Fault(`the catalog has no profile ${profile}`);
    text = row.document;
    if (!row.up_to_date) tell(`profile ${profile}: the document is not up to date`);
  }
  try {
    const parsed = JSON.parse(text);
    check(parsed, profile);
    return parsed;
  } catch (error) {
    throw new Fault(`the document of profile ${profile} is refused: ${error instanceof Fault ? error.message : "it is not well formed"}`);
  }
}

const QUERY = "SELECT document, up_to_date FROM otp_profile_documents WHERE name = ";

// Opened to read: read-write where it may be, because only then can the journal that a killed writer left be rolled back;
// query_only keeps this program from writing.
async function fromSqlite(path, name) {
  let sqlite;
  try {
    sqlite = await import("node:sqlite");
  } catch {
    throw new Fault(`this Node (${process.version}) cannot read SQLite: use Node 22.13 or newer, a catalog in PostgreSQL, or --document`);
  }
  if (!existsSync(path)) throw new Fault(`cannot read the catalog ${path}: there is no such file`);
  let first;
  for (const readOnly of [false, true]) {
    let database;
    try {
      database = new sqlite.DatabaseSync(path, { readOnly });
      database.exec("PRAGMA busy_timeout = 10000; PRAGMA query_only = ON");
      return database.prepare(QUERY + "?").get(name);
    } catch (error) {
      first ??= error;
    } finally {
      database?.close();
    }
  }
  const hint = existsSync(path + "-journal")
    ? "; the journal of a writer that was killed lies beside it, and only a program that may write the file and its folder can roll it back:"
      + " run `terraform plan`, or give this program that right" : "";
  throw new Fault(`cannot read the catalog ${path}: ${first.message}${hint}`);
}

async function fromPostgres(url, name) {
  return postgres(url, "read the catalog", async (database) => (await database.query(QUERY + "$1", [name])).rows[0]);
}

// A connection to PostgreSQL for as long as `work` takes. The driver's errors may quote the URL, and with it a password.
export async function postgres(url, purpose, work) {
  let pg;
  try {
    pg = (await import("pg")).default;
  } catch {
    throw new Fault(`to ${purpose} in PostgreSQL, the package pg is needed: npm install pg`);
  }
  let database;
  try {
    database = new pg.Client({ connectionString: url });
    database.on("error", () => {}); // of a connection that ends; what waits for it fails by itself
    await database.connect();
    const path = /[?&]search_path=([^&]*)/.exec(url)?.[1]; // which the driver does not know
    if (path) await database.query("SELECT set_config('search_path', $1, false)", [decodeURIComponent(path)]);
    return await work(database);
  } catch (error) {
    throw error instanceof Fault ? error : new Fault(`cannot ${purpose} in PostgreSQL: ${error.code ?? error.name}`);
  } finally {
    await database?.end().catch(() => {});
  }
}

function need(condition, otherwise) {
  if (!condition) throw new Fault(otherwise);
}

const isText = (value) => typeof value === "string";
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const has = (object, key) => Object.hasOwn(object, key);
const matches = (value, pattern) => isText(value) && new RegExp(`^(?:${pattern})$`).test(value) && !value.endsWith("\n");
const whole = (value, least, most = 2 ** 31 - 1) => Number.isInteger(value) && least <= value && value <= most;
const names = (value) => Array.isArray(value) && value.length > 0 && value.every((name) => isText(name) && name !== "");
const countries = (value) => value === null || names(value) && value.every((country) => matches(country, "[A-Z]{2}"));

// Refuse what does not keep the contract, before anything is sent. Keys that this program does not know are ignored, unless
// the document requires them.
function check(document, name) {
  need(isObject(document) && document.schema_version === 1, "this program reads schema_version 1 only");
  need(!has(document, "requires"), "it requires what this program does not know");
  need(document.profile === name && matches(name, "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"), "it belongs to another profile");
  const { code, limits, country_prefixes: prefixes, routes } = document;
  const kinds = [code.digits, code.upper_case, code.lower_case, code.special_characters];
  need(whole(code.length, 3, 32) && kinds.every((kind) => typeof kind === "boolean") && kinds.includes(true), "its code policy allows no code");
  need(isText(document.brand) && whole(document.validity_seconds, 1), "brand, or validity_seconds");
  need(whole(document.max_wrong_attempts, 1, 100), "max_wrong_attempts");
  for (const [limit, least, none] of [["resend_after_seconds", 0], ["per_phone_hour", 1], ["per_phone_day", 1], ["per_ip_hour", 1, true], ["per_profile_hour", 1, true]]) {
    need(whole(limits[limit], least) || none && limits[limit] === null, `limits.${limit}`);
  }
  need(countries(document.allowed_countries), "allowed_countries");
  need(prefixes === null || isObject(prefixes) && Object.entries(prefixes).every(([digits, country]) => matches(digits, "[1-9][0-9]{0,14}") && countries([country])),
    "country_prefixes");
  need(["same", "next"].includes(document.resend_route), "resend_route");
  need(Array.isArray(routes) && routes.length > 0, "it has no route");
  for (const [number, route] of routes.entries()) {
    const at = `route ${number}`;
    const calls = Object.keys(VERBS).filter((verb) => isObject(route[verb]));
    route.skipped = calls.some((verb) => has(route[verb], "requires"));
    if (route.skipped) {
      need(calls.every((verb) => !has(route[verb], "requires") || names(route[verb].requires)), `${at}: requires`);
      tell(`${at}: it requires what this program does not know, and is skipped`);
      continue;
    }
    const duties = route.application_must_enforce;
    need(matches(route.vendor, "[a-z0-9]+") && matches(route.channel, "[a-z][a-z0-9_]{0,31}"), `${at}: vendor, or channel`);
    need(countries(route.countries), `${at}: countries`);
    // To ignore a duty is insecure.
    need(Array.isArray(duties) && duties.every((duty) => DUTIES.includes(duty)), `${at} has a duty that this program does not know`);
    need(Object.keys(VERBS).every((verb) => route[verb] === null || calls.includes(verb)) && route.send, `${at} has no send, or a call that is none`);
    need(route.verify || duties.includes("verify_code"), `${at}: nobody verifies its codes`);
    need(duties.includes("make_code") || !duties.includes("verify_code"), `${at}: verify_code without make_code`);
    for (const verb of calls) checkCall(`${at}, ${verb}`, route, verb, route[verb]);
  }
}

function checkCall(at, route, verb, call) {
  const kept = route.send.keep ?? {};
  need(["GET", "POST", "PUT", "PATCH", "DELETE"].includes(call.method), `${at}: method`);
  need(["json", "multipart", "form", "query"].includes(call.encoding), `${at}: encoding`);
  need(!has(call, "timeout_seconds") || whole(call.timeout_seconds, 1), `${at}: timeout_seconds`);
  for (const key of ["headers", "texts", "by_locale", "resend", "keep", "expect"]) need(!has(call, key) || isObject(call[key]), `${at}: ${key}`);
  need(!has(call, "omit_if_missing") || names(call.omit_if_missing), `${at}: omit_if_missing`);
  const known = [...RECIPIENT];
  if (call.texts) known.push("text");
  if (verb === "verify" || verb === "send" && route.application_must_enforce.includes("make_code")) known.push("code");
  if (verb === "extend") known.push("duration_seconds");
  if (verb !== "send") known.push(...Object.keys(kept));

  const variable = `OTP_${route.vendor.toUpperCase()}(_[A-Z0-9]([A-Z0-9_]*[A-Z0-9])?)?_`; // the vendor's own, of any account
  // A path has to follow the variable, so that nothing can be added to the host name.
  need(matches(call.url, `\\$\\{${variable}BASE_URL\\}(/(${SEGMENT}|\\{\\{[a-z][a-z0-9_]*\\}\\}))+`), `${at}: url is not a base URL of this vendor and a path`);
  const headers = Object.entries(call.headers ?? {});
  need(new Set(headers.map(([header]) => header.toLowerCase())).size === headers.length, `${at}: headers`);
  for (const [header, template] of headers) {
    need(matches(header, "[A-Za-z0-9-]+") && !OWN_HEADERS.includes(header.toLowerCase()) && isText(template) && !/[\x00-\x1f\x7f]/.test(template), `${at}: header`);
    checkTemplate(at, template, false);
  }
  checkTemplate(at, pathOf(call), false);
  for (const fields of fieldSets(call)) {
    need(isObject(fields), `${at}: fields`);
    for (const [field, value] of Object.entries(fields)) {
      need(matches(field, "[A-Za-z0-9_.\\[\\]-]{1,128}"), `${at}: the name of a field`);
      need(isText(value) || call.encoding === "json" && plain(value), `${at}: field ${field}`);
      for (const template of textsOf(value)) checkTemplate(at, template, call.encoding === "json");
    }
  }
  need(!has(call, "texts") || isText(call.texts[""]) && Object.values(call.texts).every(isText), `${at}: texts`);
  for (const [name, pointer] of Object.entries(call.keep ?? {})) {
    need(matches(name, "[a-z][a-z0-9_]*") && !TAKEN.includes(name) && isText(pointer) && POINTER.test(pointer), `${at}: keep`);
  }
  for (const [name, against] of Object.entries(call.expect ?? {})) {
    need(verb === "verify" && has(kept, name) && known.includes(against), `${at}: expect`);
  }

  const rules = call.outcomes;
  need(Array.isArray(rules) && rules.length > 0 && rules.at(-1).when?.length === 0, `${at}: the last outcome has conditions`);
  need(verb !== "verify" || rules.at(-1).outcome !== "ok", `${at}: every other answer would let the person in`);
  for (const rule of rules) {
    need(VERBS[verb].includes(rule.outcome), `${at}: an outcome that is none of this call`);
    need(Array.isArray(rule.when) && (rule.when.length > 0 || rule === rules.at(-1)), `${at}: when`);
    need(!has(rule, "remaining") || isText(rule.remaining) && POINTER.test(rule.remaining), `${at}: remaining`);
    for (const condition of rule.when) checkCondition(at, condition);
  }

  function checkTemplate(at, template, number) {
    need(!template.replace(PLACEHOLDER, "").includes("${"), `${at}: variable without end`);
    for (const [found, secret, name, asNumber] of template.matchAll(PLACEHOLDER)) {
      need(secret !== undefined ? matches(secret, variable + "(SECRET|API_KEY|API_LOGIN)") : known.includes(name), `${at}: nobody fills in ${secret ?? name}`);
      need(!asNumber || number && found === template && !["code", "phone_e164", "phone_digits"].includes(name), `${at}: ${name} cannot be a number`);
    }
  }
}

// Exactly one form: what is not understood must not pass for what holds.
function checkCondition(at, condition) {
  need(isObject(condition), `${at}: condition`);
  const forms = ["http_status", "in", "prefix", "absent"].filter((form) => has(condition, form));
  need(forms.length === 1 && has(condition, "pointer") !== (forms[0] === "http_status"), `${at}: a condition of no form`);
  need(!has(condition, "pointer") || isText(condition.pointer) && POINTER.test(condition.pointer), `${at}: pointer`);
  const value = condition[forms[0]];
  const right = {
    http_status: () => Array.isArray(value) && value.length > 0 && value.every((status) => whole(status, 100, 599)),
    in: () => Array.isArray(value) && value.length > 0 && value.every((entry) => isText(entry) || typeof entry === "boolean" || Number.isSafeInteger(entry)),
    prefix: () => isText(value) && value !== "",
    absent: () => value === true,
  };
  need(right[forms[0]](), `${at}: ${forms[0]}`);
}

// A value of a JSON field: never null, and no number that not every language can hold.
function plain(value) {
  if (Array.isArray(value)) return value.every(plain);
  if (isObject(value)) return Object.values(value).every(plain);
  return isText(value) || typeof value === "boolean" || Number.isSafeInteger(value);
}

const pathOf = (call) => call.url.slice(call.url.indexOf("}") + 1);
const fieldSets = (call) => [call.fields, call.resend ?? {}, ...Object.values(call.by_locale ?? {})];

// The strings of a field, at any depth.
function textsOf(value) {
  if (isText(value)) return [value];
  return typeof value === "object" ? Object.values(value).flatMap(textsOf) : [];
}

// Whether a call uses a kept value; with mayOmit, whether it cannot be made without.
export function uses(call, name, mayOmit = false) {
  if (!call) return false;
  const omitted = mayOmit ? call.omit_if_missing ?? [] : [];
  const fields = fieldSets(call).flatMap((set) => Object.entries(set)).filter(([field]) => !omitted.includes(field));
  const templates = [...Object.values(call.headers ?? {}), pathOf(call), ...fields.flatMap(([, value]) => textsOf(value))];
  return has(call.expect ?? {}, name) || templates.some((template) => [...template.matchAll(PLACEHOLDER)].some((found) => found[2] === name));
}
