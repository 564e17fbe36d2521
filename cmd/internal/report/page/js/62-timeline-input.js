// Keyboard, mouse, wheel and touch input of the timeline.

Object.assign(timeline, {
  listen() {
    const s = this.scroll;
    s.addEventListener('keydown', (e) => this.key(e));
    s.addEventListener('focus', () => {
      if (filter.place.get(this.active) === undefined && filter.shown.length) this.choose(filter.shown[Math.ceil(s.scrollTop / this.rowHeight)]);
    });
    s.addEventListener('blur', () => tip.hide());
    s.addEventListener('wheel', (e) => this.wheel(e), { passive: false });
    s.addEventListener('pointermove', (e) => this.hover(e));
    s.addEventListener('pointerleave', () => tip.hide());
    s.addEventListener('click', (e) => {
      const row = this.rowAt(e);
      if (!row) return;
      this.choose(row.task);
      details.show(row.task);
    });
    s.addEventListener('dblclick', (e) => { if (this.inPlot(e)) this.showAll(); });
    dragTime(s, (x) => this.timeAt(x), (from, to) => this.mark(from, to), (e) => this.inPlot(e));
    this.touch();
  },

  showAll() {
    view.reset();
    this.announceView();
  },

  inPlot(e) {
    const x = e.clientX - this.scroll.getBoundingClientRect().left;
    return x >= this.left && x < this.left + this.plot;
  },

  rowAt(e) {
    const y = e.clientY - this.scroll.getBoundingClientRect().top + this.scroll.scrollTop;
    return this.rows.get(Math.floor(y / this.rowHeight));
  },

  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const page = Math.max(1, Math.floor(this.scroll.clientHeight / this.rowHeight) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const views = {
      '+': () => view.zoom(0.5), '=': () => view.zoom(0.5), '-': () => view.zoom(2), _: () => view.zoom(2),
      w: () => view.zoom(0.5), s: () => view.zoom(2), a: () => view.move(-0.25), d: () => view.move(0.25),
      0: () => view.reset(), ArrowLeft: () => view.move(-0.25), ArrowRight: () => view.move(0.25),
    };
    const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    if (key in moves) this.step(moves[key]);
    else if (key in views) {
      tip.hide();
      views[key]();
      this.announceView();
    } else if (key === '?') showKeys();
    else if (key === 'n') this.stepInterval(1);
    else if (key === 'p') this.stepInterval(-1);
    else if ((e.key === 'Enter' || e.key === ' ') && this.active >= 0) details.show(this.active, true);
    else if (e.key === 'Escape') tip.hide();
    else return;
    e.preventDefault();
  },

  step(by) {
    const n = filter.shown.length;
    if (!n) return;
    const now = filter.place.get(this.active) ?? -1;
    tip.hide();
    this.choose(filter.shown[Math.min(n - 1, Math.max(0, now + by))]);
  },

  // stepInterval selects the next or previous interval of the active task, and
  // announces its exact times.
  stepInterval(by) {
    const task = this.active;
    if (filter.place.get(task) === undefined) return;
    const first = intervals.of[task], end = intervals.of[task + 1];
    let k = this.interval < 0 ? (by > 0 ? this.inView(task, view.from, view.to)[0] : end - 1) : this.interval + by;
    while (k >= first && k < end && !intervals.state[k]) k += by;
    if (k < first || k >= end) {
      announce(by > 0 ? 'No later interval' : 'No earlier interval');
      return;
    }
    this.interval = k;
    view.include(Math.min(Math.max(view.from, intervals.from[k]), intervals.to[k]));
    this.choose(task);
    const row = this.rows.get(filter.place.get(task)), box = row.canvas.getBoundingClientRect();
    const x = Math.min(Math.max(0, this.x(intervals.from[k])), this.plot);
    const lines = describe(task, k, 0);
    tip.show(box.left + x, box.top + this.barHeight / 2, ...lines);
    announce(lines.slice(1).map((l) => l.textContent).join(', '));
  },

  wheel(e) {
    if (e.ctrlKey || e.metaKey) {
      e.preventDefault();
      tip.hide();
      const x = e.clientX - this.scroll.getBoundingClientRect().left - this.left;
      view.zoom(Math.exp(Math.max(-1, Math.min(1, e.deltaY / 240))), Math.min(Math.max(x / this.plot, 0), 1));
    } else if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      e.preventDefault();
      tip.hide();
      view.move((e.shiftKey ? e.deltaX || e.deltaY : e.deltaX) / this.plot);
    }
  },

  hover(e) {
    if (e.pointerType === 'touch' || !$('tl-select').hidden) return;
    const row = this.rowAt(e);
    if (!row || !this.inPlot(e)) {
      if (row && e.target.closest('.tl-label')) tip.show(e.clientX, e.clientY, el('b', {}, tasks.name(row.task)), el('span', {}, `${tasks.ownerName(row.task)}, ${tasks.statusName(row.task)}`));
      else tip.hide();
      return;
    }
    const x = e.clientX - this.scroll.getBoundingClientRect().left - this.left;
    const { interval, hidden } = this.intervalAt(row.task, x);
    if (interval < 0) tip.hide();
    else tip.show(e.clientX, e.clientY, ...describe(row.task, interval, hidden));
  },

  // mark shows the period of a drag.
  mark(from, to) {
    const node = $('tl-select');
    node.hidden = from === null;
    if (from === null) return;
    node.style.left = `${this.left + this.x(from)}px`;
    node.style.width = `${this.x(to) - this.x(from)}px`;
  },

  // touch handles touch input: one finger pans, two zoom. Vertical scrolling is
  // left to the browser.
  touch() {
    const down = new Map(), s = this.scroll;
    s.addEventListener('pointerdown', (e) => {
      if (e.pointerType === 'touch') down.set(e.pointerId, e.clientX);
    });
    s.addEventListener('pointermove', (e) => {
      if (!down.has(e.pointerId)) return;
      const left = s.getBoundingClientRect().left + this.left, before = [...down.values()];
      const x = down.get(e.pointerId);
      down.set(e.pointerId, e.clientX);
      if (down.size === 1) {
        view.move((x - e.clientX) / this.plot);
      } else if (down.size === 2) {
        const after = [...down.values()];
        const apart = (xs) => Math.max(10, Math.abs(xs[0] - xs[1]));
        view.zoom(apart(before) / apart(after), Math.min(Math.max(((after[0] + after[1]) / 2 - left) / this.plot, 0), 1));
      }
    });
    for (const type of ['pointerup', 'pointercancel']) s.addEventListener(type, (e) => down.delete(e.pointerId));
  },
});
