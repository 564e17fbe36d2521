// Histograms of idle and paused times. The bins grow, because durations vary widely.

const EDGES = [0, SECOND, 5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR,
  DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, Infinity];

// Durations collects durations and counts them in bins, with those that are not over yet.
class Durations {
  constructor() {
    this.list = [];
    this.open = 0;
    this.all = new Array(EDGES.length - 1).fill(0);
    this.unfinished = new Array(EDGES.length - 1).fill(0);
  }

  // add counts a duration. A duration on an edge belongs to the bin above it.
  add(ms, open = false) {
    let bin = EDGES.length - 2;
    while (ms < EDGES[bin]) bin--;
    this.list.push(ms);
    this.all[bin]++;
    if (open) {
      this.unfinished[bin]++;
      this.open++;
    }
  }

  // bins returns the bins from the first to the last that is not empty.
  bins() {
    const first = this.all.findIndex((n) => n > 0), last = this.all.findLastIndex((n) => n > 0);
    return first < 0 ? [] : this.all.map((all, i) => ({ from: EDGES[i], to: EDGES[i + 1], all, open: this.unfinished[i], share: all / this.list.length })).slice(first, last + 1);
  }
}

const SPREADS = [
  {
    title: 'Idle spells', css: 'idle', of: (n) => plural(n, 'idle spell'),
    collect(task, out) {
      let spell = -1;
      for (let k = intervals.of[task]; k < intervals.of[task + 1]; k++) {
        if (intervals.state[k] === IDLE) spell = Math.max(spell, 0) + intervals.to[k] - intervals.from[k];
        else if (spell >= 0) {
          out.add(spell);
          spell = -1;
        }
      }
      if (spell >= 0) out.add(spell);
    },
  },
  {
    title: 'Idle before a pause', css: 'idle', of: (n) => `${plural(n, 'pause')} after work`,
    collect(task, out) {
      for (let p = pauses.of[task]; p < pauses.of[task + 1]; p++) if (pauses.idle[p] > 0) out.add(pauses.idle[p]);
    },
  },
  {
    title: 'Pauses', css: 'paused', open: 'still paused', of: (n) => plural(n, 'pause'),
    collect(task, out) {
      for (let p = pauses.of[task]; p < pauses.of[task + 1]; p++) out.add(pauses.duration[p], pauses.open(p));
    },
  },
];

function startDurations() {
  for (const spread of SPREADS) {
    const sub = el('p', { class: 'sub' }), chart = el('div', { class: 'chart' });
    const more = el('details', {}, el('summary', {}, `Table: ${spread.title.toLowerCase()}`));
    $('durations').append(el('div', {}, el('h3', {}, spread.title), sub, chart, more));
    let width = 0, list = [], show = null;
    const draw = () => {
      if (width) chart.replaceChildren(histogram(spread, list, width, sub.textContent));
    };
    filter.changed.on(oncePerFrame(() => {
      const found = new Durations();
      for (const task of filter.shown) spread.collect(task, found);
      list = found.bins();
      sub.textContent = summary(spread, found);
      draw();
      if (show) show(list);
    }));
    onWidth(chart, (w) => { width = w; draw(); }, 310);
    onOpen(more, () => {
      show = table(more, {
        caption: spread.title,
        columns: [
          { name: 'From', text: (b) => binEdge(b.from), csv: 'From (s)', cell: (b) => b.from / SECOND },
          { name: 'To', text: (b) => (b.to === Infinity ? 'longer' : binEdge(b.to)), csv: 'To (s)', cell: (b) => b.to / SECOND },
          { name: 'Number', num: true, text: (b) => number(b.all), cell: (b) => b.all },
          { name: 'Share', num: true, text: (b) => `${(100 * b.share).toFixed(1)} %`, cell: (b) => b.share },
          ...(spread.open ? [{ name: 'Still paused', num: true, text: (b) => number(b.open), cell: (b) => b.open }] : []),
        ],
        rows: list,
      });
    });
  }
}

function summary(spread, found) {
  if (!found.list.length) return '';
  const sorted = Float64Array.from(found.list).sort(), sum = sorted.reduce((a, b) => a + b, 0);
  const open = found.open ? `, ${number(found.open)} of them not over (outlined)` : '';
  return `${spread.of(sorted.length)}${open}: median ${duration(quantile(sorted, 50))}, nine in ten up to ${duration(quantile(sorted, 90))}, together ${duration(sum)}`;
}

function histogram(spread, list, width, text) {
  const height = list.length ? 190 : 90, left = 40, right = 8, top = 16, base = height - 26;
  const none = filter.shown.length ? `No ${spread.title.toLowerCase()}.` : noTasks();
  const g = chartNode(width, height, `Histogram, ${spread.title.toLowerCase()}. ${text ? `${text}. The table below has the numbers.` : none}`);
  if (!list.length) return emptyChart(g, width, height, none);
  g.append(hatches());
  const marks = scale(list.reduce((m, b) => Math.max(m, b.all), 1), 3).filter(Number.isInteger);
  const y = (v) => base - v / marks.at(-1) * (base - top);
  gridLines(g, marks, y, left, width - right, number);
  const step = Math.min(70, (width - left - right) / Math.max(1, list.length));
  const every = Math.ceil(30 / step); // labels that fit
  const labels = barLabels(list, (i) => left + (i + 0.5) * step, y, left, width);
  list.forEach((b, i) => {
    const x = left + i * step + 1, w = Math.max(1, step - 2), over = b.all - b.open;
    // Small numbers stay visible next to large ones.
    const tall = (n) => (n > 0 ? Math.max(1.5, base - y(n)) : 0);
    const rise = tall(over);
    const bar = svg('g', {}, over > 0 ? svg('rect', { class: spread.css, x, y: base - rise, width: w, height: rise }) : null);
    if (over > 0 && spread.css === 'paused') bar.append(svg('rect', { fill: 'url(#hatch-paused)', x, y: base - rise, width: w, height: rise }));
    if (b.open) {
      const height = Math.max(3, y(over) - y(b.all));
      bar.append(svg('rect', { class: 'open', x: x + 1, y: base - rise - height + 1, width: Math.max(1, w - 2), height: height - 1 }));
    }
    const text = labels.get(b);
    if (text) bar.append(svg('text', { class: 'value', x: text.x, y: y(b.all) - 4, 'text-anchor': 'middle' }, text.text));
    const lines = () => [el('b', {}, b.to === Infinity ? `${binEdge(b.from)} and longer` : `${binEdge(b.from)} to ${binEdge(b.to)}`), el('span', {}, number(b.all)), b.open ? el('span', {}, `${number(b.open)} of them ${spread.open}`) : null];
    const target = svg('rect', { fill: 'transparent', x: x - 1, y: top, width: step, height: base - top,
      onpointermove: (e) => tip.show(e.clientX, e.clientY, ...lines()), onpointerleave: () => tip.hide() });
    g.append(bar, target);
    if (i % every === 0) g.append(svg('text', { x: x - 1, y: base + 16, 'text-anchor': i ? 'middle' : 'start' }, binEdge(b.from)));
  });
  const last = list.at(-1), end = left + list.length * step;
  if (last && last.to !== Infinity && list.length % every === 0 && end + 14 <= width) g.append(svg('text', { x: end, y: base + 16, 'text-anchor': 'middle' }, binEdge(last.to)));
  return g;
}

// barLabels returns the labels of the bars with their places. The higher bars come
// first, so that a label which has no room is that of a lower bar.
function barLabels(list, center, y, left, right) {
  const out = new Map(), taken = [];
  const order = Array.from(list.keys()).filter((i) => list[i].all > 0).sort((a, b) => list[b].all - list[a].all || a - b);
  for (const i of order) {
    const b = list[i], text = b.all >= 10000 ? `${decimal(b.all / 1000, 0)}k` : number(b.all);
    const half = textWidth(text, 11) / 2 + 3, x = Math.min(Math.max(center(i), left + half), right - half), bottom = y(b.all);
    if (taken.some((o) => x - half < o.x + o.half && x + half > o.x - o.half && Math.abs(bottom - o.bottom) < 13)) continue;
    // A lower bar's label must not be on a higher bar beside it.
    if (list.some((o, k) => k !== i && y(o.all) < bottom - 1 && Math.abs(center(k) - x) < half + Math.abs(center(1) - center(0)) / 2 - 1)) continue;
    taken.push({ x, half, bottom });
    out.set(b, { x, text });
  }
  return out;
}
