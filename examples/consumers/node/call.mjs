// SPDX-License-Identifier: MPL-2.0
// One call of a document: filled in, sent, and its answer judged.
import http from "node:http";
import https from "node:https";
import { randomBytes } from "node:crypto";
import { Fault, PLACEHOLDER } from "./document.mjs";

const DEFAULT_BASE_URLS = {
  "androidapi": "https://androidapi.net/api",
  "myotp": "https://api.myotp.app",
  "octopush": "https://api.octopush.com/v1/public",
  "way2api": "https://app.way2api.com/api/v1",
};
const ANSWER_LIMIT = 1 << 20;
export const ABSENT = Symbol("what a JSON pointer finds where nothing is");

// A placeholder without a value: the call is not made.
export class Unfilled extends Fault {
  constructor(name) {
    super(`${name} has no value`);
    this.placeholder = name;
  }
}

// Names of languages that browsers and systems still use, and what they are called now.
const OLD_LANGUAGES = { in: "id", iw: "he", ji: "yi", jw: "jv", mo: "ro", sh: "sr-latn", tl: "fil" };

function canonical(tag) {
  const [base, ...rest] = tag.toLowerCase().split("-");
  let today = Object.hasOwn(OLD_LANGUAGES, base) ? OLD_LANGUAGES[base] : base;
  if (rest[0]?.length === 4) today = today.split("-")[0]; // a script that the tag names stays
  return [today, ...rest].join("-");
}

// Longest match of a BCP 47 tag: fr-CA, then fr, then the default.
function byLocale(entries, locale) {
  const known = new Map(Object.entries(entries ?? {}).map(([tag, entry]) => [canonical(tag), entry]));
  for (let tag = canonical(locale); tag; tag = tag.slice(0, Math.max(tag.lastIndexOf("-"), 0))) {
    if (known.has(tag)) return known.get(tag);
  }
  return known.get("");
}

// Fill in every placeholder in one pass: what was filled in is not looked at again.
function fill(template, values) {
  return template.replace(PLACEHOLDER, (_, variable, name) => {
    const value = variable === undefined ? values[name] : process.env[variable];
    if (!value) throw new Unfilled(variable ?? name);
    return value;
  });
}

// A field, at any depth.
function fillField(field, values, encoding) {
  if (Array.isArray(field)) return field.map((inner) => fillField(inner, values, encoding));
  if (typeof field === "object") return Object.fromEntries(Object.entries(field).map(([name, inner]) => [name, fillField(inner, values, encoding)]));
  if (typeof field !== "string") return field;
  const filled = fill(field, values);
  if (encoding !== "json" || !field.endsWith(":number}}")) return filled;
  const number = Number(filled);
  if (!/^-?(0|[1-9][0-9]*)$/.test(filled) || !Number.isSafeInteger(number)) throw new Fault("what is filled into a field is not a number");
  return number;
}

function fillFields(call, values, locale, resend) {
  const fields = { ...call.fields, ...byLocale(call.by_locale, locale), ...(resend ? call.resend : {}) };
  if (call.texts) values = { ...values, text: byLocale(call.texts, locale) };
  const filled = {};
  for (const name of Object.keys(fields).sort()) {
    try {
      filled[name] = fillField(fields[name], values, call.encoding);
    } catch (error) {
      if (!(error instanceof Unfilled) || !call.omit_if_missing?.includes(name)) throw error;
    }
  }
  return filled;
}

// Each placeholder is one segment, which leads to no other path.
function fillPath(path, values) {
  return path.replace(PLACEHOLDER, (found) => {
    const value = fill(found, values);
    if (value === "." || value === "..") throw new Fault("what is filled in would lead to another path");
    return encodeURIComponent(value).replace(/[!'()*]/g, (char) => "%" + char.charCodeAt(0).toString(16).toUpperCase());
  });
}

// Where the vendor is: https, or http on loopback, so that credentials go nowhere else.
function baseUrl(variable, vendor) {
  const text = process.env[variable] || (Object.hasOwn(DEFAULT_BASE_URLS, vendor) ? DEFAULT_BASE_URLS[vendor] : "");
  const url = URL.canParse(text) && /^https?:\/\/[^/]/.test(text) && !/[@?#\s\\]/.test(text) ? new URL(text) : null;
  const loopback = url && (/^127(\.\d+){3}$/.test(url.hostname) || ["localhost", "[::1]"].includes(url.hostname));
  if (!url || url.protocol !== "https:" && !loopback) {
    throw new Fault(`${variable} must be an https URL, or http on loopback, without user or query`);
  }
  return text.replace(/\/+$/, "");
}

// The query, the body and its content type.
function encode(encoding, fields) {
  if (encoding === "json") return { body: JSON.stringify(fields), type: "application/json" };
  if (encoding === "form") return { body: new URLSearchParams(fields).toString(), type: "application/x-www-form-urlencoded" };
  if (encoding === "query") return { query: "?" + new URLSearchParams(fields) };
  const boundary = randomBytes(16).toString("hex");
  const parts = Object.entries(fields).map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  return { body: parts.join("") + `--${boundary}--\r\n`, type: `multipart/form-data; boundary=${boundary}` };
}

// Make one call: the rule that decided, the JSON of the answer and a note for the operator.
export async function perform(vendor, call, values, locale = "", resend = false) {
  const [, variable, path] = /^\$\{(.*?)\}(.*)$/.exec(call.url);
  const { query = "", body, type } = encode(call.encoding, fillFields(call, values, locale, resend));
  const headers = {};
  for (const [name, template] of Object.entries(call.headers ?? {})) {
    const value = fill(template, values);
    if (/[\x00-\x1f\x7f]/.test(value)) throw new Fault(`header ${name} holds a control character`);
    headers[name] = Buffer.from(value).toString("latin1"); // as UTF-8, byte for byte
  }
  if (type) headers["Content-Type"] = type;
  if (body !== undefined) headers["Content-Length"] = Buffer.byteLength(body);
  const url = baseUrl(variable, vendor) + fillPath(path, values) + query;
  const { status, raw, fault } = await exchange(url, call.method, headers, body, call.timeout_seconds ?? 30);
  if (fault) return { rule: { outcome: fault }, answer: ABSENT, note: fault === "next_route" ? "no connection" : "no answer" };
  const answer = parse(raw);
  const rule = call.outcomes.find((rule) => rule.when.every((condition) => holds(condition, status, answer)));
  return { rule: rule ?? { outcome: "unknown" }, answer, note: `HTTP ${status}` };
}

// One request on a connection of its own: no redirect, no proxy, no retry.
function exchange(url, method, headers, body, seconds) {
  return new Promise((resolve) => {
    let connected = false;
    const secure = url.startsWith("https:");
    const fail = () => done({ fault: connected ? "unknown" : "next_route" }); // refused, unknown name, TLS: nothing was sent
    const done = (result) => {
      clearTimeout(timer);
      request?.destroy();
      resolve(result);
    };
    const timer = setTimeout(fail, seconds * 1000);
    let request;
    try {
      request = (secure ? https : http).request(url, { method, headers, agent: false }, (response) => {
        const chunks = [];
        let length = 0;
        response.on("data", (chunk) => {
          chunks.push(chunk);
          length += chunk.length;
          if (length > ANSWER_LIMIT) done({ status: response.statusCode, raw: null });
        });
        response.on("end", () => (response.complete ? done({ status: response.statusCode, raw: Buffer.concat(chunks) }) : fail()));
        response.on("error", fail);
        response.on("aborted", fail);
      });
    } catch {
      return fail(); // a URL that this Node cannot use
    }
    request.on("socket", (socket) => socket.once(secure ? "secureConnect" : "connect", () => (connected = true)));
    request.on("error", fail);
    request.end(body);
  });
}

// A number of an answer, as it is written: JavaScript would round the large ones.
export class Numeral {
  constructor(text) {
    this.text = text;
  }

  // Without sign of how it was written: 482913 for 482913.0.
  get plain() {
    const exact = /^-?[0-9]+$/.test(this.text) ? BigInt(this.text) : Number(this.text);
    return typeof exact === "bigint" || Number.isSafeInteger(exact) ? BigInt(exact).toString() : this.text;
  }
}

// The JSON of an answer, or ABSENT: what is no JSON, or too long, has no pointers.
function parse(raw) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(raw); // without a byte order mark
    JSON.parse(text);
    const numerals = text.replace(/"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g, (token) => (token[0] === '"' ? token : `{"\\u0000":"${token}"}`));
    return JSON.parse(numerals, (_, value) => (typeof value?.["\0"] === "string" ? new Numeral(value["\0"]) : value));
  } catch {
    return ABSENT;
  }
}

// RFC 6901.
export function at(value, pointer) {
  for (const part of pointer.split("/").slice(1)) {
    const token = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value) ? !/^(0|[1-9][0-9]{0,8})$/.test(token) || token >= value.length
      : typeof value !== "object" || value === null || value instanceof Numeral || !Object.hasOwn(value, token)) return ABSENT;
    value = value[token];
  }
  return value;
}

// Whether a condition holds. JSON types are compared too: false is not 0, and 0 is not "0".
function holds(condition, status, answer) {
  if (condition.http_status) return condition.http_status.includes(status);
  const value = at(answer, condition.pointer);
  if (condition.absent) return value === ABSENT;
  if (condition.prefix) return typeof value === "string" && value.startsWith(condition.prefix);
  return condition.in.some((entry) => (typeof entry === "number" ? value instanceof Numeral && value.plain === String(entry) : value === entry));
}
