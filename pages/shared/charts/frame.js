/** What every chart has around it: title, drawing that follows the width, readout, table, keyboard. */

import { el, fill } from '../elements.js';
import { drawn } from '../icon.js';

const SVG = 'http://www.w3.org/2000/svg';
const TABLE = 'M4 5h16v14H4zM4 10h16M4 14.500h16M10 10v9';
const PAPER_WIDTH = 640; // A4 upright, less margins and the card
const LEAST_WIDTH = 260;

/**
 * @typedef {{element: SVGElement, says: string}} Mark a figure that can be reached and read out
 * @typedef {{title: string, unit: string, note?: string, format?: (value: number) => string}} Common
 */

/** How to draw each chart anew: for a width, or for the room it has. @type {WeakMap<Element, (width?: number) => void>} */
const painters = new WeakMap();

/** @param {number} [width] */
function paintAll(width) {
  for (const figure of document.querySelectorAll('figure.chart')) painters.get(figure)?.(width);
}

// Nothing tells a drawing of the width of paper: what was drawn for a screen would be cut off there.
addEventListener('beforeprint', () => paintAll(PAPER_WIDTH));
addEventListener('afterprint', () => paintAll());

/**
 * @param {Common & {
 *   head: string[], rows: (string | number | Node | null)[][],
 *   draw: (svg: SVGElement, width: number) => {height: number, marks: Mark[]},
 *   legend?: {name: string, colour: string}[],
 * }} options `head` and `rows` are the table with the same figures
 * @returns {HTMLElement} a `<figure class="chart">`
 */
export function frame({ title, unit, note, head, rows, draw, legend = [] }) {
  const svg = shape('svg', { class: 'plot', role: 'group', 'aria-label': `${title}（${unit}）` });
  const readout = el('p', { class: 'readout', ariaHidden: 'true' }, '');
  const table = el('div', { class: 'figures', hidden: true, tabIndex: 0, role: 'region', ariaLabel: `${title}，表格` }, tableOf(title, head, rows));
  const plot = el('div', { class: 'plot-box' }, svg, readout);
  const toggle = el('button', { class: 'plain', type: 'button', onclick: () => flip(table.hidden) }, drawn(TABLE), el('span', null, '看表格'));
  toggle.setAttribute('aria-pressed', 'false');
  const figure = el('figure', { class: 'chart' },
    el('figcaption', null, el('span', null, el('strong', null, title), note && el('small', null, note)), toggle),
    legend.length > 0 && el('ul', { class: 'legend' }, ...legend.map(({ name, colour }) => el('li', null, el('i', { class: `ground-${colour}` }), name))),
    rows.length ? plot : el('p', { class: 'nothing' }, '这段时间没有数据'), table);
  const seen = rows.length ? new ResizeObserver(([{ contentRect }]) => paint(contentRect.width)) : null;
  seen?.observe(plot);
  if (seen) painters.set(figure, (available) => paint(available ?? plot.clientWidth));
  let at = 0;
  let width = 0;
  return figure;

  /** @param {number} available */
  function paint(available) {
    const next = Math.max(LEAST_WIDTH, Math.floor(available));
    if (next === width) return;
    width = next;
    svg.replaceChildren();
    const { height, marks } = draw(svg, width);
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.setAttribute('width', String(width));
    svg.setAttribute('height', String(height));
    makeReachable(marks);
  }

  /** One stop of the Tab key for the whole chart; the arrow keys walk its marks. @param {Mark[]} marks */
  function makeReachable(marks) {
    at = Math.min(at, Math.max(0, marks.length - 1));
    marks.forEach(({ element, says }, place) => {
      element.setAttribute('aria-label', says);
      if (element.localName !== 'a') element.setAttribute('role', 'img');
      element.setAttribute('tabindex', place === at ? '0' : '-1');
      element.classList.add('mark');
      const read = () => (readout.textContent = says);
      element.addEventListener('pointerenter', read);
      element.addEventListener('focus', () => (read(), (at = place)));
      element.addEventListener('keydown', (event) => {
        const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[/** @type {'ArrowUp'} */ (/** @type {KeyboardEvent} */ (event).key)];
        const next = move && marks[place + move];
        if (!next) return;
        event.preventDefault();
        element.setAttribute('tabindex', '-1');
        next.element.setAttribute('tabindex', '0');
        next.element.focus();
      });
    });
    svg.addEventListener('pointerleave', () => (readout.textContent = ''));
  }

  /** @param {boolean} toTable */
  function flip(toTable) {
    table.hidden = !toTable;
    plot.hidden = toTable;
    fill(toggle, drawn(TABLE), el('span', null, toTable ? '看图' : '看表格'));
    toggle.setAttribute('aria-pressed', String(toTable));
  }
}

/**
 * An SVG element with presentation attributes.
 * @param {string} name @param {Record<string, string | number>} [attributes] @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function shape(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** A group that is a link where the figure leads to its cases. @param {string | undefined | null} href @param {...Node} children */
export function group(href, ...children) {
  return shape(href ? 'a' : 'g', href ? { href } : {}, ...children);
}

/** @param {number} x @param {number} y @param {string} content @param {string} [name] class */
export function words(x, y, content, name = '') {
  return shape('text', { x, y, class: name }, content);
}

/** A figure as a link in a table, when it leads somewhere. @param {string} text @param {string | undefined | null} href */
export function linked(text, href) {
  return href ? el('a', { href }, text) : text;
}

/** @param {number} value */
export function plainNumber(value) {
  return value.toLocaleString('zh-CN', { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 });
}

/** @param {string} title @param {string[]} head @param {(string | number | Node | null)[][]} rows */
function tableOf(title, head, rows) {
  const cell = (/** @type {any} */ value, /** @type {number} */ place) =>
    el(place ? 'td' : 'th', place ? { class: 'number' } : { scope: 'row' }, value ?? '—');
  return el('table', { class: 'table' }, el('caption', { class: 'unseen' }, title),
    el('thead', null, el('tr', null, ...head.map((name, place) => (name ? el('th', { scope: 'col', class: place ? 'number' : '' }, name) : el('td'))))),
    el('tbody', null, ...rows.map((row) => el('tr', null, ...row.map(cell)))));
}
