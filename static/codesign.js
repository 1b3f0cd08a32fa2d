// Pictures of co-design: ranked shares and Kano's plane, both with intervals. Makers for charts.js, loaded after it.
(() => {
  const { makers, font, axis, tip, draw } = window.ideaflowCharts;
  const line = (x1, y1, x2, y2, stroke, lineWidth = 2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth } });
  const dot = (cx, cy, r, fill, stroke) => ({ type: "circle", shape: { cx, cy, r }, style: { fill, stroke, lineWidth: 2 } });

  // {rows: [{name, v, lo, hi, on}], even}: shares in percent, ranked, with 95 % intervals.
  makers.shares = (t, d) => {
    const narrow = d.w < 520;
    const most = Math.max(...d.rows.map((r) => r.hi));
    const step = [2, 5, 10, 20, 25].find((s) => s * 6 >= most) ?? 25;
    const max = Math.min(step * Math.ceil((most + step / 3) / step), 100);
    const left = narrow ? 8 : Math.min(Math.max(...d.rows.map((r) => r.name.length)) * 7 + 20, d.w * 0.42);
    return {
      grid: { left, right: narrow ? 48 : 56, top: narrow ? 40 : 26, bottom: 34 },
      tooltip: tip(t, { trigger: "item", formatter: (p) => `${d.rows[p.dataIndex].name}\n${d.rows[p.dataIndex].v} %, ${d.rows[p.dataIndex].lo}–${d.rows[p.dataIndex].hi}` }),
      xAxis: axis(t, { type: "value", min: 0, max, interval: step, axisLabel: font(t, { formatter: "{value} %" }), splitLine: { lineStyle: { color: t.line } } }),
      yAxis: axis(t, {
        type: "category",
        inverse: true,
        data: d.rows.map((r) => r.name),
        axisLabel: narrow ? { show: false } : font(t, { color: t.ink, fontSize: 13, align: "left", margin: left - 6, width: left - 16, overflow: "truncate" }),
      }),
      series: [
        {
          type: "custom",
          z: 4,
          data: d.rows.map((r, i) => [r.v, i]),
          renderItem: (p, api) => {
            const row = d.rows[p.dataIndex];
            const [zero, y] = api.coord([0, p.dataIndex]);
            const x = (v) => api.coord([v, 0])[0];
            const colour = row.on ? t.accent : t.ink_3;
            const text = (value, at, style) => ({ type: "text", style: { text: value, x: at, y, verticalAlign: "middle", font: "600 12px Inter", fill: t.ink, ...style } });
            return {
              type: "group",
              children: [
                { type: "rect", shape: { x: zero, y: y - 5, width: x(row.v) - zero, height: 10 }, style: { fill: row.on ? t.accent_soft : t.quiet_soft } },
                line(x(row.lo), y, x(row.hi), y, colour),
                line(x(row.lo), y - 4, x(row.lo), y + 4, colour),
                line(x(row.hi), y - 4, x(row.hi), y + 4, colour),
                dot(x(row.v), y, 5, colour, t.surface),
                text(`${row.v.toFixed(1)} %`, x(row.hi) + 10, {}),
                ...(narrow ? [text(row.name, zero, { y: y - 16, font: "12px Inter", fill: t.ink_2, width: d.w - 20, overflow: "truncate" })] : []),
              ],
            };
          },
          markLine: {
            symbol: "none",
            silent: true,
            animation: false,
            lineStyle: { color: t.ink_3, type: [3, 3], width: 1 },
            label: { ...font(t), formatter: "even share", position: "start", distance: 4 },
            data: [{ xAxis: d.even }],
          },
        },
      ],
    };
  };

  // {rows: [{name, label, x: [v, lo, hi], y: [v, lo, hi], size, category}]}: better to the right, worse downwards.
  const taken = [];
  makers.kano = (t, d) => ({
    grid: { left: 44, right: 24, top: 24, bottom: 40 },
    tooltip: tip(t, { trigger: "item", formatter: (p) => `${d.rows[p.dataIndex].name}\nbetter ${d.rows[p.dataIndex].x[0].toFixed(2)}, worse ${d.rows[p.dataIndex].y[0].toFixed(2)}` }),
    xAxis: axis(t, { type: "value", min: 0, max: 1, interval: 0.25, name: "better with it", nameLocation: "middle", nameGap: 26, nameTextStyle: font(t), splitLine: { lineStyle: { color: t.line } } }),
    yAxis: axis(t, { type: "value", min: -1, max: 0, interval: 0.25, name: "worse without it", nameLocation: "middle", nameGap: 34, nameTextStyle: font(t), splitLine: { lineStyle: { color: t.line } } }),
    series: [
      {
        type: "custom",
        z: 4,
        data: d.rows.map((r) => [r.x[0], r.y[0]]),
        renderItem: (p, api) => {
          const row = d.rows[p.dataIndex];
          const at = (x, y) => api.coord([x, y]);
          const [x, y] = at(row.x[0], row.y[0]);
          const colour = row.category === "R" ? t.stop : t.accent;
          const box = p.coordSys;
          const wide = x > box.x + box.width * 0.6;
          // Names of points that lie close stand one above the other.
          if (!p.dataIndex) taken.length = 0;
          let top = y - 12 - row.size;
          while (taken.some(([a, b]) => Math.abs(a - x) < 190 && Math.abs(b - top) < 15)) top -= 15;
          taken.push([x, top]);
          const corner = (text, left, up) => ({
            type: "text",
            style: { text, x: left ? box.x + 6 : box.x + box.width - 6, y: up ? box.y + 6 : box.y + box.height - 18, textAlign: left ? "left" : "right", font: "12px Inter", fill: t.ink_3 },
          });
          return {
            type: "group",
            children: [
              ...(p.dataIndex ? [] : [corner("matters little", true, true), corner("delights", false, true), corner("must be there", true, false), corner("the more the better", false, false)]),
              line(at(row.x[1], 0)[0], y, at(row.x[2], 0)[0], y, t.quiet, 2),
              line(x, at(0, row.y[1])[1], x, at(0, row.y[2])[1], t.quiet, 2),
              dot(x, y, 3 + row.size, colour, t.surface),
              { type: "text", style: { text: row.name, x: wide ? x - 8 - row.size : x + 8 + row.size, y: top, textAlign: wide ? "right" : "left", verticalAlign: "middle", font: "12px Inter", fill: t.ink, stroke: t.surface, lineWidth: 3, width: Math.min(180, d.w * 0.4), overflow: "truncate" } },
            ],
          };
        },
      },
      {
        type: "line",
        data: [],
        markLine: { symbol: "none", silent: true, animation: false, lineStyle: { color: t.line_strong, type: "solid" }, label: { show: false }, data: [{ xAxis: 0.5 }, { yAxis: -0.5 }] },
      },
    ],
  });
  document.fonts.ready.then(() => draw()); // The fonts may have been there before these makers.
})();
