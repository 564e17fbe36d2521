// The list of keys.

const KEY_LIST = [
  [['↑', '↓', 'Page up', 'Page down', 'Home', 'End'], 'choose a task'],
  [['N', 'P'], 'choose the next or previous interval of the task'],
  [['Enter'], 'show the details of the task'],
  [['W', '+'], 'zoom in'],
  [['S', '−'], 'zoom out'],
  [['A', '←'], 'move to earlier times'],
  [['D', '→'], 'move to later times'],
  [['0'], 'show all'],
  [['?'], 'show this list'],
];
const MOUSE_LIST = [
  ['Drag', 'zoom to what is dragged over'],
  ['Double click', 'show all'],
  ['Wheel with Ctrl', 'zoom'],
  ['Wheel with Shift', 'move in time'],
];

function startKeys() {
  const row = (keys, text) => el('div', {}, el('dt', {}, ...keys.flatMap((k) => [el('kbd', {}, k), ' '])), el('dd', {}, text));
  $('keys-list').append(...KEY_LIST.map(([keys, text]) => row(keys, text)), ...MOUSE_LIST.map(([what, text]) => row([what], text)));
  $('keys-open').addEventListener('click', showKeys);
  $('keys-close').addEventListener('click', () => $('keys').close());
}

function showKeys() {
  tip.hide();
  if (!$('keys').open) $('keys').showModal();
}
