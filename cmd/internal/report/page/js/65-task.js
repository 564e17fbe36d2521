// The details of one task, and the tables of tasks and of the longest pauses.

const details = {
  node: $('task'),

  show(task, focus) {
    const facts = [
      ['Owner', tasks.ownerName(task)], ['Status', tasks.statusName(task)], ['Created', `${stamp(tasks.created[task])} UTC`], ['Unique name', tasks.slug(task)],
      ...DRAWN.filter((s) => timeIn(task, s) > 0).map((s) => [capitalize(STATES[s]), duration(timeIn(task, s))]),
      ['Pauses', number(pauseCount(task))],
      ['Active, by the telemetry', maybe(tasks.active[task])],
      ['Resume to first status', maybe(tasks.resumeToStatus[task])],
      ['ID', tasks.id[task]],
    ];
    const close = el('button', { type: 'button', onclick: () => { this.node.hidden = true; timeline.scroll.focus(); } }, 'Close');
    const title = el('h3', { id: 'task-h', class: 'text' }, tasks.name(task));
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-labelledby', 'task-h');
    this.node.replaceChildren(el('div', { class: 'head' }, title, close));
    const prompt = tasks.prompt(task);
    if (prompt) this.node.append(el('blockquote', { 'aria-label': 'Prompt', tabindex: 0 }, prompt));
    this.node.append(el('dl', {}, ...facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', { class: 'text' }, value)))));
    const rows = [];
    for (let k = intervals.of[task]; k < intervals.of[task + 1]; k++) if (intervals.state[k]) rows.push(k);
    table(this.node, {
      caption: `Intervals of ${tasks.name(task)}`,
      columns: [
        { name: 'State', text: (k) => STATES[intervals.state[k]], value: (k) => STATES[intervals.state[k]] },
        { name: 'From (UTC)', text: (k) => stamp(intervals.from[k]), value: (k) => intervals.from[k] },
        { name: 'To (UTC)', text: (k) => stamp(intervals.to[k]) },
        timeColumn('Duration', (k) => intervals.to[k] - intervals.from[k]),
        { name: 'Note', long: true, text: (k) => string(intervals.note[k]) },
      ],
      rows,
      page: 20,
    });
    this.node.hidden = false;
    if (focus) this.node.focus();
  },
};

const maybe = (ms) => (ms === null || ms === undefined ? 'none' : duration(ms));

// goTo scrolls to a task in the timeline and shows its details.
function goTo(task) {
  $('timeline').scrollIntoView({ block: 'start' });
  timeline.choose(task, { center: true });
  timeline.scroll.focus({ preventScroll: true });
  details.show(task);
}

const taskLink = (task) => el('button', { type: 'button', class: 'link text', onclick: () => goTo(task) }, tasks.name(task));

function startTasksTable() {
  const host = $('tasks-table');
  const time = (state) => timeColumn(capitalize(STATES[state]), (i) => timeIn(i, state));
  let show = null;
  onOpen(host, () => {
    show = table(host, {
      caption: 'Tasks that are shown',
      columns: [
        { name: 'Task', long: true, node: taskLink, value: tasks.name },
        { name: 'Owner', long: true, text: tasks.ownerName, value: tasks.ownerName },
        { name: 'Status', text: tasks.statusName, value: (i) => tasks.status[i] },
        { name: 'Created (UTC)', text: (i) => stamp(tasks.created[i]), value: (i) => tasks.created[i] },
        ...[ACTIVE, IDLE, BUILDING, FAILED, PAUSED].map(time),
        { name: 'Pauses', num: true, text: (i) => number(pauseCount(i)), value: pauseCount },
        { name: 'ID', hidden: true, cell: (i) => tasks.id[i] },
      ],
      rows: filter.shown,
      none: noTasks(),
    });
  });
  filter.changed.on(oncePerFrame(() => { if (show) show(filter.shown); }));
}

const LONGEST = 10;

function startLongest() {
  const show = table($('longest'), {
    caption: 'Longest pauses',
    plain: true,
    none: 'No pauses.',
    columns: [
      { name: 'Task', long: true, node: (r) => taskLink(r.task), cell: (r) => tasks.name(r.task) },
      { name: 'Owner', long: true, text: (r) => tasks.ownerName(r.task) },
      { name: 'Paused at (UTC)', text: (r) => stamp(pauses.at[r.pause]) },
      { name: 'Reason', text: (r) => pauses.reason(r.pause) },
      { name: 'End', text: (r) => pauses.end(r.pause) },
      timeColumn('Duration', (r) => pauses.duration[r.pause]),
      { name: 'Compared', wide: true, node: (r) => meter(r.part), csv: 'Share of the longest', cell: (r) => r.part },
    ],
  });
  const longer = (a, b) => pauses.duration[b.pause] - pauses.duration[a.pause] || pauses.at[a.pause] - pauses.at[b.pause] || a.task - b.task;
  const draw = () => {
    const rows = [];
    for (const task of filter.shown) {
      for (let p = pauses.of[task]; p < pauses.of[task + 1]; p++) {
        const row = { task, pause: p };
        if (rows.length === LONGEST && longer(rows[LONGEST - 1], row) < 0) continue;
        rows.push(row);
        rows.sort(longer);
        rows.length = Math.min(rows.length, LONGEST);
      }
    }
    for (const r of rows) r.part = pauses.duration[r.pause] / Math.max(1, pauses.duration[rows[0].pause]);
    show(rows);
  };
  filter.changed.on(oncePerFrame(draw));
}

function meter(part) {
  const node = el('span', { class: 'meter', role: 'img', 'aria-label': `${Math.round(100 * part)} % of the longest` });
  node.style.width = `${100 * part}%`;
  return node;
}
