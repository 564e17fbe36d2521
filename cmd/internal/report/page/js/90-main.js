// Starts the page.

function notices() {
  const add = (text) => $('notices').append(el('p', { class: 'notice wrap' }, text));
  if (doc.cut) add('Prompts and messages of older tasks are omitted, because they would make the page too big.');
  if (doc.differ) add(`For ${plural(doc.differ, 'task')}, the active time of the telemetry differs from the one drawn here, for example because a status arrived during a pause or times contradict each other. The details of a task show both.`);
}

paint.load();
notices();
filter.start();
totals.start();
statesChart.start();
timeline.start();
startTasksTable();
startDurations();
startSweep();
startLongest();
startKeys();
startPrinting();
link.start();
filter.apply();

const repaint = () => {
  paint.load();
  statesChart.legend();
  timeline.drawAll();
};
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
// The resolution changes when the browser zooms or the window moves to another screen.
(function watch() {
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', () => { repaint(); watch(); }, { once: true });
})();
// A link inside the page would replace the fragment.
$('skip').addEventListener('click', (e) => {
  e.preventDefault();
  $('timeline').scrollIntoView();
  $('timeline').focus();
});
document.addEventListener('keydown', (e) => { if (e.key === 'Escape') tip.hide(); });
document.documentElement.dataset.ready = 'true';
