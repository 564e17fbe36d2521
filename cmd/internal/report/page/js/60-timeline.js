// The timeline. Only the visible tasks have rows, so that ten thousand tasks cost
// no more than thirty. Each row has its own canvas, so that the browser scrolls
// them without repainting.

const OVERSCAN = 6; // rows above and below the visible ones
const LABEL_SIZE = 13.44; // pixels: .84rem, as in the style sheet
const PAPER_ROWS = 40; // at most, on paper

const timeline = {
  scroll: $('tl-scroll'),
  rows: new Map(), // by index in filter.shown
  spare: [],
  active: -1, // the selected task
  interval: -1, // the selected interval of the active task
  width: 0,
  splits: splitNames(Array.from({ length: tasks.n }, (_, i) => tasks.name(i))), // of the tasks' names

  start() {
    this.names = widest(column(doc.tasks.name).map(string), LABEL_SIZE) + 4;
    this.owners = widest(Array.from({ length: owners.n }, (_, i) => owners.name(i)), LABEL_SIZE) + 4;
    const draw = oncePerFrame(() => this.draw());
    this.scroll.addEventListener('scroll', draw, { passive: true });
    this.scroll.addEventListener('scroll', () => tip.hide(), { passive: true });
    printing.changed.on(() => this.forget());
    onWidth(this.scroll, (width) => { this.width = width; this.measure(); this.drawAll(); });
    new ResizeObserver(draw).observe(this.scroll);
    const redraw = oncePerFrame(() => this.drawAll());
    filter.changed.on(() => { this.scroll.scrollTop = 0; this.forget(); redraw(); });
    view.changed.on(redraw);
    $('zoom-in').addEventListener('click', () => { view.zoom(0.5); this.announceView(); });
    $('zoom-out').addEventListener('click', () => { view.zoom(2); this.announceView(); });
    $('zoom-left').addEventListener('click', () => { view.move(-0.25); this.announceView(); });
    $('zoom-right').addEventListener('click', () => { view.move(0.25); this.announceView(); });
    $('zoom-reset').addEventListener('click', () => { view.reset(); this.announceView(); });
    this.listen();
  },

  // measure updates the sizes, which depend on the width of the window.
  measure() {
    // On paper, too, names have lines of their own, so that they are whole.
    this.narrow = printing.on || matchMedia('(max-width: 640px)').matches;
    $('tl').classList.toggle('narrow', this.narrow);
    this.rowHeight = this.narrow ? 50 : 30;
    this.barHeight = this.narrow ? 28 : 30;
    // The column of labels is as wide as they need, and less than half of the timeline.
    const most = Math.min(460, Math.round(this.width * 0.4)), owner = Math.min(this.owners, 130, most * 0.3);
    this.left = this.narrow ? 0 : Math.max(120, Math.min(most, Math.ceil(this.names + owner + 28)));
    $('tl').style.setProperty('--owner', `${Math.ceil(owner)}px`);
    $('tl').style.setProperty('--label', this.narrow ? '100%' : `${this.left}px`);
    this.plot = Math.max(10, this.width - this.left);
  },

  x(at) { return (at - view.from) / view.span * this.plot; },
  timeAt(clientX) {
    const x = clientX - this.scroll.getBoundingClientRect().left - this.left;
    return view.from + Math.min(Math.max(x / this.plot, 0), 1) * view.span;
  },

  // forget removes all rows, because the tasks have changed places.
  forget() {
    for (const row of this.rows.values()) this.drop(row);
    this.rows.clear();
  },

  drop(row) {
    row.node.remove();
    this.spare.push(row);
  },

  drawAll() {
    if (!this.width) return;
    const n = printing.on ? Math.min(filter.shown.length, PAPER_ROWS) : filter.shown.length;
    $('tl-space').style.height = `${n * this.rowHeight}px`;
    this.scroll.style.height = printing.on || n * this.rowHeight < 620 ? `${Math.max(printing.on ? 0 : 180, n * this.rowHeight + 2)}px` : '';
    $('tl-none').hidden = n > 0;
    $('tl-none').textContent = noTasks();
    $('tl-paper').textContent = n < filter.shown.length ? `The first ${number(n)} of ${plural(filter.shown.length, 'task')}.` : '';
    this.marks = ticks(view.from, view.to, this.plot / 95);
    this.drawAxis();
    this.draw(true);
    $('timeline-range').textContent = `${view.text()} UTC`;
    $('zoom-in').disabled = view.span <= MIN_SPAN;
    $('zoom-out').disabled = $('zoom-reset').disabled = view.whole;
    $('zoom-left').disabled = view.from <= 0;
    $('zoom-right').disabled = view.to >= view.max;
  },

  // draw adds the rows that have become visible and removes the others. With
  // repaintAll, it also repaints the rows that stay.
  draw(repaintAll) {
    if (!this.width) return;
    const top = this.scroll.scrollTop, n = filter.shown.length;
    const first = printing.on ? 0 : Math.max(0, Math.floor(top / this.rowHeight) - OVERSCAN);
    const last = printing.on ? Math.min(n, PAPER_ROWS) : Math.min(n, Math.ceil((top + this.scroll.clientHeight) / this.rowHeight) + OVERSCAN);
    for (const [place, row] of this.rows) {
      if (place < first || place >= last) {
        this.rows.delete(place);
        this.drop(row);
      }
    }
    for (let place = first; place < last; place++) {
      let row = this.rows.get(place);
      if (!row) {
        row = this.spare.pop() || this.make();
        this.rows.set(place, row);
        this.fill(row, place, n);
        this.paintRow(row);
        $('tl-space').append(row.node);
      } else if (repaintAll) {
        row.node.style.transform = `translateY(${place * this.rowHeight}px)`;
        this.paintRow(row);
      }
    }
    this.spare.length = Math.min(this.spare.length, 60);
    this.pointActive();
  },

  make() {
    const name = el('span', { class: 'n' }), owner = el('span', { class: 'o' });
    const canvas = el('canvas', { role: 'img' });
    const node = el('div', { role: 'option' }, el('div', { class: 'tl-label' }, name, owner), canvas);
    return { node, name, owner, canvas };
  },

  fill(row, place, n) {
    const task = row.task = filter.shown[place];
    row.name.replaceChildren(...nameNodes(tasks.name(task), this.splits[task]));
    row.owner.textContent = tasks.ownerName(task);
    row.node.id = `tl-${task}`;
    row.node.className = `tl-row${place % 2 ? ' odd' : ''}${task === this.active ? ' active' : ''}`;
    row.node.style.transform = `translateY(${place * this.rowHeight}px)`;
    row.node.setAttribute('aria-posinset', place + 1);
    row.node.setAttribute('aria-setsize', n);
    row.node.setAttribute('aria-selected', task === this.active);
    const times = DRAWN.filter((s) => timeIn(task, s) > 0).map((s) => `${STATES[s]} ${duration(timeIn(task, s))}`).join(', ') || 'nothing has run';
    row.node.setAttribute('aria-label', `${tasks.name(task)}, ${tasks.ownerName(task)}, ${tasks.statusName(task)}: ${times}`);
    row.canvas.setAttribute('aria-label', times);
  },

  paintRow(row) {
    const { ctx, ratio } = paint.prepare(row.canvas, this.plot, this.barHeight), middle = this.barHeight / 2;
    ctx.fillStyle = paint.colors.line;
    for (const t of this.marks) ctx.fillRect(Math.round(this.x(t.at)), 0, 1, this.barHeight);
    const [first, last] = this.inView(row.task, view.from, view.to);
    for (const state of PAINTED) {
      let end = -1, styled = false;
      for (let k = first; k < last; k++) {
        if (intervals.state[k] !== state) continue;
        const x0 = Math.max(-2, this.x(intervals.from[k])), x1 = Math.min(this.plot + 2, Math.max(this.x(intervals.to[k]), x0 + 1.2));
        if (x1 <= end) continue;
        if (!styled) ctx.fillStyle = paint.style(ctx, state, ratio);
        styled = true;
        paint.bar(ctx, state, x0, x1 - x0, middle);
        end = x1;
      }
    }
    if (row.task === this.active && this.interval >= first && this.interval < last) {
      const x0 = Math.max(1, this.x(intervals.from[this.interval])), x1 = Math.min(this.plot - 1, this.x(intervals.to[this.interval]));
      ctx.strokeStyle = getComputedStyle(this.scroll).color;
      ctx.lineWidth = 2;
      ctx.strokeRect(x0 - 1, middle - 11, Math.max(3, x1 - x0 + 2), 22);
    }
  },

  // inView returns the range of a task's intervals that overlap a period.
  inView(task, from, to) {
    const end = intervals.of[task + 1];
    let low = intervals.of[task], high = end;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (intervals.to[mid] < from) low = mid + 1; else high = mid;
    }
    let last = low;
    while (last < end && intervals.from[last] <= to) last++;
    return [low, last];
  },

  // intervalAt returns the topmost interval at a point, and the number of
  // intervals hidden below it.
  intervalAt(task, x) {
    const at = (p) => view.from + p / this.plot * view.span;
    const [first, last] = this.inView(task, at(x - 3), at(x + 3));
    let best = -1, hidden = -1;
    for (let k = first; k < last; k++) {
      const x0 = this.x(intervals.from[k]), x1 = Math.max(this.x(intervals.to[k]), x0 + 1.2);
      const near = x1 - x0 < 3 ? 1 : 0; // makes narrow intervals easier to hit
      if (!intervals.state[k] || x < x0 - near || x > x1 + near) continue;
      hidden++;
      if (best < 0 || PAINTED.indexOf(intervals.state[k]) > PAINTED.indexOf(intervals.state[best])) best = k;
    }
    return { interval: best, hidden: Math.max(0, hidden) };
  },

  drawAxis() {
    const g = svg('svg', { width: this.width, height: 40, viewBox: `0 0 ${this.width} 40` });
    let end = -Infinity;
    for (const t of this.marks) {
      const x = this.left + this.x(t.at);
      g.append(svg('line', { class: 'axis', x1: x, x2: x, y1: 34, y2: 40 }));
      const half = textWidth(t.text) / 2 + 1, context = t.context && textWidth(t.context, 11.5, 500);
      if (x - half > (this.narrow ? 0 : this.left - 20) && x + half < this.width) g.append(svg('text', { x, y: 31, 'text-anchor': 'middle' }, t.text));
      if (t.context && x - half > end + 10 && x - half + context < this.width) {
        end = x - half + context;
        g.append(svg('text', { class: 'day', x: Math.max(this.left + 4, x - half), y: 15 }, t.context));
      }
    }
    $('tl-axis').replaceChildren(g);
  },

  announceView() { announce(`Shows ${view.text()}`); },

  // choose makes a task the active one and scrolls to it.
  choose(task, { center = false } = {}) {
    const place = filter.place.get(task);
    if (place === undefined) return;
    const before = this.active;
    this.active = task;
    if (task !== before) this.interval = -1;
    const top = place * this.rowHeight, height = this.scroll.clientHeight;
    if (center) this.scroll.scrollTop = top - height / 2;
    else if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
    else if (top + this.rowHeight > this.scroll.scrollTop + height) this.scroll.scrollTop = top + this.rowHeight - height;
    this.draw();
    for (const row of this.rows.values()) {
      row.node.classList.toggle('active', row.task === task);
      row.node.setAttribute('aria-selected', row.task === task);
      if (row.task === task || row.task === before) this.paintRow(row);
    }
  },

  pointActive() {
    const place = this.active < 0 ? undefined : filter.place.get(this.active);
    if (place !== undefined && this.rows.has(place)) this.scroll.setAttribute('aria-activedescendant', `tl-${this.active}`);
    else this.scroll.removeAttribute('aria-activedescendant');
  },
};

// describe returns the lines of the tooltip of an interval.
function describe(task, k, hidden) {
  const lines = [el('b', {}, tasks.name(task))];
  if (k >= 0) {
    lines.push(el('span', {}, `${STATES[intervals.state[k]]} for ${duration(intervals.to[k] - intervals.from[k])}`),
      el('span', {}, `${stamp(intervals.from[k])} to ${stamp(intervals.to[k])} UTC`));
    const note = string(intervals.note[k]);
    if (note) lines.push(el('span', { class: 'note' }, note));
  }
  if (hidden > 0) lines.push(el('span', {}, `${plural(hidden, 'more interval')} here: zoom in`));
  return lines;
}
