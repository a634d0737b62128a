/** How something went over time: a line for each series, named at its end. */

import { frame, plainNumber, shape, words } from './frame.js';
import { apart, scale, textWidth, ticks, withUnit } from './scales.js';

const COLOURS = ['calm', 'agent', 'warning', 'bot', 'customer', 'late'];
const HEIGHT = 240;
const TOP = 24;
const BOTTOM = 30;

/**
 * @param {import('./frame.js').Common & {
 *   x: string[], series: {name: string, values: (number | null)[], colour?: string}[],
 *   target?: {value: number, text: string}, href?: (x: number, series: number) => string,
 * }} options a null value is a gap, never a zero
 */
export function lineChart(options) {
  const { x, series, unit, target, format = plainNumber } = options;
  const coloured = series.map((one, place) => ({ colour: COLOURS[place % COLOURS.length], ...one }));
  const rows = x.map((name, place) => [name, ...series.map(({ values }) => (values[place] === null ? null : format(/** @type {number} */ (values[place]))))]);
  return frame({ ...options, head: ['', ...series.map(({ name }) => `${name}（${unit}）`)], rows, draw });

  /** @param {SVGElement} svg @param {number} width */
  function draw(svg, width) {
    const steps = ticks(Math.max(target?.value ?? 0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))));
    const left = Math.max(...steps.map((step) => textWidth(format(step)))) + 12;
    const right = width - Math.max(...series.map(({ name }) => textWidth(name)), 40) - 16;
    const across = scale(0, Math.max(1, x.length - 1), left + 6, right);
    const up = scale(0, steps.at(-1) ?? 1, HEIGHT - BOTTOM, TOP);
    svg.append(words(left - 6, 12, unit, 'axis end'));
    for (const step of steps) {
      svg.append(shape('line', { x1: left, x2: right, y1: up(step), y2: up(step), class: step ? 'grid' : 'base' }), words(left - 6, up(step) + 4, format(step), 'axis end'));
    }
    const every = Math.ceil((x.length * Math.max(...x.map(textWidth), 30)) / (right - left) + 0.2);
    x.forEach((name, place) => place % every === 0 && svg.append(words(across(place), HEIGHT - 8, name, 'axis middle')));
    if (target) {
      const y = up(target.value);
      svg.append(shape('line', { x1: left, x2: right, y1: y, y2: y, class: 'target' }), words(left + 4, startsAbove(target.value) ? y + 15 : y - 5, target.text, 'axis'));
    }
    const ends = apart(coloured.map(({ values }) => up(values.findLast((value) => value !== null) ?? 0)), 15);
    const marks = coloured.flatMap((one, place) => {
      svg.append(shape('path', { d: path(one.values, across, up), class: `line stroke-${one.colour}` }), words(right + 8, ends[place] + 4, one.name, `label text-${one.colour}`));
      return points(one, place, across, up);
    });
    svg.append(...marks.map(({ element }) => element));
    return { height: HEIGHT, marks };
  }

  /** Whether the lines begin above a value: then its name goes below. @param {number} value */
  function startsAbove(value) {
    return series.some(({ values }) => (values.find((one) => one !== null) ?? 0) >= value);
  }

  /** @param {{name: string, values: (number | null)[], colour: string}} one @param {number} place @param {any} across @param {any} up */
  function points(one, place, across, up) {
    return one.values.flatMap((value, at) => {
      if (value === null) return [];
      const href = options.href?.(at, place);
      const dot = shape('circle', { cx: across(at), cy: up(value), r: 3, class: `dot stroke-${one.colour}` });
      const touch = shape('circle', { cx: across(at), cy: up(value), r: 11, class: 'touch' });
      return [{ element: shape(href ? 'a' : 'g', href ? { href } : {}, touch, dot), says: `${x[at]}，${one.name} ${withUnit(format(value), unit)}` }];
    });
  }
}

/** @param {(number | null)[]} values @param {(x: number) => number} across @param {(y: number) => number} up */
function path(values, across, up) {
  let isDown = false;
  return values.map((value, at) => {
    if (value === null) {
      isDown = false;
      return '';
    }
    const step = `${isDown ? 'L' : 'M'}${across(at).toFixed(1)} ${up(value).toFixed(1)}`;
    isDown = true;
    return step;
  }).join('');
}
