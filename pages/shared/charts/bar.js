/** Amounts side by side: one bar each, named at its start, its figure at its end. */

import { frame, group, linked, plainNumber, shape, words } from './frame.js';
import { fitted, scale, textWidth, ticks, withUnit } from './scales.js';

const ROW = 30;
const TOP = 8;

/**
 * @param {import('./frame.js').Common & {
 *   bars: {label: string, value: number, n?: number, href?: string, colour?: string}[],
 *   target?: {value: number, text: string},
 * }} options `n` is of how many the value speaks
 */
export function barChart(options) {
  const { bars, unit, target, format = plainNumber } = options;
  const hasN = bars.some(({ n }) => n !== undefined);
  const rows = bars.map(({ label, value, n, href }) => [linked(label, href), format(value), ...(hasN ? [n ?? null] : [])]);
  return frame({ ...options, head: ['', unit, ...(hasN ? ['n'] : [])], rows, draw });

  /** @param {SVGElement} svg @param {number} width */
  function draw(svg, width) {
    const figures = bars.map(({ value, n }) => format(value) + (n === undefined ? '' : `（n=${n}）`));
    const left = Math.min(width * 0.36, Math.max(...bars.map(({ label }) => textWidth(label))) + 12);
    const right = width - Math.max(...figures.map(textWidth)) - 12;
    const whole = bars.every(({ value }) => Number.isInteger(value));
    const steps = ticks(Math.max(target?.value ?? 0, ...bars.map(({ value }) => value))).filter((step) => !whole || Number.isInteger(step));
    const across = scale(0, steps.at(-1) ?? 1, left, right);
    const bottom = TOP + bars.length * ROW;
    axis(svg, { steps, across, top: TOP, bottom, unit, format, width });
    const marks = bars.map((bar, place) => {
      const y = TOP + place * ROW;
      const says = `${bar.label}：${withUnit(format(bar.value), unit)}${bar.n === undefined ? '' : `，n=${bar.n}`}`;
      const element = group(bar.href,
        shape('rect', { x: 0, y, width, height: ROW, class: 'touch' }),
        words(left - 8, y + 19, fitted(bar.label, left - 12), 'name end'),
        shape('rect', { x: left, y: y + 5, width: Math.max(0, across(bar.value) - left), height: ROW - 10, rx: 3, class: `fill-${bar.colour ?? 'calm'}` }),
        words(Math.max(left, across(bar.value)) + 6, y + 19, figures[place], 'value'));
      return { element, says };
    });
    if (target) { // below the bars, so that figures beside it stay readable
      const x = across(target.value);
      svg.append(shape('line', { x1: x, x2: x, y1: TOP - 4, y2: bottom, class: 'target' }), words(x, bottom + 30, target.text, 'axis middle'));
    }
    svg.append(...marks.map(({ element }) => element));
    return { height: bottom + (target ? 38 : 22), marks };
  }
}

/**
 * The axis below lying bars.
 * @param {SVGElement} svg
 * @param {{steps: number[], across: (value: number) => number, top: number, bottom: number, unit: string,
 *   format: (value: number) => string, width: number}} options
 */
export function axis(svg, { steps, across, top, bottom, unit, format, width }) {
  const gap = across(steps[1] ?? 1) - across(0);
  const every = Math.max(1, Math.ceil((Math.max(...steps.map((step) => textWidth(format(step)))) + 8) / gap));
  for (const [place, step] of steps.entries()) {
    svg.append(shape('line', { x1: across(step), x2: across(step), y1: top, y2: bottom, class: step ? 'grid' : 'base' }));
    if (place % every === 0) svg.append(words(across(step), bottom + 15, format(step), 'axis middle'));
  }
  svg.append(words(width - 2, bottom + 15, unit, 'axis end'));
}
