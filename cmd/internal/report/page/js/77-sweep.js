// The comparison of policies: its chart and its table.

function startSweep() {
  if (!doc.sweep || !doc.sweep.length) return;
  const by = $('sweep-by'), chart = $('sweep-chart');
  by.append(...Object.entries(WAITS).map(([key, { name }]) => new Option(name, key)));
  by.value = FRONT_BY;
  let width = 0;
  const draw = () => {
    if (width) chart.replaceChildren(scatter(by.value, width));
    $('sweep-note').textContent = sweepNote(by.value);
  };
  onWidth(chart, (w) => { width = w; draw(); });
  by.addEventListener('change', draw);
  const duringWaits = (name, key) => ({ name, num: true, text: (p) => wait(p, key), value: (p) => (p.waited ? p[key] : -1), csv: `${name} (s)`, cell: (p) => (p.waited ? p[key] : '') });
  const numeric = ([name, key, text, csv]) => ({ name, num: true, text: (p) => text(p[key]), value: (p) => p[key], csv });
  table($('sweep-table'), {
    caption: 'Policies',
    columns: [
      { name: 'Policy', long: true, node: policyName, value: (p) => p.name },
      ...[['Cost', 'cost', money, doc.currency && `Cost (${doc.currency})`], ['Running hours', 'running_hours', (v) => tenths.format(v)],
        ['Pauses', 'pauses', number], ['Resumes', 'resumes', number], ['Replies', 'answers', number], ['Waited', 'waited', number], ['Share', 'wait_share', percent]].map(numeric),
      duringWaits('Median wait', 'wait_p50_seconds'),
      duringWaits('95th percentile', 'wait_p95_seconds'),
      { name: 'Pareto-optimal', text: (p) => (p.pareto ? 'yes' : 'no'), value: (p) => (p.pareto ? 0 : 1), cell: (p) => (p.pareto ? 'yes' : 'no') },
      ...(doc.recommended || doc.current ? [{ name: 'Mark', hidden: true, cell: (p) => marksOf(p).join(', ') }] : []),
    ],
    rows: doc.sweep,
    sort: { column: 1, direction: 1 },
    rowClass: (p) => (marksOf(p).length ? 'marked' : null),
  });
}

function sweepNote(key) {
  if (key === FRONT_BY) return 'The line joins the Pareto-optimal policies: no other policy is both cheaper and lets fewer replies wait.';
  const left = doc.sweep.filter((p) => !measured(p, key)).map((p) => p.name);
  return left.length ? `Not drawn, because no reply waited: ${left.join(', ')}.` : '';
}

function policyName(p) {
  return el('span', {}, p.name, ...marksOf(p).flatMap((mark) => [' ', el('span', { class: `tag ${mark}` }, mark)]));
}
