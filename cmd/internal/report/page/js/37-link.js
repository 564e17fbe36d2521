// Keeps the zoom and the filter in the fragment of the page's address, so that a
// link leads to the same view.

const LINK_DELAY = 300; // milliseconds; browsers limit how often an address may change

const link = {
  timer: 0,
  known: '', // the fragment that was last read or written

  start() {
    this.read();
    const later = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.write(), LINK_DELAY);
    };
    filter.changed.on(later);
    view.changed.on(later);
    addEventListener('hashchange', () => { this.read(); filter.apply(); });
  },

  // read sets the filter, the order and the zoom to those of the fragment. It ignores
  // a fragment that is of something else, and values that the page does not have.
  read() {
    this.known = location.hash;
    const values = new URLSearchParams(location.hash.slice(1));
    if (!LINK_KEYS.some((key) => values.has(key))) return;
    const choose = (select, value) => {
      if ([...select.options].some((o) => o.value === value && !o.disabled)) select.value = value;
    };
    const index = (list, value) => (value === null ? '' : String(list.indexOf(value)));
    $('filter-text').value = values.get('text') || '';
    for (const id of ['filter-owner', 'filter-status']) $(id).value = '';
    choose($('filter-owner'), index(Array.from({ length: owners.n }, (_, i) => owners.username(i)), values.get('owner')));
    choose($('filter-status'), index(doc.statuses, values.get('status')));
    $('sort-by').value = DEFAULT_SORT;
    choose($('sort-by'), values.get('sort') || DEFAULT_SORT);
    $('sort-order').value = String(KEYS[$('sort-by').value].first || 1);
    choose($('sort-order'), { ascending: '1', descending: '-1' }[values.get('order')]);
    const from = timeOf(values.get('from')), to = timeOf(values.get('to'));
    if (from < to && to > 0 && from < view.max) view.set(from, to); // not if one is NaN
    else view.reset();
  },

  // text returns the fragment. It has only what differs from the whole page.
  text() {
    const values = new URLSearchParams(), owner = $('filter-owner').value, status = $('filter-status').value;
    const text = $('filter-text').value.trim(), by = $('sort-by').value, order = $('sort-order').value;
    if (!view.whole) {
      values.set('from', isoTime(Math.floor(view.from)));
      values.set('to', isoTime(Math.ceil(view.to)));
    }
    if (text) values.set('text', text);
    if (owner !== '') values.set('owner', owners.username(Number(owner)));
    if (status !== '') values.set('status', doc.statuses[Number(status)]);
    if (by !== DEFAULT_SORT) values.set('sort', by);
    if (order !== String(KEYS[by].first || 1)) values.set('order', order === '1' ? 'ascending' : 'descending');
    // Colons need no escape in a fragment, and times are easier to read with them.
    return values.toString().replaceAll('%3A', ':');
  },

  write() {
    const text = this.text();
    if (text === location.hash.slice(1)) return;
    if (location.hash !== this.known) return; // somebody has changed it, and the event is on its way
    try {
      history.replaceState(null, '', text ? `#${text}` : location.href.split('#')[0]);
      this.known = location.hash;
    } catch {
      // A frame without an address of its own refuses: the page works without links.
    }
  },
};

const LINK_KEYS = ['from', 'to', 'text', 'owner', 'status', 'sort', 'order'];
const DEFAULT_SORT = 'created';

const isoTime = (ms) => new Date(doc.base + ms).toISOString();

// timeOf returns the time of a text such as 2026-03-01T12:00:00.000Z, in milliseconds
// since the page's base, or NaN.
function timeOf(text) {
  return /^([-+]\d\d)?\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(text || '') ? Date.parse(text) - doc.base : NaN;
}
