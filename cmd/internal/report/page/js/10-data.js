// The data of the page, which is stored as columns.

const doc = JSON.parse(document.getElementById('data').textContent);
const STATES = ['gone', 'active', 'idle', 'paused', 'building', 'failed'];
const ACTIVE = 1, IDLE = 2, PAUSED = 3, BUILDING = 4, FAILED = 5;
const DRAWN = [ACTIVE, BUILDING, IDLE, FAILED, PAUSED]; // in the area chart, from the bottom

const column = (values) => values || [];
const string = (n) => doc.strings[n];

const tasks = {
  n: column(doc.tasks.id).length,
  id: column(doc.tasks.id),
  owner: column(doc.tasks.owner),
  status: column(doc.tasks.status),
  created: column(doc.tasks.created),
  active: column(doc.tasks.active),
  resumeToStatus: column(doc.tasks.resume_to_status),
  name: (i) => string(doc.tasks.name[i]),
  slug: (i) => string(doc.tasks.slug[i]),
  prompt: (i) => string(doc.tasks.prompt[i]),
  ownerName: (i) => owners.name(tasks.owner[i]),
  statusName: (i) => doc.statuses[tasks.status[i]],
};

// starts returns the index at which each group begins in a column, given the
// sizes of the groups.
function starts(sizes) {
  const out = new Int32Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; i++) out[i + 1] = out[i] + sizes[i];
  return out;
}

const intervals = (() => {
  const state = doc.intervals.state, n = state.length;
  const of = starts(column(doc.tasks.intervals));
  const t = { of, state: new Uint8Array(n), from: new Float64Array(n), to: new Float64Array(n), note: column(doc.intervals.note) };
  for (let i = 0; i < tasks.n; i++) {
    let at = doc.tasks.first[i];
    for (let k = of[i]; k < of[i + 1]; k++) {
      t.state[k] = state.charCodeAt(k) - 48;
      t.from[k] = at;
      at += doc.intervals.duration[k];
      t.to[k] = at;
    }
  }
  return t;
})();

// sums has the time of each task in each state, in milliseconds.
const sums = (() => {
  const out = new Float64Array(tasks.n * STATES.length);
  for (let i = 0; i < tasks.n; i++) {
    for (let k = intervals.of[i]; k < intervals.of[i + 1]; k++) {
      out[i * STATES.length + intervals.state[k]] += intervals.to[k] - intervals.from[k];
    }
  }
  return out;
})();
const timeIn = (task, state) => sums[task * STATES.length + state];

const ENDS = ['still paused', 'deleted', 'resumed'];

const pauses = {
  of: starts(column(doc.tasks.pauses)),
  at: column(doc.pauses.at),
  duration: column(doc.pauses.duration),
  idle: column(doc.pauses.idle),
  reason: (p) => string(doc.pauses.reason[p]),
  end: (p) => ENDS[doc.pauses.end.charCodeAt(p) - 48],
  open: (p) => doc.pauses.end.charCodeAt(p) === 48,
  resumed: (p) => doc.pauses.end.charCodeAt(p) === 50,
};
const pauseCount = (task) => pauses.of[task + 1] - pauses.of[task];

// Owners may have the same name; then their labels include the usernames.
const owners = (() => {
  const names = column(doc.owners.name), usernames = column(doc.owners.username);
  const seen = new Map();
  for (const n of names) seen.set(n, (seen.get(n) || 0) + 1);
  const labels = names.map((n, i) => {
    const name = string(n), username = string(usernames[i]);
    if (!name) return username;
    return seen.get(n) > 1 ? `${name} (${username})` : name;
  });
  return { n: names.length, name: (i) => labels[i], username: (i) => string(usernames[i]) };
})();
