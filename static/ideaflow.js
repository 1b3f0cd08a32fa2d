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
const enter = (details) => {
  const pop = details.querySelector(".if-pop");
  if (pop?.contains(document.activeElement)) return;
  // Where a figure chooses, a field must not take it.
  pop?.querySelector(pop.matches(".if-options") ? "button" : ":is(input:not([type=hidden]), select, textarea)")?.focus();
  for (const field of pop?.querySelectorAll("[data-fill]") ?? []) {
    field.value = document.querySelector(".sel")?.querySelector(field.dataset.fill)?.textContent ?? "";
    field.select();
  }
};
document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.(".if-drop-down") || !event.target.open) return;
    for (const other of document.querySelectorAll(".if-drop-down[open]")) if (other !== event.target) other.open = false;
    enter(event.target);
  },
  true,
);
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".if-drop-down[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".if-drop-down[open]");
  if (!open) return;
  event.preventDefault();
  open.open = false;
  open.querySelector("summary").focus();
  if (lent) letGo();
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
    const every = bar.querySelector("input[name=all]:checked");
    bar.hidden = chosen.length === 0;
    for (const number of bar.querySelectorAll("[data-n]")) number.textContent = every ? Number(every.value).toLocaleString("en") : chosen.length;
    for (const one of bar.querySelectorAll("[data-single]")) one.hidden = Boolean(every) || chosen.length !== 1;
    for (const one of bar.querySelectorAll("[data-not-all]")) one.hidden = Boolean(every);
  }
};

// With nothing selected a key acts on the row at the cursor: it is ticked for as long as that takes.
let lent = null;
const lend = (button) => {
  const box = button.closest(".if-bulk")?.hidden && tick(rows()[at] ?? rows()[0] ?? document.body);
  if (!box) return false;
  if (at < 0) at = 0;
  box.checked = true;
  lent = box;
  showSelection();
  return true;
};
const letGo = () => {
  lent.checked = false;
  lent = null;
  showSelection();
  moveTo(at);
};

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) for (const row of rows()) if (tick(row)) tick(row).checked = event.target.checked;
  if (event.target.matches("input[name=all]")) for (const row of rows()) if (tick(row)) tick(row).checked = event.target.checked;
  if (event.target.closest("[data-row], [data-select-all], input[name=all]")) {
    lent = null;
    showSelection();
  }
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (row) at = rows().indexOf(row);
});

// ---------- keys ----------
const typing = (element) => element.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
// What a closed form holds has a place, and yet is not seen.
const shown = (element) => element.getClientRects().length > 0 && (element.checkVisibility?.() ?? true);

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

const unselect = () => {
  for (const box of document.querySelectorAll("[data-row] input[type=checkbox], input[name=all]")) box.checked = false;
  showSelection();
};

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (event.key === "Escape" && rows().some((row) => tick(row)?.checked)) return unselect();
  if (typing(event.target)) return;
  // Enter already works on whatever holds the focus.
  if (event.key === "Enter" && event.target !== document.body) return;
  const named = /^[a-z0-9]$/i.test(event.key) ? [...document.querySelectorAll(`[data-key="${event.key}"]`)] : [];
  const here = named.filter(shown);
  // What is selected comes before the page.
  const button = here.find((one) => one.closest(".if-bulk")) ?? here[0] ?? named.find((one) => !one.closest(".if-pop") && lend(one));
  const action = button ? () => button.click() : press[event.key];
  if (!action) return;
  event.preventDefault();
  action();
  // At once, not when the browser tells: the next key may be a letter of what one types there.
  if (button?.matches("summary") && button.parentElement.open) enter(button.parentElement);
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

// ---------- who looks ----------
setInterval(() => {
  if (document.visibilityState !== "visible") return;
  for (const one of document.querySelectorAll("[data-heartbeat]")) one.dispatchEvent(new Event("look"));
}, 20_000);

// ---------- htmx ----------
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});
// Rows that are decided on go, or stay: either way the next one has the focus.
let held = null;
const keyOf = (row) => (row && tick(row)?.value) || row?.id;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  const all = rows();
  const first = all.findIndex((row) => row.classList.contains("sel"));
  const from = first >= 0 ? first : at;
  const isHere = all[from] && target?.contains(all[from]) && target.contains(document.activeElement);
  // Who is given a theme, or what it is called, is seldom the last word on it.
  const goesOn = /^(watch|dismiss|restore|promote)/.test(requestConfig?.elt?.value ?? "");
  held = isHere ? { from, key: keyOf(all[from]), goesOn } : null;
  if (xhr.status < 400) document.getElementById("notice")?.querySelector(".stop")?.remove();
  if (lent && xhr.status >= 400) letGo();
  lent = null;
});
// Not afterSettle: a row that is swapped for nothing never settles.
document.addEventListener("htmx:afterRequest", () => {
  showSelection();
  if (held !== null && document.activeElement === document.body) {
    const stayed = held.goesOn && keyOf(rows()[held.from]) === held.key;
    moveTo(held.from + (stayed ? 1 : 0));
  }
  held = null;
});
document.addEventListener("htmx:sendError", () => say("The server cannot be reached. Nothing was changed; try again in a moment."));
document.addEventListener("htmx:timeout", () => say("The server took too long to answer. Reload the page to see whether it was done."));

showSelection();
