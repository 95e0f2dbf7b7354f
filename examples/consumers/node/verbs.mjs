// SPDX-License-Identifier: MPL-2.0
// What an application does with a document: send, verify, extend, status, and its own duties.
import { randomInt } from "node:crypto";
import { ABSENT, Numeral, Unfilled, at, perform } from "./call.mjs";
import { DAY, same } from "./challenges.mjs";
import { Fault, tell, uses } from "./document.mjs";

const ALPHABETS = {
  digits: "0123456789", upper_case: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", lower_case: "abcdefghijklmnopqrstuvwxyz",
  special_characters: "!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~",
};
const alphabet = (policy) => Object.keys(ALPHABETS).filter((kind) => policy[kind]).map((kind) => ALPHABETS[kind]).join("");

// The code a person typed, as it was sent; null where it cannot be one.
function normalise(typed, policy) {
  let code = "";
  for (const char of typed) {
    if (!/[\s\p{Zs}\p{Pd}]/u.test(char)) code += /\p{Nd}/u.test(char) ? digit(char) : char; // spaces and hyphens
  }
  return code.length === policy.length && [...code].every((char) => alphabet(policy).includes(char)) ? code : null;
}

// Unicode keeps the digits of a script together, from zero to nine.
function digit(char) {
  const point = char.codePointAt(0);
  let first = point;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((point - first) % 10);
}

function countryOf(prefixes, phone) {
  for (let digits = phone.slice(1); digits; digits = digits.slice(0, -1)) {
    if (Object.hasOwn(prefixes ?? {}, digits)) return prefixes[digits];
  }
  return null;
}

// What an address counts by: an IPv6 address by its first 64 bits, because whoever has one has all of those.
function network(ip) {
  if (!ip.includes(":")) return ip;
  const [head, tail] = ip.split("::").map((half) => half.split(":").filter(Boolean));
  const groups = tail ? [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail] : head;
  return groups.slice(0, 4).join(":") + "::/64";
}

// Seconds until another code may be sent.
function waitFor(limits, [phone, profile, address], now) {
  const waits = [0, ...phone.sends.slice(-1).map((sent) => sent + limits.resend_after_seconds - now)];
  const bounds = [[phone, 3600, limits.per_phone_hour], [phone, DAY, limits.per_phone_day], [profile, 3600, limits.per_profile_hour]];
  if (address) bounds.push([address, 3600, limits.per_ip_hour]);
  for (const [record, span, most] of bounds) {
    const recent = record.sends.filter((sent) => sent > now - span);
    if (most !== null && recent.length >= most) waits.push(recent[recent.length - most] + span - now);
  }
  return Math.max(...waits);
}

const named = (number, route, outcome, more = {}) => ({ outcome, route: number, vendor: route.vendor, channel: route.channel, ...more });
const recipient = (phone, ip) => ({ phone_e164: phone, phone_digits: phone.slice(1), recipient_ip: ip });
const must = (route, duty) => route.application_must_enforce.includes(duty);

// The names of the records: the phone's, the profile's, and that of the address where it is known.
function whose({ profile }, store, phone, ip) {
  return [store.name(profile, "phone", phone), store.name(profile), ...(ip ? [store.name(profile, "ip", network(ip))] : [])];
}

export async function send(document, store, phone, options) {
  const country = countryOf(document.country_prefixes, phone);
  const serves = (countries) => countries === null || countries.includes(country);
  let routes = [...document.routes.entries()].filter(([number, route]) =>
    (options.route ?? number) === number && !route.skipped && serves(document.allowed_countries) && serves(route.countries));
  if (routes.length === 0) return { outcome: "not_allowed" };
  const names = whose(document, store, phone, options.ip);
  const { wait, serial, last } = await store.change(names, (records) => {
    const wait = waitFor(document.limits, records, store.now);
    if (wait > 0) return { wait };
    for (const record of records) record.sends.push(store.now); // before the call: a send that cannot be counted must not happen
    const mine = records[0];
    mine.sending = ++mine.serial;
    return { wait, serial: mine.serial, last: mine.challenge?.number ?? -1 };
  });
  if (wait > 0) return { outcome: "limited", retry_after_seconds: wait };
  if (options.resend && document.resend_route === "next") {
    routes = [...routes.filter(([number]) => number > last), ...routes.filter(([number]) => number <= last)];
  }
  let result = { outcome: "stop" }, challenge = null;
  const refused = [];
  try {
    for (const [number, route] of routes) {
      ({ result, challenge } = await sendBy(document, store, phone, options, number, route));
      if (result.outcome !== "next_route") break;
      tell(`route ${number} ${result.vendor} ${result.channel}: next_route, ${result.answer}`);
      refused.push(result);
      result = { outcome: "next_route" };
    }
  } catch (error) {
    result = { outcome: "stop" };
    throw error;
  } finally {
    await store.change(names, (records) => settle(records, store.now, result.outcome, challenge, serial));
  }
  return refused.length ? { ...result, refused } : result;
}

// Remember what came of a send, unless a newer one was quicker.
function settle(records, now, outcome, challenge, serial) {
  const mine = records[0], old = mine.challenge;
  if (["next_route", "stop", "already_active"].includes(outcome)) { // nothing was sent
    for (const record of records) remove(record.sends, now);
  }
  if (mine.sending === serial) mine.sending = 0;
  const alive = old && old.expires_at > now;
  const newer = old && old.serial > serial;
  if (!newer && (["ok", "pending", "unknown"].includes(outcome) || outcome === "already_active" && !alive)) mine.challenge = { ...challenge, serial };
}

function remove(times, at) {
  if (times.includes(at)) times.splice(times.indexOf(at), 1);
}

// Send through one route: the result, and the challenge.
async function sendBy(document, store, phone, options, number, route) {
  const values = recipient(phone, options.ip);
  let code = "";
  if (must(route, "bind_recipient_ip") && !options.ip) throw new Fault(`route ${number} binds the code to the address of the recipient: give --ip`);
  if (must(route, "make_code")) {
    const characters = alphabet(document.code);
    code = Array.from({ length: document.code.length }, () => characters[randomInt(characters.length)]).join("");
    values.code = code;
  }
  const { rule, answer, note } = await perform(route.vendor, route.send, values, options.locale, options.resend);
  let { outcome } = rule;
  const kept = {};
  if (outcome === "ok" || outcome === "pending") {
    for (const [name, pointer] of Object.entries(route.send.keep ?? {})) {
      const entry = store.keep(phone, name, at(answer, pointer));
      if (entry) kept[name] = entry;
      else if (["verify", "extend", "status"].some((verb) => uses(route[verb], name, true))) outcome = "unknown";
    }
  }
  // With its route and code policy: the document may change before the code is typed.
  const challenge = {
    number, route, policy: document.code, outcome, kept, expires_at: store.now + document.validity_seconds,
    code: code && outcome !== "already_active" ? store.mac(phone, "code", code) : "",
    ip: options.ip ? store.mac(phone, "ip", options.ip) : "",
  };
  return { result: named(number, route, outcome, { answer: note }), challenge };
}

// The challenge of a phone; null where there is none, or where another send is under way or was cut off.
const latest = (document, store, phone) =>
  store.change(whose(document, store, phone).slice(0, 1), ([record]) => (record.sending ? null : structuredClone(record.challenge)));

// A later call of the route that sent the code, with what was kept of its answer.
async function follow(phone, { route, number, kept }, verb, more) {
  const values = Object.fromEntries(Object.entries(kept).map(([name, entry]) => [name, entry.value]));
  let reply;
  try {
    reply = await perform(route.vendor, route[verb], { ...values, ...recipient(phone), ...more });
  } catch (error) {
    if (error instanceof Unfilled && Object.hasOwn(route.send.keep ?? {}, error.placeholder)) return named(number, route, "not_found"); // nothing was kept to ask with
    throw error;
  }
  const { rule, answer, note } = reply;
  const left = rule.remaining ? at(answer, rule.remaining) : ABSENT;
  const remaining = left instanceof Numeral && /^-?[0-9]+$/.test(left.plain) ? { remaining: Number(left.plain) } : {};
  // A later call has no other route to go to.
  return named(number, route, rule.outcome === "next_route" ? "unknown" : rule.outcome, { answer: note, ...remaining });
}

export async function verify(document, store, phone, { values: [typed], ip }) {
  const names = whose(document, store, phone).slice(0, 1), most = document.max_wrong_attempts;
  const { challenge, code, decided } = await store.change(names, ([record]) => {
    const challenge = record.sending ? null : structuredClone(record.challenge);
    if (!challenge) return { decided: { outcome: "not_found" } };
    const code = normalise(typed, challenge.policy);
    const decided = judge(store, record, challenge, phone, code, ip, most);
    record.wrong.push(store.now); // before the call: of codes that race, no more count than may be tried
    if (decided) tried(record, store, phone, code, challenge, decided, most);
    return { challenge, code, decided };
  });
  if (decided) return decided;
  let result = { outcome: "stop" };
  try {
    result = await follow(phone, challenge, "verify", { code, recipient_ip: ip });
  } finally {
    await store.change(names, ([record]) => tried(record, store, phone, code, challenge, result, most));
  }
  return result;
}

// Count what came of a code, which counted as wrong until now.
function tried(record, store, phone, code, challenge, result, most) {
  if (result.outcome === "ok") {
    const used = store.mac(phone, "code", code);
    if (used in record.used) { // somebody was quicker, and a code counts once
      result.outcome = "wrong_code";
      return;
    }
    record.wrong = [];
    record.used[used] = challenge.expires_at;
    if (record.challenge?.serial === challenge.serial) record.challenge = null;
  } else if (result.outcome !== "wrong_code") {
    remove(record.wrong, store.now);
  } else if (must(challenge.route, "max_wrong_attempts")) {
    result.remaining ??= Math.max(0, most - record.wrong.length);
  }
}

// The duties of the application, then what the document expects; null where the vendor has to be asked.
function judge(store, record, challenge, phone, code, ip, most) {
  const { route, number, kept } = challenge;
  const verdict = (outcome) => named(number, route, outcome);
  if (must(route, "max_wrong_attempts") && record.wrong.length >= most) return verdict("too_many_attempts");
  if (must(route, "validity") && challenge.expires_at <= store.now) return verdict("expired");
  if (code === null) return verdict("wrong_code");
  const typed = store.mac(phone, "code", code);
  if (must(route, "single_use") && typed in record.used) return verdict("wrong_code");
  if (must(route, "bind_recipient_ip") && !same(challenge.ip, store.mac(phone, "ip", ip ?? ""))) return verdict("wrong_code");
  if (must(route, "verify_code") && !challenge.code) return verdict("not_found");
  if (must(route, "verify_code") && !same(challenge.code, typed)) return verdict("wrong_code");
  if (!route.verify) return verdict("ok");
  const values = { ...recipient(phone, ip), code };
  for (const [name, placeholder] of Object.entries(route.verify.expect ?? {})) {
    if (!kept[name]) return verdict("not_found");
    if (!store.matches(phone, name, kept[name], values[placeholder] ?? "", challenge.policy.length)) return verdict("wrong_code");
  }
  // Found by phone alone, a code might be another profile's: not after an ok without its token.
  const lost = Object.keys(route.send.keep ?? {}).some((name) => !kept[name] && uses(route.verify, name));
  return lost && !["unknown", "already_active"].includes(challenge.outcome) ? verdict("not_found") : null;
}

export async function extend(document, store, phone, { values: [seconds] }) {
  if (!/^[1-9][0-9]{0,8}$/.test(seconds)) throw new Fault("SECONDS must be a whole number above 0");
  const challenge = await latest(document, store, phone);
  if (!challenge) return { outcome: "not_found" };
  if (!challenge.route.extend) return named(challenge.number, challenge.route, "stop");
  const result = await follow(phone, challenge, "extend", { duration_seconds: seconds });
  if (result.outcome === "ok") {
    await store.change(whose(document, store, phone).slice(0, 1), ([record]) => {
      if (record.challenge?.serial === challenge.serial) record.challenge.expires_at += Number(seconds);
    });
  }
  return result;
}

export async function status(document, store, phone) {
  const challenge = await latest(document, store, phone);
  if (!challenge) return { outcome: "not_found" };
  if (!challenge.route.status) return named(challenge.number, challenge.route, "unavailable");
  return follow(phone, challenge, "status", {});
}
