/** Taking a chart away: its table as CSV or XLSX, its picture as PNG. */

import { ask } from '../shared/api.js';
import { el } from '../shared/elements.js';
import { toastError } from '../shared/toast.js';

const SHOWN = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'paint-order', 'text-anchor', 'opacity'];
const SHARP = 2;
const HEAD = 44;

/**
 * Put an export menu on a chart.
 * @template {HTMLElement} F @param {F} figure a `<figure class="chart">` @param {string} name file name without its end
 * @returns {F}
 */
export function exportable(figure, name) {
  const run = (/** @type {() => Promise<void> | void} */ take) => async () => {
    menu.open = false;
    try {
      await take();
    } catch (error) {
      toastError(error);
    }
  };
  const choice = (/** @type {string} */ text, /** @type {() => Promise<void> | void} */ take) =>
    el('button', { class: 'plain', type: 'button', onclick: run(take) }, text);
  const menu = el('details', { class: 'export' },
    el('summary', { class: 'plain', ariaLabel: `导出：${titleOf(figure)}` }, '导出'),
    el('div', { class: 'menu' },
      choice('CSV 表格', () => save(csv(figure), `${name}.csv`)),
      choice('XLSX 表格', async () => save(await xlsx(figure), `${name}.xlsx`)),
      choice('PNG 图片', async () => save(await png(figure), `${name}.png`))));
  menu.addEventListener('focusout', (/** @type {FocusEvent} */ event) => {
    if (!menu.contains(/** @type {Node | null} */ (event.relatedTarget))) menu.open = false;
  });
  menu.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && (menu.open = false));
  figure.querySelector('figcaption')?.append(menu);
  return figure;
}

/** @param {HTMLElement} figure */
function titleOf(figure) {
  return figure.querySelector('figcaption strong')?.textContent ?? '';
}

/** @param {HTMLElement} figure @returns {string[][]} */
function cells(figure) {
  return [...figure.querySelectorAll('.figures tr')].map((row) => [...row.children].map((cell) => cell.textContent ?? ''));
}

/** A cell that begins like a formula is kept from being one. @param {HTMLElement} figure */
export function csv(figure) {
  const lines = cells(figure).map((row) => row.map((text) => {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+%?$/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }).join(','));
  return new Blob([`\ufeff${lines.join('\r\n')}\r\n`], { type: 'text/csv' });
}

/** @param {HTMLElement} figure */
async function xlsx(figure) {
  const [head, ...rows] = cells(figure);
  const answer = await ask('POST', '/api/reports/xlsx', { title: titleOf(figure), head, rows });
  const bytes = Uint8Array.from(atob(answer.content), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' });
}

/** @param {HTMLElement} figure @returns {Promise<Blob>} */
async function png(figure) {
  const svg = figure.querySelector('svg.plot');
  if (!(svg instanceof SVGSVGElement) || !svg.viewBox.baseVal.width) throw new Error('图还没有画好，请切回图再导出');
  const { width, height } = svg.viewBox.baseVal;
  const picture = await load(drawnAlone(svg, width, height));
  const canvas = el('canvas', { width: (width + 32) * SHARP, height: (height + HEAD + 16) * SHARP });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const look = getComputedStyle(figure);
  pen.scale(SHARP, SHARP);
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--surface').trim() || '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = look.color;
  pen.font = `600 15px ${look.fontFamily}`;
  pen.fillText(titleOf(figure), 16, 28, width);
  pen.drawImage(picture, 16, HEAD, width, height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('图片没有生成')))));
}

/** @param {SVGSVGElement} svg @param {number} width @param {number} height */
function drawnAlone(svg, width, height) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  const made = copy.querySelectorAll('*');
  svg.querySelectorAll('*').forEach((element, place) => {
    const look = getComputedStyle(element);
    for (const name of SHOWN) made[place].setAttribute(name, look.getPropertyValue(name));
    /** @type {SVGElement} */ (made[place]).style.font = look.font;
    made[place].removeAttribute('class');
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width * SHARP));
  copy.setAttribute('height', String(height * SHARP));
  return new XMLSerializer().serializeToString(copy);
}

/** @param {string} drawing @returns {Promise<HTMLImageElement>} */
function load(drawing) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = () => reject(new Error('图片没有生成'));
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing)}`;
  });
}

/** @param {Blob} content @param {string} name */
function save(content, name) {
  const address = URL.createObjectURL(content);
  el('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
