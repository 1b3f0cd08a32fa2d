// More pictures of co-design: price curves, scores of duels, pledges by account, groups of opinion. Makers for charts.js.
(() => {
  const { makers, font, axis, tip, draw } = window.ideaflowCharts;
  const line = (x1, y1, x2, y2, stroke, lineWidth = 2, lineDash) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth, lineDash } });
  const dot = (cx, cy, r, fill, stroke) => ({ type: "circle", shape: { cx, cy, r }, style: { fill, stroke, lineWidth: 2 } });

  // {curves: {prices, too_cheap, cheap, expensive, too_expensive}, rows: [{name, v, lo, hi}], band: [low, high], currency}
  makers.prices = (t, d) => {
    const looks = [
      ["too_cheap", "too cheap", t.ink_3, "dashed"],
      ["cheap", "a bargain", t.accent, "solid"],
      ["expensive", "expensive", t.ink, "solid"],
      ["too_expensive", "too expensive", t.stop, "dashed"],
    ];
    const at = d.curves.prices;
    const pad = (at[at.length - 1] - at[0]) * 0.03 || 1;
    const known = d.rows.filter((r) => r.v !== null);
    const money = (v) => `${d.currency}${v >= 100 ? Math.round(v).toLocaleString("en") : +v.toFixed(2)}`;
    return {
      grid: { left: 44, right: 16, top: 64, bottom: 40 },
      legend: { top: 0, left: 0, itemWidth: 20, itemGap: 14, textStyle: font(t, { color: t.ink_2 }), data: looks.map((l) => l[1]), selectedMode: false },
      tooltip: tip(t, { trigger: "axis", formatter: (ps) => `${money(ps[0].value[0])}\n${ps.map((p) => `${p.seriesName} ${Math.round(p.value[1])} %`).join("\n")}` }),
      xAxis: axis(t, { type: "value", min: Math.max(0, at[0] - pad), max: at[at.length - 1] + pad, axisLabel: font(t, { formatter: money, hideOverlap: true, showMinLabel: false, showMaxLabel: false }), axisLine: { show: true, lineStyle: { color: t.line_strong } } }),
      yAxis: axis(t, { type: "value", min: 0, max: 100, interval: 25, axisLabel: font(t, { formatter: "{value} %" }), splitLine: { lineStyle: { color: t.line } } }),
      series: [
        ...looks.map(([key, name, color, type]) => ({
          name,
          type: "line",
          symbol: "none",
          data: at.map((x, i) => [x, 100 * d.curves[key][i]]),
          lineStyle: { color, width: 2, type },
          itemStyle: { color },
        })),
        {
          type: "custom",
          silent: true,
          z: 5,
          tooltip: { show: false },
          data: known.map((r) => [r.v, 0]),
          renderItem: (p, api) => {
            const row = known[p.dataIndex];
            const { y, height } = p.coordSys;
            const x = (v) => api.coord([v, 0])[0];
            const middle = x(row.v);
            const lane = y - 8 - 8 * (d.rows.indexOf(row) % 2);
            const near = known.filter((r) => r !== row && Math.abs(x(r.v) - middle) < 34);
            const side = near.length && near.every((r) => r.v >= row.v) ? "right" : near.length ? "left" : "center";
            return {
              type: "group",
              children: [
                line(middle, lane, middle, y + height, t.ink_3, 1, [2, 3]),
                line(x(row.lo), lane, x(row.hi), lane, t.ink_2, 2),
                dot(middle, lane, 4, t.ink, t.surface),
                { type: "text", style: { text: row.name, x: middle, y: y - 34, textAlign: side, font: "600 11px Inter", fill: t.ink } },
              ],
            };
          },
        },
        {
          type: "line",
          data: [],
          markArea: d.band && d.band[0] < d.band[1] ? { silent: true, animation: false, itemStyle: { color: t.accent_soft, opacity: 0.8 }, data: [[{ xAxis: d.band[0] }, { xAxis: d.band[1] }]] } : undefined,
        },
      ],
    };
  };
  if (document.readyState === "complete") draw();
})();
