// The comparison of policies: the cost of running against the time that answers wait.

const WAITS = {
  wait_p95_seconds: { name: '95th percentile of waiting', text: seconds, scale: clockScale, axis: 'waits, 95th percentile' },
  wait_p50_seconds: { name: 'median of waiting', text: seconds, scale: clockScale, axis: 'waits, median' },
  wait_share: { name: 'share of answers that wait', text: (v) => `${decimal(100 * v, 1)} %`, scale, axis: 'share of answers that wait' },
};

function seconds(s) { return s === 0 ? '0 s' : duration(s * SECOND); }

// frontFalls reports whether waiting decreases along the Pareto front as the cost
// increases: whether the front is optimal in this measure of waiting.
function frontFalls(key) {
  const front = doc.sweep.filter((p) => p.pareto).sort((a, b) => a.cost - b.cost || a[key] - b[key]);
  return front.length > 0 && front.every((p, i) => i === 0 || p[key] <= front[i - 1][key]) && front.some((p) => p[key] !== front[0][key]);
}

function startSweep() {
  if (!doc.sweep || !doc.sweep.length || !$('sweep')) return;
  const by = $('sweep-by'), chart = $('sweep-chart');
  by.append(...Object.entries(WAITS).map(([key, { name }]) => new Option(name, key)));
  // Preselect the measure by which the front was computed.
  by.value = Object.keys(WAITS).find(frontFalls) || 'wait_p95_seconds';
  let width = 0;
  const draw = () => { if (width) chart.replaceChildren(scatter(by.value, width)); };
  onWidth(chart, (w) => { width = w; draw(); });
  by.addEventListener('change', draw);
  onOpen($('sweep-table'), () => table($('sweep-table'), {
    caption: 'Policies',
    columns: [
      { name: 'Policy', long: true, text: (p) => p.name, value: (p) => p.name },
      { name: 'On the front', text: (p) => (p.pareto ? 'yes' : 'no'), value: (p) => (p.pareto ? 0 : 1) },
      ...[['Cost', 'cost', (v) => decimal(v)], ['Running hours', 'running_hours', (v) => decimal(v, 1)], ['Pauses', 'pauses', number], ['Resumes', 'resumes', number],
        ['Answers', 'answers', number], ['Waited', 'waited', number], ['Share', 'wait_share', WAITS.wait_share.text], ['Median wait', 'wait_p50_seconds', seconds], ['95th percentile', 'wait_p95_seconds', seconds],
      ].map(([name, key, text]) => ({ name, num: true, text: (p) => text(p[key]), value: (p) => p[key] })),
    ],
    rows: doc.sweep,
    sort: { column: 2, direction: 1 },
  }));
}

// costAxis maps costs to positions from 0 to 1. If the costs differ by more than
// a factor of 20, the axis is logarithmic, because on a linear axis a policy that
// never pauses would push all others to one side.
function costAxis(costs, count) {
  const least = Math.min(...costs), most = Math.max(...costs);
  if (!(least > 0 && most / least > 20)) {
    const ticks = scale(most || 1, count);
    return { ticks, at: (v) => v / ticks.at(-1), name: 'cost' };
  }
  const from = Math.log10(least) - 0.05, to = Math.log10(most) + 0.05, ticks = [];
  for (let e = Math.floor(from); e <= to; e++) {
    for (const m of to - from > 2.5 ? [1] : [1, 2, 5]) {
      const v = m * 10 ** e;
      if (Math.log10(v) >= from && Math.log10(v) <= to) ticks.push(v);
    }
  }
  return { ticks, at: (v) => (Math.log10(v) - from) / (to - from), name: 'cost, logarithmic' };
}

function scatter(key, width) {
  const height = 320, left = 64, right = 24, top = 26, base = height - 44, measure = WAITS[key];
  const list = [...doc.sweep].sort((a, b) => a.cost - b.cost), front = list.filter((p) => p.pareto);
  const label = `Scatter of ${plural(list.length, 'policy').replace('policys', 'policies')}: cost against ${measure.name}. On the Pareto front: ${front.map((p) => `${p.name} (cost ${decimal(p.cost)}, ${measure.text(p[key])})`).join('; ') || 'none'}. The table below has the numbers.`;
  const g = svg('svg', { height, role: 'img', 'aria-label': label });
  const { ticks: xs, at, name: axis } = costAxis(list.map((p) => p.cost), Math.max(2, Math.floor(width / 130)));
  const ys = measure.scale(Math.max(...list.map((p) => p[key])) || 1, 5);
  const x = (v) => left + at(v) * (width - left - right), y = (v) => base - v / ys.at(-1) * (base - top);
  gridLines(g, ys, y, left, width - right, measure.text);
  for (const v of xs) g.append(svg('line', { class: 'axis', x1: x(v), x2: x(v), y1: base, y2: base + 5 }), svg('text', { x: x(v), y: base + 18, 'text-anchor': 'middle' }, decimal(v)));
  g.append(svg('text', { x: width - right, y: height - 4, 'text-anchor': 'end' }, `${axis} →`), svg('text', { x: 0, y: 12 }, `↑ ${measure.axis}`));
  if (front.length > 1) g.append(svg('path', { class: 'front', d: `M${front.map((p) => `${x(p.cost)},${y(p[key])}`).join('L')}` }));
  // Place each name where it covers neither a point nor another name.
  const taken = list.map((p) => box(x(p.cost) - 6, x(p.cost) + 6, y(p[key]) - 6, y(p[key]) + 6));
  const dots = [...list.filter((p) => !p.pareto), ...front].map((p) => policyDot(p, x(p.cost), y(p[key])));
  for (const p of front) {
    const name = p.name.length > 30 ? `${p.name.slice(0, 29)}…` : p.name, w = name.length * 6.6, px = x(p.cost), py = y(p[key]);
    const place = [[10, -5, 'start'], [-10, 15, 'end'], [10, 15, 'start'], [-10, -5, 'end']].find(([dx, dy, anchor]) => {
      const from = anchor === 'start' ? px + dx : px + dx - w, b = box(from, from + w, py + dy - 11, py + dy + 3);
      if (b.x0 < left || b.x1 > width || b.y0 < 0 || b.y1 > base || taken.some((o) => b.x0 < o.x1 && b.x1 > o.x0 && b.y0 < o.y1 && b.y1 > o.y0)) return false;
      taken.push(b);
      return true;
    });
    if (place) g.append(svg('text', { class: 'name', x: px + place[0], y: py + place[1], 'text-anchor': place[2] }, name));
  }
  g.append(...dots);
  return g;
}

const box = (x0, x1, y0, y1) => ({ x0, x1, y0, y1 });

function policyDot(p, x, y) {
  return svg('g', {}, svg('circle', { class: p.pareto ? 'dot pareto' : 'dot', cx: x, cy: y, r: p.pareto ? 5.5 : 4.5 }),
    svg('circle', {
      fill: 'transparent', cx: x, cy: y, r: 12, onpointerleave: () => tip.hide(),
      onpointermove: (e) => tip.show(e.clientX, e.clientY, el('b', {}, p.name),
        el('span', {}, `cost ${decimal(p.cost)}, ${decimal(p.running_hours, 1)} hours running`),
        el('span', {}, `${number(p.waited)} of ${number(p.answers)} answers waited (${WAITS.wait_share.text(p.wait_share)})`),
        el('span', {}, `median ${seconds(p.wait_p50_seconds)}, 95th percentile ${seconds(p.wait_p95_seconds)}`),
        p.pareto ? el('span', {}, 'on the Pareto front') : null),
    }));
}
