// Pictures of a launch: the race against competitors, and checks that pass beside those planned to.
(() => {
  const { makers, font, axis, tip, draw } = window.ideaflowCharts;
  const line = (colour, width, x1, y1, x2, y2, more = {}) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: width, ...more } });

  // {min, max, launch: days, them: [{name, from, to}], rows: [{name, p50, p85, text, go}]}; p50 null: no day can be said
  makers.race = (t, d) => ({
    grid: { left: 18, right: 62, top: 30, bottom: 20 },
    tooltip: { show: false },
    xAxis: axis(t, {
      type: "time",
      min: d.min,
      max: d.max,
      axisLabel: font(t, { formatter: "{MMM}", showMinLabel: false, showMaxLabel: false, hideOverlap: true }),
      minInterval: 2.6e9,
      splitLine: { lineStyle: { color: t.line } },
      splitNumber: 4,
    }),
    yAxis: axis(t, { type: "category", inverse: true, data: d.rows.map((row) => row.name), axisLabel: { show: false } }),
    series: [
      {
        type: "custom",
        silent: true,
        data: d.rows.map((row, place) => [row.p50 ?? d.launch, place]),
        z: 4,
        markArea: {
          z: 0,
          silent: true,
          itemStyle: { color: t.watch, opacity: 0.13 },
          data: d.them.map((one, place) => [
            { xAxis: one.from, name: one.name, label: { ...font(t, { color: t.watch, fontWeight: 600 }), position: "top", distance: place % 2 ? 18 : 6 } },
            { xAxis: one.to === one.from ? Date.parse(one.from) + 864e5 : one.to },
          ]),
        },
        markLine: {
          z: 1,
          silent: true,
          symbol: "none",
          lineStyle: { color: t.ink_2, width: 1, type: "solid" },
          label: { formatter: "launch", position: "start", distance: 6, ...font(t, { color: t.ink_2 }) },
          data: [{ xAxis: d.launch }],
        },
        renderItem: (p, api) => {
          const row = d.rows[p.dataIndex];
          const x = (day) => api.coord([day, p.dataIndex])[0];
          const y = api.coord([row.p50 ?? d.launch, p.dataIndex])[1] + 6;
          const colour = row.go ? t.go : t.ink_2;
          const words = (text, at, style) => ({ type: "text", style: { text, x: at, font: "12px Inter", ...style } });
          const bar = row.p50
            ? [
                // Without a late day the bar runs out of the picture.
                line(colour, 3, x(row.p50), y, row.p85 ? x(row.p85) : p.coordSys.x + p.coordSys.width, y, { opacity: 0.55 }),
                { type: "circle", shape: { cx: x(row.p50), cy: y, r: 5 }, style: { fill: colour, stroke: t.surface, lineWidth: 2 } },
              ]
            : [words("no day yet", x(d.launch) + 6, { y: y - 6, fill: t.ink_3 })];
          return {
            type: "group",
            children: [
              words(row.name, p.coordSys.x, { y: y - 22, fill: t.ink_2, stroke: t.surface, lineWidth: 3 }),
              ...bar,
              words(row.text, p.coordSys.x + p.coordSys.width + 8, { y: y - 6, fill: t.ink, font: "600 12px Inter" }),
            ],
          };
        },
      },
    ],
  });

  // {rows: [[day, planned, green or null]], today, launch, total}
  makers.burn = (t, d) => ({
    grid: { left: 30, right: 58, top: 18, bottom: 20 },
    tooltip: tip(t, {
      trigger: "axis",
      axisPointer: { type: "none" },
      formatter: ([p]) => {
        const [day, planned, green] = d.rows[p.dataIndex];
        return `${day}\n${planned} planned${green === null ? "" : `, ${green} pass`}`;
      },
    }),
    xAxis: axis(t, {
      type: "time",
      min: d.rows[0][0],
      max: d.rows[d.rows.length - 1][0],
      axisLabel: font(t, { formatter: "{d} {MMM}", hideOverlap: true, showMinLabel: false, showMaxLabel: false }),
      axisLine: { show: true, lineStyle: { color: t.line_strong } },
      splitNumber: 3,
    }),
    yAxis: axis(t, { type: "value", min: 0, max: d.total, interval: d.total, splitLine: { lineStyle: { color: t.line } } }),
    series: [
      {
        type: "line",
        step: "end",
        symbol: "none",
        data: d.rows.map((row) => [row[0], row[1]]),
        lineStyle: { color: t.ink_3, width: 1, type: [3, 3] },
        endLabel: { show: true, formatter: "planned", ...font(t), distance: 4, offset: [0, 10] },
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: t.ink_2, width: 1, type: "solid" },
          label: { formatter: "launch", position: "end", distance: 4, ...font(t, { color: t.ink_2 }) },
          data: [{ xAxis: d.launch }],
        },
      },
      {
        type: "line",
        step: "end",
        symbol: "none",
        data: d.rows.filter((row) => row[2] !== null).map((row) => [row[0], row[2]]),
        lineStyle: { color: t.go, width: 2 },
        areaStyle: { color: t.go, opacity: 0.08 },
        endLabel: { show: true, formatter: (p) => `{now|${p.value[1]}} pass`, rich: { now: font(t, { color: t.go, fontWeight: 600, fontSize: 13 }) }, ...font(t, { color: t.go }), align: "right", distance: 0, offset: [-4, -10] },
      },
    ],
  });

  document.fonts.ready.then(() => draw());
})();
