/**
 * What the page can do beyond being read: sort tables, show one state, say the figures of a moment,
 * change colours, copy the command, save the record. It is put into the page as it is, in a file
 * without a network; whatever fails here leaves a page that can be read.
 */

const THEME = 'priolab-report-theme';

/** @param {string} selector @param {ParentNode} [root] */
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
/** @param {string} id */
const byId = (id) => document.getElementById(id);

/** @param {string} text to whoever can't see what changed */
function say(text) {
  const said = byId('said');
  if (said !== null) said.textContent = text;
}

/** Runs a step that the browser may forbid to a file. @param {() => void} step */
function attempt(step) {
  try {
    step();
  } catch {
    // Then it is not kept.
  }
}

/** The reader's colours outlive the page where the browser allows that. */
function chooseColours() {
  const themes = /** @type {HTMLInputElement[]} */ (all('input[name=theme]'));
  /** @param {string} theme */
  const apply = (theme) => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  attempt(() => {
    const stored = themes.find(({ value }) => value === localStorage.getItem(THEME));
    if (stored === undefined) return;
    stored.checked = true;
    apply(stored.value);
  });
  for (const input of themes) {
    input.addEventListener('change', () => {
      apply(input.value);
      attempt(() => localStorage.setItem(THEME, input.value));
    });
  }
}

/** One state, in tables, matrix and cards. */
function filterStates() {
  const choice = /** @type {HTMLSelectElement | null} */ (byId('state'));
  const parts = /** @type {HTMLElement[]} */ (all('[data-state]'));
  choice?.addEventListener('change', () => {
    const wanted = choice.value;
    let shown = 0;
    for (const one of parts) {
      one.hidden = wanted !== '' && one.dataset['state'] !== wanted;
      if (!one.hidden) shown += 1;
    }
    for (const group of all('.cards')) oneStop(cardsOf(group));
    say(`${shown} of ${parts.length} rows and cards shown`);
  });
}

/** @param {string} text */
function numberOf(text) {
  const plain = text.replaceAll(/[,%\s]/g, '');
  return plain === 'inf' ? Infinity : Number.parseFloat(plain);
}

/** A second time the other way round. @param {HTMLTableElement} table @param {HTMLElement} head */
function sort(table, head) {
  const heads = /** @type {HTMLElement[]} */ (all('thead th', table));
  const column = heads.indexOf(head);
  const isNumeric = head.classList.contains('figure');
  const was = head.getAttribute('aria-sort');
  const isDown = was === null ? isNumeric : was === 'ascending';
  const body = table.tBodies[0];
  if (body === undefined) return;
  const rows = [...body.rows].map((row) => ({ row, text: row.cells[column]?.textContent ?? '' }));
  rows.sort((a, b) => {
    const [x, y] = [numberOf(a.text), numberOf(b.text)];
    // What is no number comes last, whichever way.
    if (isNumeric && Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    const order = isNumeric ? x - y || 0 : a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
    return isDown ? -order : order;
  });
  body.append(...rows.map(({ row }) => row));
  for (const one of heads) one.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', isDown ? 'descending' : 'ascending');
  say(`sorted by ${head.textContent}, ${isDown ? 'descending' : 'ascending'}`);
}

function sortTables() {
  for (const table of /** @type {HTMLTableElement[]} */ (all('table[data-sortable]'))) {
    for (const head of /** @type {HTMLElement[]} */ (all('thead th', table))) {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      button.addEventListener('click', () => sort(table, head));
      head.append(button);
    }
  }
}

/** What a chart shows at one moment: by pointer, touch or keyboard. @param {Element} figure */
function readMoments(figure) {
  const rows = /** @type {HTMLTableRowElement[]} */ (all('.moments tbody tr', figure));
  const titles = all('.moments thead th', figure).map(({ textContent }) => textContent ?? '');
  const box = /** @type {HTMLElement | null} */ (figure.querySelector('.readout'));
  const slider = figure.querySelector('input');
  const output = figure.querySelector('output');
  const svg = figure.querySelector('svg.time');
  const cursor = figure.querySelector('.cursor');
  if (box === null || slider === null || output === null || svg === null || cursor === null) return;
  box.hidden = false;
  slider.max = String(rows.length - 1);
  slider.value = slider.max;
  const places = rows.map(({ dataset }) => Number(dataset['x']));
  const show = () => {
    const index = Number(slider.value);
    const cells = [...(rows[index]?.cells ?? [])].map(({ textContent }) => textContent ?? '');
    const [moment = '', ...values] = cells;
    const named = values.map((value, i) =>
      values.length > 1 ? `${titles[i + 1]} ${value}` : value,
    );
    output.textContent = `${moment}: ${named.join(', ')}`;
    slider.setAttribute('aria-valuetext', output.textContent);
    for (const end of ['x1', 'x2']) cursor.setAttribute(end, String(places[index] ?? 0));
  };
  const move = () => {
    show();
    cursor.setAttribute('visibility', 'visible');
  };
  slider.addEventListener('input', move);
  svg.addEventListener('pointermove', (event) => {
    const { clientX } = /** @type {PointerEvent} */ (event);
    const { left, width } = svg.getBoundingClientRect();
    const viewed = Number(svg.getAttribute('viewBox')?.split(' ')[2]);
    const x = ((clientX - left) * viewed) / width;
    let nearest = 0;
    places.forEach((place, i) => {
      if (Math.abs(place - x) < Math.abs((places[nearest] ?? 0) - x)) nearest = i;
    });
    slider.value = String(nearest);
    move();
  });
  show();
}

/** @param {ParentNode} group */
function cardsOf(group) {
  return /** @type {HTMLElement[]} */ (all('.card', group));
}

/** @param {HTMLElement} card */
function showTip(card) {
  const tip = byId('tip');
  if (tip === null) return;
  tip.textContent = `${card.dataset['state']}: ${card.dataset['tip']}`;
  tip.hidden = false;
  const { left, bottom, top } = card.getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const fits = bottom + size.height + 8 < innerHeight;
  tip.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 12))}px`;
  tip.style.top = `${fits ? bottom + 4 : Math.max(4, top - size.height - 4)}px`;
}

function hideTip() {
  const tip = byId('tip');
  if (tip !== null) tip.hidden = true;
}

/** One of them can be reached by Tab. @param {readonly HTMLElement[]} cards */
function oneStop(cards) {
  const first = cards.find(({ hidden }) => !hidden);
  for (const card of cards) card.tabIndex = card === first ? 0 : -1;
}

/** Cards say their figures: one stop of Tab, arrows from card to card. @param {Element} group */
function readCards(group) {
  const cards = cardsOf(group);
  oneStop(cards);
  for (const card of cards) {
    card.addEventListener('focus', () => showTip(card));
    card.addEventListener('blur', hideTip);
    card.addEventListener('pointerenter', () => showTip(card));
    card.addEventListener('pointerleave', hideTip);
    card.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') hideTip();
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step === undefined) return;
      const shown = cards.filter(({ hidden }) => !hidden);
      const next = shown[shown.indexOf(card) + step];
      if (next === undefined) return;
      event.preventDefault();
      card.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }
}

/** On paper nothing can be opened. */
function openForPrint() {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = /** @type {HTMLDetailsElement[]} */ (all('details.metric:not([open])'));
    for (const one of opened) one.open = true;
  });
  addEventListener('afterprint', () => {
    for (const one of opened) one.open = false;
  });
}

function copyAndSave() {
  for (const button of /** @type {HTMLElement[]} */ (all('[data-copy]'))) {
    button.addEventListener('click', () => {
      const source = byId(button.dataset['copy'] ?? '');
      if (source === null) return;
      getSelection()?.selectAllChildren(source);
      // Where the browser keeps the clipboard from files, the text is selected at least.
      navigator.clipboard?.writeText(source.textContent ?? '').then(
        () => say('copied'),
        () => say('selected; copy it by keyboard'),
      );
    });
  }
  byId('save')?.addEventListener('click', () => {
    const blob = new Blob([byId('record')?.textContent ?? ''], { type: 'application/json' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = 'summary.json';
    link.click();
  });
}

for (const one of all('.controls, [data-copy], .record')) one.removeAttribute('hidden');
chooseColours();
filterStates();
sortTables();
for (const figure of all('figure.timed')) readMoments(figure);
for (const group of all('.cards')) readCards(group);
addEventListener('scroll', hideTip, { passive: true });
openForPrint();
copyAndSave();
