// What the page is made of. Texts come from strangers: they become text nodes
// and nothing else.

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== "" && child !== null && child !== undefined && child !== false));
  return node;
}

export const clock = {
  ahead: 0, // milliseconds that the sandbox is ahead of this machine
  set(now) { this.ahead = Date.parse(now) - Date.now(); },
  now() { return Date.now() + this.ahead; },
};

export const stamp = (time) => new Date(time).toISOString().slice(0, 19).replace("T", " ") + " UTC";

// left says how long something is still valid.
export function left(until) {
  const seconds = Math.round((Date.parse(until) - clock.now()) / 1000);
  if (seconds <= 0) return "expired";
  if (seconds >= 86400) return `valid for ${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
  if (seconds >= 3600) return `valid for ${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `valid for ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export async function copy(button, text) {
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select and copy it";
  }
  setTimeout(() => { button.textContent = label; }, 1500);
}

// ask asks the control interface. An address that begins with user and password,
// as the page's own may, is one that fetch refuses.
export async function ask(method, path, body) {
  const answer = await fetch(location.origin + path, body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  const text = await answer.text();
  let value = text;
  try { value = JSON.parse(text); } catch { /* no JSON */ }
  if (!answer.ok) throw new Error(value?.error ?? `the sandbox answered ${answer.status}`);
  return value;
}

// attempt does something and shows what went wrong.
export async function attempt(what) {
  const box = document.getElementById("problem");
  try {
    box.hidden = true;
    return await what();
  } catch (error) {
    box.textContent = error.message;
    box.hidden = false;
    return undefined;
  }
}

export function message(m, fresh, open, drop) {
  const code = m.code && el("button", { type: "button", class: "code", title: "Copy the code", "aria-label": `Copy the code ${m.code}` }, m.code);
  if (code) code.addEventListener("click", () => copy(code, m.code));
  const standing = m.used ? el("span", { class: "good" }, "verified") : m.valid_until ? el("span", { "data-until": m.valid_until }, left(m.valid_until)) : "";
  return el("li", { class: fresh ? "message fresh" : "message", id: `message-${m.number}` },
    el("div", { class: "meta" },
      el("span", { class: "route" }, `${m.vendor} · ${m.channel}`),
      el("span", {}, "to ", el("b", {}, m.to), m.country ? ` ${m.country}` : ""),
      m.sender && el("span", {}, "from ", el("b", {}, m.sender)),
      m.locale && el("span", { lang: m.locale }, m.locale),
      el("time", { datetime: m.at }, stamp(m.at))),
    el("p", { class: "text" }, m.text), code,
    el("div", { class: "foot" },
      el("span", {}, m.delivery), standing,
      m.segments && el("span", {}, `${m.segments} segment${m.segments === 1 ? "" : "s"}, ${m.encoding}`),
      m.unit && el("span", {}, `${m.cost} ${m.unit}`),
      el("span", { class: "acts" },
        el("button", { type: "button", class: "plain", "aria-label": `Details of message ${m.number} to ${m.to}`, onclick: () => open(m.number) }, "Details"),
        el("button", { type: "button", class: "plain", "aria-label": `Delete message ${m.number} to ${m.to}`, onclick: () => drop(m.number) }, "Delete"))));
}

export function refusal(r, open) {
  let why = r.problem ?? "";
  try {
    const body = JSON.parse(r.answer);
    why = body.error?.message ?? body.detail?.message ?? body.message ?? why;
    if (r.problem && why !== r.problem) why = `${why} (${r.problem})`;
  } catch { why = why || r.answer || ""; }
  const fault = r.fault ? `a fault that you ordered: ${r.fault.replace("_", " ")}` : "";
  return el("li", {},
    el("div", { class: "meta" }, el("span", { class: "route" }, r.vendor), el("span", {}, r.operation), r.status ? el("b", {}, `HTTP ${r.status}`) : "", fault && el("span", {}, fault), el("time", { datetime: r.at }, stamp(r.at))),
    el("p", { class: "line" }, el("span", { class: "why" }, why || "no answer"), el("button", { type: "button", class: "plain", "aria-label": `Details of refused send ${r.number}`, onclick: () => open(r) }, "Details")));
}
