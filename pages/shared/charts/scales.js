/** Numbers to places on an axis, and the round numbers that are written along it. */

/**
 * Round steps from zero to at least `most`, about `wanted` of them.
 * @param {number} most @param {number} [wanted]
 * @returns {number[]}
 */
export function ticks(most, wanted = 4) {
  if (!(most > 0)) return [0, 1];
  const rough = most / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? 10 * power;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, place) => Number((place * step).toPrecision(12)));
}

/**
 * @param {number} from @param {number} to in data
 * @param {number} start @param {number} end in pixels
 * @returns {(value: number) => number}
 */
export function scale(from, to, start, end) {
  const span = to - from || 1;
  return (value) => start + ((value - from) / span) * (end - start);
}

/** How wide a text is at 12 px: a Chinese character is a full square, the rest about half. @param {string} text */
export function textWidth(text) {
  return [...text].reduce((width, char) => width + (char.charCodeAt(0) > 0x2e7f ? 12.5 : 7), 0);
}

/** A text cut to fit. @param {string} text @param {number} width pixels */
export function fitted(text, width) {
  if (textWidth(text) <= width) return text;
  let short = text;
  while (short && textWidth(`${short}…`) > width) short = short.slice(0, -1);
  return `${short}…`;
}

/**
 * Labels pushed apart so that none lies on another.
 * @param {number[]} places wanted, in pixels @param {number} gap
 * @returns {number[]} in the order given
 */
export function apart(places, gap) {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  for (let i = 1; i < order.length; i += 1) order[i].place = Math.max(order[i].place, order[i - 1].place + gap);
  const result = new Array(places.length);
  for (const { place, index } of order) result[index] = place;
  return result;
}

/** A figure with its unit, which some ways of writing it bring along. @param {string} text @param {string} unit */
export function withUnit(text, unit) {
  return text.endsWith(unit) ? text : `${text} ${unit}`;
}
