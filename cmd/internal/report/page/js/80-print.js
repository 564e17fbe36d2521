// Draws the page for paper, and for the screen again.

function startPrinting() {
  const draw = (on) => {
    if (printing.on === on) return;
    printing.on = on;
    document.documentElement.classList.toggle('paper', on);
    paint.load();
    statesChart.legend();
    printing.changed.notify();
  };
  addEventListener('beforeprint', () => draw(true));
  addEventListener('afterprint', () => draw(false));
}
