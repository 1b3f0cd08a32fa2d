// Every action that applies on this page, found by its name: Ctrl or Cmd with K, or the button. Nothing is
// listed twice by hand: what has a key (data-key), the keys every page has, and where the navigation leads.
(() => {
  const palette = document.getElementById("palette");
  if (!palette) return;
  const field = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const shown = (element) => element.getClientRects().length > 0 && (element.checkVisibility?.() ?? true);
  let found = [];
  let at = 0;

  const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const label = (element) => {
    if (element.dataset.does) return element.dataset.does;
    const copy = element.cloneNode(true);
    for (const key of copy.querySelectorAll("kbd, .n")) key.remove();
    return (element.getAttribute("aria-label") || copy.textContent).replace(/\s+/g, " ").trim();
  };
  const hasRows = () => document.querySelector("[data-row] input[type=checkbox]");
  const taken = (element) =>
    [...document.querySelectorAll(`[data-key="${element.dataset.key}"]`)].some((one) => one !== element && shown(one));
  const applies = (element) => {
    if (element.closest("details:not([open])") && !element.matches("summary")) return false;
    // What a narrow screen has no room for is done from here.
    return shown(element) || element.matches(".if-hide-sm") || (element.closest(".if-bulk") && hasRows() && !taken(element));
  };
  const actions = () => {
    const all = [];
    const seen = new Set();
    const add = (word, key, run, kind = "") => {
      if (!word || seen.has(word)) return;
      seen.add(word);
      all.push({ word, key, run, kind });
    };
    for (const element of document.querySelectorAll("[data-key]")) {
      const direct = !shown(element) && !element.closest(".if-bulk");
      if (applies(element)) add(label(element), element.dataset.key, () => (direct ? element.click() : press(element.dataset.key)));
    }
    for (const element of document.querySelectorAll("[data-does]:not([data-key])")) {
      if (applies(element)) add(label(element), "", () => element.click());
    }
    if (document.querySelector("[data-row]")) {
      add("Next row", "j", () => press("j"));
      add("Previous row", "k", () => press("k"));
      add("Open the row", "Enter", () => press("Enter"));
      if (hasRows()) add("Select the row", "x", () => press("x"));
    }
    if (document.querySelector("[data-search]")) add("Search", "/", () => press("/"));
    add("Keys of this page", "?", () => press("?"));
    for (const link of document.querySelectorAll(".if-views a")) add(`View: ${label(link)}`, "", () => link.click(), "view");
    for (const link of document.querySelectorAll(".if-rail .if-nav a")) add(`Go to ${label(link)}`, "", () => link.click(), "page");
    add("Switch light and dark", "", () => document.querySelector("[data-theme-toggle]")?.click());
    return all;
  };

  const draw = () => {
    list.replaceChildren();
    found.forEach((one, index) => {
      const line = document.createElement("li");
      line.setAttribute("role", "option");
      line.id = `palette-${index}`;
      line.setAttribute("aria-selected", String(index === at));
      const word = document.createElement("span");
      word.textContent = one.word;
      line.append(word);
      if (one.key) {
        const key = document.createElement("kbd");
        key.className = "if-kbd";
        key.textContent = one.key;
        line.append(key);
      }
      list.append(line);
    });
    field.setAttribute("aria-activedescendant", found.length ? `palette-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const narrow = () => {
    const words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    found = actions().filter((one) => words.every((word) => one.word.toLowerCase().includes(word)));
    const asked = field.value.trim();
    if (asked && field.dataset.searchUrl) {
      const goal = `${field.dataset.searchUrl}?words=${encodeURIComponent(asked)}`;
      found.push({ word: `Search themes for “${asked}”`, key: "", run: () => location.assign(goal) });
    }
    at = 0;
    draw();
  };
  let before = null;
  const open = () => {
    if (palette.open) return palette.close();
    before = document.activeElement;
    field.value = "";
    palette.showModal();
    field.focus();
    narrow();
  };
  const run = (one) => {
    palette.close();
    before?.focus?.({ preventScroll: true });
    one?.run();
  };

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    if (palette.open || !document.querySelector("dialog[open]")) open();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) open();
    else if (event.target === palette) palette.close();
  });
  field.addEventListener("input", narrow);
  palette.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = found.length ? (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length : 0;
      draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(found[at]);
    }
  });
  list.addEventListener("click", (event) => {
    const line = event.target.closest("[role=option]");
    if (line) run(found[[...list.children].indexOf(line)]);
  });
})();
