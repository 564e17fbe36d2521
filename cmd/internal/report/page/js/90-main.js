// The page begins.

function notices() {
  const add = (text) => $('notices').append(el('p', { class: 'notice wrap' }, text));
  if (doc.cut) add('Prompts and messages of the older tasks are left out: they would make the page too big.');
  if (doc.differ) add(`The telemetry counts another active time than is drawn here for ${plural(doc.differ, 'task')}, as where statuses come in during a pause or times contradict each other. The details of a task have both.`);
}

paint.load();
notices();
filter.start();
statesChart.start();
timeline.start();
startTasksTable();
startDurations();
startSweep();
startLongest();
filter.apply();

const repaint = () => {
  paint.load();
  statesChart.legend();
  timeline.drawAll();
};
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
// The resolution changes with the zoom of the browser, and from screen to screen.
(function watch() {
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', () => { repaint(); watch(); }, { once: true });
})();
document.addEventListener('keydown', (e) => { if (e.key === 'Escape') tip.hide(); });
document.documentElement.dataset.ready = 'true';
