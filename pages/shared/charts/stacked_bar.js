/** What a whole is made of: a bar of parts for each row, the total at its end. */

import { axis } from './bar.js';
import { frame, group, linked, plainNumber, shape, words } from './frame.js';
import { fitted, scale, textWidth, ticks } from './scales.js';

const ROW = 32;
const TOP = 8;

/**
 * @param {import('./frame.js').Common & {
 *   parts: {name: string, colour: string}[], rows: {label: string, values: number[], href?: string}[],
 * }} options
 */
export function stackedBarChart(options) {
  const { parts, rows, unit, format = plainNumber } = options;
  const totals = rows.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const figures = rows.map(({ label, values, href }, place) => [linked(label, href), ...values.map(format), format(totals[place])]);
  return frame({ ...options, legend: parts, head: ['', ...parts.map(({ name }) => `${name}（${unit}）`), '合计'], rows: figures, draw });

  /** @param {SVGElement} svg @param {number} width */
  function draw(svg, width) {
    const left = Math.min(width * 0.36, Math.max(...rows.map(({ label }) => textWidth(label))) + 12);
    const right = width - Math.max(...totals.map((total) => textWidth(format(total)))) - 12;
    const whole = totals.every(Number.isInteger);
    const steps = ticks(Math.max(...totals)).filter((step) => !whole || Number.isInteger(step));
    const across = scale(0, steps.at(-1) ?? 1, left, right);
    const bottom = TOP + rows.length * ROW;
    axis(svg, { steps, across, top: TOP, bottom, unit, format, width });
    const marks = rows.flatMap((row, place) => segments(svg, row, totals[place], TOP + place * ROW, left, across));
    svg.append(...marks.map(({ element }) => element));
    return { height: bottom + 22, marks };
  }

  /**
   * @param {SVGElement} svg @param {{label: string, values: number[], href?: string}} row @param {number} total
   * @param {number} y @param {number} left @param {(value: number) => number} across
   */
  function segments(svg, { label, values, href }, total, y, left, across) {
    svg.append(words(left - 8, y + 20, fitted(label, left - 12), 'name end'), words(across(total) + 6, y + 20, format(total), 'value'));
    let before = 0;
    return values.flatMap((value, at) => {
      const from = across(before);
      before += value;
      if (!value) return [];
      const size = across(before) - from;
      const text = format(value);
      const element = group(href, shape('rect', { x: from, y: y + 5, width: Math.max(1, size - 1), height: ROW - 10, class: `fill-${parts[at].colour}` }));
      if (size > textWidth(text) + 8) element.append(words(from + size / 2, y + 20, text, 'inside middle'));
      return [{ element, says: `${label}，${parts[at].name}：${text} ${unit}，占 ${Math.round((value / total) * 100)}%` }];
    });
  }
}
