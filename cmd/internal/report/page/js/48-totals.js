// The totals at the top, of the tasks that are shown. The parts of each task are in the
// data, so that the sums are exactly those of the simulation.

// Ties are rounded as in the texts of the commands.
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1, roundingMode: 'halfEven' });
const hours = (ms) => `${tenths.format(ms / HOUR)} h`;

const totals = {
  start() { filter.changed.on(oncePerFrame(() => this.draw())); },

  // sum adds up the tasks that are shown.
  sum() {
    const of = doc.tasks.times, owned = new Set();
    const t = { lifetime: 0, active: 0, building: 0, paused: 0, failed: 0, deleted: 0, pauses: 0, resumes: 0 };
    for (const task of filter.shown) {
      owned.add(tasks.owner[task]);
      for (const part of ['lifetime', 'active', 'building', 'paused', 'failed']) t[part] += of[part][task];
      if (tasks.statusName(task) === 'deleted') t.deleted++;
      t.pauses += pauseCount(task);
      for (let p = pauses.of[task]; p < pauses.of[task + 1]; p++) if (pauses.resumed(p)) t.resumes++;
    }
    const running = t.lifetime - t.paused;
    return { ...t, owners: owned.size, running, idle: running - t.active - t.building };
  },

  draw() {
    const t = this.sum(), n = filter.shown.length;
    const share = (part, whole, of) => (whole ? `${tenths.format(100 * part / whole)} % of ${of}` : '');
    const ofRunning = (part) => share(part, t.running, 'running');
    const tiles = [
      ['Tasks', number(n), `${t.deleted ? `${number(t.deleted)} deleted, ` : ''}${plural(t.owners, 'owner')}`],
      ['Running', hours(t.running), share(t.running, t.lifetime, 'the lifetime')],
      ['Active', hours(t.active), ofRunning(t.active)],
      ['Idle', hours(t.idle), ofRunning(t.idle) + (t.failed ? `, ${hours(t.failed)} of it failed` : '')],
      ['Building', hours(t.building), ofRunning(t.building)],
      ['Paused', hours(t.paused), share(t.paused, t.lifetime, 'the lifetime')],
      ['Pauses', number(t.pauses), plural(t.resumes, 'resume')],
    ];
    $('totals').replaceChildren(...tiles.map(([name, value, detail]) => el('div', {}, el('dt', {}, name),
      el('dd', {}, el('span', { class: 'figure' }, value), detail ? el('span', { class: 'detail' }, detail) : null))));
    $('totals-of').textContent = n === tasks.n ? '' : `of ${plural(n, 'task')} that match${n === 1 ? 'es' : ''} the filter`;
  },
};
