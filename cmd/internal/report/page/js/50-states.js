// The area chart: the average number of tasks in each state over time, stacked.

// averages divides the time from begin to end into n equal bins, and returns the
// average number of shown tasks in each bin, for each state.
function averages(n, begin, end) {
  const width = (end - begin) / n;
  // whole[state][b] is the number of tasks that fill bin b minus that of bin b-1.
  const whole = STATES.map(() => new Float64Array(n + 1)), part = STATES.map(() => new Float64Array(n + 1));
  for (const task of filter.shown) {
    for (let k = intervals.of[task]; k < intervals.of[task + 1]; k++) {
      const state = intervals.state[k];
      if (!state || intervals.to[k] <= begin || intervals.from[k] >= end) continue;
      const from = Math.max(0, (intervals.from[k] - begin) / width), to = Math.min(n, (intervals.to[k] - begin) / width);
      const first = Math.min(Math.floor(from), n - 1), last = Math.min(Math.floor(to), n);
      if (first === last) {
        part[state][first] += to - from;
        continue;
      }
      part[state][first] += first + 1 - from;
      part[state][last] += to - last;
      whole[state][first + 1]++;
      whole[state][last]--;
    }
  }
  return STATES.map((_, s) => {
    const out = new Float64Array(n);
    for (let b = 0, full = 0; b < n; b++) {
      full += whole[s][b];
      // Rounding errors of the sums are not tasks.
      out[b] = Math.abs(full + part[s][b]) < 1e-9 ? 0 : full + part[s][b];
    }
    return out;
  });
}

const statesChart = {
  host: $('states'),
  drawn: [...DRAWN],
  follows: false, // shows the period of the timeline
  width: 0,
  height: 230,
  left: 46,
  right: 10,
  top: 20,
  bottom: 26,

  start() {
    this.legend();
    onWidth(this.host, (width) => { this.width = width; this.draw(); });
    const draw = oncePerFrame(() => this.draw());
    filter.changed.on(draw);
    view.changed.on(() => (this.follows ? draw() : this.drawWindow()));
    $('states-follow').addEventListener('change', () => { this.follows = $('states-follow').checked; this.draw(); });
    this.host.addEventListener('pointermove', (e) => this.hover(e));
    this.host.addEventListener('pointerleave', () => this.leave());
    this.host.addEventListener('dblclick', () => timeline.showAll());
    dragTime(this.host, (x) => this.timeAt(x), (from, to) => { this.selecting = from === null ? null : [from, to]; this.drawWindow(); });
    onOpen($('states-table'), () => this.drawTable());
  },

  legend() {
    paint.legend(this.drawn, (state, on) => {
      this.drawn = DRAWN.filter((s) => (s === state ? on : this.drawn.includes(s)));
      this.draw();
    });
  },

  get plot() { return Math.max(10, this.width - this.left - this.right); },
  get from() { return this.follows ? view.from : 0; },
  get to() { return this.follows ? view.to : view.max; },
  x(at) { return this.left + (at - this.from) / (this.to - this.from) * this.plot; },
  timeAt(clientX) {
    const x = clientX - this.host.getBoundingClientRect().left - this.left;
    return this.from + Math.min(Math.max(x / this.plot, 0), 1) * (this.to - this.from);
  },

  draw() {
    if (!this.width) return;
    const n = Math.max(20, Math.min(400, Math.floor(this.plot / 2.5)));
    const values = this.values = averages(n, this.from, this.to), base = this.height - this.bottom;
    let highest = 0, peak = 0;
    for (let b = 0; b < n; b++) {
      const sum = this.drawn.reduce((total, s) => total + values[s][b], 0);
      if (sum > highest) [highest, peak] = [sum, b];
    }
    const marks = scale(highest || 1, 4), y = (v) => base - v / marks.at(-1) * (base - this.top);
    const g = chartNode(this.width, this.height, this.label(values, highest));
    g.append(hatches());
    if (highest > 0) gridLines(g, marks, y, this.left, this.width - this.right, decimal);
    const below = new Float64Array(n);
    for (const s of this.drawn) {
      const path = this.area(values[s], below, n, y);
      if (!path) continue;
      g.append(svg('path', { class: STATES[s], d: path }));
      if (s === PAUSED || s === FAILED) g.append(svg('path', { d: path, fill: `url(#hatch-${STATES[s]})` }));
    }
    if (tasks.n) timeAxis(g, ticks(this.from, this.to, this.plot / 90), (at) => this.x(at), base, this.left, this.width);
    if (highest > 0) {
      const text = decimal(highest, 1), half = textWidth(text, 11) / 2 + 2, x = this.left + (peak + 0.5) * this.plot / n;
      g.append(svg('text', { class: 'value', x: Math.min(Math.max(x, this.left + half), this.width - this.right - half), y: y(highest) - 4, 'text-anchor': 'middle' }, text));
    } else emptyChart(g, this.width + this.left, this.height, this.emptyText());
    this.cursor = svg('line', { class: 'cursor', y1: this.top, y2: base, visibility: 'hidden' });
    this.window = svg('rect', { class: 'window', y: this.top, height: base - this.top });
    g.append(this.window, this.cursor);
    this.host.replaceChildren(g);
    this.drawWindow();
    if (this.fillTable) this.fillTable(this.tableRows());
  },

  emptyText() {
    if (!filter.shown.length) return noTasks();
    return this.drawn.length ? 'Nothing has run in this time.' : 'No state is chosen.';
  },

  // area returns the path of one state's steps, stacked on below, and adds its
  // values to below.
  area(values, below, n, y) {
    const up = [], down = [], step = this.plot / n;
    let any = false;
    for (let b = 0; b < n; b++) {
      const x0 = (this.left + b * step).toFixed(1), x1 = (this.left + (b + 1) * step).toFixed(1), bottom = y(below[b]).toFixed(1);
      any ||= values[b] > 0;
      below[b] += values[b];
      const top = y(below[b]).toFixed(1);
      up.push(`${x0},${top} ${x1},${top}`);
      down.push(`${x1},${bottom} ${x0},${bottom}`);
    }
    return any ? `M${up.join(' ')} ${down.reverse().join(' ')}Z` : '';
  },

  drawWindow() {
    if (!this.window) return;
    const [from, to] = this.selecting || [view.from, view.to];
    this.window.setAttribute('x', this.x(from));
    this.window.setAttribute('width', Math.max(1, this.x(to) - this.x(from)));
    this.window.setAttribute('visibility', (view.whole || this.follows) && !this.selecting ? 'hidden' : 'visible');
  },

  label(values, highest) {
    const n = values[0].length;
    const means = this.drawn.map((s) => `${decimal(values[s].reduce((a, b) => a + b, 0) / n, 1)} ${STATES[s]}`).join(', ');
    return `Stacked area: tasks in each state over time, ${plural(filter.shown.length, 'task')}. On average ${means || 'none is drawn'}; at most ${decimal(highest, 1)} at once. The table below has the numbers.`;
  },

  hover(e) {
    if (!this.values || this.selecting) return;
    const n = this.values[0].length, width = (this.to - this.from) / n, b = Math.min(n - 1, Math.floor((this.timeAt(e.clientX) - this.from) / width));
    const x = this.x(this.from + (b + 0.5) * width);
    this.cursor.setAttribute('x1', x);
    this.cursor.setAttribute('x2', x);
    this.cursor.setAttribute('visibility', 'visible');
    tip.show(e.clientX, e.clientY, el('b', {}, `${stamp(Math.round(this.from + b * width))} UTC`),
      ...[...this.drawn].reverse().map((s) => el('span', {}, `${STATES[s]} ${decimal(this.values[s][b])}`)));
  },

  leave() {
    if (this.cursor) this.cursor.setAttribute('visibility', 'hidden');
    tip.hide();
  },

  tableRows() {
    const n = 48, { from, to } = this, values = averages(n, from, to), width = (to - from) / n;
    return Array.from({ length: n }, (_, b) => ({ from: from + b * width, to: from + (b + 1) * width, values: DRAWN.map((s) => values[s][b]) }));
  },

  drawTable() {
    this.fillTable = table($('states-table'), {
      caption: 'Average number of tasks in each state',
      columns: [
        { name: 'From', text: (r) => stamp(Math.round(r.from)), value: (r) => r.from },
        { name: 'To', text: (r) => stamp(Math.round(r.to)) },
        ...DRAWN.map((s, n) => ({ name: capitalize(STATES[s]), num: true, text: (r) => r.values[n].toFixed(2), value: (r) => r.values[n] })),
      ],
      rows: this.tableRows(),
    });
  },
};

// hatches returns the patterns of paused and failed, which are drawn over the
// colours.
function hatches() {
  const rising = 'M-1,8 L8,-1 M-1,1 L1,-1 M6,8 L8,6', falling = 'M-1,-1 L8,8';
  const pattern = (name, d) => svg('pattern', { id: `hatch-${name}`, width: 7, height: 7, patternUnits: 'userSpaceOnUse' }, svg('path', { class: 'hatch', d }));
  return svg('defs', {}, pattern('paused', rising), pattern('failed', `${rising} ${falling}`));
}

// timeAxis draws the marks of a horizontal time axis.
function timeAxis(g, marks, x, y, left, right) {
  let end = -Infinity;
  for (const t of marks) {
    // The first mark of a day or a year also names it.
    const text = !t.context ? t.text : t.text === '00:00' ? t.context : `${t.text} ${t.context}`, half = textWidth(text) / 2 + 1;
    const at = x(t.at);
    g.append(svg('line', { class: 'axis', x1: at, x2: at, y1: y, y2: y + 5 }));
    if (at - half < Math.max(left - 30, end + 8) || at + half > right) continue;
    end = at + half;
    g.append(svg('text', { x: at, y: y + 18, 'text-anchor': 'middle' }, text));
  }
}

// dragTime zooms to the period over which a mouse or a pen is dragged. During the
// drag it calls marked with the period, and at the end with null.
function dragTime(node, timeAt, marked, accepts = () => true) {
  let begin = null, dragging = false, dragged = false;
  node.addEventListener('pointerdown', (e) => {
    dragged = false;
    if (e.button !== 0 || e.pointerType === 'touch' || !accepts(e)) return;
    begin = { x: e.clientX, at: timeAt(e.clientX), pointer: e.pointerId };
  });
  node.addEventListener('pointermove', (e) => {
    if (!begin || e.pointerId !== begin.pointer) return;
    if (!dragging && Math.abs(e.clientX - begin.x) > 4) {
      dragging = true;
      node.setPointerCapture(e.pointerId);
      tip.hide();
    }
    if (dragging) {
      const at = timeAt(e.clientX);
      marked(Math.min(begin.at, at), Math.max(begin.at, at));
    }
  });
  const end = (to) => {
    const from = begin && begin.at;
    begin = null;
    if (!dragging) return;
    dragging = false;
    dragged = true;
    marked(null);
    if (to !== null) view.set(Math.min(from, to), Math.max(from, to));
  };
  node.addEventListener('pointerup', (e) => end(timeAt(e.clientX)));
  node.addEventListener('pointercancel', () => end(null));
  document.addEventListener('keydown', (e) => { if (e.key === 'Escape') end(null); });
  // Ignore the click event at the end of a drag.
  node.addEventListener('click', (e) => {
    if (dragged) e.stopImmediatePropagation();
    dragged = false;
  }, { capture: true });
}
