// The dialog that shows a message, or a request that was refused.

import { ask, attempt, copy, el, left, stamp } from "./view.js";

const dialog = () => document.getElementById("detail");

const variables = {
  secret: "OTP_ANDROIDAPI_SECRET", "api-login": "OTP_OCTOPUSH_API_LOGIN", "api-key": "OTP_OCTOPUSH_API_KEY",
};
const keys = { myotp: "OTP_MYOTP_API_KEY", way2api: "OTP_WAY2API_API_KEY" };
const hidden = "[credential]";

// quote writes a word for a shell; a hidden credential becomes its variable.
function quote(text, variable) {
  return text.split(hidden).map((part) => part === "" ? "" : `'${part.replaceAll("'", "'\\''")}'`).join(`"$${variable}"`) || "''";
}

export function curl(request, base) {
  const variable = (name) => variables[name.toLowerCase()] ?? keys[request.vendor] ?? "OTP_ANDROIDAPI_SECRET";
  const address = base + request.path;
  const query = Object.entries(request.query ?? {}).flatMap(([name, values]) => values.map((value) => [name, value]));
  const lines = [`curl -X ${request.method} ${quote(address)}`];
  const multipart = /multipart\/form-data/.test(request.headers?.["Content-Type"]?.[0] ?? "");
  for (const [name, value] of query) lines.push(`--url-query ${quote(`${name}=${value}`, variable(name))}`);
  for (const [name, values] of Object.entries(request.headers ?? {})) {
    if (["Accept-Encoding", "Content-Length", "User-Agent", "Accept", "Connection"].includes(name) || (multipart && name === "Content-Type")) continue;
    for (const value of values) lines.push(`-H ${quote(`${name}: ${name === "Authorization" && value === hidden ? `Bearer ${hidden}` : value}`, variable(name))}`);
  }
  if (multipart) {
    for (const [, name, value] of (request.body ?? "").matchAll(/name="([^"]*)"\r\n\r\n([^]*?)\r\n--/g)) lines.push(`--form-string ${quote(`${name}=${value}`, variable(name))}`);
  } else if (request.body) {
    lines.push(`--data-raw ${quote(request.body, variable("secret"))}`);
  }
  return lines.join(" \\\n  ");
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

function call(request, base, open) {
  const headers = Object.entries(request.headers ?? {}).map(([name, values]) => `${name}: ${values.join(", ")}`).join("\n");
  const query = new URLSearchParams(Object.entries(request.query ?? {}).flatMap(([name, values]) => values.map((value) => [name, value]))).toString();
  const button = el("button", { type: "button" }, "Copy as curl");
  button.addEventListener("click", () => copy(button, curl(request, base)));
  const notes = [...(request.repaired ?? []).map((note) => `repaired ${note}`), request.problem, request.fault && `fault: ${request.fault}`].filter(Boolean);
  return el("details", { class: "call", open },
    el("summary", {}, el("b", {}, request.operation || "not served"), ` ${request.method} ${request.path} `, el("span", { class: "quiet" }, request.status ? `HTTP ${request.status}` : "no answer")),
    el("div", {},
      el("div", { class: "line" }, el("time", { class: "quiet", datetime: request.at }, stamp(request.at)), button),
      notes.length ? el("p", { class: "warn" }, notes.join("; ")) : "",
      el("h4", { class: "hidden" }, "Request"),
      el("pre", { tabindex: "0", "aria-label": "Request" }, `${request.method} ${request.path}${query ? `?${decodeURIComponent(query)}` : ""}\n${headers}${request.body ? `\n\n${pretty(request.body)}` : ""}`),
      el("pre", { tabindex: "0", "aria-label": "Answer" }, request.status ? `HTTP ${request.status}\n\n${pretty(request.answer ?? "")}` : "No answer left the sandbox.")));
}

function fill(title, ...children) {
  const box = dialog();
  box.replaceChildren(el("div", { class: "bar" }, el("h2", { id: "detail-title" }, title), el("button", { type: "button", onclick: () => box.close() }, "Close")), ...children);
  if (!box.open) box.showModal();
}

const facts = (pairs) => el("dl", {}, ...pairs.filter(([, value]) => value).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));

export function showRequest(request, base) {
  fill(`Refused send at ${request.vendor}`, call(request, base, true));
}

export async function showMessage(number, bases) {
  const m = await attempt(() => ask("GET", `/_sandbox/messages/${number}`));
  if (!m) return;
  fill(`Message to ${m.to}`,
    el("p", { class: "text" }, m.text),
    facts([
      ["Vendor", `${m.vendor}, ${m.channel}`], ["From", m.sender], ["Locale", m.locale], ["Code", m.code], ["Message ID", m.message_id], ["Sent", stamp(m.at)],
      ["Delivery", m.delivery], ["Code is", m.used ? "verified" : m.valid_until ? left(m.valid_until) : ""],
      ["Expires", m.valid_until && stamp(m.valid_until)], ["Segments", m.segments && `${m.segments}, ${m.encoding}`], ["Cost", m.unit && `${m.cost} ${m.unit}`],
    ]),
    el("h3", {}, "Calls"),
    ...m.requests.map((request, i) => call(request, bases[request.vendor], i === 0)),
    m.requests.length ? "" : el("p", { class: "quiet" }, "The calls about it have been forgotten."));
}
