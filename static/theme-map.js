// The theme map: one dot a statement, themes labelled, one theme selected by click, by key or by the list beside it.
// Data: {themes: [{id, name, x, y, r, on, area}], points: [[x, y, theme's index]], noise: [[x, y]], areas: [{name, x, y}], sel}
// with x and y from 0 to 100. Loaded after charts.js, before it draws.
(() => {
  const { makers, font, tip, draw } = window.ideaflowCharts;
  // Six calm hues for areas, light and dark; a theme takes its area's.
  const HUES = [
    ["#2f5fb3", "#8fb4ff"],
    ["#0f7a75", "#5fcfc6"],
    ["#8a5a00", "#e0b25c"],
    ["#7a4fb0", "#c3a1f0"],
    ["#4d7a1f", "#a5cf70"],
    ["#a8475c", "#f0a0b0"],
  ];
  const label = (t, more) => font(t, { textBorderColor: t.surface, textBorderWidth: 3, ...more });
  const words = (t, items, style, z, more = {}) => ({
    type: "scatter",
    symbolSize: 0.1,
    itemStyle: { color: "transparent" },
    z,
    silent: true,
    data: items,
    label: { show: true, position: "inside", formatter: (p) => p.data.name, ...label(t, style) },
    ...more,
  });

  makers.map = (t, d) => {
    const dark = document.documentElement.dataset.bsTheme === "dark" ? 1 : 0;
    const byTrend = d.color === "trend";
    const wide = d.w > 560;
    const selected = d.selected === undefined ? d.sel : Number(d.selected);
    const colour = (theme, k) => (byTrend ? (theme.on ? t.signal : t.quiet) : HUES[(theme.area ?? k) % HUES.length][dark]);
    const dots = d.themes.map((theme, k) => ({
      name: theme.name,
      type: "scatter",
      symbolSize: 4,
      data: d.points.filter((point) => point[2] === k).map((point) => ({ value: point.slice(0, 2), theme: k })),
      progressive: 0,
      itemStyle: { color: colour(theme, k), opacity: selected === k ? 0.95 : byTrend && !theme.on ? 0.45 : 0.55 },
    }));
    const noise = { type: "scatter", silent: true, symbolSize: 2.5, data: d.noise ?? [], itemStyle: { color: t.line_strong, opacity: 0.8 } };
    const chosen = d.themes[selected];
    const ring = chosen && {
      type: "custom",
      silent: true,
      z: 5,
      data: [[chosen.x, chosen.y]],
      renderItem: (_, api) => {
        const [cx, cy] = api.coord([chosen.x, chosen.y]);
        const [rx, ry] = api.size([chosen.r * 1.4, chosen.r * 1.4]);
        return { type: "ellipse", shape: { cx, cy, rx, ry }, style: { fill: "none", stroke: t.accent, lineWidth: 1.5 } };
      },
    };
    // A name near the edge is pushed in, not cut.
    const inside = ({ labelRect: r }) => ({ hideOverlap: true, dx: Math.max(6 - r.x, 0) + Math.min(d.w - 6 - r.x - r.width, 0) });
    const names = d.themes
      .map((theme, k) => ({ name: theme.name, value: [theme.x, Math.min(97, theme.y + theme.r * 1.4)], theme: k }))
      .filter((item) => wide || item.theme === selected)
      .sort((a, b) => (b.theme === selected) - (a.theme === selected));
    return {
      grid: { left: 0, right: 0, top: 0, bottom: 0 },
      xAxis: { show: false, min: 0, max: 100 },
      yAxis: { show: false, min: 0, max: 100 },
      dataZoom: [
        { type: "inside", xAxisIndex: 0, filterMode: "none" },
        { type: "inside", yAxisIndex: 0, filterMode: "none" },
      ],
      tooltip: tip(t, { trigger: "item", formatter: (p) => d.themes[p.data.theme]?.name ?? "" }),
      series: [
        ...dots,
        noise,
        ...(ring ? [ring] : []),
        words(t, names, { color: t.ink, fontWeight: 600 }, 9, { labelLayout: inside, silent: false }),
        words(t, (d.areas ?? []).map((area) => ({ name: area.name, value: [area.x, area.y] })), { color: t.ink_3, fontSize: wide ? 17 : 12 }, 8),
      ],
    };
  };

  const map = () => document.querySelector("[data-chart=map]");
  const select = (index) => {
    const box = map();
    box.dataset.selected = index;
    draw();
    const theme = JSON.parse(document.getElementById(box.dataset.src).textContent).themes[index];
    // The link that opens this theme in the aside; the page decides what it fetches.
    document.querySelector(`[data-map-theme="${theme.id}"]`)?.click();
  };
  document.fonts.ready.then(() => {
    if (!map()) return;
    draw();
    echarts.getInstanceByDom(map()).on("click", (point) => point.data?.theme !== undefined && select(point.data.theme));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-color-by]");
    if (button) map().dataset.color = button.dataset.colorBy;
    if (event.target.closest("[data-map-reset]")) echarts.getInstanceByDom(map()).dispatchAction({ type: "dataZoom", start: 0, end: 100 });
    if (button) draw();
    const segment = event.target.closest(".if-seg button");
    if (segment) for (const other of segment.parentElement.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === segment));
  });
})();
