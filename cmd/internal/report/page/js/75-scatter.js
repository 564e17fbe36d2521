// The chart of a sweep: the cost of each policy against the waiting that it causes.

// The measures of waiting. The Pareto front is made by the first. The others have no
// value if nothing waited.
const WAITS = {
  wait_share: { name: 'share of replies that wait', text: (p) => percent(p.wait_share), mark: (v) => `${decimal(100 * v, 1)} %`, scale, axis: 'share of replies that wait' },
  wait_p50_seconds: { name: 'median of waiting', text: (p) => wait(p, 'wait_p50_seconds'), mark: seconds, scale: clockScale, axis: 'waits, median' },
  wait_p95_seconds: { name: '95th percentile of waiting', text: (p) => wait(p, 'wait_p95_seconds'), mark: seconds, scale: clockScale, axis: 'waits, 95th percentile' },
};
const FRONT_BY = 'wait_share';
const costName = doc.currency ? `cost in ${doc.currency}` : 'cost';

function percent(v) { return `${tenths.format(100 * v)} %`; }
function seconds(s) { return duration(s * SECOND); }
function wait(p, key) { return p.waited ? seconds(p[key]) : '–'; }
const measured = (p, key) => key === FRONT_BY || p.waited > 0;

// marksOf returns what the advice says of a policy.
const marksOf = (p) => [p.name === doc.recommended && 'recommended', p.name === doc.current && 'current'].filter(Boolean);

// costAxis maps costs to positions from 0 to 1. If the costs differ by more than
// a factor of 20, the axis is logarithmic, because on a linear axis a policy that
// never pauses would push all others to one side.
function costAxis(costs, count) {
  const least = Math.min(...costs), most = Math.max(...costs);
  if (!(least > 0 && most / least > 20)) {
    const ticks = scale(most || 1, count);
    return { ticks, at: (v) => v / ticks.at(-1), name: costName };
  }
  const from = Math.log10(least) - 0.05, to = Math.log10(most) + 0.05, ticks = [];
  for (let e = Math.floor(from); e <= to; e++) {
    for (const m of to - from > 2.5 ? [1] : [1, 2, 5]) {
      const v = m * 10 ** e;
      if (Math.log10(v) >= from && Math.log10(v) <= to) ticks.push(v);
    }
  }
  return { ticks, at: (v) => (Math.log10(v) - from) / (to - from), name: `${costName}, logarithmic` };
}

function scatter(key, width) {
  const height = 340, left = 64, right = 24, top = 30, base = height - 44, measure = WAITS[key];
  const list = doc.sweep.filter((p) => measured(p, key)).sort((a, b) => a.cost - b.cost || b[key] - a[key]), front = list.filter((p) => p.pareto);
  const named = (p) => [p.name, ...marksOf(p)].join(', ');
  const label = `Scatter of ${list.length === 1 ? '1 policy' : `${number(list.length)} policies`}: cost against ${measure.name}. Pareto-optimal: ${front.map((p) => `${named(p)} (cost ${money(p.cost)}, ${measure.text(p)})`).join('; ') || 'none'}. The table below has the numbers.`;
  const g = chartNode(width, height, label);
  if (!list.length) return emptyChart(g, width, height, 'No reply waited under any policy.');
  const { ticks: xs, at, name: axis } = costAxis(list.map((p) => p.cost), Math.max(2, Math.floor(width / 130)));
  const ys = measure.scale(Math.max(...list.map((p) => p[key])) || 1, 5);
  const x = (v) => left + at(v) * (width - left - right), y = (v) => base - v / ys.at(-1) * (base - top);
  gridLines(g, ys, y, left, width - right, measure.mark);
  let end = -Infinity;
  for (const v of xs) {
    const text = decimal(v), half = textWidth(text) / 2;
    g.append(svg('line', { class: 'axis', x1: x(v), x2: x(v), y1: base, y2: base + 5 }));
    if (x(v) - half < end + 8 || x(v) + half > width) continue;
    end = x(v) + half;
    g.append(svg('text', { x: x(v), y: base + 18, 'text-anchor': 'middle' }, text));
  }
  g.append(svg('text', { x: width - right, y: height - 4, 'text-anchor': 'end' }, `${axis} →`), svg('text', { x: 0, y: 12 }, `↑ ${measure.axis}`));
  // The front falls only in the measure that it is made by.
  if (front.length > 1 && key === FRONT_BY) g.append(svg('path', { class: 'front', d: `M${front.map((p) => `${x(p.cost)},${y(p[key])}`).join('L')}` }));
  const points = list.map((p) => ({ p, x: x(p.cost), y: y(p[key]), marks: marksOf(p) }));
  g.append(...pointNames(points, { left, right: width, top: 0, bottom: base }));
  g.append(...points.sort((a, b) => rank(a) - rank(b)).map((d) => policyDot(d.p, d.x, d.y, d.marks)));
  return g;
}

// rank orders points by importance: marked ones last, so that they are on top.
const rank = (d) => 2 * d.marks.length + (d.p.pareto ? 1 : 0);

// The places of a name beside its point, in order of preference, and places farther
// away, which a line joins to the point.
const PLACES = [[11, -6, 'start'], [-11, 16, 'end'], [11, 16, 'start'], [-11, -6, 'end'], [0, -14, 'middle'], [0, 24, 'middle']];
const FAR_PLACES = [30, 44, 58, 72, 86, 100, 120, 140, 160, 180, 200].flatMap((dy) => [[8, -dy, 'start'], [-8, dy + 8, 'end'], [8, dy + 8, 'start'], [-8, -dy, 'end'], [0, -dy, 'middle'], [0, dy + 8, 'middle']]);

// pointNames returns the names of the marked policies and of those on the front,
// each where it covers neither a point nor another name. Names without such a place
// are left out, except those of marked policies.
function pointNames(points, room) {
  const box = (x0, x1, y0, y1) => ({ x0, x1, y0, y1 });
  const taken = points.map((d) => box(d.x - 7, d.x + 7, d.y - 7, d.y + 7)), out = [];
  for (const d of points.filter((o) => rank(o) > 0).sort((a, b) => rank(b) - rank(a) || a.x - b.x)) {
    const text = [shorten(d.p.name, 30), ...d.marks].join(' · '), w = textWidth(text, 11.5, d.marks.length ? 700 : 500);
    const places = (d.marks.length ? [...PLACES, ...FAR_PLACES] : PLACES).map(([dx, dy, anchor]) => {
      const from = d.x + dx - (anchor === 'start' ? 0 : anchor === 'end' ? w : w / 2);
      return { x: d.x + dx, y: d.y + dy, far: Math.abs(dy) > 24, anchor, box: box(from, from + w, d.y + dy - 12, d.y + dy + 4) };
    }).filter(({ box: b }) => b.x0 >= room.left && b.x1 <= room.right && b.y0 >= room.top && b.y1 <= room.bottom);
    const free = places.find(({ box: b }) => !taken.some((o) => b.x0 < o.x1 && b.x1 > o.x0 && b.y0 < o.y1 && b.y1 > o.y0));
    const place = free || (d.marks.length ? places[0] : null);
    if (!place) continue;
    taken.push(place.box);
    if (place.far) out.push(svg('line', { class: 'leader', x1: d.x, y1: d.y, x2: place.x, y2: place.y < d.y ? place.y + 4 : place.y - 12 }));
    out.push(svg('text', { class: d.marks.length ? 'name marked' : 'name', x: place.x, y: place.y, 'text-anchor': place.anchor }, text));
  }
  return out;
}

function policyDot(p, x, y, marks) {
  return svg('g', {}, svg('circle', { class: p.pareto ? 'dot pareto' : 'dot', cx: x, cy: y, r: p.pareto ? 5.5 : 4.5 }),
    marks.length ? svg('circle', { class: `ring ${marks[0]}`, cx: x, cy: y, r: 9.5 }) : null,
    svg('circle', {
      fill: 'transparent', cx: x, cy: y, r: 12, onpointerleave: () => tip.hide(),
      onpointermove: (e) => tip.show(e.clientX, e.clientY, el('b', {}, p.name),
        ...marks.map((mark) => el('span', {}, mark)),
        el('span', {}, `cost ${money(p.cost)}, ${tenths.format(p.running_hours)} hours running`),
        el('span', {}, `${number(p.waited)} of ${number(p.answers)} replies waited (${percent(p.wait_share)})`),
        p.waited ? el('span', {}, `median ${wait(p, 'wait_p50_seconds')}, 95th percentile ${wait(p, 'wait_p95_seconds')}`) : null,
        p.pareto ? el('span', {}, 'Pareto-optimal') : null),
    }));
}
