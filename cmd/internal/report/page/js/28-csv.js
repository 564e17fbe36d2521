// Tables as CSV files, which the browser makes without a server.

// csvCell returns a field of a CSV file. Numbers are written as they are. A text is
// quoted, and marked as text by an apostrophe if a spreadsheet would take it for a
// formula: it may be anyone's name of a task.
function csvCell(value) {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = String(value ?? '');
  const safe = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return safe === '' ? '' : `"${safe.replaceAll('"', '""')}"`;
}

// csvText returns a CSV file (RFC 4180). The byte order mark makes spreadsheets read
// it as UTF-8.
function csvText(header, rows) {
  return `\ufeff${[header, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

function downloadCSV(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = el('a', { href: url, download: `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')}.csv`, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), MINUTE); // some browsers read it later
}
