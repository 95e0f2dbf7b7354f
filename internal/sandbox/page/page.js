// The page asks for what it shows whenever the sandbox says that something has
// changed.

import { ask, attempt, clock, copy, el, left, message, refusal, stamp } from "./view.js";
import { showMessage, showRequest } from "./detail.js";

const $ = (id) => document.getElementById(id);
const kinds = {
  "HTTP 429, Retry-After 2": { kind: "answer", status: 429, headers: { "Retry-After": "2", "Content-Type": "text/plain" }, body: "Too Many Requests" },
  "HTTP 500": { kind: "answer", status: 500, body: "Internal Server Error" },
  "HTTP 503": { kind: "answer", status: 503, body: "Service Unavailable" },
  "an HTML page, HTTP 502": { kind: "answer", status: 502, headers: { "Content-Type": "text/html" }, body: "<html><h1>502 Bad Gateway</h1></html>" },
  "an HTML page, HTTP 200": { kind: "answer", status: 200, headers: { "Content-Type": "text/html" }, body: "<html><h1>Maintenance</h1></html>" },
  "slow, 5 seconds": { kind: "delay", delay_milliseconds: 5000 },
  "slow, 60 seconds": { kind: "delay", delay_milliseconds: 60000 },
  "drop before it happens": { kind: "drop_before" },
  "drop after it happened": { kind: "drop_after" },
  "cut the answer off": { kind: "cut" },
  "half the JSON": { kind: "truncate" },
};
let bases = {};
let seen = null; // the highest number shown so far
let calls = {};

const fields = ["text", "phone", "vendor"];
const filter = new URLSearchParams([...new URLSearchParams(location.search)].filter(([name, value]) => fields.includes(name) && value));

// choose filters the messages by what is in the fields, and says so in the address.
function choose() {
  for (const name of fields) $(name).value ? filter.set(name, $(name).value) : filter.delete(name);
  history.replaceState(null, "", filter.size ? `?${filter}` : location.pathname);
  return attempt(refresh);
}

// replace puts children into a node where they are not what is there already,
// so that focus and selections survive. Where what had the focus is gone, the
// focus goes to its neighbour.
function replace(node, key, make) {
  const text = JSON.stringify(key);
  if (node.dataset.key === text) return;
  const focused = document.activeElement;
  const inside = node !== focused && node.contains(focused);
  const index = [...node.children].findIndex((child) => child.contains(focused));
  const buttons = (child) => [...(child?.querySelectorAll("button, input") ?? [])];
  const place = buttons(node.children[index]).indexOf(focused);
  node.dataset.key = text;
  node.replaceChildren(...make());
  if (!inside) return;
  const same = (focused.id && document.getElementById(focused.id)) || node.querySelector(`[aria-label="${CSS.escape(focused.getAttribute("aria-label") ?? "")}"]`);
  const near = buttons(node.children[Math.min(index, node.children.length - 1)]);
  (same ?? near[Math.min(place, near.length - 1)] ?? home(node)).focus();
}

// home is the part of the page that a node is in.
function home(node) {
  const part = node.closest("section, main");
  part.tabIndex = -1;
  return part;
}

let turn = 0; // of the last question: an older answer that is late shows nothing

async function refresh() {
  const mine = ++turn;
  const view = await ask("GET", `/_sandbox/view?${filter}`);
  if (mine !== turn) return;
  clock.set(view.now);
  bases = Object.fromEntries(view.vendors.map((vendor) => [vendor.name, new URL(vendor.base).pathname]).map(([name, path]) => [name, location.origin + path]));
  const newest = Math.max(0, ...view.messages.map((m) => m.number));
  const fresh = (m) => seen !== null && m.number > seen;
  if (seen !== null && newest > seen) {
    const m = view.messages[0];
    $("news").textContent = `New message to ${m.to} over ${m.vendor} ${m.channel}${m.code ? `, code ${m.code.split("").join(" ")}` : ""}`;
  }
  document.title = view.total ? `(${view.total}) OTP sandbox` : "OTP sandbox";
  $("count").textContent = view.chosen === view.total ? `${view.total || ""}` : `${view.chosen} of ${view.total}`;
  replace($("list"), [view.messages, seen], () => view.messages.map((m) => message(m, fresh(m), open, (number) => change("DELETE", `/_sandbox/messages/${number}`))));
  seen = view.total ? Math.max(seen ?? 0, newest) : 0;
  $("empty").hidden = view.total > 0;
  $("environment").hidden = view.total === 0; // it is on the empty page already
  $("older").hidden = view.chosen === view.messages.length;
  $("older").textContent = `These are the newest ${view.messages.length} of ${view.chosen}.`;
  $("nothing").hidden = view.total === 0 || view.chosen > 0;
  $("clear").hidden = view.total === 0 && view.refused.length === 0;
  $("refused").hidden = view.refused.length === 0;
  replace($("refused-list"), view.refused, () => view.refused.map((r) => refusal(r, (request) => showRequest(request, bases[request.vendor]))));
  vendors(view.vendors);
  replace($("faults"), view.faults, () => view.faults.length ? view.faults.map(fault) : [el("li", { class: "quiet" }, "None: every call is answered as the vendor would.")]);
  balances(view.vendors);
  panels(view.vendors);
  tick();
}

function fault(f) {
  const what = f.kind === "answer" ? `HTTP ${f.status}` : f.kind === "delay" ? `slow, ${(f.delay_milliseconds ?? 0) / 1000} s` : f.kind.replace("_", " ");
  const where = `${f.vendor || "any vendor"}${f.operation ? ` ${f.operation}` : ""}`;
  const times = f.times < 0 ? "until dropped" : f.times === 1 ? "once" : `${f.times} times`;
  return el("li", { class: "line" }, el("span", { class: "warn" }, `${what} for ${where}, ${times}`),
    el("button", { type: "button", class: "plain", "aria-label": `Drop the fault ${what} for ${where}`, onclick: () => change("DELETE", `/_sandbox/faults/${f.number}`) }, "Drop"));
}

function vendors(list) {
  for (const id of ["vendor", "fault-vendor"]) {
    const select = $(id);
    if (select.options.length > 1) continue;
    select.append(...list.map((vendor) => el("option", { value: vendor.name, selected: vendor.name === filter.get(id) }, vendor.name)));
  }
  calls = Object.fromEntries(list.map((vendor) => [vendor.name, vendor.calls]));
}

function balances(list) {
  replace($("balances"), list.map((v) => [v.name, v.balance, v.unit]), () => list.map((v) => {
    const input = el("input", { id: `balance-${v.name}`, type: "number", min: "0", step: "any", value: v.balance, required: true });
    return el("form", { onsubmit: (event) => { event.preventDefault(); change("POST", `/_sandbox/${v.name}/balance`, { amount: Number(input.value) }); } },
      el("label", { for: input.id }, v.name), input, el("span", { class: "quiet" }, v.unit), el("button", { type: "submit", "aria-label": `Set the balance at ${v.name}` }, "Set"));
  }));
}

function panels(list) {
  const panel = list.map((v) => v.panel).find(Boolean) ?? { links: [], devices: [], accounts: [] };
  const waiting = panel.links.filter((l) => !l.expired).toReversed();
  $("links-card").hidden = waiting.length === 0;
  replace($("links"), waiting, () => waiting.map(link));
  replace($("phones"), [panel.devices, panel.accounts], () => [
    ...panel.devices.map((d) => el("li", { class: "line" }, el("span", {}, `${d.name} `, d.online ? el("span", { class: "good" }, "online") : el("span", { class: "bad" }, "offline")),
      el("button", { type: "button", class: "plain", "aria-label": `${d.online ? "Take offline" : "Bring online"}: ${d.name}`, onclick: () => change("POST", "/_sandbox/androidapi/device", { unique: d.unique, online: !d.online }) }, d.online ? "Take offline" : "Bring online"))),
    ...panel.accounts.map((a) => el("li", { class: "line" }, el("span", {}, `WhatsApp ${a.phone} `, el("span", { class: a.status === "connected" ? "good" : "bad" }, a.status)),
      a.status === "connected" ? el("button", { type: "button", class: "plain", "aria-label": `Disconnect WhatsApp ${a.phone}`, onclick: () => change("POST", "/_sandbox/androidapi/disconnect", { unique: a.unique }) }, "Disconnect") : "")),
  ]);
}

function link(l) {
  const phone = el("input", { id: `scan-${l.token}`, type: "tel", value: "+923007778899", required: true, pattern: "\\+[1-9][0-9]{6,14}" });
  return el("li", {},
    el("img", { class: "qr", src: `${location.origin}/_sandbox/androidapi/qr/${l.token}`, alt: l.unique ? "QR code that relinks an account" : "QR code that links a new account" }),
    el("p", { class: "quiet", "data-until": l.expires_at }, left(l.expires_at)),
    el("form", { class: "scan", onsubmit: (event) => { event.preventDefault(); change("POST", "/_sandbox/androidapi/scan", { token: l.token, phone: phone.value }); } },
      el("label", {}, "Scan as", phone), el("button", { type: "submit" }, "Scan")));
}

const change = (method, path, body) => attempt(async () => { await ask(method, path, body); await refresh(); });
const open = (number) => { history.replaceState(null, "", `#message-${number}`); return showMessage(number, bases); };

function tick() {
  $("now").textContent = stamp(clock.now());
  for (const node of document.querySelectorAll("[data-until]")) {
    const text = left(node.dataset.until);
    if (node.textContent !== text) node.textContent = text;
    node.classList.toggle("bad", text === "expired");
  }
}

function environment(box) {
  const text = el("pre", { tabindex: "0", "aria-label": "Environment" });
  const button = el("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", () => copy(button, text.textContent));
  const tabs = ["sh", "powershell", "dotenv"].map((format) => el("button", { type: "button", "aria-pressed": "false", onclick: () => choose(format) }, format));
  async function choose(format) {
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.textContent === format));
    text.textContent = await ask("GET", `/_sandbox/environment?format=${format}`);
  }
  box.append(el("div", { class: "tabs" }, ...tabs, button), text);
  return attempt(() => choose(navigator.platform.startsWith("Win") ? "powershell" : "sh"));
}

function listen() {
  const state = (on, text) => { $("live").classList.toggle("on", on); if ($("live-text").textContent !== text) $("live-text").textContent = text; };
  const events = new EventSource(`${location.origin}/_sandbox/events`);
  let running = false;
  let again = false;
  events.addEventListener("open", () => state(true, "live"));
  events.addEventListener("error", () => state(false, "not connected, trying again"));
  events.addEventListener("change", async () => {
    if (running) { again = true; return; }
    running = true;
    do { again = false; await attempt(refresh); } while (again);
    running = false;
  });
}

for (const name of fields) $(name).value = filter.get(name) ?? "";
$("filter").addEventListener("submit", (event) => event.preventDefault());
$("filter").addEventListener("input", choose);
$("unfilter").addEventListener("click", () => { for (const name of fields) $(name).value = ""; choose(); $("text").focus(); });
$("clear").addEventListener("click", async () => { await change("DELETE", "/_sandbox/messages"); home($("clear")).focus(); });
$("reset").addEventListener("click", () => { if (confirm("Forget messages, faults, linked accounts and the clock?")) { seen = null; change("POST", "/_sandbox/reset"); } });
for (const button of document.querySelectorAll("[data-advance]")) button.addEventListener("click", () => change("POST", "/_sandbox/clock", { advance_seconds: Number(button.dataset.advance) }));
$("fault-kind").append(...Object.keys(kinds).map((name) => el("option", {}, name)));
$("fault-vendor").addEventListener("change", () => {
  $("fault-call").replaceChildren(el("option", { value: "" }, "any"), ...(calls[$("fault-vendor").value] ?? []).map((call) => el("option", { value: call }, call)));
});
$("fault").addEventListener("submit", (event) => {
  event.preventDefault();
  change("POST", "/_sandbox/faults", { ...kinds[$("fault-kind").value], vendor: $("fault-vendor").value, operation: $("fault-call").value, times: Number($("fault-times").value) });
});
$("detail").addEventListener("close", () => {
  // The button that opened it may be another one by now.
  if (!document.activeElement || document.activeElement === document.body) document.querySelector(location.hash || "main")?.querySelector(".acts button")?.focus();
  history.replaceState(null, "", location.pathname + location.search);
});
$("detail").addEventListener("click", (event) => { if (event.target === $("detail")) $("detail").close(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName)) { event.preventDefault(); $("text").focus(); }
});
for (const box of document.querySelectorAll(".environment")) environment(box);
setInterval(tick, 1000);
await attempt(refresh);
listen();
const asked = /^#message-(\d+)$/.exec(location.hash);
if (asked) showMessage(Number(asked[1]), bases);
