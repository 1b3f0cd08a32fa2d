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
      grid: { left: 44, right: 16, top: d.w < 520 ? 92 : 64, bottom: 40 },
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

  // {rows: [{name, v, lo, hi, on, new}]}: chances in percent to win against another, ranked, with intervals.
  makers.scores = (t, d) => {
    const narrow = d.w < 520;
    const left = narrow ? 8 : Math.min(Math.max(...d.rows.map((r) => r.name.length + (r.new ? 10 : 0))) * 7 + 20, d.w * 0.45);
    return {
      grid: { left, right: 40, top: narrow ? 20 : 6, bottom: 30 },
      tooltip: tip(t, { trigger: "item", formatter: (p) => `${d.rows[p.dataIndex].name}\n${d.rows[p.dataIndex].v}${d.unit ?? " %"}, ${d.rows[p.dataIndex].lo}–${d.rows[p.dataIndex].hi}` }),
      xAxis: axis(t, { type: "value", min: d.min ?? 0, max: d.max ?? 100, interval: d.max ? undefined : 25, axisLabel: font(t, { formatter: `{value}${d.unit ?? " %"}` }), splitLine: { lineStyle: { color: t.line } } }),
      yAxis: axis(t, {
        type: "category",
        inverse: true,
        data: d.rows.map((r) => (r.new ? `${r.name}  {new|new idea}` : r.name)),
        axisLabel: narrow ? { show: false } : font(t, { color: t.ink, fontSize: 13, align: "left", margin: left - 6, width: left - 16, overflow: "truncate", rich: { new: { fontSize: 11, color: t.ink_2, backgroundColor: t.signal_soft, borderRadius: 8, padding: [2, 6] } } }),
      }),
      series: [
        {
          type: "custom",
          z: 4,
          data: d.rows.map((r, i) => [r.v, i]),
          renderItem: (p, api) => {
            const row = d.rows[p.dataIndex];
            const [, y] = api.coord([0, p.dataIndex]);
            const x = (v) => api.coord([v, 0])[0];
            const colour = row.on ? t.accent : t.ink_3;
            const name = row.name + (row.new ? " · new idea" : "");
            return {
              type: "group",
              children: [
                line(x(row.lo), y, x(row.hi), y, colour),
                dot(x(row.v), y, 5, colour, t.surface),
                { type: "text", style: { text: d.max ? row.v : Math.round(row.v), x: x(row.hi) + 8, y: y - 6, font: "600 12px Inter", fill: t.ink } },
                ...(narrow ? [{ type: "text", style: { text: name, x: x(d.min ?? 0), y: y - 22, font: "12px Inter", fill: t.ink_2, width: d.w - 20, overflow: "truncate" } }] : []),
              ],
            };
          },
          markLine: { symbol: "none", silent: true, animation: false, lineStyle: { color: t.ink_3, type: [3, 3], width: 1 }, label: { show: false }, data: [{ xAxis: d.even ?? 50 }] },
        },
      ],
    };
  };

  // {rows: [{name, all: [v, lo, hi], groups: [share or null], on, new}], sizes}: agreement with each statement, all and by group.
  makers.opinions = (t, d) => {
    const narrow = d.w < 620;
    const left = narrow ? 8 : Math.min(Math.max(...d.rows.map((r) => r.name.length)) * 7 + 20, d.w * 0.45);
    return {
      grid: { left, right: 24, top: narrow ? 24 : 10, bottom: 30 },
      tooltip: tip(t, { trigger: "item", formatter: (p) => `${d.rows[p.dataIndex].name}\nall ${Math.round(100 * d.rows[p.dataIndex].all[0])} %${d.rows[p.dataIndex].groups.map((g, i) => (g === null ? "" : `\ngroup ${"ABCDE"[i]} ${Math.round(100 * g)} %`)).join("")}` }),
      xAxis: axis(t, { type: "value", min: 0, max: 100, interval: 25, axisLabel: font(t, { formatter: "{value} %" }), splitLine: { lineStyle: { color: t.line } } }),
      yAxis: axis(t, { type: "category", inverse: true, data: d.rows.map((r) => r.name), axisLabel: narrow ? { show: false } : font(t, { color: t.ink, fontSize: 13, align: "left", margin: left - 6, width: left - 16, overflow: "truncate" }) }),
      series: [
        {
          type: "custom",
          z: 4,
          data: d.rows.map((r, i) => [100 * r.all[0], i]),
          renderItem: (p, api) => {
            const row = d.rows[p.dataIndex];
            const [, y] = api.coord([0, p.dataIndex]);
            const x = (v) => api.coord([100 * v, 0])[0];
            const colour = row.on ? t.accent : t.ink_3;
            return {
              type: "group",
              children: [
                line(x(row.all[1]), y, x(row.all[2]), y, colour, 2),
                dot(x(row.all[0]), y, 5, colour, t.surface),
                ...(d.sizes.length > 1 ? row.groups.map((g, i) => (g === null ? null : { type: "group", children: [dot(x(g), y, 9, t.surface, colour), { type: "text", style: { text: "ABCDE"[i], x: x(g), y: y - 5, textAlign: "center", font: "600 11px Inter", fill: t.ink } }] })).filter(Boolean) : []),
                ...(narrow ? [{ type: "text", style: { text: row.name, x: x(0), y: y - 24, font: "12px Inter", fill: t.ink_2, width: d.w - 20, overflow: "truncate" } }] : []),
              ],
            };
          },
        },
      ],
    };
  };
  // {rows: [{name, price, parts: [money of each account], on}], budget}: pledges, a piece an account, against the price.
  makers.pledges = (t, d) => {
    const narrow = d.w < 520;
    const sum = (row) => row.parts.reduce((a, b) => a + b, 0);
    const most = Math.max(...d.rows.map((r) => Math.max(r.price, sum(r)))) * 1.12;
    const left = narrow ? 8 : Math.min(Math.max(...d.rows.map((r) => r.name.length)) * 7 + 20, d.w * 0.42);
    const number = (v) => Math.round(v).toLocaleString("en");
    return {
      grid: { left, right: 48, top: narrow ? 20 : 8, bottom: 30 },
      tooltip: tip(t, { trigger: "item", formatter: (p) => `${d.rows[p.dataIndex].name}\n${number(sum(d.rows[p.dataIndex]))} of ${number(d.rows[p.dataIndex].price)}, ${d.rows[p.dataIndex].parts.length} accounts` }),
      xAxis: axis(t, { type: "value", min: 0, max: most, axisLabel: font(t, { formatter: number, hideOverlap: true, showMaxLabel: false }), splitLine: { lineStyle: { color: t.line } } }),
      yAxis: axis(t, { type: "category", inverse: true, data: d.rows.map((r) => r.name), axisLabel: narrow ? { show: false } : font(t, { color: t.ink, fontSize: 13, align: "left", margin: left - 6, width: left - 16, overflow: "truncate" }) }),
      series: [
        {
          type: "custom",
          z: 4,
          data: d.rows.map((r, i) => [sum(r), i]),
          renderItem: (p, api) => {
            const row = d.rows[p.dataIndex];
            const [, y] = api.coord([0, p.dataIndex]);
            const x = (v) => api.coord([v, 0])[0];
            let from = 0;
            const pieces = row.parts.map((part) => {
              const shape = { x: x(from), y: y - 7, width: Math.max(x(from + part) - x(from), 1), height: 14 };
              from += part;
              return { type: "rect", shape, style: { fill: row.on ? t.accent : t.quiet, stroke: t.surface, lineWidth: 1 } };
            });
            const end = Math.max(x(from), x(row.price)) + 8;
            return {
              type: "group",
              children: [
                { type: "rect", shape: { x: x(0), y: y - 7, width: x(row.price) - x(0), height: 14 }, style: { fill: t.quiet_soft } },
                ...pieces,
                line(x(row.price), y - 11, x(row.price), y + 11, t.ink, 2),
                { type: "text", style: { text: `${Math.round((100 * from) / row.price)} %`, x: end, y: y - 6, font: "600 12px Inter", fill: t.ink } },
                ...(narrow ? [{ type: "text", style: { text: row.name, x: x(0), y: y - 26, font: "12px Inter", fill: t.ink_2, width: d.w - 20, overflow: "truncate" } }] : []),
              ],
            };
          },
        },
      ],
    };
  };
  // {rows: [{name, module, v, lo, hi, on}]}: shares of options by module, as ranked shares without the line of even ones.
  makers.optionShares = (t, d) => {
    const rows = d.rows.map((row) => ({ ...row, name: `${row.module}: ${row.name}` }));
    const options = makers.shares(t, { ...d, rows, even: 0 });
    delete options.series[0].markLine;
    return options;
  };
  document.fonts.ready.then(() => draw()); // The fonts may have been there before these makers.
})();
