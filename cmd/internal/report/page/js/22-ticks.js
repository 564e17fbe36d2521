// The marks on a time axis.

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 4, 7, 14].map((n) => n * DAY),
];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 12000, 60000, 120000];
const MONDAY = 4 * DAY; // 1970 began on a Thursday

// ticks returns at most count marks in a period. Each has a text and, if it
// differs from that of the mark before it, a context: the day for hours, the year
// for days and months.
function ticks(from, to, count) {
  const rough = (to - from) / Math.max(1, count);
  const step = STEPS.find((s) => s >= rough);
  const out = step ? evenTicks(from, to, step) : monthTicks(from, to, rough);
  let last = '';
  for (const t of out) {
    t.context = t.context === last ? '' : (last = t.context);
  }
  return out;
}

function evenTicks(from, to, step) {
  const offset = step >= 7 * DAY ? MONDAY : 0, out = [];
  for (let t = Math.ceil((doc.base + from - offset) / step) * step + offset; t <= doc.base + to; t += step) {
    const d = new Date(t);
    const time = `${pad2(d.getUTCHours())}:${pad2(d.getUTCMinutes())}`;
    const day = `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]}`;
    let text = time, context = `${day} ${d.getUTCFullYear()}`;
    if (step < SECOND) text = `${time}:${pad2(d.getUTCSeconds())}.${String(d.getUTCMilliseconds()).padStart(3, '0')}`;
    else if (step < MINUTE) text = `${time}:${pad2(d.getUTCSeconds())}`;
    else if (step >= DAY) [text, context] = [day, String(d.getUTCFullYear())];
    out.push({ at: t - doc.base, text, context });
  }
  return out;
}

function monthTicks(from, to, rough) {
  const step = MONTH_STEPS.find((m) => m * 30 * DAY >= rough) || MONTH_STEPS.at(-1), out = [];
  const first = new Date(doc.base + from);
  let month = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
  for (; ; month += step) {
    const d = new Date(0);
    d.setUTCFullYear(Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1);
    const at = d.getTime() - doc.base;
    if (!(at <= to)) return out; // also if the date is invalid
    if (at < from) continue;
    const year = String(d.getUTCFullYear());
    out.push(step < 12 ? { at, text: MONTHS[d.getUTCMonth()], context: year } : { at, text: year, context: '' });
  }
}
