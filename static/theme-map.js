// The theme map. Regions (names, circles) come once; statements come tile by tile for what is in view: far out as cells
// that hold many, near as single ones. Names are elements over the canvas, so that none covers another. Drawing around
// statements asks the page what was caught. Loaded after charts.js. Places are 0–1, y upwards.
(() => {
  const box = document.querySelector("[data-map]");
  if (!box) return;
  const { tokens, font } = window.ideaflowCharts;
  const home = box.dataset.map;
  // Six calm hues, light and dark.
  const HUES = ["#2f5fb3 #8fb4ff", "#0f7a75 #5fcfc6", "#8a5a00 #e0b25c", "#7a4fb0 #c3a1f0", "#4d7a1f #a5cf70", "#a8475c #f0a0b0"];
  const SIZES = [4, 4, 5, 6, 7.5, 9.5]; // Of dots: single, then cells by how many they hold.
  const held = (n) => (n < 3 ? 1 : n < 7 ? 2 : n < 16 ? 3 : n < 40 ? 4 : 5);
  const DEEPEST = 9;
  const CELLS = 112; // A side of a tile, as the server counts them.
  const part = (name) => box.querySelector(`.if-map-${name}`);
  const canvas = part("canvas");
  const chart = echarts.init(canvas, null, { renderer: "canvas" });
  const tiles = new Map(); // Address → columns, or a promise of them.
  let regions = { themes: [], areas: [], accounts: [], version: "" };
  let parts = null;
  let byId = new Map();
  let view = { x0: 0, x1: 1, y0: 0, y1: 1 };
  let drawn = []; // What is on the canvas: tiles, for picking.
  let loop = null; // The drawn shape, in places.
  const look = { color: "area", level: box.dataset.level, selected: Number(box.dataset.selected) || 0, lasso: false };
  const dark = () => Number(document.documentElement.dataset.bsTheme === "dark");
  const hue = (k) => HUES[((k % 6) + 6) % 6].split(" ")[dark()];
  const span = () => Math.max(view.x1 - view.x0, view.y1 - view.y0);
  const toPixel = (x, y) => [((x - view.x0) / (view.x1 - view.x0)) * box.clientWidth, (1 - (y - view.y0) / (view.y1 - view.y0)) * box.clientHeight];
  const toPlace = (px, py) => [view.x0 + (px / box.clientWidth) * (view.x1 - view.x0), view.y0 + (1 - py / box.clientHeight) * (view.y1 - view.y0)];

  // ---------- colours ----------
  const classOf = (theme, account) => {
    if (!theme) return "none";
    const known = byId.get(theme);
    if (look.color === "account") return account ? account - 1 : "rest";
    if (look.color === "trend") return known?.on ? "on" : "rest";
    if (look.color === "area" && regions.areas.length) return known && known.area >= 0 ? known.area % 6 : "rest";
    return theme % 6;
  };
  const paint = (t, kind) => ({ none: t.line_strong, rest: t.quiet, on: t.signal })[kind] ?? hue(kind);

  // ---------- tiles ----------
  const depth = () => Math.max(0, Math.min(DEEPEST, Math.floor(Math.log2(1 / span()) + 0.6)));
  const inView = () => {
    const z = depth();
    const last = 2 ** z - 1;
    const at = (v) => Math.max(0, Math.min(last, Math.floor(v * 2 ** z)));
    const found = [];
    for (let x = at(view.x0); x <= at(view.x1); x++) for (let y = at(view.y0); y <= at(view.y1); y++) found.push([z, x, y]);
    return found;
  };
  const read = (buffer, z, x, y) => {
    const [n, coarse] = new Uint32Array(buffer, 0, 2);
    const side = 2 ** -z;
    const xs = Float32Array.from(new Uint16Array(buffer, 8 + 8 * n, n), (v) => (x + v / 65536) * side);
    const ys = Float32Array.from(new Uint16Array(buffer, 8 + 10 * n, n), (v) => (y + v / 65536) * side);
    return { n, coarse, z, x, y, xs, ys, ids: new Uint32Array(buffer, 8, n), themes: new Uint32Array(buffer, 8 + 4 * n, n), accounts: new Uint8Array(buffer, 8 + 12 * n, n) };
  };
  const load = ([z, x, y]) => {
    const top = look.color === "account" ? `?${regions.accounts.map((one) => `top=${one.id}`).join("&")}` : "";
    const address = `${home}/tiles/${z}/${x}/${y}${top}`;
    if (!tiles.has(address)) {
      if (tiles.size > 400) tiles.delete(tiles.keys().next().value);
      tiles.set(
        address,
        fetch(address)
          .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status)))
          .then((buffer) => {
            const tile = read(buffer, z, x, y);
            tiles.set(address, tile);
            return tile;
          })
          .catch(() => (tiles.delete(address), box.classList.add("lost"), null)),
      );
    }
    return tiles.get(address);
  };
  // Beside crowded tiles the others are told in cells too, or their dots would look denser than they are.
  const cells = (tile) => {
    if (tile.coarse || !tile.n) return tile;
    if (tile.cells) return tile.cells;
    const found = new Map();
    for (let i = 0; i < tile.n; i++) {
      const at = (v, k) => Math.floor((v * 2 ** tile.z - k) * CELLS);
      const key = `${at(tile.xs[i], tile.x)},${at(tile.ys[i], tile.y)},${tile.themes[i] ? 1 : 0}`;
      const cell = found.get(key) ?? { n: 0, x: 0, y: 0, votes: 0, theme: 0, account: 0 };
      if (!cell.votes) [cell.theme, cell.account] = [tile.themes[i], tile.accounts[i]];
      cell.votes += cell.theme === tile.themes[i] ? 1 : -1;
      cell.n += 1;
      cell.x += tile.xs[i];
      cell.y += tile.ys[i];
      found.set(key, cell);
    }
    const all = [...found.values()];
    const column = (Kind, value) => Kind.from(all, value);
    tile.cells = {
      n: all.length, coarse: 1, ids: column(Uint32Array, (c) => c.n), themes: column(Uint32Array, (c) => c.theme), accounts: column(Uint8Array, (c) => c.account),
      xs: column(Float32Array, (c) => c.x / c.n), ys: column(Float32Array, (c) => c.y / c.n),
    };
    return tile.cells;
  };
  let asked = 0;
  const refresh = async () => {
    const mine = ++asked;
    const all = await Promise.all(inView().map(load));
    if (mine !== asked) return; // The view went on meanwhile.
    if (all.every(Boolean)) box.classList.remove("lost");
    drawn = all.filter(Boolean);
    if (drawn.some((tile) => tile.coarse)) drawn = drawn.map(cells);
    draw();
  };

  // ---------- drawing ----------
  const seriesOf = (t) => {
    const groups = new Map();
    const total = drawn.reduce((sum, tile) => sum + tile.n, 0);
    const near = span() < 0.08 || total < 900 ? 2 : span() < 0.25 || total < 4000 ? 1 : 0;
    for (const tile of drawn)
      for (let i = 0; i < tile.n; i++) {
        const theme = tile.themes[i];
        const key = `${classOf(theme, tile.accounts[i])}|${tile.coarse ? held(tile.ids[i]) : 0}|${theme && theme === look.selected ? 1 : 0}`;
        if (!groups.has(key)) groups.set(key, []);
        groups.get(key).push(tile.xs[i], tile.ys[i]);
      }
    return [...groups].map(([key, flat]) => {
      const [kind, size, chosen] = key.split("|");
      const plain = kind === "none" || kind === "rest";
      return {
        type: "scatter",
        large: true,
        largeThreshold: 0,
        progressive: 0,
        silent: true,
        z: kind === "none" ? 1 : chosen === "1" ? 4 : plain ? 2 : 3,
        symbolSize: SIZES[size] + (kind === "none" ? 0 : near * 1.5),
        itemStyle: { color: paint(t, Number.isNaN(+kind) ? kind : +kind), opacity: chosen === "1" ? 0.95 : kind === "none" ? 0.6 : plain ? 0.5 : 0.6 },
        dimensions: ["x", "y"],
        data: new Float32Array(flat),
      };
    });
  };
  const ring = (t) => {
    const theme = byId.get(look.selected);
    if (!theme) return [];
    return [{
      type: "custom", silent: true, z: 5, data: [[theme.x, theme.y]],
      renderItem: (_, api) => {
        const [cx, cy] = api.coord([theme.x, theme.y]);
        const [rx, ry] = api.size([theme.r * 1.1, theme.r * 1.1]);
        return { type: "ellipse", shape: { cx, cy, rx: Math.max(rx, 6), ry: Math.max(ry, 6) }, style: { fill: "none", stroke: t.accent, lineWidth: 1.5 } };
      },
    }];
  };
  const draw = () => {
    const t = tokens();
    chart.setOption({ series: [...seriesOf(t), ...ring(t)] }, { replaceMerge: ["series"] });
    box.dataset.dots = drawn.reduce((sum, tile) => sum + tile.n, 0);
    part("note").textContent = drawn.some((tile) => tile.coarse)
      ? `A dot stands for several statements here. ${box.clientWidth < 560 ? "Zoom in." : "The larger, the more; zoom in to read single ones."}`
      : `${box.clientWidth < 560 ? "" : "Near means said in like words. "}Each dot is one statement. ${matchMedia("(hover: none)").matches ? "Tap it" : "Point at it"} to read it.`;
    legend(t);
    names();
    outline();
    box.dataset.ready = String((Number(box.dataset.ready) || 0) + 1);
  };
  const legend = (t) => {
    const rows = {
      // More areas than hues: their names on the map tell them apart.
      area: regions.areas.length > HUES.length ? [] : regions.areas.map((area, k) => [area.name, hue(k)]),
      theme: [],
      account: [...regions.accounts.map((one, k) => [one.name, hue(k)]), ["all others", t.quiet]],
      trend: [["rises beyond chance", t.signal], ["all others", t.quiet]],
    }[look.color];
    const list = document.getElementById("map-legend");
    list.replaceChildren(
      ...[...rows, ["in no theme", t.line_strong]].map(([name, colour]) => {
        const item = document.createElement("li");
        const make = (kind, values) => {
          const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
          for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
          return element;
        };
        const dot = make("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" });
        dot.append(make("circle", { cx: 5, cy: 5, r: 4, fill: colour }));
        item.append(dot, name);
        return item;
      }),
    );
  };

  // ---------- names ----------
  const brush = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  const KINDS = { area: [box.clientWidth < 560 ? 14 : 17, 400], theme: [12, 600], part: [12, 450] };
  const width = (text, kind) => {
    const key = `${kind}${text}`;
    if (!widths.has(key)) {
      brush.font = `${KINDS[kind][1]} ${KINDS[kind][0]}px Inter, sans-serif`;
      widths.set(key, brush.measureText(text).width);
    }
    return widths.get(key);
  };
  const wanted = () => {
    const far = span() > 0.55;
    // An area of one theme is called like it: once is enough.
    const alike = new Set(regions.themes.map((one) => one.name));
    const fields = look.level === "areas" ? regions.areas : regions.areas.filter((one) => !alike.has(one.name));
    const areas = look.level === "areas" || far ? fields.map((one) => ({ ...one, kind: "area" })) : [];
    const themes = look.level === "areas" && span() > 0.3 ? [] : regions.themes.map((one) => ({ ...one, kind: "theme" }));
    const near = look.level === "sub-themes" || span() < 0.14;
    const inner = near && parts ? parts.map((one) => ({ ...one, kind: "part" })) : [];
    const chosen = themes.filter((one) => one.id === look.selected);
    return [...chosen, ...areas, ...themes, ...inner];
  };
  // Where a name stands; a theme that one is inside of is named at the edge of the view.
  const anchor = (one) => {
    const inside = (x, y) => x >= view.x0 && x <= view.x1 && y >= view.y0 && y <= view.y1;
    if (one.kind !== "theme") return inside(one.x, one.y) ? [one.x, one.y] : null;
    const top = one.y + one.r * 1.12;
    if (inside(one.x, top)) return [one.x, top];
    const x = Math.min(view.x1, Math.max(view.x0, one.x));
    const y = Math.min(view.y1, Math.max(view.y0, top));
    return Math.hypot(x - one.x, y - one.y) <= one.r ? [x, y] : null;
  };
  const names = () => {
    if ((look.level === "sub-themes" || span() < 0.14) && parts === null) {
      parts = [];
      fetch(`${home}/parts`).then((answer) => answer.json()).then((found) => ((parts = found), names()));
    }
    const [w, h] = [box.clientWidth, box.clientHeight];
    const taken = [[w - 64, h - 140, 64, 140], [0, h - 34, w, 34]]; // The buttons and the note.
    const shown = [];
    const most = w < 560 ? 12 : 60;
    for (const one of wanted()) {
      if (shown.length >= most) break;
      const at = anchor(one);
      if (!at) continue;
      const [px, py] = toPixel(...at);
      const [size] = KINDS[one.kind];
      const wide = Math.min(width(one.name, one.kind) + 8, w - 8);
      const tall = size + 6;
      const left = Math.max(4, Math.min(w - wide - 4, px - wide / 2));
      const top = Math.max(4, Math.min(h - tall - 4, py - (one.kind === "theme" ? tall : tall / 2)));
      if (taken.some((r) => left < r[0] + r[2] && r[0] < left + wide && top < r[1] + r[3] && r[1] < top + tall)) continue;
      taken.push([left, top, wide, tall]);
      shown.push([one, left, top, wide]);
    }
    const layer = part("names");
    while (layer.children.length < shown.length) layer.append(document.createElement("span"));
    [...layer.children].forEach((element, k) => {
      const [one, left, top, wide] = shown[k] ?? [];
      element.hidden = !one;
      if (!one) return;
      if (element.textContent !== one.name) element.textContent = one.name;
      element.className = one.kind;
      element.dataset.theme = one.kind === "area" ? "" : (one.theme ?? one.id);
      element.dataset.area = one.kind === "area" ? one.id : "";
      element.style.width = `${wide}px`;
      element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
    });
  };

  // ---------- view ----------
  const setView = (x0, x1, y0, y1) =>
    chart.dispatchAction({ type: "dataZoom", batch: [{ dataZoomIndex: 0, start: 100 * x0, end: 100 * x1 }, { dataZoomIndex: 1, start: 100 * y0, end: 100 * y1 }] });
  const fit = (a, b) => {
    const length = Math.min(1, Math.max(0.01, b - a));
    const from = Math.min(1 - length, Math.max(0, (a + b - length) / 2));
    return [from, from + length];
  };
  const zoom = (factor) => {
    const half = (v0, v1) => fit((v0 + v1) / 2 - ((v1 - v0) * factor) / 2, (v0 + v1) / 2 + ((v1 - v0) * factor) / 2);
    setView(...half(view.x0, view.x1), ...half(view.y0, view.y1));
  };
  let soon = 0;
  let frame = 0;
  const follow = () => {
    const [x0, y1] = chart.convertFromPixel({ gridIndex: 0 }, [0, 0]);
    const [x1, y0] = chart.convertFromPixel({ gridIndex: 0 }, [box.clientWidth, box.clientHeight]);
    view = { x0, x1, y0, y1 };
    box.dataset.span = span().toFixed(4);
    const whole = span() > 0.995;
    if (box.classList.contains("whole") !== whole) {
      box.classList.toggle("whole", whole);
      // At full extent one finger scrolls the page; there is nothing to pan.
      chart.setOption({ dataZoom: [0, 1].map(() => ({ preventDefaultMouseMove: !whole, moveOnMouseMove: !whole })) });
    }
    names();
    outline();
  };
  chart.on("datazoom", () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(follow);
    clearTimeout(soon);
    soon = setTimeout(refresh, 90);
    hideTip();
  });

  // ---------- pointing ----------
  const pick = (px, py) => {
    const [x, y] = toPlace(px, py);
    const [kx, ky] = [box.clientWidth / (view.x1 - view.x0), box.clientHeight / (view.y1 - view.y0)];
    let best = null;
    for (const tile of drawn) {
      for (let i = 0; i < tile.n; i++) {
        const away = ((tile.xs[i] - x) * kx) ** 2 + ((tile.ys[i] - y) * ky) ** 2;
        if (away < (best?.away ?? 81)) best = { away, tile, i };
      }
    }
    return best && { theme: best.tile.themes[best.i], id: best.tile.coarse ? 0 : best.tile.ids[best.i], n: best.tile.coarse ? best.tile.ids[best.i] : 1, x: best.tile.xs[best.i], y: best.tile.ys[best.i] };
  };
  const tip = part("tip");
  const read_ = new Map();
  let pointing = 0;
  const hideTip = () => ((tip.hidden = true), (pointing += 1));
  const showTip = (spot, px, py) => {
    const mine = ++pointing;
    const show = (words, by) => {
      if (mine !== pointing) return;
      tip.replaceChildren();
      const said = document.createElement("p");
      said.className = by === null ? "" : "if-voice sm";
      said.textContent = words;
      tip.append(said);
      if (by) tip.append(Object.assign(document.createElement("p"), { className: "tiny dim", textContent: by }));
      tip.hidden = false;
      const left = Math.min(px + 14, box.clientWidth - tip.offsetWidth - 8);
      const top = py + 16 + tip.offsetHeight > box.clientHeight ? py - tip.offsetHeight - 12 : py + 16;
      tip.style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, top)}px)`;
    };
    const title = byId.get(spot.theme)?.name;
    if (!spot.id) return show(`${spot.n} statement${spot.n > 1 ? "s" : ""}${title ? `, most in “${title}”` : " in no theme"}. Zoom in to read ${spot.n > 1 ? "them" : "it"}.`, null);
    const tell = (one) => show(one.words.length > 220 ? `${one.words.slice(0, 219)}…` : one.words, [one.account || "Account not known", one.said, one.theme || "in no theme"].join(" · "));
    if (read_.has(spot.id)) return tell(read_.get(spot.id));
    setTimeout(() => {
      if (mine !== pointing) return;
      fetch(`${home}/statements/${spot.id}`).then((answer) => answer.json()).then((one) => (read_.set(spot.id, one), tell(one)));
    }, 70);
  };
  const beside = (address, keep) => {
    window.htmx.ajax("GET", address, { target: "#selected" });
    if (keep) history.replaceState(null, "", address);
  };
  const select = (theme) => {
    look.selected = theme;
    draw();
  };
  const open = (spot) => {
    if (spot.theme) select(spot.theme);
    if (spot.id) beside(`${home}?statement=${spot.id}`);
    else if (spot.theme) beside(`${home}?theme=${spot.theme}`, true);
  };
  const local = (event) => {
    const frame_ = box.getBoundingClientRect();
    return [event.clientX - frame_.left, event.clientY - frame_.top];
  };
  let pressed = null;
  canvas.addEventListener("pointerdown", (event) => (pressed = local(event)), true);
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons || event.pointerType === "touch" || look.lasso) return hideTip();
    const [px, py] = local(event);
    const spot = pick(px, py);
    box.classList.toggle("at", Boolean(spot));
    if (spot) showTip(spot, px, py);
    else hideTip();
  }, true);
  canvas.addEventListener("pointerleave", hideTip);
  canvas.addEventListener("pointerup", (event) => {
    const [px, py] = local(event);
    if (!pressed || Math.hypot(px - pressed[0], py - pressed[1]) > 5) return;
    const spot = pick(px, py);
    if (spot) open(spot);
  }, true);
  part("names").addEventListener("click", (event) => {
    const name = event.target.closest("span");
    if (name?.dataset.theme) open({ theme: Number(name.dataset.theme) });
    else if (name?.dataset.area) toArea(Number(name.dataset.area));
  });
  const toArea = (id) => {
    const k = regions.areas.findIndex((one) => one.id === id);
    const own = regions.themes.filter((one) => one.area === k);
    if (k < 0 || !own.length) return;
    const low = (axis) => Math.min(...own.map((one) => one[axis] - one.r));
    const high = (axis) => Math.max(...own.map((one) => one[axis] + one.r));
    setView(...fit(low("x") - 0.02, high("x") + 0.02), ...fit(low("y") - 0.02, high("y") + 0.02));
  };

  // ---------- drawing around ----------
  const sheet = part("sheet");
  const outline = () => {
    const line = sheet.querySelector("polygon");
    line.setAttribute("points", (loop ?? []).map(([x, y]) => toPixel(x, y).map((v) => v.toFixed(1)).join(",")).join(" "));
  };
  const setLasso = (on) => {
    look.lasso = on;
    box.classList.toggle("lasso", on);
    for (const button of document.querySelectorAll("[data-map-lasso]")) button.setAttribute("aria-pressed", String(on));
    hideTip();
  };
  const corners = (points, most) => points.filter((_, k) => k % Math.ceil(points.length / most) === 0);
  let path = null;
  sheet.addEventListener("pointerdown", (event) => {
    sheet.setPointerCapture(event.pointerId);
    path = [local(event)];
    event.preventDefault();
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!path) return;
    const at = local(event);
    if (Math.hypot(at[0] - path.at(-1)[0], at[1] - path.at(-1)[1]) < 4) return;
    path.push(at);
    loop = path.map(([px, py]) => toPlace(px, py));
    outline();
  });
  const finish = () => {
    const around = path && path.length > 4 ? corners(path, 90) : null;
    path = null;
    if (!around) return;
    loop = around.map(([px, py]) => toPlace(px, py));
    outline();
    setLasso(false);
    const shape = loop.map((place) => place.map((v) => v.toFixed(4)).join(",")).join(";");
    beside(`${home}/caught?shape=${encodeURIComponent(shape)}`);
  };
  sheet.addEventListener("pointerup", finish);
  sheet.addEventListener("pointercancel", () => (path = null));

  // ---------- buttons ----------
  document.addEventListener("click", (event) => {
    const at = (name) => event.target.closest(`[data-map-${name}]`);
    const color = at("color");
    const level = at("level");
    if (color) look.color = color.dataset.mapColor;
    if (level) {
      look.level = level.dataset.mapLevel;
      names();
      const address = new URL(location.href);
      if (look.level === "themes") address.searchParams.delete("level");
      else address.searchParams.set("level", look.level);
      history.replaceState(null, "", address);
    }
    if (color || level) for (const other of (color ?? level).parentElement.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === (color ?? level)));
    if (color) refresh();
    if (at("whole")) setView(0, 1, 0, 1);
    if (at("in")) zoom(0.5);
    if (at("out")) zoom(2);
    if (at("lasso")) setLasso(!look.lasso);
    if (at("drop")) {
      loop = null;
      outline();
      beside(`${home}?theme=${look.selected || ""}`);
    }
    const listed = at("theme");
    if (listed) select(Number(listed.dataset.mapTheme));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || (!look.lasso && !loop)) return;
    setLasso(false);
    loop = null;
    outline();
  });
  // What was corrected or undone reloads the page: it comes back as it was looked at.
  document.addEventListener("submit", () => sessionStorage.setItem("map", JSON.stringify({ view, color: look.color, at: Date.now() })));
  document.addEventListener("themechange", () => draw());
  addEventListener("resize", () => (chart.resize(), follow(), refresh()));

  // ---------- begin ----------
  const begin = async () => {
    const axis = { show: false, type: "value", min: 0, max: 1 };
    const inside = (more) => ({ type: "inside", filterMode: "none", minSpan: 0.5, throttle: 16, preventDefaultMouseMove: false, moveOnMouseMove: false, ...more });
    chart.setOption({ animation: false, textStyle: font(tokens()), grid: { left: 0, right: 0, top: 0, bottom: 0 }, xAxis: axis, yAxis: axis, dataZoom: [inside({ xAxisIndex: 0 }), inside({ yAxisIndex: 0 })], series: [] });
    const first = load([0, 0, 0]); // Most begin with the whole map: its tile need not wait for the names.
    const answer = await fetch(`${home}/regions`);
    if (!answer.ok) return box.classList.add("lost");
    regions = await answer.json();
    byId = new Map(regions.themes.map((one) => [one.id, one]));
    const kept = JSON.parse(sessionStorage.getItem("map") ?? "null");
    sessionStorage.removeItem("map");
    await first;
    await document.fonts.ready;
    follow();
    if (kept && Date.now() - kept.at < 60000) {
      look.color = kept.color;
      for (const button of document.querySelectorAll("[data-map-color]")) button.setAttribute("aria-pressed", String(button.dataset.mapColor === look.color));
      setView(kept.view.x0, kept.view.x1, kept.view.y0, kept.view.y1);
    } else if (box.dataset.area) toArea(Number(box.dataset.area));
    refresh();
  };
  begin();
})();
