// Selects the tasks that are shown, and sorts them.

const MAX_OWNERS = 500; // in the list; others can be found by text

const KEYS = {
  created: { name: 'created', value: (i) => tasks.created[i] },
  name: { name: 'name', value: tasks.name, text: true },
  owner: { name: 'owner', value: tasks.ownerName, text: true },
  status: { name: 'status', value: (i) => tasks.status[i] },
  active: { name: 'active time', value: (i) => timeIn(i, ACTIVE), first: -1 },
  idle: { name: 'idle time', value: (i) => timeIn(i, IDLE), first: -1 },
  paused: { name: 'paused time', value: (i) => timeIn(i, PAUSED), first: -1 },
  pauses: { name: 'number of pauses', value: pauseCount, first: -1 },
};

// compareBy returns a comparison of tasks that keeps the original order of equal
// ones.
function compareBy(value, text, direction) {
  if (text) return (a, b) => direction * collator.compare(value(a), value(b)) || a - b;
  return (a, b) => direction * (value(a) - value(b)) || a - b;
}

// noTasks says why no task is shown.
const noTasks = () => (tasks.n ? 'No task matches the filter.' : 'There are no tasks.');

const filter = {
  changed: topic(),
  shown: Array.from({ length: tasks.n }, (_, i) => i),
  place: new Map(), // from a task to its index in shown
  haystacks: [],

  haystack(i) {
    return this.haystacks[i] ??= [tasks.name(i), tasks.slug(i), tasks.ownerName(i), owners.username(tasks.owner[i]), tasks.prompt(i), tasks.id[i]].join('\n').toLowerCase();
  },

  apply() {
    const text = $('filter-text').value.trim().toLowerCase(), owner = $('filter-owner').value, status = $('filter-status').value;
    const shown = [];
    for (let i = 0; i < tasks.n; i++) {
      if (owner !== '' && tasks.owner[i] !== Number(owner)) continue;
      if (status !== '' && tasks.status[i] !== Number(status)) continue;
      if (text !== '' && !this.haystack(i).includes(text)) continue;
      shown.push(i);
    }
    this.shown = shown;
    this.sort();
    $('filter-count').textContent = shown.length === tasks.n ? plural(tasks.n, 'task') : `${number(shown.length)} of ${plural(tasks.n, 'task')}`;
    $('filter-reset').disabled = text === '' && owner === '' && status === '';
    this.changed.notify();
  },

  sort() {
    const key = KEYS[$('sort-by').value];
    this.shown.sort(compareBy(key.value, key.text, Number($('sort-order').value)));
    this.place = new Map(this.shown.map((task, i) => [task, i]));
  },

  reset() {
    $('filter-text').value = $('filter-owner').value = $('filter-status').value = '';
    this.apply();
  },

  start() {
    const count = (values, n) => {
      const out = new Array(n).fill(0);
      for (const v of values) out[v]++;
      return out;
    };
    const ofOwner = count(tasks.owner, owners.n);
    const list = Array.from(ofOwner.keys()).sort((a, b) => ofOwner[b] - ofOwner[a]).slice(0, MAX_OWNERS).sort((a, b) => collator.compare(owners.name(a), owners.name(b)));
    $('filter-owner').append(new Option(`All (${number(owners.n)})`, ''), ...list.map((o) => new Option(`${owners.name(o)} (${number(ofOwner[o])})`, o)));
    if (owners.n > MAX_OWNERS) {
      const more = new Option(`${number(owners.n - MAX_OWNERS)} more: search by text`, '');
      more.disabled = true;
      $('filter-owner').append(more);
    }
    $('filter-status').append(new Option('All', ''), ...count(tasks.status, doc.statuses.length).map((n, s) => [n, s]).filter(([n]) => n > 0)
      .map(([n, s]) => new Option(`${doc.statuses[s]} (${number(n)})`, s)));
    $('sort-by').append(...Object.entries(KEYS).map(([key, { name }]) => new Option(name, key)));

    const apply = () => this.apply();
    $('filter-text').addEventListener('input', oncePerFrame(apply));
    $('filter-owner').addEventListener('change', apply);
    $('filter-status').addEventListener('change', apply);
    $('filter-reset').addEventListener('click', () => { this.reset(); $('filter-text').focus(); });
    $('filter').addEventListener('submit', (e) => e.preventDefault());
    $('sort-by').addEventListener('change', () => {
      $('sort-order').value = String(KEYS[$('sort-by').value].first || 1);
      apply();
      announce(`Sorted by ${KEYS[$('sort-by').value].name}, ${$('sort-order').selectedOptions[0].text}`);
    });
    $('sort-order').addEventListener('change', apply);
  },
};
