// Pictures of the portfolio: shares with intervals, ends by days, divided days, shares beside targets.
(() => {
  const { makers, font, axis, tip, draw } = window.ideaflowCharts;
  const percent = (share) => `${Math.round(100 * share)} %`;
  const names = (t, d, more = {}) => {
    const longest = Math.max(...d.rows.map((row) => row.name.length));
    const left = Math.min(longest * 7 + 16, d.w * 0.42);
    return {
      left,
      axis: axis(t, {
        type: "category",
        inverse: true,
        data: d.rows.map((row) => row.name),
        axisLabel: font(t, { color: t.ink, fontSize: 13, align: "left", margin: left - 2, width: left - 12, overflow: "truncate" }),
        ...more,
      }),
    };
  };
  const line = (colour, width, x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: width } });

  // {rows: [{name, v, lo, hi, text}]}: shares with 95 % intervals; v null: too few to say
  makers.shares = (t, d) => {
    const side = names(t, d);
    return {
      grid: { left: side.left, right: 16, top: 6, bottom: 24 },
      tooltip: { show: false },
      xAxis: axis(t, { type: "value", min: 0, max: 1, interval: 0.25, axisLabel: font(t, { formatter: percent }), splitLine: { lineStyle: { color: t.line } } }),
      yAxis: side.axis,
      series: [
        {
          type: "custom",
          silent: true,
          data: d.rows.map((row, place) => [row.v ?? 0, place]),
          renderItem: (p, api) => {
            const row = d.rows[p.dataIndex];
            const [x, y] = api.coord([row.v ?? 0, p.dataIndex]);
            const words = (text, at, style) => ({ type: "text", style: { text, x: at, y, verticalAlign: "middle", font: "12px Inter", ...style } });
            if (row.v === null) return { type: "group", children: [words(row.text, p.coordSys.x + 4, { fill: t.ink_3 })] };
            const [low] = api.coord([row.lo, p.dataIndex]);
            const [high] = api.coord([row.hi, p.dataIndex]);
            return {
              type: "group",
              children: [
                line(t.ink_3, 2, low, y, high, y),
                line(t.ink_3, 2, low, y - 4, low, y + 4),
                line(t.ink_3, 2, high, y - 4, high, y + 4),
                { type: "circle", shape: { cx: x, cy: y, r: 5 }, style: { fill: t.ink, stroke: t.surface, lineWidth: 2 } },
              ],
            };
          },
        },
      ],
    };
  };

  // {lines: [{name, tone, points: [[day, share]], band: [[day, lo, hi]]}], last}: who came to which end by which day
  makers.ends = (t, d) => {
    const colour = { go: t.go, stop: t.stop, quiet: t.ink_3 };
    const band = d.lines[0].band ?? [];
    const steps = (place) => band.map((row) => [row[0], row[place]]);
    // Names of lines that end at nearly the same height step aside.
    const ends = d.lines.map((one) => one.points.at(-1)?.[1] ?? 0);
    const aside = ends.map((end, place) => ends.slice(0, place).filter((other) => Math.abs(other - end) < 0.07).length * 14);
    const ground = { type: "line", step: "end", symbol: "none", silent: true, lineStyle: { opacity: 0 }, stack: "band" };
    return {
      grid: { left: 44, right: d.w < 420 ? 96 : 130, top: 14, bottom: 38 },
      tooltip: tip(t, {
        trigger: "axis",
        formatter: (found) => [`day ${Math.round(found[0].axisValue)}`, ...found.filter((one) => d.lines.some((other) => other.name === one.seriesName)).map((one) => `${one.seriesName} ${percent(one.value[1])}`)].join("\n"),
      }),
      xAxis: axis(t, { type: "value", min: 0, max: d.last || 1, name: "days", nameLocation: "middle", nameGap: 24, nameTextStyle: font(t), axisLine: { show: true, lineStyle: { color: t.line_strong } } }),
      yAxis: axis(t, { type: "value", min: 0, max: 1, interval: 0.25, axisLabel: font(t, { formatter: percent }), splitLine: { lineStyle: { color: t.line } } }),
      series: [
        { ...ground, data: steps(1) },
        { ...ground, data: band.map((row) => [row[0], row[2] - row[1]]), areaStyle: { color: t.quiet_soft, opacity: 1 } },
        ...d.lines.map((one, place) => ({
          type: "line",
          name: one.name,
          step: "end",
          symbol: "none",
          data: one.points,
          lineStyle: { color: colour[one.tone], width: 2, type: place === 2 ? [4, 3] : "solid" },
          itemStyle: { color: colour[one.tone] },
          endLabel: { show: true, formatter: `${one.name} ${percent(ends[place])}`, ...font(t, { color: t.ink, fontWeight: 550 }), distance: 6, offset: [0, -aside[place]] },
        })),
      ],
    };
  };

  // {rows: [{name, active, wait, hold}]}: the days of an average stay
  makers.divided = (t, d) => {
    const side = names(t, d);
    const kinds = [["active", "work", t.ink_2], ["wait", "waiting", t.watch], ["hold", "on hold", t.quiet]];
    return {
      grid: { left: side.left, right: 44, top: 30, bottom: 24 },
      legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 8, itemGap: 16, textStyle: font(t, { color: t.ink_2 }), selectedMode: false },
      tooltip: tip(t, { trigger: "axis", axisPointer: { type: "none" }, formatter: (found) => [found[0].name, ...found.map((one) => `${one.seriesName} ${one.value} d`)].join("\n") }),
      xAxis: axis(t, { type: "value", axisLabel: font(t, { formatter: (value) => `${value} d`, hideOverlap: true }), splitLine: { lineStyle: { color: t.line } } }),
      yAxis: side.axis,
      series: kinds.map(([key, name, colour]) => ({
        type: "bar",
        stack: "days",
        name,
        barMaxWidth: 14,
        data: d.rows.map((row) => row[key]),
        itemStyle: { color: colour },
      })),
    };
  };

  // {rows: [{name, v, target, text}]}: shares of a whole, a mark where the target is
  makers.targets = (t, d) => {
    const most = Math.max(0.01, ...d.rows.flatMap((row) => [row.v, row.target ?? 0]));
    const side = names(t, d);
    return {
      grid: { left: side.left, right: d.rows.some((row) => row.target !== null) ? 132 : 52, top: 2, bottom: 2 },
      tooltip: { show: false },
      xAxis: axis(t, { type: "value", min: 0, max: most, axisLabel: { show: false } }),
      yAxis: side.axis,
      series: [
        {
          type: "bar",
          silent: true,
          barMaxWidth: 10,
          data: d.rows.map((row) => ({ value: row.v, itemStyle: { color: t.quiet, borderRadius: 2 } })),
        },
        {
          type: "custom",
          silent: true,
          z: 5,
          data: d.rows.map((row, place) => [row.target ?? 0, place]),
          renderItem: (p, api) => {
            const row = d.rows[p.dataIndex];
            const [x, y] = api.coord([row.target ?? 0, p.dataIndex]);
            const told = { type: "text", style: { text: row.text, x: p.coordSys.x + p.coordSys.width + 10, y, verticalAlign: "middle", font: "12px Inter", fill: t.ink } };
            return { type: "group", children: row.target === null ? [told] : [line(t.ink, 2, x, y - 8, x, y + 8), told] };
          },
        },
      ],
    };
  };
  document.fonts.ready.then(() => draw());
})();
