/** Every case as a dot on one axis: nothing is averaged away, late ones stand out. */

import { verticals } from './distribution.js';
import { frame, group, linked, plainNumber, shape } from './frame.js';
import { axis } from './bar.js';
import { scale, ticks, withUnit } from './scales.js';

const DOT = 5;
const TOP = 42;

/**
 * @param {import('./frame.js').Common & {
 *   points: {label: string, value: number, href?: string}[], marks?: {at: number, text: string}[], limit?: number,
 * }} options
 */
export function strip(options) {
  const { points, unit, marks: lines = [], limit, format = plainNumber } = options;
  const sorted = [...points].sort((a, b) => a.value - b.value);
  return frame({ ...options, head: ['', unit], rows: sorted.map(({ label, value, href }) => [linked(label, href), format(value)]), draw });

  /** @param {SVGElement} svg @param {number} width */
  function draw(svg, width) {
    const steps = ticks(Math.max(limit ?? 0, ...points.map(({ value }) => value), ...lines.map(({ at }) => at)), 6);
    const across = scale(0, steps.at(-1) ?? 1, 16, width - 40);
    const lanes = stacked(sorted.map(({ value }) => across(value)));
    const bottom = TOP + (Math.max(...lanes) + 1) * (DOT * 2 + 1) + 6;
    axis(svg, { steps, across, top: TOP, bottom, unit, format, width });
    const marks = sorted.map(({ label, value, href }, place) => {
      const isLate = limit !== undefined && value > limit;
      const cy = bottom - DOT - 2 - lanes[place] * (DOT * 2 + 1);
      const element = group(href, shape('circle', { cx: across(value), cy, r: DOT, class: isLate ? 'fill-late' : 'fill-calm' }));
      return { element, says: `${label}：${withUnit(format(value), unit)}${isLate ? '，已超时限' : ''}` };
    });
    svg.append(...marks.map(({ element }) => element));
    verticals(svg, lines, across, width, TOP, bottom);
    return { height: bottom + 22, marks };
  }
}

/** The lane of each dot, so that none hides another. @param {number[]} places in rising order @returns {number[]} */
function stacked(places) {
  /** @type {number[]} */
  const ends = [];
  return places.map((place) => {
    const free = ends.findIndex((end) => place - end >= DOT * 2);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = place;
    return lane;
  });
}
