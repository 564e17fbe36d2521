// Formats numbers, times and durations as text.

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const number = (n) => grouped.format(n);
const plural = (n, what) => `${number(n)} ${what}${n === 1 ? '' : 's'}`;
const capitalize = (s) => s[0].toUpperCase() + s.slice(1);
const pad2 = (n) => String(n).padStart(2, '0');

// stamp formats an exact time in UTC, given in milliseconds since the page's
// base.
const stamp = (ms) => new Date(doc.base + ms).toISOString().replace('T', ' ').replace('Z', '');

// duration is precise to the millisecond below a minute, to the second below a
// day, and to the minute from a day on.
function duration(ms) {
  if (ms === 0) return '0';
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${Number((ms / SECOND).toFixed(3))} s`;
  const d = Math.floor(ms / DAY), h = Math.floor(ms % DAY / HOUR), m = Math.floor(ms % HOUR / MINUTE), s = Math.floor(ms % MINUTE / SECOND);
  if (ms < HOUR) return `${m}m ${pad2(s)}s`;
  if (ms < DAY) return `${h}h ${pad2(m)}m ${pad2(s)}s`;
  return `${d}d ${pad2(h)}h ${pad2(m)}m`;
}

const UNITS = [[SECOND, 's'], [MINUTE, 'm'], [HOUR, 'h'], [DAY, 'd']];

// binEdge formats the edge of a bin, which is a whole number of some unit.
function binEdge(ms) {
  if (ms === 0) return '0';
  let text = `${ms} ms`;
  for (const [unit, name] of UNITS) {
    if (ms >= unit && ms % unit === 0) text = ms / unit + name;
  }
  return text;
}

// decimal formats a number with at most the given number of digits after the
// point.
const decimal = (n, digits = 2) => n.toLocaleString('en-US', { maximumFractionDigits: digits });

const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2, roundingMode: 'halfEven' });

// money formats a cost like the texts of the commands: a symbol before it, a code after.
function money(cost) {
  const text = cents.format(cost);
  if (!doc.currency) return text;
  return /\p{Sc}$/u.test(doc.currency) ? doc.currency + text : `${text} ${doc.currency}`;
}

// quantile returns a percentile of sorted values, by nearest rank.
const quantile = (sorted, percent) => sorted[Math.floor((sorted.length * percent + 99) / 100) - 1];

const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];

// clockScale returns the marks of an axis of seconds, from 0 to at least max.
function clockScale(max, count) {
  const step = CLOCK.find((s) => s >= max / count);
  if (max < 1 || !step) return scale(max, count);
  return Array.from({ length: Math.ceil(max / step - 1e-9) + 1 }, (_, i) => i * step);
}

// scale returns the marks of an axis of numbers, from 0 to at least max.
function scale(max, count) {
  const rough = Math.max(max, 1e-9) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((f) => f * power >= rough * (1 - 1e-9));
  const n = Math.max(1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: n + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}
