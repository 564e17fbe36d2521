// The colours, patterns and heights of the states. States differ in height and
// pattern as well as in colour.

const HEIGHT = [0, 18, 9, 6, 13, 18]; // pixels, by state
const PAINTED = [PAUSED, IDLE, BUILDING, ACTIVE, FAILED]; // in this order, so the last is on top

const paint = {
  colors: null,

  // load reads the colours of the current colour scheme from the style sheet.
  load() {
    const style = getComputedStyle(document.documentElement), get = (name) => style.getPropertyValue(`--${name}`).trim();
    this.colors = { line: get('line'), surface: get('surface'), fill: STATES.map((s, i) => (i ? get(s) : '')) };
    this.patterns = new Map();
  },

  // style returns the fill style of a state.
  style(ctx, state, ratio) {
    const color = this.colors.fill[state];
    if (state !== PAUSED && state !== FAILED) return color;
    const key = `${state} ${ratio}`;
    let tile = this.patterns.get(key);
    if (!tile) this.patterns.set(key, tile = this.tile(state, color, ratio));
    const pattern = ctx.createPattern(tile, 'repeat');
    pattern.setTransform(new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, 0, 0]));
    return pattern;
  },

  // tile draws the repeating tile of a pattern: diagonal lines for paused,
  // crossed ones for failed.
  tile(state, color, ratio) {
    const size = Math.round(7 * ratio), c = el('canvas', { width: size, height: size }), ctx = c.getContext('2d');
    ctx.fillStyle = color;
    ctx.fillRect(0, 0, size, size);
    ctx.strokeStyle = this.colors.surface;
    ctx.lineWidth = (state === PAUSED ? 1.3 : 1.1) * ratio;
    ctx.beginPath();
    for (const shift of [-size, 0, size]) {
      ctx.moveTo(shift, size);
      ctx.lineTo(shift + size, 0);
      if (state === FAILED) {
        ctx.moveTo(shift, 0);
        ctx.lineTo(shift + size, size);
      }
    }
    ctx.stroke();
    return c;
  },

  // prepare sets the size of a canvas in CSS pixels, clears it and returns its
  // context.
  prepare(canvas, width, height) {
    // Chromium prints what was drawn, not its pixels, and misplaces it at other ratios.
    const ratio = printing.on ? 1 : devicePixelRatio || 1, w = Math.round(width * ratio), h = Math.round(height * ratio);
    const ctx = canvas.getContext('2d');
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    return { ctx, ratio };
  },

  bar(ctx, state, x, width, middle) { ctx.fillRect(x, middle - HEIGHT[state] / 2, width, HEIGHT[state]); },

  // legend shows a sample of each state as it appears in the timeline.
  legend(drawn, toggle) {
    $('legend').replaceChildren(...DRAWN.map((state) => {
      const canvas = el('canvas', { role: 'img', 'aria-label': `sample of ${STATES[state]}` });
      const { ctx, ratio } = this.prepare(canvas, 30, 18);
      ctx.fillStyle = this.style(ctx, state, ratio);
      this.bar(ctx, state, 0, 30, 9);
      const box = el('input', { type: 'checkbox', 'aria-label': STATES[state], onchange: () => toggle(state, box.checked) });
      box.checked = drawn.includes(state);
      return el('li', {}, el('label', {}, box, canvas, STATES[state]));
    }));
  },
};
