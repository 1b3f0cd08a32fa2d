// One ECharts look for all pictures. A maker turns (tokens, data) into options; colours come from the CSS tokens at draw
// time. Tooltips are rich text, because HTML tooltips need inline styles, which the content security policy forbids.
(() => {
  const NAMES =
    "ink ink-2 ink-3 line line-strong quiet quiet-soft surface raised accent accent-soft signal signal-soft go watch stop control";
  const brush = document.createElement("canvas").getContext("2d");
  const tokens = () => {
    // A hidden element resolves light-dark() to a plain colour.
    const probe = document.createElement("i");
    probe.className = "visually-hidden";
    document.body.append(probe);
    const resolve = (name) => {
      probe.style.color = `var(--if-${name})`;
      brush.fillStyle = getComputedStyle(probe).color;
      return brush.fillStyle;
    };
    const all = Object.fromEntries(NAMES.split(" ").map((name) => [name.replace("-", "_"), resolve(name)]));
    probe.remove();
    return all;
  };
  const font = (t, more = {}) => ({ fontFamily: "Inter, system-ui, sans-serif", fontSize: 12, color: t.ink_3, ...more });
  const tip = (t, more = {}) => ({
    renderMode: "richText",
    backgroundColor: t.raised,
    borderColor: t.line_strong,
    borderWidth: 1,
    padding: [8, 10],
    textStyle: font(t, { color: t.ink, lineHeight: 17 }),
    ...more,
  });
  const axis = (t, more = {}) => ({
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: font(t),
    ...more,
  });
  const hairlines = (t) => ({ lineStyle: { color: t.line } });
  // A whisker with caps from lo to hi at height y, and its dot at x.
  const whisker = (colour, surface, lo, hi, x, y) => [
    ...[
      [lo, hi, y, y],
      [lo, lo, y - 4, y + 4],
      [hi, hi, y - 4, y + 4],
    ].map(([x1, x2, y1, y2]) => ({ type: "line", shape: { x1, x2, y1, y2 }, style: { stroke: colour, lineWidth: 2 } })),
    { type: "circle", shape: { cx: x, cy: y, r: 5 }, style: { fill: colour, stroke: surface, lineWidth: 2 } },
  ];
  const top = (values) => {
    // The first round number above all values that four hairlines divide well.
    const most = Math.max(1, ...values.filter((v) => v !== null));
    const step = [1, 2, 3, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2500, 5000, 10000].find((s) => s * 4 >= most) ?? most / 4;
    return { max: step * Math.max(1, Math.ceil(most / step)), interval: step };
  };

  const makers = {
    // {x: labels, y: counts, lo, hi: usual range, exp: expected, tick: shown labels' indexes, on: is the last a signal}
    trend: (t, d) => {
      const last = d.y.length - 1;
      const strong = d.on === false ? t.ink : t.signal;
      return {
        grid: { left: 26, right: 84, top: 14, bottom: 22 },
        tooltip: tip(t, { trigger: "axis", formatter: ([p]) => `${d.x[p.dataIndex]}\n${d.y[p.dataIndex]}, usual ${d.lo[p.dataIndex]}–${d.hi[p.dataIndex]}` }),
        xAxis: axis(t, {
          type: "category",
          data: d.x,
          axisLabel: font(t, { interval: (i) => !d.tick || d.tick.includes(i), align: "center" }),
          axisLine: { show: true, lineStyle: { color: t.line_strong } },
        }),
        yAxis: axis(t, { type: "value", ...top([...d.y, ...d.hi]), splitLine: hairlines(t) }),
        series: [
          { type: "line", stack: "band", data: d.lo, symbol: "none", lineStyle: { opacity: 0 }, silent: true },
          {
            type: "line",
            stack: "band",
            data: d.hi.map((high, i) => +(high - d.lo[i]).toFixed(2)),
            symbol: "none",
            lineStyle: { opacity: 0 },
            areaStyle: { color: t.quiet_soft, opacity: 1 },
            silent: true,
            // Out of the way of the last value, where both end at the same height.
            endLabel: { show: true, formatter: "usual range", ...font(t), distance: 8, offset: [0, Math.abs(d.hi[last] - d.y[last]) < top([...d.y, ...d.hi]).max / 5 && d.hi[last] >= d.y[last] ? -12 : 8] },
          },
          { type: "line", data: d.exp ?? [], symbol: "none", lineStyle: { color: t.ink_3, width: 1, type: [3, 3] }, silent: true },
          {
            type: "line",
            data: d.y,
            symbol: "circle",
            symbolSize: (_, p) => (p.dataIndex === last ? 10 : 5),
            lineStyle: { color: t.ink_3, width: 1.5 },
            itemStyle: { color: (p) => (p.dataIndex === last ? strong : t.ink_3), borderColor: t.surface, borderWidth: 1.5 },
            label: {
              show: true,
              position: "right",
              distance: 9,
              formatter: (p) => (p.dataIndex === last ? `{now|${p.value}} now` : ""),
              rich: { now: font(t, { color: strong, fontWeight: 600, fontSize: 16 }) },
              ...font(t, { color: strong }),
            },
          },
        ],
      };
    },
    // {x: first days of weeks, y: counts, lo, hi: usual range, exp: expected, last: weeks the sentence speaks of, on: is it a
    // signal, change: the place where the rate changed, bursts: [first, last] places}
    weeks: (t, d) => {
      const strong = d.on ? t.signal : t.ink_2;
      const edge = d.y.length - d.last;
      const every = d.w < 420 ? 13 : 8;
      const notes = { symbol: "none", silent: true, animation: false };
      return {
        grid: { left: 26, right: 12, top: 24, bottom: 22 },
        tooltip: tip(t, {
          trigger: "axis",
          axisPointer: { type: "none" },
          formatter: ([p]) => `week of ${d.x[p.dataIndex]}\n${d.y[p.dataIndex]}, usual ${d.lo[p.dataIndex]}–${d.hi[p.dataIndex]}`,
        }),
        xAxis: axis(t, {
          type: "category",
          data: d.x,
          axisLabel: font(t, { interval: (i) => (d.y.length - 1 - i) % every === every - 4, hideOverlap: true }),
          axisLine: { show: true, lineStyle: { color: t.line_strong } },
        }),
        yAxis: axis(t, { type: "value", ...top([...d.y, ...d.hi]), splitLine: hairlines(t) }),
        series: [
          { type: "line", step: "middle", stack: "band", data: d.lo, symbol: "none", lineStyle: { opacity: 0 }, silent: true },
          {
            type: "line",
            step: "middle",
            stack: "band",
            data: d.hi.map((high, i) => high - d.lo[i]),
            symbol: "none",
            lineStyle: { opacity: 0 },
            areaStyle: { color: t.quiet_soft, opacity: 1 },
            silent: true,
          },
          {
            type: "bar",
            z: 4,
            data: d.y,
            barCategoryGap: "30%",
            barMaxWidth: 12,
            itemStyle: { color: (p) => (p.dataIndex >= edge ? strong : t.quiet), borderRadius: [1, 1, 0, 0] },
            markLine: d.change === undefined ? undefined : {
              ...notes,
              lineStyle: { color: t.ink_2, type: "solid", width: 1 },
              label: { ...font(t, { color: t.ink_2 }), formatter: "changed", position: "end", distance: 4 },
              data: [{ xAxis: d.change }],
            },
          },
          {
            type: "line",
            z: 3,
            data: d.exp,
            symbol: "none",
            lineStyle: { color: t.ink_3, width: 1, type: [3, 3] },
            silent: true,
            markArea: !d.bursts ? undefined : {
              ...notes,
              itemStyle: { color: t.signal_soft, opacity: 0.6 },
              data: d.bursts.map(([from, to]) => [{ xAxis: from }, { xAxis: to }]),
            },
          },
        ],
      };
    },
    // {x: month labels, y: counts, on: indexes of the bars the sentence speaks of, unit: noun}
    months: (t, d) => ({
      grid: { left: 30, right: 8, top: 10, bottom: 22 },
      tooltip: tip(t, { trigger: "axis", axisPointer: { type: "none" }, formatter: ([p]) => `${p.name}\n${p.value} ${d.unit ?? ""}` }),
      xAxis: axis(t, {
        type: "category",
        data: d.x,
        axisLabel: font(t, { hideOverlap: true }),
        axisLine: { show: true, lineStyle: { color: t.line_strong } },
      }),
      yAxis: axis(t, { type: "value", ...top(d.y), splitLine: hairlines(t) }),
      series: [
        {
          type: "bar",
          data: d.y,
          barMaxWidth: 28,
          barCategoryGap: "28%",
          itemStyle: { color: (p) => (d.on?.includes(p.dataIndex) ? t.signal : t.quiet), borderRadius: [2, 2, 0, 0] },
        },
      ],
    }),
    // {rows: [{name, v, lo, hi, text, on}]}: ratios with 95 % intervals on a log axis, 1× as the reference
    ratio: (t, d) => {
      const low = Math.min(0.5, 2 ** Math.floor(Math.log2(Math.min(...d.rows.map((r) => r.lo || 0.5)))));
      const high = Math.max(4, 2 ** Math.ceil(Math.log2(Math.max(...d.rows.map((r) => r.hi)))));
      return {
        grid: { left: 4, right: 12, top: 6, bottom: 22 },
        tooltip: { show: false },
        xAxis: axis(t, {
          type: "log",
          logBase: 2,
          min: low,
          max: high,
          axisLabel: font(t, { formatter: (v) => `${+v.toFixed(2)}×`, hideOverlap: true }),
          splitLine: hairlines(t),
        }),
        yAxis: axis(t, { type: "category", inverse: true, data: d.rows.map((r) => r.name), axisLabel: { show: false } }),
        series: [
          {
            type: "custom",
            silent: true,
            z: 4,
            data: d.rows.map((r, i) => [r.v, i]),
            renderItem: (p, api) => {
              const row = d.rows[p.dataIndex];
              // The reference leaves out the line of each name: a mark line would strike the names through.
              const [one, middle] = api.coord([1, p.dataIndex]);
              const below = p.dataIndex + 1 < d.rows.length ? api.coord([1, p.dataIndex + 1])[1] - 22 : p.coordSys.y + p.coordSys.height;
              const reference = (y1, y2) => ({ type: "line", shape: { x1: one, x2: one, y1, y2 }, style: { stroke: t.ink_2, lineWidth: 1 } });
              const x = (v) => api.coord([Math.max(v, low), 0])[0];
              const y = api.coord([1, p.dataIndex])[1] + 7;
              const words = (text, at, style) => ({ type: "text", style: { text, x: at, y: y - 27, ...style } });
              return {
                type: "group",
                children: [
                  reference(middle - 4, below),
                  ...(p.dataIndex ? [] : [reference(p.coordSys.y, middle - 22)]),
                  words(row.name, x(low), { fill: t.ink_2, font: "12px Inter" }),
                  words(row.text, x(high), { fill: t.ink, font: "600 12px Inter", align: "right" }),
                  ...whisker(row.on ? t.signal : t.ink_3, t.surface, x(row.lo), x(row.hi), x(row.v), y),
                ],
              };
            },
          },
        ],
      };
    },
    // {rows: [{name, v, text, on}], max}: ranked bars, labelled directly
    bars: (t, d) => {
      const longest = Math.max(...d.rows.map((r) => r.name.length));
      const left = Math.min(longest * 7 + 16, d.w * 0.5);
      return {
        grid: { left, right: 64, top: 4, bottom: 4 },
        tooltip: { show: false },
        xAxis: axis(t, { type: "value", min: 0, max: d.max ?? "dataMax", axisLabel: { show: false } }),
        yAxis: axis(t, {
          type: "category",
          inverse: true,
          data: d.rows.map((r) => r.name),
          axisLabel: font(t, { color: t.ink, fontSize: 13, align: "left", margin: left - 2, width: left - 12, overflow: "truncate" }),
        }),
        series: [
          {
            type: "bar",
            silent: true,
            barMaxWidth: 10,
            data: d.rows.map((r) => ({ value: r.v, itemStyle: { color: r.on ? t.accent : t.quiet, borderRadius: 2 } })),
            label: { show: true, position: "right", formatter: (p) => d.rows[p.dataIndex].text ?? p.value, ...font(t, { color: t.ink, fontWeight: 600 }) },
          },
        ],
      };
    },
  };

  const draw = (root = document) => {
    const t = tokens();
    for (const box of root.querySelectorAll("[data-chart]")) {
      const maker = makers[box.dataset.chart];
      if (!maker) continue; // Its file, loaded after this one, draws it.
      const data = JSON.parse(document.getElementById(box.dataset.src).textContent);
      const chart = echarts.getInstanceByDom(box) || echarts.init(box, null, { renderer: "svg" });
      chart.resize();
      const look = maker(t, { ...data, ...box.dataset, w: box.clientWidth, box });
      chart.setOption({ animation: false, textStyle: font(t), ...look }, true);
    }
  };
  window.ideaflowCharts = { makers, tokens, font, axis, tip, draw };
  document.fonts.ready.then(() => draw());
  document.addEventListener("themechange", () => draw());
  document.addEventListener("htmx:afterSettle", () => draw());
  addEventListener("resize", () => draw());
})();
