// What all views share: elements, requests to the mat, words for times. No view state here.

export function h(tag, attrs = {}, ...kids) {
  return fill(document.createElement(tag), attrs, kids);
}

export function s(tag, attrs = {}, ...kids) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attrs, kids);
}

function fill(node, attrs, kids) {
  for (const [name, value] of Object.entries(attrs)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...kids.flat().filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
}

// Write a text or an attribute only when it changed: ten frames a second must cost nothing.
export function text(node, value) {
  if (node.firstChild?.nodeType === 3 && node.childNodes.length === 1) {
    if (node.firstChild.data !== value) node.firstChild.data = value;
  } else if (node.textContent !== value || node.childNodes.length) node.textContent = value;
}
export function attr(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}
export function show(node, visible) {
  if (node.hasAttribute("hidden") === visible) node.toggleAttribute("hidden", !visible); // svg has no property for it
}
export function style(node, name, value) {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value);
}
export function toggle(node, name, on) {
  if (node.classList.contains(name) !== on) node.classList.toggle(name, on);
}

// --- requests -----------------------------------------------------------------------------------
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused(0, "The mat does not answer.");
  }
  let body = null;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  if (!response.ok) throw new Refused(response.status, sentence(body?.error ?? "The mat does not answer."));
  return body;
}

export const read = (path) => request(path, {});
export const send = (path, body) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
export const command = (name, value = null) => send("/api/commands", { name, value });

export function sentence(words) {
  const one = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(one) ? one : `${one}.`;
}

// --- words for times ------------------------------------------------------------------------------
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
export function spoken(seconds) {
  const whole = Math.round(seconds);
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  if (!minutes) return count(rest, "second");
  return rest ? `${count(minutes, "minute")} ${count(rest, "second")}` : count(minutes, "minute");
}
export function minutes(seconds) {
  return seconds % 60 ? `${(seconds / 60).toFixed(1)} min` : `${seconds / 60} min`;
}
const format = (options) => new Intl.DateTimeFormat("en-GB", options);
const FORMATS = {
  time: format({ hour: "2-digit", minute: "2-digit" }),
  day: format({ weekday: "long", day: "numeric", month: "long" }),
  short: format({ day: "numeric", month: "short" }),
};
export const timeOf = (wall) => (wall === null ? "" : FORMATS.time.format(wall * 1000));
export const dayOf = (wall) => (wall === null ? "Not dated" : FORMATS.day.format(wall * 1000).replace(",", ""));
export const shortDay = (wall) => FORMATS.short.format(wall * 1000);

// --- parts ------------------------------------------------------------------------------------------
const MARKS = {
  wiggle: () => s("path", { d: "M7 0.5 11 7 7 13.5 3 7Z", fill: "currentColor" }),
  repositioned: () => s("circle", { cx: 7, cy: 7, r: 4.6, fill: "none", stroke: "currentColor", "stroke-width": 1.8 }),
  discomfort: () => s("path", { d: "M7 1.8 13 12.4H1Z", fill: "none", stroke: "currentColor", "stroke-width": 1.7, "stroke-linejoin": "round" }),
  eased: () => s("path", { d: "M1 9.5Q7 1.5 13 9.5", fill: "none", stroke: "currentColor", "stroke-width": 2.2, "stroke-linecap": "round" }),
};
export const markShape = (kind) => MARKS[kind]();
export const markIcon = (kind) => s("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, markShape(kind));
export const MARK_WORDS = { wiggle: "moved", repositioned: "lifted and replaced", discomfort: "pressed: it hurts", eased: "pressed: it is easing" };
export function markKeys(names) {
  return h("p", { class: "keys" }, Object.entries(names).map(([kind, word]) => h("span", {}, markIcon(kind), word)));
}

const NOTES = {
  offline: "M3 4l18 17M5 10a11 11 0 0 1 4-2.5M19 10a11 11 0 0 0-6-3M8 14a6 6 0 0 1 3-1.7M12 18h.01",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5M12 8h.01",
};
export function note(kind, title, ...paragraphs) {
  const shape = s("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, s("path", { d: NOTES[kind] ?? NOTES.info }));
  return h("div", { class: "note" }, shape, h("div", {}, h("strong", {}, title), paragraphs.map((one) => h("p", {}, one))));
}

let groups = 0;
export function pick(label, options, chosen, changed) {
  const name = `pick${(groups += 1)}`;
  return h(
    "fieldset", { class: "pick" }, h("legend", { class: "hidden" }, label),
    options.map(([value, word]) =>
      h("label", {}, h("input", { type: "radio", name, value, checked: value === chosen, onchange: () => changed(value) }), h("span", {}, word)),
    ),
  );
}

export function table(caption, heads, rows, open = false) {
  return h(
    "details", { open }, h("summary", {}, "Show as a table"),
    h("div", { class: "table", tabindex: "0", role: "region", "aria-label": caption },
      h("table", {}, h("caption", { class: "hidden" }, caption),
        h("thead", {}, h("tr", {}, heads.map((one) => h("th", { scope: "col" }, one)))),
        h("tbody", {}, rows.map((row) => h("tr", {}, row.map((one) => h("td", {}, one))))))),
  );
}

export function say(words) {
  text(document.getElementById("say"), words);
}

export function head(title, under, ...rest) {
  return h("div", { class: "head" }, h("div", {}, h("h1", {}, title), under ? h("p", {}, under) : null), ...rest);
}

export function locked(error) {
  if (error.status === 401)
    return note("info", "This part is private.", "It has your notes and names. Open the page once by the address that the mat shows: the command “acumat doctor” prints it, with a code for your phone.");
  return note("info", "Nothing to show just now.", error.message);
}
