/** How amounts spread: bars without gaps over an axis, with the middle and the limit marked. */

import { frame, group, plainNumber, shape, words } from './frame.js';
import { apart, scale, textWidth, ticks } from './scales.js';

const HEIGHT = 220;
const TOP = 42;
const BOTTOM = 34;

/**
 * @param {import('./frame.js').Common & {
 *   bins: {from: number, to: number, n: number, href?: string}[],
 *   marks?: {at: number, text: string}[], limit?: number, counts?: string,
 * }} options `unit` is that of the axis, `counts` what is counted (条, 次); beyond `limit` is late
 */
export function distribution(options) {
  const { bins, unit, marks: lines = [], limit, counts = '条', format = plainNumber } = options;
  const total = bins.reduce((sum, { n }) => sum + n, 0);
  const rows = bins.map(({ from, to, n }) => [`${format(from)}–${format(to)} ${unit}`, n, total ? `${Math.round((n / total) * 100)}%` : null]);
  return frame({ ...options, head: ['', counts, '占比'], rows, draw });

  /** @param {SVGElement} svg @param {number} width */
  function draw(svg, width) {
    const steps = ticks(Math.max(1, ...bins.map(({ n }) => n)), 3).filter(Number.isInteger);
    const left = Math.max(...steps.map((step) => textWidth(plainNumber(step)))) + 12;
    const across = scale(bins[0].from, bins.at(-1)?.to ?? 1, left, width - 34);
    const up = scale(0, steps.at(-1) ?? 1, HEIGHT - BOTTOM, TOP);
    svg.append(words(left - 6, TOP - 10, counts, 'axis end'));
    for (const step of steps) {
      svg.append(shape('line', { x1: left, x2: width - 34, y1: up(step), y2: up(step), class: step ? 'grid' : 'base' }), words(left - 6, up(step) + 4, plainNumber(step), 'axis end'));
    }
    const marks = bins.map((bin) => bar(bin, across, up));
    svg.append(...marks.map(({ element }) => element));
    edges(svg, across, width);
    verticals(svg, lines, across, width);
    return { height: HEIGHT, marks };
  }

  /** @param {{from: number, to: number, n: number, href?: string}} bin @param {(v: number) => number} across @param {(v: number) => number} up */
  function bar({ from, to, n, href }, across, up) {
    const isLate = limit !== undefined && from >= limit;
    const element = group(n ? href : null, shape('rect', { x: across(from), y: TOP, width: across(to) - across(from), height: HEIGHT - BOTTOM - TOP, class: 'touch' }),
      shape('rect', { x: across(from) + 0.5, y: up(n), width: Math.max(1, across(to) - across(from) - 1), height: up(0) - up(n), class: `fill-${isLate ? 'late' : 'calm'}` }));
    return { element, says: `${format(from)}–${format(to)} ${unit}：${n} ${counts}${isLate ? '，已超时限' : ''}` };
  }

  /** @param {SVGElement} svg @param {(v: number) => number} across @param {number} width */
  function edges(svg, across, width) {
    const values = [...bins.map(({ from }) => from), bins.at(-1)?.to ?? 0];
    const widest = Math.max(...values.map((value) => textWidth(format(value)))) + 10;
    const every = Math.ceil(widest / (across(values[1]) - across(values[0])));
    values.forEach((value, place) => place % every === 0 && svg.append(words(across(value), HEIGHT - 16, format(value), 'axis middle')));
    svg.append(words(width - 2, HEIGHT - 16, unit, 'axis end'));
  }
}

/**
 * Upright lines with their names above, pushed apart.
 * @param {SVGElement} svg @param {{at: number, text: string}[]} lines @param {(v: number) => number} across @param {number} width
 */
export function verticals(svg, lines, across, width, top = TOP, bottom = HEIGHT - BOTTOM) {
  const sorted = [...lines].sort((a, b) => a.at - b.at);
  const gap = Math.max(0, ...sorted.map(({ text }) => textWidth(text))) + 10;
  const places = apart(sorted.map(({ at }) => Math.max(textWidth(sorted[0].text) / 2, across(at))), gap);
  const over = Math.max(0, (places.at(-1) ?? 0) - (width - gap / 2));
  sorted.forEach(({ at, text }, place) => svg.append(
    shape('line', { x1: across(at), x2: across(at), y1: top - 8, y2: bottom, class: 'target' }),
    words(places[place] - over, top - 14, text, 'axis middle')));
}
