// Tables that are sorted by clicking on a heading. They are divided into pages, so
// that ten thousand rows need only fifty elements.

const PAGE = 50;

// table creates a table in a host element. A column has a name, text(row) or
// node(row) and, if the table can be sorted by it, value(row). In the CSV file its
// name is csv and its value is cell(row), by default those of the table. A hidden
// column is only in the file. With plain, the caption is only for screen readers,
// because a heading says the same. It returns a function that replaces the rows.
function table(host, { caption, columns: all, rows = [], sort, page = PAGE, plain, none = 'None.', rowClass = () => null }) {
  let at = 0, order = sort || null;
  const columns = all.filter((c) => !c.hidden);
  const body = el('tbody'), heads = columns.map(head);
  const position = el('span', { role: 'status' });
  const buttons = [['First', 0], ['Previous', -1], ['Next', 1], ['Last', Infinity]].map(([name, by]) => el('button', { type: 'button', 'aria-label': `${name} page: ${caption}`, onclick: () => go(by) }, name));
  const pager = el('div', { class: 'pager' }, ...buttons, position);
  const save = el('button', { type: 'button', class: 'save', 'aria-label': `Download CSV: ${caption}`, onclick: download }, 'Download CSV');
  host.append(
    el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
      el('table', {}, el('caption', { class: plain && 'sr-only' }, caption), el('thead', {}, el('tr', {}, ...heads)), body)),
    el('div', { class: 'below' }, pager, save),
  );

  function head(column, n) {
    const kind = kindOf(column);
    if (!column.value) return el('th', { scope: 'col', class: kind }, column.name);
    return el('th', { scope: 'col', class: kind }, el('button', { type: 'button', onclick: () => sortBy(n) }, column.name, el('span', { 'aria-hidden': 'true' })));
  }

  function sortBy(n) {
    const first = columns[n].num ? -1 : 1;
    order = { column: n, direction: order && order.column === n ? -order.direction : first };
    at = 0;
    arrange();
    announce(`Sorted by ${columns[n].name}, ${order.direction > 0 ? 'ascending' : 'descending'}`);
  }

  function go(by) {
    const last = Math.max(0, Math.ceil(rows.length / page) - 1), now = at / page;
    at = page * Math.min(last, Math.max(0, by === 0 ? 0 : now + by));
    draw();
  }

  function download() {
    downloadCSV(caption, csvText(all.map((c) => c.csv || c.name), rows.map((row) => all.map((c) => csvValue(c, row)))));
  }

  function arrange() {
    if (order) {
      const { value } = columns[order.column], direction = order.direction;
      rows = rows.map((row, i) => ({ row, i, key: value(row) })).sort((a, b) => (
        direction * (typeof a.key === 'string' ? collator.compare(a.key, b.key) : a.key - b.key) || a.i - b.i)).map((r) => r.row);
    }
    heads.forEach((th, n) => {
      const sorted = order && order.column === n;
      if (sorted) th.setAttribute('aria-sort', order.direction > 0 ? 'ascending' : 'descending');
      else th.removeAttribute('aria-sort');
      const arrow = th.querySelector('span');
      if (arrow) arrow.textContent = sorted ? (order.direction > 0 ? ' ▲' : ' ▼') : '';
    });
    draw();
  }

  function draw() {
    const end = Math.min(at + page, rows.length);
    body.replaceChildren(...rows.slice(at, end).map((row) => el('tr', { class: rowClass(row) }, ...columns.map((c, n) => {
      const kind = kindOf(c);
      const content = c.node ? c.node(row) : c.text(row);
      return n === 0 ? el('th', { scope: 'row', class: kind }, content) : el('td', { class: kind }, content);
    }))));
    if (rows.length === 0) body.append(el('tr', {}, el('td', { colspan: columns.length }, none)));
    pager.hidden = rows.length <= page;
    save.disabled = rows.length === 0;
    position.textContent = `${number(at + 1)}–${number(end)} of ${number(rows.length)}`;
    buttons.forEach((b, n) => { b.disabled = n < 2 ? at === 0 : end === rows.length; });
  }

  arrange();
  return (other) => {
    rows = other;
    at = 0;
    arrange();
  };
}

// csvValue returns the value of a column in the CSV file.
function csvValue(c, row) {
  if (c.cell) return c.cell(row);
  return c.text && !(c.num && c.value) ? c.text(row) : c.value(row);
}

// timeColumn returns a column of durations, which are in seconds in the CSV file.
function timeColumn(name, ms) {
  return { name, num: true, text: (row) => duration(ms(row)), value: ms, csv: `${name} (s)`, cell: (row) => ms(row) / SECOND };
}

// kindOf returns the class of the cells of a column.
const kindOf = (c) => [c.num && 'num', c.long && 'text', c.wide && 'wide'].filter(Boolean).join(' ') || null;
