// Creates elements. Data becomes text nodes and attributes, never HTML.

const $ = (id) => document.getElementById(id);

// el creates an element: el('p', {class: 'x', onclick: f}, 'text', child).
function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

// announce makes a screen reader read a text.
const announce = (text) => { $('announce').textContent = text; };

// A topic notifies its listeners of a change.
function topic() {
  const listeners = [];
  return { on: (f) => listeners.push(f), notify: () => listeners.forEach((f) => f()) };
}

// printing says whether the page is drawn for paper.
const printing = { on: false, changed: topic() };

// oncePerFrame returns a function that schedules draw for the next frame, at most
// once per frame.
function oncePerFrame(draw) {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => { scheduled = false; draw(); });
  };
}

// onWidth calls draw with the width of an element, now and whenever it changes. On
// paper the width is onPaper.
function onWidth(node, draw, onPaper = 640) {
  let width = 0;
  const now = () => Math.floor(node.clientWidth);
  new ResizeObserver(() => {
    if (!printing.on && now() > 0 && now() !== width) draw(width = now());
  }).observe(node);
  printing.changed.on(() => { if (width) draw(printing.on ? onPaper : width); });
}

// chartNode creates a chart. It keeps its proportions if the paper has another width.
function chartNode(width, height, label) {
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });
}

// emptyChart says in the middle of a chart why it is empty.
function emptyChart(g, width, height, text) {
  g.append(svg('text', { class: 'empty', x: width / 2, y: height / 2, 'text-anchor': 'middle' }, text));
  return g;
}

// gridLines draws a line with a label for each mark of a vertical axis.
function gridLines(g, marks, y, left, right, text) {
  for (const m of marks) {
    g.append(svg('line', { class: m ? 'grid' : 'axis', x1: left, x2: right, y1: y(m), y2: y(m) }),
      svg('text', { x: left - 8, y: y(m) + 4, 'text-anchor': 'end' }, text(m)));
  }
}

// onOpen calls draw when a details element is opened for the first time.
function onOpen(details, draw) {
  let drawn = false;
  details.addEventListener('toggle', () => {
    if (details.open && !drawn) {
      drawn = true;
      draw();
    }
  });
}

const tip = {
  node: $('tip'),
  // show places the lines next to a point of the window without covering it.
  show(x, y, ...lines) {
    const t = this.node;
    t.replaceChildren(...lines.filter(Boolean));
    t.hidden = false;
    const { width, height } = t.getBoundingClientRect();
    const left = x + 14 + width > innerWidth - 8 ? x - 14 - width : x + 14;
    const top = y + 18 + height > innerHeight - 8 ? y - 12 - height : y + 18;
    t.style.transform = `translate(${Math.max(8, Math.min(left, innerWidth - width - 8))}px, ${Math.max(8, top)}px)`;
  },
  hide() { this.node.hidden = true; },
};
