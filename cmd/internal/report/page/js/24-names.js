// Shortens long names in the middle, so that the part in which they differ stays.

const BEFORE_TOKEN = /[\s\-_/.:,([]/; // a token begins after or at one of these
const SHORT_TAIL = 12; // characters
const SHORT_HEAD = 6;

// splitNames returns, for each name, the index at which the part begins that tells
// it from the others. This part begins at a token, and is as long as SHORT_TAIL if
// more of the name's end fits in it.
function splitNames(names) {
  const order = Array.from(names.keys()).sort((a, b) => (names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : 0));
  const shared = new Int32Array(names.length);
  for (let k = 1; k < order.length; k++) {
    const a = names[order[k - 1]], b = names[order[k]];
    if (a === b) {
      shared[order[k]] = shared[order[k - 1]];
      continue;
    }
    let n = 0;
    while (n < a.length && a[n] === b[n]) n++;
    // Equal names before this one share as much with it.
    for (let j = k - 1; j >= 0 && names[order[j]] === a; j--) shared[order[j]] = Math.max(shared[order[j]], n);
    shared[order[k]] = n;
  }
  return names.map((name, i) => tailStart(name, shared[i]));
}

function tailStart(name, shared) {
  if (name.length <= SHORT_HEAD + SHORT_TAIL) return 0; // it fits
  let start = 0;
  for (let i = Math.min(shared, name.length - 1); i > 0; i--) {
    if (!tokenBegins(name, i)) continue;
    if (!start) start = i;
    if (name.length - i > SHORT_TAIL) break;
    start = i;
  }
  return start < SHORT_HEAD ? 0 : start;
}

function tokenBegins(name, i) {
  const before = name[i - 1], at = name[i];
  if (at === '(' || at === '[') return true;
  return BEFORE_TOKEN.test(before) && before !== '(' && before !== '[' && !/\s/.test(at);
}

// nameNodes returns the two parts of a name. The style sheet shortens the first one
// before the second.
function nameNodes(name, start) {
  if (!start) return [el('span', { class: 'tail' }, name)];
  return [el('span', { class: 'head' }, name.slice(0, start)), el('span', { class: 'tail' }, name.slice(start))];
}

// shorten cuts the middle out of a text that has more characters than a limit.
function shorten(text, limit) {
  const chars = Array.from(text);
  if (chars.length <= limit) return text;
  const tail = Math.ceil((limit - 1) / 2);
  return `${chars.slice(0, limit - 1 - tail).join('')}…${chars.slice(-tail).join('')}`;
}

// textWidth returns the width of a text in pixels. It remembers the widths, because
// measuring is slow.
const textWidth = (() => {
  const ctx = document.createElement('canvas').getContext('2d'), known = new Map();
  const family = getComputedStyle(document.body).fontFamily;
  return (text, size = 11.5, weight = 400) => {
    const key = `${weight} ${size} ${text}`;
    if (!known.has(key)) {
      ctx.font = `${weight} ${size}px ${family}`;
      known.set(key, ctx.measureText(text).width);
    }
    return known.get(key);
  };
})();

// widest returns the width of the widest of some texts. Of many, it measures only
// the longest.
function widest(texts, size) {
  const longest = [...new Set(texts)].sort((a, b) => b.length - a.length).slice(0, 50);
  return longest.reduce((most, text) => Math.max(most, textWidth(text, size)), 0);
}
