/** When and where it gathers: a cell for each pair, darker for more, its figure inside where it fits. */

import { frame, group, plainNumber, shape, words } from './frame.js';
import { fitted, textWidth, withUnit } from './scales.js';

const CELL = 30;
const TOP = 24;
const DARKEST = 0.6;
const LEAST = 0.06;

/**
 * @param {import('./frame.js').Common & {
 *   columns: string[], rows: {label: string, values: (number | null)[]}[],
 *   href?: (row: number, column: number) => string, colour?: string,
 * }} options null is "no data", drawn empty, unlike zero
 */
export function heatMap(options) {
  const { columns, rows, unit, href, colour = 'calm', format = plainNumber } = options;
  const most = Math.max(0, ...rows.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const figures = rows.map(({ label, values }) => [label, ...values.map((value) => (value === null ? null : format(value)))]);
  return frame({ ...options, head: [unit, ...columns], rows: figures, draw });

  /** @param {SVGElement} svg @param {number} width */
  function draw(svg, width) {
    const left = Math.min(width * 0.3, Math.max(...rows.map(({ label }) => textWidth(label))) + 12);
    const cell = (width - left - 2) / columns.length;
    const fits = rows.every(({ values }) => values.every((value) => value === null || textWidth(format(value)) + 4 < cell));
    const every = Math.ceil((Math.max(...columns.map(textWidth)) + 4) / cell);
    columns.forEach((name, at) => at % every === 0 && svg.append(words(left + cell * (at + 0.5), 14, name, 'axis middle')));
    const marks = rows.flatMap(({ label, values }, place) => {
      svg.append(words(left - 8, TOP + place * CELL + 19, fitted(label, left - 12), 'name end'));
      return values.map((value, at) => ({
        element: square(value, left + cell * at, TOP + place * CELL, cell, fits, href?.(place, at)),
        says: `${label}，${columns[at]}：${value === null ? '没有数据' : withUnit(format(value), unit)}`,
      }));
    });
    svg.append(...marks.map(({ element }) => element));
    const bottom = TOP + rows.length * CELL;
    key(svg, left, bottom + 10);
    return { height: bottom + 34, marks };
  }

  /**
   * @param {number | null} value @param {number} x @param {number} y @param {number} size
   * @param {boolean} isWritten all cells carry their figure or none does @param {string | undefined} link
   */
  function square(value, x, y, size, isWritten, link) {
    const isEmpty = value === null;
    const element = group(isEmpty ? null : link, shape('rect', {
      x: x + 1, y: y + 1, width: Math.max(2, size - 2), height: CELL - 2, rx: 4,
      class: isEmpty ? 'empty' : `heat fill-${colour}`, ...(isEmpty ? {} : { 'fill-opacity': depth(value) }),
    }));
    if (!isEmpty && isWritten) element.append(words(x + size / 2, y + 19, format(value), 'cell middle'));
    return element;
  }

  /** @param {SVGElement} svg @param {number} x @param {number} y */
  function key(svg, x, y) {
    [0, 0.25, 0.5, 0.75, 1].forEach((share, place) => svg.append(
      shape('rect', { x: x + place * 22, y, width: 20, height: 12, rx: 3, class: `heat fill-${colour}`, 'fill-opacity': depth(share * most) })));
    svg.append(words(x + 118, y + 11, `0 到 ${format(most)} ${unit}`, 'axis'));
  }

  /** @param {number} value */
  function depth(value) {
    return (LEAST + (most ? value / most : 0) * (DARKEST - LEAST)).toFixed(3);
  }
}
