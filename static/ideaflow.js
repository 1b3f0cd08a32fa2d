// Behaviour of every page. Each page works without it; this makes it quicker for hands on a keyboard.

// ---------- theme switch ----------
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", next);
  document.documentElement.dataset.bsTheme = next;
  document.dispatchEvent(new Event("themechange"));
});

// ---------- notices ----------
document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest("[data-notice]")?.remove();
});
const say = (words) => {
  const line = document.createElement("div");
  line.className = "if-callout stop";
  line.dataset.notice = "";
  const text = document.createElement("div");
  text.textContent = words;
  line.append(text);
  document.getElementById("notice")?.replaceChildren(line);
};

// ---------- forms that open under their button ----------
document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.(".if-drop-down") || !event.target.open) return;
    for (const other of document.querySelectorAll(".if-drop-down[open]")) if (other !== event.target) other.open = false;
    event.target.querySelector(".if-pop :is(input:not([type=hidden]), select, textarea)")?.focus();
  },
  true,
);
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".if-drop-down[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".if-drop-down[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// ---------- rows: a cursor, and what is selected ----------
const rows = () => [...document.querySelectorAll("[data-row]")];
const tick = (row) => row.querySelector("input[type=checkbox]");
let at = -1;

const moveTo = (index) => {
  const all = rows();
  if (!all.length) return;
  at = Math.min(all.length - 1, Math.max(0, index));
  for (const [i, row] of all.entries()) row.classList.toggle("at", i === at);
  all[at].querySelector("a[href]")?.focus({ preventScroll: true });
  all[at].scrollIntoView({ block: "nearest" });
};

const showSelection = () => {
  const all = rows();
  const chosen = all.filter((row) => tick(row)?.checked);
  for (const row of all) row.classList.toggle("sel", chosen.includes(row));
  const whole = document.querySelector("[data-select-all]");
  if (whole) {
    whole.checked = all.length > 0 && chosen.length === all.length;
    whole.indeterminate = chosen.length > 0 && !whole.checked;
  }
  for (const bar of document.querySelectorAll(".if-bulk")) {
    bar.hidden = chosen.length === 0;
    for (const number of bar.querySelectorAll("[data-n]")) number.textContent = chosen.length;
  }
};

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) for (const row of rows()) if (tick(row)) tick(row).checked = event.target.checked;
  if (event.target.closest("[data-row], [data-select-all]")) showSelection();
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row) at = rows().indexOf(row);
});

// ---------- keys ----------
const typing = (element) => element.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
const shown = (element) => element.getClientRects().length > 0;

const press = {
  j: () => moveTo(at + 1),
  k: () => moveTo(at - 1),
  x: () => {
    const box = rows()[at] && tick(rows()[at]);
    if (!box) return;
    box.checked = !box.checked;
    showSelection();
  },
  Enter: () => rows()[at]?.querySelector("a[href]")?.click(),
  "/": () => [...document.querySelectorAll("[data-search]")].filter(shown).at(-1)?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target)) return;
  // Enter already works on whatever holds the focus.
  if (event.key === "Enter" && event.target !== document.body) return;
  const button = /^[a-z0-9]$/i.test(event.key) && [...document.querySelectorAll(`[data-key="${event.key}"]`)].find(shown);
  const action = button ? () => button.click() : press[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-help]")) press["?"]();
});

// ---------- filters send themselves; a form with an hx-trigger of its own is left to htmx ----------
let wait;
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]:not([hx-trigger])");
  if (form && !event.target.matches("[type=search], [type=text]")) form.requestSubmit();
});
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-auto][hx-get]:not([hx-trigger])");
  if (!form || !event.target.matches("[type=search], [type=text]")) return;
  clearTimeout(wait);
  wait = setTimeout(() => form.requestSubmit(), 300);
});
// Without a filter to press, the button that sends a form by hand is not needed.
for (const button of document.querySelectorAll("form[data-auto] [data-auto-hide]")) button.hidden = true;

// ---------- htmx ----------
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});
let held = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  // Remember the row that is about to go, so that the next one takes the focus.
  held = event.detail.target?.contains(document.activeElement) && document.activeElement.closest("[data-row]") ? at : null;
  if (event.detail.xhr.status < 400) document.getElementById("notice")?.querySelector(".stop")?.remove();
});
// Not afterSettle: a row that is swapped for nothing never settles.
document.addEventListener("htmx:afterRequest", () => {
  showSelection();
  if (held !== null && document.activeElement === document.body) moveTo(held);
  held = null;
});
document.addEventListener("htmx:sendError", () => say("The server cannot be reached. Nothing was changed; try again in a moment."));
document.addEventListener("htmx:timeout", () => say("The server took too long to answer. Reload the page to see whether it was done."));

showSelection();
